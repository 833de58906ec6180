import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useNetwork } from './purse.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const WORDS =
  'edge defense waste choose enrich upon flee junk siren film clown finish luggage leader kid quick brick print evidence swap drill paddle truly occur';
const PASSWORDS = [
  'five gates and a wooden bridge',
  'fjord tulip oboe zinc lantern',
  'seven kettles under the green roof',
  'a slow ferry to the northern cape',
] as const;
const [FIRST, SECOND, THIRD, FOURTH] = PASSWORDS;
const FILE_PASSWORD = 'a drawer under the third stair';

let testBed: TestBed;
/** The backup file of this purse, as it was before anything was paid. */
let file: string;
/** All that a purse keeps of what was paid and set. */
let records: object;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { password: FIRST, seed: WORDS } });
  const { purse, merchant } = testBed;
  ({ file } = await purse.ask('backup.save', { password: FIRST, filePassword: FILE_PASSWORD }));
  const page = await purse.newPage();
  void page.goto(testBed.at('/always-refuses')).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  await purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
    return last?.kind === 'payment' && last.state === 'refused';
  });
  await page.close();
  const budget = { perPayment: String(2n * PRICE), perDay: String(XNO), paused: true };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  records = await recordsNow();
});
afterAll(() => testBed?.close());

const enabled = (page: Page, testId: string) =>
  page.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);
const alert = (page: Page, text: string) => page.locator('[role="alert"] .notice', { hasText: text });

const recordsNow = async () => ({
  activity: (await testBed.purse.activity()).map(({ kind, id }) => ({ kind, id })),
  budgets: await testBed.purse.ask('budget.list', {}),
});

/** The popup on a page of its settings. */
async function settingsPage(testId: string): Promise<Page> {
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').last().click();
  await popup.getByTestId(testId).click();
  return popup;
}

/** Follows the link on the lock screen to the page of a forgotten password. */
async function forgotPage(): Promise<Page> {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const popup = await purse.popup();
  const opening = purse.context.waitForEvent('page');
  await popup.getByTestId('forgot').click();
  const page = await opening;
  await page.getByTestId('forgot-words').waitFor();
  return page;
}

async function chooseNew(page: Page, password: string): Promise<void> {
  await page.getByTestId('password').fill(password);
  await page.getByTestId('password-again').fill(password);
  await enabled(page, 'seal').click();
  await page.getByTestId('finish').waitFor();
}

/** Expects that one password opens the purse, that another does not, and that all of its records are there. */
async function expectOpenedBy(password: string, wrong: string): Promise<void> {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  await expect(purse.ask('vault.unlock', { password: wrong })).rejects.toThrow('fault_wrongPassword');
  await purse.ask('vault.unlock', { password });
  expect(await recordsNow()).toEqual(records);
}

test('a password is changed in the settings: the old one is asked for and opens nothing any more', async () => {
  const popup = await settingsPage('open-password');
  await popup.getByText('At least 8 characters').waitFor();
  const change = async (current: string, next: string) => {
    await popup.getByTestId('current-password').fill(current);
    await popup.getByTestId('new-password').fill(next);
    await popup.getByTestId('new-password-again').fill(next);
    await enabled(popup, 'change-password').click();
  };
  await change(FIRST, 'butterfly');
  await popup.locator('.field-fault', { hasText: 'too easy to guess' }).waitFor();
  await change('wrong one', SECOND);
  await alert(popup, 'Wrong password').waitFor();
  await change(FIRST, SECOND);
  await popup.locator('[role="status"] .notice', { hasText: 'was changed' }).waitFor();
  expect(await popup.getByTestId('new-password').inputValue()).toBe('');
  await popup.close();
  await expectOpenedBy(SECOND, FIRST);
});

test('a worker that is killed during a password change leaves the old or the new password', async () => {
  const { purse } = testBed;
  const page = await purse.popup();
  await page.evaluate(
    (input) => {
      // Not awaited: the worker dies over it.
      void chrome.runtime.sendMessage({ request: 'vault.changePassword', input }).catch(() => undefined);
    },
    { current: SECOND, next: THIRD },
  );
  await purse.killWorker();
  await page.close();
  await purse.ask('vault.lock', {});
  const opens = async (password: string) => {
    await purse.until('purse.state', {}, (state) => state.kind !== 'locked' || state.retryAt === null);
    return purse.ask('vault.unlock', { password }).then(
      () => true,
      () => false,
    );
  };
  const opened = (await opens(SECOND)) ? SECOND : (await opens(THIRD)) ? THIRD : null;
  expect(opened).not.toBeNull();
  expect(await recordsNow()).toEqual(records);
  if (opened === SECOND) await purse.ask('vault.changePassword', { current: SECOND, next: THIRD });
  await expectOpenedBy(THIRD, SECOND);
});

