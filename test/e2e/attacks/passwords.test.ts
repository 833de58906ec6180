import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBed, type TestBed } from '../setup.ts';

const GOOD = 'five gates and a wooden bridge';

const says = (page: Page, text: string) => page.locator('.field-fault', { hasText: text }).waitFor();
const advises = (page: Page, text: string) =>
  page.getByTestId('password-strength').filter({ hasText: text }).waitFor();

describe('the password of a new purse', () => {
  let testBed: TestBed;
  let page: Page;

  beforeAll(async () => {
    testBed = await openTestBed({ purse: { bare: true }, funds: 0n });
    page = await testBed.purse.newPage();
    await page.goto(testBed.purse.url('src/pages/onboarding/index.html'));
    await page.getByTestId('import').click();
    await page.getByTestId('secret').fill('ab'.repeat(32));
    await page.getByTestId('secret-read').click();
    await page.getByTestId('secret-done').click();
  });
  afterAll(() => testBed.close());

  test.each([
    ['', 'short or simple'],
    ['michelle', 'commonly used password'],
    ['trustno1', 'commonly used password'],
    ['butterfly', 'commonly used password'],
    ['12.04.1987', 'Dates and years'],
    ['Michelle 12.04.1987', 'names'],
    ['qwertyuiop[]asdfghjkl', 'keyboard patterns'],
    ['NanoPurse2026!', 'names'],
  ])('%j is refused, and the page says why and what helps', async (password, advice) => {
    await page.getByTestId('password').fill(password);
    await page.getByTestId('password-again').fill(password);
    await page.getByTestId('seal').click();
    await says(page, 'too easy to guess');
    if (password !== '') await advises(page, advice);
    expect(await testBed.purse.ask('purse.state', {})).toEqual({ kind: 'empty' });
  });

  test('a good one is accepted', async () => {
    await page.getByTestId('password').fill(GOOD);
    await page.getByTestId('password-again').fill(GOOD);
    await advises(page, 'Very good');
    await page.getByTestId('seal').click();
    await page.getByTestId('finish').waitFor();
    await testBed.purse.ask('vault.lock', {});
    await testBed.purse.ask('vault.unlock', { password: GOOD });
  });
});

describe('the password of a backup file', () => {
  let testBed: TestBed;
  let popup: Page;

  beforeAll(async () => {
    testBed = await openTestBed({ funds: 0n, purse: { password: GOOD } });
    popup = await testBed.purse.popup();
    await popup.locator('nav button').last().click();
    await popup.locator('.open-row').first().click();
  });
  afterAll(() => testBed.close());

  test('a password that is good enough for the purse is refused for a file, with the reason', async () => {
    await popup.getByTestId('file-password').fill('g7Tq9wZp2x');
    await popup.getByTestId('file-password-again').fill('g7Tq9wZp2x');
    await popup.getByTestId('save-backup').click();
    await says(popup, 'A backup file needs a very good password');
    await says(popup, 'Enter your password');
  });
});
