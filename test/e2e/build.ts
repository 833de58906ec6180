import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelNames } from '../../src/work/kernel/source.ts';

/** The project's root folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One build of the project. Paths are below `ROOT`. */
interface Build {
  readonly folder: string;
  /** The file in the folder that is written last: a build that broke off is stale. */
  readonly last: string;
  readonly sources: readonly string[];
  /** A program of the project's own dependencies, and its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Builds that this one takes its files from. */
  readonly after?: readonly Build[];
}

const SHARED_SOURCES = ['src', 'scripts', 'package-lock.json'];

const KERNELS: Build = {
  folder: '.build/kernel',
  last: `${kernelNames.at(-1)}.wasm`,
  sources: ['src/work/kernel', 'scripts/build-kernel.ts', 'package-lock.json'],
  command: ['tsx', 'scripts/build-kernel.ts'],
};

const EXTENSION: Build = {
  folder: 'dist/chromium',
  last: 'manifest.json',
  sources: [...SHARED_SOURCES, 'public', 'manifest.json', 'vite.config.ts'],
  command: ['vite', 'build', '--mode', 'chromium'],
  after: [KERNELS],
};

const FOR_FIREFOX: Build = {
  ...EXTENSION,
  folder: 'dist/firefox',
  command: ['vite', 'build', '--mode', 'firefox'],
};

const INTERCEPTION_EXTENSION: Build = {
  folder: '.build/interception-bench',
  last: 'manifest.json',
  sources: [...SHARED_SOURCES, 'test/e2e/interception/extension'],
  command: ['vite', 'build', '--config', 'test/e2e/interception/extension/vite.config.ts'],
};

const INTERCEPTION_FOR_FIREFOX: Build = {
  ...INTERCEPTION_EXTENSION,
  folder: '.build/interception-bench-firefox',
  command: [...INTERCEPTION_EXTENSION.command, '--mode', 'firefox'],
};

const WORK_EXTENSION: Build = {
  folder: '.build/work-bench',
  last: 'manifest.json',
  sources: [...SHARED_SOURCES, 'manifest.json', 'test/e2e/work/extension'],
  command: ['vite', 'build', '--config', 'test/e2e/work/extension/vite.config.ts'],
  after: [KERNELS],
};

/** How long one build waits for another one of the same folder to end (ms), and how often it looks. */
const BUILT_WITHIN = 120_000;
const LOOK_EVERY = 50;

/** The folder of the extension as built for Chromium; builds it first when a source is newer. */
export const builtExtension = (): string => built(EXTENSION);

/** The folder of the extension as built for Firefox; as `builtExtension`. */
export const builtForFirefox = (): string => built(FOR_FIREFOX);

/**
 * The folder of a copy of the extension that has only one language, as the one that every browser falls back to: a browser
 * has the languages that are installed with it, which are few on a test machine.
 *
 * @param language a folder of `public/_locales`
 */
export function builtExtensionIn(language: string): string {
  const folder = join(ROOT, '.build', `chromium-${language}`);
  rmSync(folder, { recursive: true, force: true });
  cpSync(builtExtension(), folder, { recursive: true });
  const locales = join(folder, '_locales');
  rmSync(locales, { recursive: true });
  cpSync(join(ROOT, 'public/_locales', language), join(locales, 'en'), { recursive: true });
  return folder;
}

/** The folder of the extension that holds only interception and content scripts, with a scripted purse behind them. */
export const builtInterception = (): string => built(INTERCEPTION_EXTENSION);

/** The same for Firefox. */
export const builtInterceptionForFirefox = (): string => built(INTERCEPTION_FOR_FIREFOX);

/** The folder of the extension that holds only the proof-of-work engines. */
export const builtWork = (): string => built(WORK_EXTENSION);

/** Test files run side by side: of those that ask for a stale build, the first one makes it and the others wait for it. */
function built(build: Build): string {
  const { after = [], command } = build;
  const folder = join(ROOT, build.folder);
  for (const needed of after) built(needed);
  if (!isStale(build)) return folder;
  const unlock = lock(`${folder}.lock`);
  try {
    const [program, ...args] = command;
    if (isStale(build)) {
      execFileSync(join(ROOT, 'node_modules', '.bin', program), args, { cwd: ROOT, stdio: 'pipe' });
    }
  } finally {
    unlock();
  }
  return folder;
}

function isStale({ folder, last, sources }: Build): boolean {
  const result = join(ROOT, folder, last);
  if (!existsSync(result)) return true;
  const builtAt = statSync(result).mtimeMs;
  return sources.some((source) => newest(join(ROOT, source)) > builtAt);
}

/** When the newest file at or below a path was changed (ms). */
function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Waits for a lock between processes and takes it; one whose process has died is free. Gives the way to unlock. */
function lock(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const deadline = Date.now() + BUILT_WITHIN;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
    }
    if (hasDied(file)) rmSync(file, { force: true });
    else if (Date.now() > deadline) throw new Error(`${file} is held by another build for too long`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY);
  }
}

/** Whether the process that holds a lock is gone; a lock that is free again counts as held until the next look. */
function hasDied(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'ESRCH';
  }
}