describe('a forgotten password leads from the lock screen to', () => {
  test('another one by the recovery phrase, with everything kept; another phrase changes nothing', async () => {
    const page = await forgotPage();
    await page.getByTestId('forgot-words').click();
    await page.getByTestId('secret').fill('7B'.repeat(32));
    await enabled(page, 'secret-read').click();
    await alert(page, 'a different wallet').waitFor();
    expect(await testBed.purse.ask('purse.state', {})).toMatchObject({ kind: 'locked' });

    await page.getByTestId('secret').fill(WORDS);
    await enabled(page, 'secret-read').click();
    await page.getByText('This is the recovery phrase of your wallet').waitFor();
    await enabled(page, 'secret-done').click();
    await chooseNew(page, FOURTH);
    await page.close();
    await expectOpenedBy(FOURTH, THIRD);
  });

  test('another one by an older backup file, of which nothing but the phrase is used', async () => {
    const page = await forgotPage();
    await page.getByTestId('forgot-file').click();
    await page.getByTestId('backup-file').setInputFiles({
      name: 'backup.json',
      mimeType: 'application/json',
      buffer: Buffer.from(file),
    });
    await page.getByTestId('backup-password').fill('not the one of the file');
    await enabled(page, 'restore-done').click();
    await alert(page, 'Wrong password').waitFor();
    await page.getByTestId('backup-password').fill(FILE_PASSWORD);
    await enabled(page, 'restore-done').click();
    await chooseNew(page, FIRST);
    await page.close();
    await expectOpenedBy(FIRST, FOURTH);
  });
});

/** How many records the database has in all. */
const countRecords = (page: Page) =>
  page.evaluate(async () => {
    const opened = indexedDB.open('nano-purse');
    await new Promise((resolve) => {
      opened.onsuccess = resolve;
    });
    const { result: database } = opened;
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names);
    const counts = names.map(
      (name) =>
        new Promise<number>((resolve) => {
          const count = transaction.objectStore(name).count();
          count.onsuccess = () => resolve(count.result);
        }),
    );
    const sum = (await Promise.all(counts)).reduce((all, count) => all + count, 0);
    database.close();
    return sum;
  });

describe('a purse is erased', () => {
  /** Makes the same purse anew on the network of this test. */
  async function again(): Promise<void> {
    const { purse, devnet } = testBed;
    await useNetwork(purse.ask, devnet.profile);
    await purse.ask('vault.create', {
      secret: { kind: 'words', words: WORDS, reading: 'bip44' },
      password: FIRST,
    });
    await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.balance !== null);
  }

  test('by its password, after a warning of the money and of what was not delivered', async () => {
    const { purse } = testBed;
    const popup = await settingsPage('open-erase');
    await popup
      .getByTestId('erase-money')
      .filter({ hasText: /9\.9[89]/ })
      .waitFor();
    await popup.getByTestId('erase-undelivered').filter({ hasText: '1 payment' }).waitFor();
    await popup.getByTestId('erase-proof').fill('wrong one');
    await enabled(popup, 'erase').click();
    await alert(popup, 'Wrong password').waitFor();
    expect(await purse.ask('purse.state', {})).toMatchObject({ kind: 'open' });

    await popup.getByTestId('erase-proof').fill(FIRST);
    const opening = purse.context.waitForEvent('page');
    await enabled(popup, 'erase').click();
    const setup = await opening;
    await setup.getByTestId('create').waitFor();
    await popup.getByTestId('begin').waitFor();
    expect(await countRecords(popup)).toBe(0);
    await setup.close();
    await popup.close();

    await purse.killWorker();
    expect(await purse.ask('purse.state', {})).toEqual({ kind: 'empty' });
    await again();
    expect(await recordsNow()).toEqual({ activity: [], budgets: [] });
  });

  test('by a typed word where the password is forgotten: what waits gets its 402, and setting up begins anew', async () => {
    const { purse } = testBed;
    const page = await forgotPage();
    const waiting = await purse.newPage();
    await waiting.goto(testBed.at('/page', { fetch: '1' }));
    await purse.until('approval.waiting', {}, ({ length }) => length === 1);
    await page.bringToFront();
    await page.getByTestId('forgot-erase').click();
    await page.getByTestId('erase-money').waitFor();
    await page.getByTestId('erase-proof').fill('eras');
    expect(await enabled(page, 'erase').count()).toBe(0);
    await page.getByTestId('erase-proof').fill(' Erase ');
    await enabled(page, 'erase').click();
    await page.getByTestId('create').waitFor();
    await waiting.locator('#fetch-result[data-status="402"]').waitFor();
    expect(await purse.ask('purse.state', {})).toEqual({ kind: 'empty' });
    expect(await countRecords(page)).toBe(0);
    await waiting.close();
    await page.close();
    await again();
  });
});
