import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PocketBed, SHARE } from './pocket-bed.ts';
import { PRICE, type TestBed, XNO } from './setup.ts';

let bed: PocketBed;
let testBed: TestBed;

beforeAll(async () => {
  bed = await PocketBed.open('10CED'.padEnd(64, '0'), 'a password of this test alone 3');
  testBed = bed.testBed;
});
afterAll(() => testBed?.close());
beforeEach(() => bed.begin());
afterEach(() => bed.end());

const state = () => testBed.purse.ask('purse.state', {});

/** Tells the purse what the browser tells it when the screen is locked. */
async function lockScreen(): Promise<void> {
  const { context } = testBed.purse;
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  await worker.evaluate(() => Object(chrome.idle.onStateChanged).dispatch('locked'));
}

test('budgets go on paying from the pocket while the purse is locked, also after the worker was killed', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const [savings, pocket] = [bed.balanceOf(bed.savings), bed.pocketBalance()];
  expect(await bed.get()).toBe(200);
  await purse.killWorker();
  await bed.page.bringToFront();
  expect(await bed.get()).toBe(200);
  expect(bed.balanceOf(bed.savings)).toBe(savings);
  const paid = testBed.merchant
    .books()
    .payments.slice(-2)
    .map(({ amountRaw }) => BigInt(amountRaw));
  expect(bed.pocketBalance()).toBe(paid.reduce((left, amount) => left - amount, pocket));
  await purse.until(
    'purse.state',
    {},
    (told) => told.kind === 'locked' && told.pocket?.balance === String(bed.pocketBalance()),
  );
});

test('Lock everything, on the lock screen, stops the budgets until the purse is unlocked', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const popup = await purse.popup();
  const balance = popup.getByTestId('locked-pocket-balance');
  await expect.poll(() => balance.getAttribute('data-raw')).toBe(String(bed.pocketBalance()));
  await popup.getByTestId('lock-everything').click();
  await popup.getByTestId('locked-pocket').waitFor({ state: 'detached' });
  expect(await state()).toMatchObject({ kind: 'locked', pocket: null });
  await popup.close();

  const pocket = bed.pocketBalance();
  await bed.page.bringToFront();
  const answer = bed.get();
  const [waiting] = await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  await bed.unlock();
  const asked = await purse.nextApproval();
  expect([asked.offer.id, asked.offer.reason]).toEqual([waiting?.id, 'reason_locked']);
  expect(bed.pocketBalance()).toBe(pocket);
  await asked.decline();
  expect(await answer).toBe(402);
});

test('a pocket that is spent is not refilled while the purse is locked: the next payment is asked about', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  const savings = bed.balanceOf(bed.savings);
  while (bed.pocketBalance() >= 2n * PRICE) expect(await bed.get()).toBe(200);
  const url = testBed.at('/api/credentialed', { price: String(2n * PRICE), mechanism: 'nanoSignature' });
  const answer = bed.page.evaluate(async (target) => (await fetch(target)).status, url);
  await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  expect(bed.balanceOf(bed.savings)).toBe(savings);
  await bed.unlock();
  const asked = await purse.nextApproval();
  expect(asked.offer.reason).toBe('reason_pocketEmpty');
  await asked.approve();
  expect(await answer).toBe(200);
});

test('a signed block within a budget is handed over by the pocket, also while the purse is locked', async () => {
  const { purse } = testBed;
  const [savings, first] = [bed.balanceOf(bed.savings), bed.balanceOf(bed.pocket[0])];
  const url = (n: number) => testBed.at('/api/data', { n: `block ${n}`, mechanism: 'signedBlock' });
  const status = (n: number) => bed.page.evaluate(async (target) => (await fetch(target)).status, url(n));
  expect(await status(1)).toBe(200);
  // The next block needs the first one on the ledger.
  await expect.poll(() => bed.balanceOf(bed.pocket[1])).toBe(SHARE - PRICE);
  await purse.ask('vault.lock', {});
  expect(await status(2)).toBe(200);
  await expect.poll(() => bed.balanceOf(bed.pocket[1])).toBe(SHARE - 2n * PRICE);
  expect([bed.balanceOf(bed.savings), bed.balanceOf(bed.pocket[0])]).toEqual([savings, first]);
});

test('what a locked purse may not do stays forbidden while its pocket is open', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  expect(await state()).toMatchObject({ kind: 'locked' });
  const amount = String(PRICE);
  const budget = { site: testBed.merchant.origin, perPayment: amount, perDay: amount, paused: false };
  await expect(purse.ask('money.send', { to: bed.savings, amount })).rejects.toThrow('fault_locked');
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
  await bed.expectAsked();

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
  await bed.expectAsked();

  // An unlocked purse is locked, too: it would pay inside budgets.
  expect(await state()).toMatchObject({ kind: 'open' });
  await lockScreen();
  await purse.until('purse.state', {}, (told) => told.kind === 'locked' && told.pocket === null);
  await bed.unlock();
  await purse.ask('settings.write', { pocketCloses: 'later' });
});

test('a locked screen leaves the pocket open where the user did not choose otherwise', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  await lockScreen();
  await bed.page.bringToFront();
  expect(await bed.get()).toBe(200);
  expect(await state()).toMatchObject({ kind: 'locked', pocket: { balance: expect.any(String) } });
});

test('a budget that allows everything spends no raw of savings, also while the purse is unlocked', async () => {
  const { purse, merchant } = testBed;
  const price = 10n * PRICE;
  const budget = { perPayment: String(100n * XNO), perDay: String(100n * XNO), paused: false };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  const savings = bed.balanceOf(bed.savings);
  expect([savings > price, bed.pocketBalance() < price]).toEqual([true, true]);
  const url = testBed.at('/api/private', { price: String(price), mechanism: 'nanoSignature' });
  const answer = bed.page.evaluate(async (target) => (await fetch(target)).status, url);
  const asked = await purse.nextApproval();
  expect(asked.offer.reason).toBe('reason_pocketEmpty');
  expect(bed.balanceOf(bed.savings)).toBe(savings);
  await asked.approve();
  expect(await answer).toBe(200);
  expect(bed.balanceOf(bed.savings)).toBeLessThanOrEqual(savings - price);
});

test('a site that owes what was paid for gets no signed block within a budget: the user is asked', async () => {
  const url = (path: string) => testBed.at(path, { mechanism: 'signedBlock' });
  const get = (path: string) => bed.page.evaluate(async (target) => (await fetch(target)).status, url(path));
  const before = bed.balanceOf(bed.pocket[1]);
  expect(await get('/always-refuses')).toBe(402);
  await expect.poll(() => bed.balanceOf(bed.pocket[1])).toBe(before - PRICE);
  // The purse has heard of it, too: until then the block counts as out.
  await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) =>
    last?.kind === 'payment' ? last.handedOver === 'published' : false,
  );

  const answer = get('/api/data');
  const asked = await testBed.purse.nextApproval();
  expect(asked.offer).toMatchObject({ mechanism: 'signedBlock', reason: 'reason_owed', canBudget: false });
  await asked.approve();
  expect(await answer).toBe(200);
  expect(await bed.get()).toBe(200);
});
