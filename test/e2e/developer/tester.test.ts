/** The tester in a real browser, against real merchants: what it asks, pays, finds, and refuses to do. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Merchant, startMerchant } from '../../merchant/merchant.ts';
import { openTestBed, type TestBed } from '../setup.ts';
import { pasted } from './pasted.ts';

const FAULTS = ['replay', 'browser-blind', 'fail-open'] as const;
let testBed: TestBed;
let faulty: Merchant;
let tool: Page;

beforeAll(async () => {
  testBed = await openTestBed();
  faulty = await startMerchant({ network: testBed.devnet.profile, faults: FAULTS });
  tool = await testBed.purse.newPage();
  await tool.goto(testBed.purse.url('src/pages/developer/index.html#tester'));
});
afterAll(async () => {
  await faulty?.close();
  await testBed?.close();
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

async function saved(button: string): Promise<string> {
  const [file] = await Promise.all([tool.waitForEvent('download'), tool.getByTestId(button).click()]);
  return readFileSync(await file.path(), 'utf8');
}

test('an endpoint is inspected without a payment, and paid by hand', async () => {
  await inspect(testBed.at('/api/private'));
  expect(await tool.getByTestId('verdict-code').first().textContent()).toBe('NS7_SESSION');
  const mark = testBed.merchant.books().payments.length;
  await tool.getByTestId('pay').click();
  await tool.getByTestId('paid-answer').waitFor();
  expect(await tool.getByTestId('paid-answer').getAttribute('data-status')).toBe('200');
  const paid = testBed.merchant.books().payments.slice(mark);
  expect(paid).toHaveLength(1);
  // What was spent by hand stands in the activity like everything else.
  const { items } = await testBed.purse.ask('activity.page', { before: null, limit: 5 });
  expect(items.map((item) => [item.kind, item.amount])).toContainEqual(['sent', paid[0]?.amountRaw]);
});

test('no server is probed that the user has not called their own, not even on this machine', async () => {
  await inspect(testBed.at('/api/private'));
  expect(await tool.getByTestId('run').count()).toBe(0);
  await expect(
    testBed.purse.ask('tester.begin', { url: testBed.at('/api/private'), limit: '1', probing: true }),
  ).rejects.toThrow('fault_notOwnServer');
  await tool.getByTestId('claim-host').fill(new URL(testBed.at('/')).host);
  await tool.getByTestId('claim').click();
  await tool.getByTestId('run').waitFor();
});

test('a correct merchant has no findings, and paid probes do not run without consent', async () => {
  expect(await run('T1')).toBe('pass');
  await tool.locator('[data-probe=T1] summary').click();
  await tool.getByRole('button', { name: 'Copy as test' }).click();
  expect(await pasted(testBed.purse)).toContain("import test from 'node:test';");
  await tool.bringToFront();
  expect(await run('T5')).toBe('pass');
  expect(await run('T19')).toBe('skipped');
  await tool.getByTestId('with-money').check();
  expect(await run('T19')).toBe('pass');
  expect(await tool.getByTestId('summary').textContent()).toBe('Pass: 1');
});

test('a run that is stopped sends no more requests, and its findings can be saved', async () => {
  const sentBy = async (work: () => Promise<unknown>) => {
    const before = testBed.merchant.books().requests.length;
    await work();
    return testBed.merchant.books().requests.length - before;
  };
  await tool.getByTestId('with-money').uncheck();
  const alone = await sentBy(() => run('T1'));

  await tool.getByTestId('only').selectOption('all');
  await tool.getByTestId('run').click();
  await tool.locator('[data-probe]').nth(1).waitFor();
  await tool.getByTestId('stop').click();
  await tool.getByTestId('summary').waitFor();
  const found = await tool.locator('[data-probe]').count();
  const inAll = await tool.getByTestId('only').locator('option').count();
  expect(found).toBeLessThan(inAll - 1);
  const summary = await tool.getByTestId('summary').textContent();

  const json = JSON.parse(await saved('save-json'));
  expect(json).toMatchObject({ url: testBed.at('/api/private'), stopped: true });
  expect(json.findings).toHaveLength(found);
  const markdown = await saved('save-markdown');
  expect(markdown).toContain(summary);
  expect(markdown).toContain(testBed.at('/api/private'));
  await tool.getByRole('button', { name: 'Copy as Markdown' }).click();
  await tool.getByText('Copied').first().waitFor();
  expect(await pasted(testBed.purse)).toBe(markdown);
  await tool.bringToFront();

  expect(await sentBy(() => run('T1'))).toBe(alone);
});

test('a test goes on after its worker was killed', async () => {
  const before = testBed.merchant.books().payments.length;
  const paid = () => testBed.merchant.books().payments.slice(before);
  await tool.getByTestId('with-money').check();
  await tool.getByTestId('only').selectOption('T19');
  // While the first proof is on its way: the page waits for the server then, and for nothing of the worker.
  let isKilled = false;
  await tool.route('**/api/private**', async (route) => {
    if (!isKilled && 'payment-signature' in route.request().headers()) {
      isKilled = true;
      await testBed.purse.killWorker();
    }
    await route.continue();
  });
  await tool.getByTestId('run').click();
  await tool.getByTestId('summary').waitFor();
  await tool.unroute('**/api/private**');
  expect(isKilled).toBe(true);
  expect(await tool.locator('[data-probe=T19]').first().getAttribute('data-verdict')).toBe('pass');
  const { items } = await testBed.purse.ask('activity.page', { before: null, limit: 20 });
  const sent = items.filter(({ kind }) => kind === 'sent').map(({ amount }) => amount);
  for (const { amountRaw } of paid()) expect(sent).toContain(amountRaw);
});

