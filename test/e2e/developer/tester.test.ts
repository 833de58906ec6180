/** The tester in a real browser, against real merchants: what it asks, pays, finds, and refuses to do. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Merchant, startMerchant } from '../../merchant/merchant.ts';
import { openScene, type Scene } from '../scene.ts';

let scene: Scene;
let faulty: Merchant;
let tool: Page;

beforeAll(async () => {
  scene = await openScene();
  faulty = await startMerchant({ network: scene.devnet.profile, faults: ['replay', 'browser-blind'] });
  tool = await scene.purse.newPage();
  await tool.goto(`chrome-extension://${scene.purse.extensionId}/src/developer/index.html#tester`);
});
afterAll(async () => {
  await faulty.close();
  await scene.close();
});

async function inspect(url: string): Promise<void> {
  await tool.getByTestId('target').fill(url);
  await tool.getByTestId('inspect').click();
  await tool.getByTestId('inspection').waitFor();
}

async function run(probe: string): Promise<string | null> {
  await tool.getByTestId('only').selectOption(probe);
  await tool.getByTestId('run').click();
  await tool.getByTestId('summary').waitFor();
  return tool.locator(`[data-probe=${probe}]`).first().getAttribute('data-verdict');
}

test('an endpoint is looked at without paying, and paid by hand', async () => {
  await inspect(scene.at('/api/private'));
  expect(await tool.getByTestId('verdict-code').first().textContent()).toBe('NS7_SESSION');
  const mark = scene.merchant.books().payments.length;
  await tool.getByTestId('pay').click();
  await tool.getByTestId('paid-answer').waitFor();
  expect(await tool.getByTestId('paid-answer').getAttribute('data-status')).toBe('200');
  const paid = scene.merchant.books().payments.slice(mark);
  expect(paid).toHaveLength(1);
  // What was spent by hand stands in the activity like everything else.
  const { items } = await scene.purse.ask('activity.page', { before: null, limit: 5 });
  expect(items.map((item) => [item.kind, item.amount])).toContainEqual(['sent', paid[0]?.amountRaw]);
});

test('no server is probed that the user has not called their own, not even on this machine', async () => {
  await inspect(scene.at('/api/private'));
  expect(await tool.getByTestId('run').count()).toBe(0);
  await expect(
    scene.purse.ask('tester.begin', { url: scene.at('/api/private'), limit: '1', probing: true }),
  ).rejects.toThrow('fault_notOwnServer');
  await tool.getByTestId('claim-host').fill(new URL(scene.at('/')).host);
  await tool.getByTestId('claim').click();
  await tool.getByTestId('run').waitFor();
});

test('nothing is found at a merchant that lacks nothing, and what costs something does not run unasked', async () => {
  expect(await run('T1')).toBe('pass');
  expect(await run('T5')).toBe('pass');
  expect(await run('T19')).toBe('couldNotTell');
  await tool.getByTestId('with-money').check();
  expect(await run('T19')).toBe('pass');
  expect(await tool.getByTestId('summary').textContent()).toBe('1 pass');
});

test('a signed block of a test is taken back, and the purse goes on', async () => {
  await inspect(scene.at('/api/private', { mechanism: 'trackA' }));
  await tool.getByTestId('run').waitFor();
  await tool.getByTestId('with-money').check();
  expect(await run('T15')).toBe('pass');
  expect(await scene.purse.ask('purse.state', {})).toMatchObject({ kind: 'open', chequeOut: null });
  expect((await scene.purse.payments()).map(({ state }) => state)).toEqual(['revoked']);
});

test('planted faults are found', async () => {
  await inspect(`${faulty.origin}/api/private`);
  await tool.getByTestId('claim-host').fill(new URL(faulty.origin).host);
  await tool.getByTestId('claim').click();
  await tool.getByTestId('run').waitFor();
  expect(await run('T1')).toBe('fail');
  await tool.getByTestId('with-money').check();
  expect(await run('T19')).toBe('fail');
});

test('nothing is spent beyond what was agreed to', async () => {
  const { run: id } = await scene.purse.ask('tester.begin', {
    url: scene.at('/api/private'),
    limit: '5',
    probing: false,
  });
  const to = scene.merchant.payTo;
  await scene.purse.ask('tester.pay', { run: id, to, amount: '3' });
  await expect(scene.purse.ask('tester.pay', { run: id, to, amount: '3' })).rejects.toThrow(
    'fault_testLimit',
  );
  await expect(scene.purse.ask('tester.cheque', { run: id, to, amount: '3', kept: false })).rejects.toThrow(
    'fault_testLimit',
  );
});
