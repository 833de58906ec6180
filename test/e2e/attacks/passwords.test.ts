import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtExtension } from '../build.ts';
import { openScene, type Scene } from '../scene.ts';

const GOOD = 'five gates and a wooden bridge';

const says = (page: Page, text: string) => page.locator('.field-fault', { hasText: text }).waitFor();
const advises = (page: Page, text: string) =>
  page.getByTestId('password-strength').filter({ hasText: text }).waitFor();

describe('the password of a new purse', () => {
  let scene: Scene;
  let page: Page;

  beforeAll(async () => {
    scene = await openScene({ purse: { bare: true }, funds: 0n });
    page = await scene.purse.newPage();
    await page.goto(`chrome-extension://${scene.purse.extensionId}/src/onboarding/index.html`);
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill('ab'.repeat(32));
    await page.getByTestId('secret-read').click();
    await page.getByTestId('secret-done').click();
  });
  afterAll(() => scene.close());

  test.each([
    ['', 'short or simple'],
    ['michelle', 'most common passwords'],
    ['trustno1', 'most common passwords'],
    ['butterfly', 'most common passwords'],
    ['12.04.1987', 'Dates and years'],
    ['Michelle 12.04.1987', 'names'],
    ['qwertyuiop[]asdfghjkl', 'rows of keys'],
    ['NanoPurse2026!', 'names'],
  ])('%j is refused, and the page says why and what helps', async (password, advice) => {
    await page.getByTestId('password').fill(password);
    await page.getByTestId('password-again').fill(password);
    await page.getByTestId('seal').click();
    await says(page, 'too easy to guess');
    if (password !== '') await advises(page, advice);
    expect(await scene.purse.ask('purse.state', {})).toEqual({ kind: 'empty' });
  });

  test('a good one is taken', async () => {
    await page.getByTestId('password').fill(GOOD);
    await page.getByTestId('password-again').fill(GOOD);
    await advises(page, 'Very good');
    await page.getByTestId('seal').click();
    await page.getByTestId('finish').waitFor();
    await scene.purse.ask('vault.lock', {});
    await scene.purse.ask('vault.unlock', { password: GOOD });
  });
});

describe('the password of a backup file', () => {
  let scene: Scene;
  let popup: Page;

  beforeAll(async () => {
    scene = await openScene({ funds: 0n, purse: { password: GOOD } });
    popup = await scene.purse.popup();
    await popup.locator('nav button').last().click();
    await popup.locator('.open-row').first().click();
  });
  afterAll(() => scene.close());

  test('a password that would do for the purse is refused for a file, with the reason', async () => {
    await popup.getByTestId('file-password').fill('g7Tq9wZp2x');
    await popup.getByTestId('file-password-again').fill('g7Tq9wZp2x');
    await popup.getByTestId('save-backup').click();
    await says(popup, 'A backup file needs a very good password');
    await says(popup, 'Enter the password of the purse');
  });
});

describe('the built extension', () => {
  const built = builtExtension();
  const text = (path: string) => readFileSync(join(built, path), 'utf8');
  const scripts = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.js'),
  );
  /** The name of its list of passwords. */
  const holdsEstimator = (path: string) => /passwords-common/.test(text(path));

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

  test('holds the estimator of passwords in chunks of its own', () => {
    expect(scripts.filter(holdsEstimator).length).toBeGreaterThan(0);
  });

  test('gives it to the worker in no way', () => {
    const { background } = JSON.parse(text('manifest.json'));
    const files = reached(background.service_worker, true);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter(holdsEstimator)).toEqual([]);
  });

  test.each(['popup', 'onboarding', 'approve', 'developer'])(
    'lets the page %s load it later only',
    (page) => {
      const files = scriptsOf(`src/${page}/index.html`).flatMap((script) => reached(script, false));
      expect(files.length).toBeGreaterThan(1);
      expect(files.filter(holdsEstimator)).toEqual([]);
    },
  );
});
