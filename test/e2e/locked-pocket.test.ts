import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { deriveKeys } from '../../src/nano/seed.ts';
import { readAddress } from '../devnet/address.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const SEED = '10CED'.padEnd(64, '0');
const PASSWORD = 'a password of this test alone 3';
const SHARE = 4n * PRICE;

const addressAt = (index: number) => deriveKeys({ kind: 'legacy', hex: SEED }, index).address;
const [SAVINGS, ...POCKET] = [0, 1, 2].map(addressAt);

let testBed: TestBed;
let page: Page;
let requests = 0;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { seed: SEED, password: PASSWORD } });
  const { purse, merchant } = testBed;
  const budget = { perPayment: String(XNO), perDay: String(5n * XNO), paused: false };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  await purse.ask('settings.pocket', { accounts: 3, each: String(SHARE) });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  await testBed.purse.ask('vault.unlock', { password: PASSWORD });
  await testBed.purse.ask('purse.refillPocket', {});
  await expect.poll(() => POCKET.every((account) => balanceOf(account) >= SHARE)).toBe(true);
  page = await testBed.purse.newPage();
  await page.goto(`${testBed.merchant.origin}/`);
});
afterEach(() => page.close());

function balanceOf(account: string | undefined): bigint {
  const key = account === undefined ? undefined : readAddress(account);
  if (key === undefined) throw new Error(`${account} is no account`);
  return testBed.devnet.ledger.chain(key).at(-1)?.block.balance ?? 0n;
}
const pocketBalance = () => POCKET.map(balanceOf).reduce((sum, balance) => sum + balance, 0n);

/** A request of the page that is paid for anew; resolves with its status. */
const get = () => {
  requests += 1;
  const url = testBed.at('/api/data', { n: String(requests) });
  return page.evaluate(async (target) => (await fetch(target)).status, url);
};

const state = () => testBed.purse.ask('purse.state', {});

/** Asks for what is inside the budget, with the pocket closed: the user is asked, and declines. */
async function expectAsked(): Promise<void> {
  const { purse } = testBed;
  const pocket = pocketBalance();
  await page.bringToFront();
  const answer = get();
  await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  await purse.ask('vault.unlock', { password: PASSWORD });
  const asked = await purse.nextApproval();
  expect(asked.offer.reason).toBe('reason_locked');
  expect(pocketBalance()).toBe(pocket);
  await asked.decline();
  expect(await answer).toBe(402);
}

/** Tells the purse what the browser tells it when the screen is locked. */
async function lockScreen(): Promise<void> {
  const { context } = testBed.purse;
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  await worker.evaluate(() => Object(chrome.idle.onStateChanged).dispatch('locked'));
}

test('budgets go on paying from the pocket while the purse is locked, also after the worker’s death', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const [savings, pocket] = [balanceOf(SAVINGS), pocketBalance()];
  expect(await get()).toBe(200);
  await purse.killWorker();
  await page.bringToFront();
  expect(await get()).toBe(200);
  expect(balanceOf(SAVINGS)).toBe(savings);
  const paid = testBed.merchant
    .books()
    .payments.slice(-2)
    .map(({ amountRaw }) => BigInt(amountRaw));
  expect(pocketBalance()).toBe(paid.reduce((left, amount) => left - amount, pocket));
  await purse.until(
    'purse.state',
    {},
    (told) => told.kind === 'locked' && told.pocket?.balance === String(pocketBalance()),
  );
});

test('Lock everything, on the lock screen, stops the budgets until the purse is unlocked', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const popup = await purse.popup();
  const balance = popup.getByTestId('locked-pocket-balance');
  await expect.poll(() => balance.getAttribute('data-raw')).toBe(String(pocketBalance()));
  await popup.getByTestId('lock-everything').click();
  await popup.getByTestId('locked-pocket').waitFor({ state: 'detached' });
  expect(await state()).toMatchObject({ kind: 'locked', pocket: null });
  await popup.close();

  const pocket = pocketBalance();
  await page.bringToFront();
  const answer = get();
  const [waiting] = await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  await purse.ask('vault.unlock', { password: PASSWORD });
  const asked = await purse.nextApproval();
  expect([asked.offer.id, asked.offer.reason]).toEqual([waiting?.id, 'reason_locked']);
  expect(pocketBalance()).toBe(pocket);
  await asked.decline();
  expect(await answer).toBe(402);
});

