/** Servers whose clock differs from that of this machine. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { quote } from '../merchant/testing/test-bed.ts';
import { openTestBed, type TestBed } from './setup.ts';

const MINUTE = 60_000;

let testBed: TestBed;
let page: Page;
/** By how much the clock of the merchant is ahead of this machine's (ms). */
let ahead = 0;

beforeAll(async () => {
  testBed = await openTestBed({ merchant: { now: () => Date.now() + ahead } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
});

/** The newest line of the log about a URL, once there is one. */
async function logged(url: string) {
  const lines = await testBed.purse.until('log.list', {}, (all) => all.some((line) => line.url === url));
  return lines.find((line) => line.url === url);
}

/** The URL of an offer that ends so long after now by the clock of the merchant (ms). */
async function offerEnding(left: number): Promise<string> {
  const resource = { url: testBed.at('/api/data') };
  const entry = await quote(resource.url);
  const expiresAt = new Date(Date.now() + ahead + left).toISOString();
  const extra = { nanoSession: { ...(entry.extra.nanoSession as object), expiresAt } };
  const offer = {
    x402Version: 2,
    error: '',
    resource,
    accepts: [{ ...entry, maxTimeoutSeconds: 3_600, extra }],
  };
  return testBed.merchant.registerHeader(Buffer.from(JSON.stringify(offer)).toString('base64'));
}

/** Asks for a URL by a script of a page of the merchant. */
async function fetchIn(url: string): Promise<void> {
  await page.goto(testBed.at('/free'));
  await page.evaluate((wanted) => void fetch(wanted), url);
}

describe.each([
  ['ahead', 10 * MINUTE],
  ['behind', -10 * MINUTE],
])('a server whose clock is ten minutes %s', (side, skew) => {
  beforeEach(() => {
    ahead = skew;
  });

  test('is paid within the life of its offer, after a question that says by how much', async () => {
    const mark = await testBed.mark();
    void page.goto(testBed.at('/article', { side })).catch(() => undefined);
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(Math.abs((offer.clockSkew ?? 0) - skew)).toBeLessThan(5_000);
    expect(offer.answerBy - Date.now()).toBeGreaterThan(2 * MINUTE);
    expect(offer.answerBy - Date.now()).toBeLessThan(3 * MINUTE);
    const popup = await testBed.purse.popup();
    const words = await popup.getByTestId('clock-skew').textContent();
    expect(words).toMatch(new RegExp(`10 min ${side}`));
    await popup.close();
    await approve();
    await page.locator('#paid').waitFor();
    await testBed.purse.until(
      'activity.page',
      { before: null, limit: 1 },
      ({ items: [newest] }) => newest?.kind === 'payment' && newest.state === 'settled',
    );
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('is not paid for an offer that is over by that clock, and the log says by how much the clocks differ', async () => {
    const mark = await testBed.mark();
    const url = await offerEnding(-MINUTE);
    await fetchIn(url);
    const line = await logged(url);
    expect(line?.key).toBe('refusal_EXPIRED');
    expect(Math.abs((line?.clockSkew ?? 0) - skew)).toBeLessThan(5_000);
    await testBed.nothingSince(mark);
    const popup = await testBed.purse.popup();
    await popup.locator('nav button').last().click();
    await popup.getByRole('button', { name: 'Unpaid requests' }).click();
    await popup.locator('[data-testid="log-line"] [data-testid="clock-skew"]').first().waitFor();
    await popup.close();
  });

  test('is asked about for as long as its offer lives by that clock', async () => {
    await fetchIn(await offerEnding(5 * MINUTE));
    const { offer, decline } = await testBed.purse.nextApproval();
    expect(Math.abs(offer.answerBy - Date.now() - 5 * MINUTE)).toBeLessThan(30_000);
    await decline();
  });
});

test('a 402 that the browser kept is judged by the clock of this machine', async () => {
  // The browser keeps it for ten minutes from its Date.
  ahead = -5 * MINUTE;
  const url = testBed.at('/cacheable', { visit: 'kept' });
  await page.goto(testBed.at('/free'));
  void page.evaluate((to) => location.assign(to), url).catch(() => undefined);
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer.clockSkew).not.toBeNull();
  await decline();
  expect(await logged(url)).toMatchObject({ key: 'refusal_DECLINED', clockSkew: expect.any(Number) });

  const requests = () => testBed.merchant.books().requests.filter(({ path }) => url.endsWith(path)).length;
  const before = requests();
  await page.goto(testBed.at('/free'));
  void page.evaluate((to) => location.assign(to), url).catch(() => undefined);
  const lines = await testBed.purse.until('log.list', {}, ([newest]) => newest?.key === 'refusal_EXPIRED');
  expect(lines[0]).toMatchObject({ url });
  expect(lines[0]).not.toHaveProperty('clockSkew');
  expect(requests()).toBe(before);
});
