import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitOf, UNKNOWN_COMMIT } from '../scripts/commit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-purse-commit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

/** Makes the folder a checkout with one commit. */
function checkOut(): void {
  git('init', '--quiet');
  writeFileSync(join(folder, 'file'), 'one');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
}

test('the commit of a checkout is told by its first 12 digits, also where a tag names it', () => {
  checkOut();
  git('tag', 'v1');
  expect(commitOf(folder)).toBe(git('rev-parse', 'HEAD').slice(0, 12));
});

test('the commit of a checkout that differs from it is marked', () => {
  checkOut();
  writeFileSync(join(folder, 'file'), 'two');
  expect(commitOf(folder)).toMatch(/^[0-9a-f]{12}-dirty$/);
});

test('the commit of a folder without git is unknown, also within a checkout and where git fails', () => {
  expect(commitOf(folder)).toBe(UNKNOWN_COMMIT);
  checkOut();
  const inner = join(folder, 'unpacked');
  mkdirSync(inner);
  expect(commitOf(inner)).toBe(UNKNOWN_COMMIT);
  writeFileSync(join(inner, '.git'), 'gitdir: nowhere');
  expect(commitOf(inner)).toBe(UNKNOWN_COMMIT);
});
