import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What a build says of its commit where that is not known. */
export const UNKNOWN_COMMIT = 'unknown';

/**
 * The commit that a folder's files were checked out from, as 12 hex digits, with `-dirty` where tracked files differ from it.
 * It depends on nothing else, so that two builds of one commit are equal. A folder that is no checkout of its own, such as an
 * unpacked archive, has an unknown one, also where it lies within another checkout.
 */
export function commitOf(folder: string): string {
  if (!existsSync(join(folder, '.git'))) return UNKNOWN_COMMIT;
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return UNKNOWN_COMMIT;
  }
}