test('a pocket that is spent is not refilled while the purse is locked: the next payment is asked about', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const savings = balanceOf(SAVINGS);
  while (pocketBalance() >= 2n * PRICE) expect(await get()).toBe(200);
  const url = testBed.at('/api/credentialed', { price: String(2n * PRICE), mechanism: 'nanoSignature' });
  const answer = page.evaluate(async (target) => (await fetch(target)).status, url);
  await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  expect(balanceOf(SAVINGS)).toBe(savings);
  await purse.ask('vault.unlock', { password: PASSWORD });
  const asked = await purse.nextApproval();
  expect(asked.offer.reason).toBe('reason_pocketEmpty');
  await asked.approve();
  expect(await answer).toBe(200);
});

test('a signed block within a budget is handed over by the pocket, also while the purse is locked', async () => {
  const { purse } = testBed;
  const [savings, first] = [balanceOf(SAVINGS), balanceOf(POCKET[0])];
  const url = (n: number) => testBed.at('/api/data', { n: `block ${n}`, mechanism: 'signedBlock' });
  const status = (n: number) => page.evaluate(async (target) => (await fetch(target)).status, url(n));
  expect(await status(1)).toBe(200);
  // The next block needs the first one on the ledger.
  await expect.poll(() => balanceOf(POCKET[1])).toBe(SHARE - PRICE);
  await purse.ask('vault.lock', {});
  expect(await status(2)).toBe(200);
  await expect.poll(() => balanceOf(POCKET[1])).toBe(SHARE - 2n * PRICE);
  expect([balanceOf(SAVINGS), balanceOf(POCKET[0])]).toEqual([savings, first]);
});

test('what a locked purse may not do stays forbidden while its pocket is open', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  expect(await state()).toMatchObject({ kind: 'locked' });
  const amount = String(PRICE);
  const budget = { site: testBed.merchant.origin, perPayment: amount, perDay: amount, paused: false };
  await expect(purse.ask('money.send', { to: SAVINGS ?? '', amount })).rejects.toThrow('fault_locked');
  await expect(purse.ask('settings.pocket', { accounts: 8, each: amount })).rejects.toThrow('fault_locked');
  await expect(purse.ask('budget.save', budget)).rejects.toThrow('fault_locked');
});

test('a lock closes the pocket where the user wants that: a request inside the budget is asked about', async () => {
  const { purse } = testBed;
  const popup = await purse.popup();
  await popup.locator('nav button').last().click();
  await popup.getByTestId('pocket-closes').selectOption('lock');
  await purse.until('settings.read', {}, ({ pocketCloses }) => pocketCloses === 'lock');
  await popup.close();
  await purse.ask('vault.lock', {});
  expect(await state()).toMatchObject({ kind: 'locked', pocket: null });
  await expectAsked();

  await purse.ask('settings.write', { pocketCloses: 'later' });
  await purse.ask('vault.lock', {});
  expect(await state()).toMatchObject({ kind: 'locked', pocket: { balance: expect.any(String) } });
});

test('a locked screen closes the pocket where the user wants that: a request inside the budget is asked about', async () => {
  const { purse } = testBed;
  await purse.ask('settings.write', { pocketCloses: 'screen' });
  await purse.ask('vault.lock', {});
  expect(await state()).toMatchObject({ kind: 'locked', pocket: { balance: expect.any(String) } });
  await lockScreen();
  await purse.until('purse.state', {}, (told) => told.kind === 'locked' && told.pocket === null);
  await expectAsked();

  // An unlocked purse is locked, too: it would pay inside budgets.
  expect(await state()).toMatchObject({ kind: 'open' });
  await lockScreen();
  await purse.until('purse.state', {}, (told) => told.kind === 'locked' && told.pocket === null);
  await purse.ask('vault.unlock', { password: PASSWORD });
  await purse.ask('settings.write', { pocketCloses: 'later' });
});

test('a locked screen leaves the pocket open where the user did not choose otherwise', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  await lockScreen();
  await page.bringToFront();
  expect(await get()).toBe(200);
  expect(await state()).toMatchObject({ kind: 'locked', pocket: { balance: expect.any(String) } });
});

test('a budget that allows everything spends no raw of savings, also while the purse is unlocked', async () => {
  const { purse, merchant } = testBed;
  const price = 10n * PRICE;
  const budget = { perPayment: String(100n * XNO), perDay: String(100n * XNO), paused: false };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  const savings = balanceOf(SAVINGS);
  expect([savings > price, pocketBalance() < price]).toEqual([true, true]);
  const url = testBed.at('/api/private', { price: String(price), mechanism: 'nanoSignature' });
  const answer = page.evaluate(async (target) => (await fetch(target)).status, url);
  const asked = await purse.nextApproval();
  expect(asked.offer.reason).toBe('reason_pocketEmpty');
  expect(balanceOf(SAVINGS)).toBe(savings);
  await asked.approve();
  expect(await answer).toBe(200);
  expect(balanceOf(SAVINGS)).toBeLessThanOrEqual(savings - price);
});
