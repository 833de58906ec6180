import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAddress } from '../devnet/address.ts';
import { launchPurse } from './purse.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';
import { testKeysAt } from './test-keys.ts';

const SEED = '5F10A7'.padEnd(64, '0');
const ACCOUNTS = Array.from(
  { length: 8 },
  (_, index) => testKeysAt({ kind: 'legacy', hex: SEED }, index).address,
);
const POCKET = ACCOUNTS.slice(1);

let testBed: TestBed;
beforeAll(async () => {
  testBed = await openTestBed({ purse: { seed: SEED }, funds: 10n * XNO });
});
afterAll(() => testBed?.close());

const chainOf = (account: string) => {
  const key = readAddress(account);
  if (key === undefined) throw new Error(`${account} is no account`);
  return testBed.devnet.ledger.chain(key);
};
const balances = () => ACCOUNTS.map((account) => chainOf(account).at(-1)?.block.balance ?? 0n);
const total = () => balances().reduce((sum, balance) => sum + balance, 0n);

/** The nonces that are kept, by the root they are for. */
async function keptWork(): Promise<Readonly<Record<string, string>>> {
  const view = await testBed.purse.newPage();
  await view.goto(testBed.purse.url('manifest.json'));
  const kept = await view.evaluate(
    () =>
      new Promise<Record<string, string>>((resolve, reject) => {
        const opening = indexedDB.open('nano-purse');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction('work').objectStore('work').getAll();
          all.onsuccess = () => {
            opening.result.close();
            resolve(Object.fromEntries(all.result.map(({ root, nonce }) => [root, nonce])));
          };
        };
      }),
  );
  await view.close();
  return kept;
}

/** Sets up the pocket on the settings page. */
async function setPocket(accounts: string, level?: string): Promise<void> {
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').last().click();
  await popup.getByTestId('pocket-accounts').selectOption(accounts);
  if (level !== undefined) await popup.getByTestId('pocket-level').fill(level);
  await popup.getByTestId('pocket-save').click();
  await testBed.purse.until('settings.read', {}, ({ pocket }) => String(pocket.accounts - 1) === accounts);
  await popup.close();
}

test('seven payments at once wait for no work, and their money comes from the pocket alone', async () => {
  await setPocket('7', '7');
  await expect
    .poll(() => balances().slice(1), { timeout: 120_000, interval: 500 })
    .toEqual(Array(7).fill(XNO));
  const heads = () => ACCOUNTS.map((account) => String(chainOf(account).at(-1)?.hash));
  await expect
    .poll(async () => Object.keys(await keptWork()), { timeout: 60_000, interval: 500 })
    .toEqual(expect.arrayContaining(heads()));
  const state = await testBed.purse.ask('purse.state', {});
  expect(state).toMatchObject({ kind: 'open', account: ACCOUNTS[0], balance: String(10n * XNO) });
  // What moves between one's own accounts is nothing that happened.
  expect(await testBed.purse.activity()).toHaveLength(1);

  const page = await testBed.purse.newPage();
  await page.goto(testBed.at('/free'));
  const limit = String(XNO);
  await testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: limit,
    perDay: limit,
    paused: false,
  });
  const work = await keptWork();
  const [savings] = balances();
  const urls = POCKET.map((_, n) => testBed.at('/api/data', { n: String(n) }));
  const statuses = await page.evaluate(
    (all) => Promise.all(all.map(async (url) => (await fetch(url)).status)),
    urls,
  );
  expect(statuses).toEqual(Array(7).fill(200));
  expect(balances()[0]).toBe(savings);
  const paid = POCKET.map((account) => chainOf(account).at(-1));
  expect(paid.map((entry) => entry?.subtype)).toEqual(Array(7).fill('send'));
  const used = paid.map((entry) => entry?.block.work.toString(16).padStart(16, '0'));
  expect(used).toEqual(paid.map((entry) => work[String(entry?.block.previous)]));
  const payments = await testBed.purse.payments();
  expect(payments.map(({ blockHash }) => blockHash).toSorted()).toEqual(
    paid.map((entry) => entry?.hash).toSorted(),
  );
  const spent = payments.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  expect(total()).toBe(10n * XNO - spent);
  const [budget] = await testBed.purse.ask('budget.list', {});
  expect(budget?.spentToday).toBe(String(spent));
  await page.close();
}, 240_000);

test('restored from the seed alone, all accounts are found again, and emptied where no pocket is wanted', async () => {
  const held = total();
  const restored = await launchPurse({ network: testBed.devnet.profile, seed: SEED });
  await restored.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.balance === String(held),
    60_000,
  );
  await restored.close();
  expect(total()).toBe(held);

  await setPocket('0');
  await expect.poll(balances, { timeout: 120_000, interval: 500 }).toEqual([held, ...Array(7).fill(0n)]);
}, 240_000);

test('the form of a budget offers a pocket of a day of all budgets, which is filled once the user agrees', async () => {
  const { purse } = testBed;
  await purse.ask('budget.remove', { site: testBed.merchant.origin });
  await purse.ask('budget.save', { site: 'https://other.example', perPayment: '1', perDay: String(XNO) });
  const page = await purse.newPage();
  await page.goto(testBed.at('/free', { pocket: '1' }));
  const answer = page.evaluate(async (url) => (await fetch(url)).status, testBed.at('/api/private', {}));
  const asked = await purse.nextApproval();
  const view = await purse.newPage();
  await view.setViewportSize({ width: 360, height: 640 });
  await view.goto(purse.url('src/pages/approve/index.html'));
  await view.getByTestId('approve-always').click();
  await view.getByTestId('approve-limits').click();
  await view.getByTestId('budget-per-day').fill('2');
  const offer = view.getByTestId('budget-pocket');
  expect(await offer.getAttribute('aria-checked')).toBe('false');
  await offer.click();
  await view.locator('[data-testid="approve-pay"]:not([aria-disabled="true"])').click();
  expect(await answer).toBe(200);
  await view.close();
  expect(asked.offer.otherBudgets).toBe(String(XNO));
  const level = 3n * XNO;
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.pocket?.balance === String(level),
    120_000,
  );
  expect(await purse.ask('purse.state', {})).toMatchObject({ pocket: { level: String(level) } });
  expect(balances().slice(1)).toEqual([...Array(4).fill(level / 4n), 0n, 0n, 0n]);
  await page.close();
}, 240_000);

test('the list of budgets advises a pocket only where there is none', async () => {
  const popup = await testBed.purse.popup();
  const budgets = popup.locator('nav button').nth(2);
  await budgets.click();
  await popup.getByTestId('budget').first().waitFor();
  expect(await popup.getByTestId('pocket-advice').count()).toBe(0);
  await setPocket('0');
  await popup.getByTestId('pocket-advice').click();
  await popup.getByTestId('pocket-accounts').waitFor();
  await popup.close();
});
