import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageStyles, surfaces, surfacesPage } from './surfaces.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, 'e2e', path), 'utf8');
/** The text of a test file, with the names of the ways that it and others try. */
const textOf = (file: string) =>
  `${read(file)}${file === 'interception/surfaces.test.ts' ? read('interception/ways.ts') : ''}`;

test('the docs say of every surface what the list says', async () => {
  await expect(surfacesPage()).toMatchFileSnapshot('../docs/SURFACES.md');
});

test.each(surfaces)('$surface is shown by a test that is there', ({ shown: [file, words] }) => {
  expect(textOf(file)).toContain(words);
});

test.each(pageStyles)('$style is shown by a test that is there', ({ shown: [file, words] }) => {
  expect(textOf(file)).toContain(words);
});

test('no surface stands there twice', () => {
  expect(new Set(surfaces.map(({ surface }) => surface)).size).toBe(surfaces.length);
});