test('a signed block of a test is recalled, and its account is free again', async () => {
  await inspect(testBed.at('/api/private', { mechanism: 'trackA' }));
  await tool.getByTestId('run').waitFor();
  await tool.getByTestId('with-money').check();
  expect(await run('T15')).toBe('pass');
  expect(await testBed.purse.ask('purse.state', {})).toMatchObject({ kind: 'open', handedOverBlock: null });
  expect((await testBed.purse.payments()).map(({ state }) => state)).toEqual(['revoked']);
});

test('planted faults are found', async () => {
  await inspect(`${faulty.origin}/api/private`);
  await tool.getByTestId('claim-host').fill(new URL(faulty.origin).host);
  await tool.getByTestId('claim').click();
  await tool.getByTestId('run').waitFor();
  expect(await run('T1')).toBe('fail');
  await tool.getByTestId('with-money').check();
  expect(await run('T19')).toBe('fail');
  expect(await tool.getByTestId('summary').textContent()).toBe('Pass: 0 · Fail: 1 (Critical: 1)');
});

test('the severest failure stands on top', async () => {
  await tool.getByTestId('with-money').uncheck();
  await tool.getByTestId('only').selectOption('all');
  await tool.getByTestId('run').click();
  // T5 comes after T1, and content for garbage matters more than a page without its offer.
  await tool.locator('[data-probe=T5]').waitFor();
  await tool.getByTestId('stop').click();
  await tool.getByTestId('summary').waitFor();
  const rows = tool.locator('[data-probe]');
  const shown = await rows.evaluateAll((all) =>
    all.map((one) => [one.getAttribute('data-probe'), one.getAttribute('data-severity')]),
  );
  expect(shown.slice(0, 2)).toEqual([
    ['T5', 'critical'],
    ['T1', 'warning'],
  ]);
});

test('nothing is spent beyond the agreed sum, also after the worker was killed', async () => {
  const { run: id } = await testBed.purse.ask('tester.begin', {
    url: testBed.at('/api/private'),
    limit: '5',
    probing: false,
  });
  const to = testBed.merchant.payTo;
  await testBed.purse.ask('tester.pay', { run: id, to, amount: '3' });
  await testBed.purse.killWorker();
  await expect(testBed.purse.ask('tester.pay', { run: id, to, amount: '3' })).rejects.toThrow(
    'fault_testLimit',
  );
  await expect(
    testBed.purse.ask('tester.handOver', { run: id, to, amount: '3', kept: false }),
  ).rejects.toThrow('fault_testLimit');
});
