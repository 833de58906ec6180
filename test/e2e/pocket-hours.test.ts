import type { Page, Worker } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { deriveKeys } from '../../src/nano/seed.ts';
import { readAddress } from '../devnet/address.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const SEED = '10C60'.padEnd(64, '0');
const PASSWORD = 'a password of this test alone 5';
const SHARE = 4n * PRICE;
const MINUTE = 60_000;

const addressAt = (index: number) => deriveKeys({ kind: 'legacy', hex: SEED }, index).address;
const [SAVINGS, ...POCKET] = [0, 1, 2].map(addressAt);

/** An event as Chromium has it: its listeners can be called by hand. */
type Dispatchable = typeof chrome.alarms.onAlarm & { dispatch?: (alarm: { name: string }) => void };

let testBed: TestBed;
let page: Page;
let requests = 0;
/** By how much the clocks of the purse and of the merchant are ahead (ms). */
let ahead = 0;

beforeAll(async () => {
  testBed = await openTestBed({
    purse: { seed: SEED, password: PASSWORD },
    // The browser itself tells when an answer came, by its own clock: offers must last until the purse's.
    merchant: { now: () => Date.now() + ahead, expirySeconds: 24 * 60 * 60 },
  });
  const { purse, merchant } = testBed;
  const budget = { perPayment: String(XNO), perDay: String(5n * XNO), paused: false };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  await purse.ask('settings.pocket', { accounts: 3, each: String(SHARE) });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  await setClock();
  await testBed.purse.ask('vault.unlock', { password: PASSWORD });
  await testBed.purse.ask('purse.refillPocket', {});
  await expect.poll(() => POCKET.every((account) => balanceOf(account) >= SHARE)).toBe(true);
  page = await testBed.purse.newPage();
  await page.goto(`${testBed.merchant.origin}/`);
});
afterEach(() => page.close());

async function worker(): Promise<Worker> {
  const { context } = testBed.purse;
  return context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
}

/** Sets the clock of the worker ahead. To be repeated where the worker may have started anew. */
async function setClock(): Promise<void> {
  await (await worker()).evaluate((ms) => {
    const scope: typeof globalThis & { realNow?: () => number } = globalThis;
    scope.realNow ??= Date.now;
    const { realNow } = scope;
    Date.now = () => realNow() + ms;
  }, ahead);
}

/** Lets time pass, at whose end the alarm for maintenance fires. */
async function pass(minutes: number): Promise<void> {
  ahead += minutes * MINUTE;
  await setClock();
  await (await worker()).evaluate(() => {
    const event: Dispatchable = chrome.alarms.onAlarm;
    if (event.dispatch === undefined) throw new Error('this browser dispatches no events by hand');
    event.dispatch({ name: 'tend' });
  });
}

/** The keys that the session of the browser holds: of the vault, and of the pocket. */
const openUntilNow = async () =>
  (await worker()).evaluate(async () => Object.keys(await chrome.storage.session.get(['vault', 'pocket'])));

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

/** A request inside the budget is asked about, and answered with its 402 where the user declines. */
async function expectAsked(): Promise<void> {
  const { purse } = testBed;
  const before = pocketBalance();
  await page.bringToFront();
  const answer = get();
  await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  await purse.ask('vault.unlock', { password: PASSWORD });
  const asked = await purse.nextApproval();
  expect(asked.offer.reason).toBe('reason_locked');
  expect(pocketBalance()).toBe(before);
  await asked.decline();
  expect(await answer).toBe(402);
}

test('budgets go on paying for an hour after the purse has locked itself, and stop at Lock everything', async () => {
  const { purse } = testBed;
  expect(await openUntilNow()).toEqual(['pocket', 'vault']);
  await pass(31);
  await expect.poll(openUntilNow).toEqual(['pocket']);
  expect(await purse.ask('purse.state', {})).toMatchObject({
    kind: 'locked',
    pocket: { balance: expect.any(String) },
  });

  const [savings, pocket] = [balanceOf(SAVINGS), pocketBalance()];
  const mark = testBed.merchant.books().payments.length;
  for (const minutes of [0, 14, 16, 29]) {
    await pass(minutes);
    expect(await get()).toBe(200);
  }
  const paid = testBed.merchant.books().payments.slice(mark);
  expect(paid).toHaveLength(4);
  expect(pocketBalance()).toBe(paid.reduce((left, { amountRaw }) => left - BigInt(amountRaw), pocket));
  expect(balanceOf(SAVINGS)).toBe(savings);
  expect(await purse.ask('approval.waiting', {})).toEqual([]);

  await purse.ask('vault.lockEverything', {});
  await expectAsked();
});

test('the pocket closes by itself twelve hours after the unlocking, however much it was used', async () => {
  const { purse } = testBed;
  await pass(11 * 60);
  expect(await get()).toBe(200);
  await pass(59);
  expect(await get()).toBe(200);
  expect(await openUntilNow()).toEqual(['pocket']);
  await pass(2);
  await expect.poll(openUntilNow).toEqual([]);
  expect(await purse.ask('purse.state', {})).toMatchObject({ kind: 'locked', pocket: null });
  await expectAsked();
});
