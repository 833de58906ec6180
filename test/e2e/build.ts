import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const SOURCES = ['src', 'public', 'scripts', 'manifest.json', 'vite.config.ts', 'package-lock.json'];

/** The folder of the extension as built for Chromium; builds it first when a source is newer. */
export function builtExtension(): string {
  const built = join(ROOT, 'dist', 'chromium');
  const manifest = join(built, 'manifest.json');
  const isStale =
    !existsSync(manifest) ||
    SOURCES.some((source) => newest(join(ROOT, source)) > statSync(manifest).mtimeMs);
  if (isStale) {
    const run = (...args: string[]) => execFileSync('npx', args, { cwd: ROOT, stdio: 'pipe' });
    run('tsx', 'scripts/build-kernel.ts');
    run('vite', 'build', '--mode', 'chromium');
  }
  return built;
}

/** When the newest file at or below a path was changed (ms). */
function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
