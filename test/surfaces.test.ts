import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageStyles, surfaces, surfacesPage } from './surfaces.ts';

test('the docs say of every surface what the list says', async () => {
  await expect(surfacesPage()).toMatchFileSnapshot('../docs/SURFACES.md');
});

test.each(surfaces)('$surface is shown by a test that is there', ({ shown: [file, words] }) => {
  expect(readFileSync(join(import.meta.dirname, 'e2e', file), 'utf8')).toContain(words);
});

test.each(pageStyles)('$style is shown by a test that is there', ({ shown: [file, words] }) => {
  expect(readFileSync(join(import.meta.dirname, 'e2e', file), 'utf8')).toContain(words);
});

test('no surface stands there twice', () => {
  expect(new Set(surfaces.map(({ surface }) => surface)).size).toBe(surfaces.length);
});
