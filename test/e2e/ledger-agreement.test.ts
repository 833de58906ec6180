import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import { toAddress } from '../devnet/address.ts';
import { type NodeProxy, startProxy } from '../devnet/proxy.ts';
import { testKey } from '../devnet/test-account.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';

const WORDS = 'Unreceivable by the rules of this node';
const REFUSED = messages.fault_nodeRefused.message.replace('$reason$', WORDS);
const GIFT = XNO / 10n;

let testBed: TestBed;
let node: NodeProxy;
let popup: Page;

beforeAll(async () => {
  testBed = await openTestBed({
    async line(devnet) {
      node = await startProxy(devnet);
      return { rpcUrls: [node.rpcUrl], wsUrl: node.wsUrl };
    },
  });
  await testBed.purse.ask('settings.leastReceived', { amount: '0' });
  await balanceIs(10n * XNO);
  popup = await testBed.purse.popup();
});
afterAll(async () => {
  await testBed?.close();
  await node?.close();
});
afterEach(() => node.set());

const balanceIs = (raw: bigint) =>
  testBed.purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.balance === String(raw) && state.incoming === '0',
  );
const refuse = () =>
  node.set({ kind: 'answer', way: 'there', action: 'process', body: JSON.stringify({ error: WORDS }) });
const tab = (index: number) => popup.locator('nav button').nth(index).click();
const rows = () =>
  popup
    .getByTestId('activity-row')
    .evaluateAll((all) =>
      all.map((row) => [row.getAttribute('data-kind'), row.getAttribute('data-state')].join(' ')),
    );
async function exported(): Promise<{ readonly csv: string; readonly json: readonly { state: string }[] }> {
  const fileOf = async (button: string) => {
    const downloading = popup.waitForEvent('download');
    await popup.getByTestId(button).click();
    return readFileSync(await (await downloading).path(), 'utf8');
  };
  return { csv: await fileOf('export-csv'), json: JSON.parse(await fileOf('export-json')) };
}
async function comes(raw: bigint): Promise<void> {
  await testBed.devnet.confirmed(await testBed.devnet.faucet(testBed.purse.account, raw));
}

test('a receive that a node refuses is shown and exported as refused, until it is received', async () => {
  refuse();
  await comes(GIFT);
  await popup.getByTestId('trouble').getByText(REFUSED).waitFor();
  await expect.poll(rows).toEqual(['received refused', 'received done']);
  await balanceIs(10n * XNO);

  // The reason stands while the cause does, whatever was looked at since, and after the worker has ended.
  for (let times = 0; times < 2; times++) await testBed.purse.ask('purse.refresh', {});
  await testBed.purse.killWorker();
  await testBed.purse.until('purse.state', {}, (state) => state.kind === 'open' && state.trouble !== null);
  await popup.getByTestId('trouble').getByText(REFUSED).waitFor();

  await tab(1);
  const { csv, json } = await exported();
  const [, open, done] = csv.split('\r\n');
  expect([open?.includes(',received,refused,'), open?.includes(WORDS)]).toEqual([true, true]);
  expect(done).toContain(',received,done,');
  expect(json.map(({ state }) => state)).toEqual(['refused', 'done']);

  await popup.getByTestId('activity-row').first().click();
  expect(await popup.getByTestId('transfer-state').getAttribute('data-state')).toBe('refused');
  await popup.getByText(REFUSED).waitFor();
  node.set();
  await popup.getByTestId('try-now').click();
  await popup.getByTestId('transfer-state').waitFor({ state: 'detached' });
  await balanceIs(10n * XNO + GIFT);
  await tab(0);
  await expect.poll(rows).toEqual(['received done', 'received done']);
  await popup.getByTestId('trouble').locator('.notice').waitFor({ state: 'detached' });
});

test('a send that a node refuses is kept, and is made once when the node accepts it', async () => {
  const to = toAddress(testKey(7));
  const held = 10n * XNO + GIFT;
  refuse();
  await expect(testBed.purse.ask('money.send', { to, amount: String(XNO) })).rejects.toThrow();
  await expect.poll(rows).toEqual(['sent refused', 'received done', 'received done']);
  await balanceIs(held);
  await popup.getByTestId('trouble').getByText(REFUSED).waitFor();
  node.set();
  await testBed.purse.ask('purse.refresh', {});
  await expect.poll(rows).toEqual(['sent done', 'received done', 'received done']);
  await balanceIs(held - XNO);
  expect(testBed.sends()).toHaveLength(1);
});

test('small payments received stand in one line, and payments stay in sight', async () => {
  const page = await testBed.purse.newPage();
  const mark = await testBed.mark();
  void page.goto(testBed.at('/article')).catch(() => undefined);
  await (await testBed.purse.nextApproval()).approve();
  await expect.poll(async () => (await testBed.purse.payments()).at(-1)?.state).toBe('settled');
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  await page.close();

  for (let count = 0; count < 8; count++) await comes(1n);
  await expect.poll(() => popup.getByTestId('small-receives').getAttribute('data-count')).toBe('8');
  await expect.poll(rows).toEqual(['payment settled', 'sent done', 'received done', 'received done']);
  await popup.getByTestId('small-receives').click();
  await expect.poll(rows).toEqual(Array(8).fill('received done'));
  await popup.getByTestId('activity-row').first().click();
  await popup.getByTestId('story-amount').and(popup.locator('[data-raw="1"]')).waitFor();
  await tab(1);
  await expect.poll(rows).toEqual(['payment settled', 'sent done', 'received done', 'received done']);
  const { json } = await exported();
  expect(json).toHaveLength(12);
});
