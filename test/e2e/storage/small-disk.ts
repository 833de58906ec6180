import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that is small enough to be filled. */
export interface SmallDisk {
  /** A folder on it that does not exist yet, for a browser's profile. */
  readonly profile: string;
  /** Writes until not a byte is left. */
  fill(): void;
  /** Gives the room back that `fill` took. */
  empty(): Promise<void>;
  remove(): void;
}

const MEBIBYTE = 2 ** 20;
const SIZE = 96 * MEBIBYTE;

/** Mounts a small disk: in memory or, where that may not be, in a file. Takes root. */
export function mountSmallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'nano-purse-disk-'));
  const image = `${folder}.img`;
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder);
  } catch {
    closeSync(openSync(image, 'w'));
    truncateSync(image, SIZE);
    run('mkfs.ext4', '-q', '-F', image);
    run('mount', '-o', 'loop', image, folder);
  }
  const filler = join(folder, 'filler');
  return {
    profile: join(folder, 'profile'),
    fill() {
      const file = openSync(filler, 'a');
      try {
        // The last bytes of the last block go byte by byte.
        for (const size of [MEBIBYTE, 4096, 1]) fillBy(file, Buffer.alloc(size));
      } finally {
        closeSync(file);
      }
    },
    empty: () => rm(filler, { force: true }),
    remove() {
      run('umount', '-l', folder);
      rmSync(folder, { recursive: true, force: true });
      rmSync(image, { force: true });
    },
  };
}

function fillBy(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC')) throw cause;
  }
}

/** How much room a disk has (bytes). */
export function roomOn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
