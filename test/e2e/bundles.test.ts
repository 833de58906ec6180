import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtExtension } from './build.ts';

let built: string;
beforeAll(() => {
  built = builtExtension();
});

const text = (path: string) => readFileSync(join(built, path), 'utf8');

/** A file and all that it imports; `lazily` also what it may load later. */
function reached(from: string, lazily: boolean): readonly string[] {
  const found = new Set([from]);
  for (const path of found) {
    const imports = lazily
      ? /(?:from|import)\s*\(?["'`](\.[^"'`]+\.js)["'`]/g
      : /(?:\bfrom|\bimport)\s*["'`](\.[^"'`]+\.js)["'`]/g;
    for (const [, target = ''] of text(path).matchAll(imports)) found.add(join(path, '..', target));
  }
  return [...found];
}
const scriptsOf = (page: string) =>
  [...text(page).matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path = '']) => path);

describe.each([
  ['the estimator of passwords', 'passwords-common'],
  ['the Public Suffix List', 'trycloudflare'],
  ['the word lists of other languages', 'abdikace'],
  ['the reader of QR codes', 'finder storage exhausted'],
])('%s', (_, mark) => {
  const holdsIt = (path: string) => text(path).includes(mark);

  test('is in the built extension', () => {
    const scripts = readdirSync(built, { recursive: true, encoding: 'utf8' });
    expect(scripts.filter((path) => path.endsWith('.js') && holdsIt(path)).length).toBeGreaterThan(0);
  });

  test('is never loaded by the worker', () => {
    const { background } = JSON.parse(text('manifest.json'));
    const files = reached(background.service_worker, true);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter(holdsIt)).toEqual([]);
  });

  test.each(['popup', 'onboarding', 'approve', 'link', 'developer'])('does not delay the page %s', (page) => {
    const files = scriptsOf(`src/pages/${page}/index.html`).flatMap((script) => reached(script, false));
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter(holdsIt)).toEqual([]);
  });
});
