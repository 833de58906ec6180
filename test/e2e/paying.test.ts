import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openTestBed, PRICE, TAG, type TestBed } from './setup.ts';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

/** Approves the one question, and checks that what was paid then is the one thing all three records know of. */
async function payOnce(mechanism: string, path: string, seen: () => Promise<unknown>): Promise<void> {
  const mark = await testBed.mark();
  const shown = seen();
  const { offer, approve } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ mechanism, site: testBed.merchant.origin, payTo: testBed.merchant.payTo });
  await approve();
  await shown;
  await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
    return last?.kind === 'payment' && last.state === 'settled';
  });
  const [payment, ...others] = await testBed.paidSince(mark);
  expect(others).toEqual([]);
  expect(payment).toMatchObject({ mechanism, status: 200, approval: 'once', amount: offer.amount });
  expect(new URL(payment?.url ?? '').pathname).toBe(path);
  const tag = BigInt(offer.amount) - PRICE;
  expect(mechanism === 'nanoSession' ? tag > 0n && tag < TAG : tag === 0n).toBe(true);
}

const text = (selector: string, wanted: string) =>
  page.waitForFunction(
    ([where, what]) => document.querySelector(where ?? '')?.textContent?.includes(what ?? ''),
    [selector, wanted],
  );

describe.each(['nanoSession', 'nanoSignature'])('with %s a page gets what it asks for by', (mechanism) => {
  test('a document that shows its price', async () => {
    await payOnce(mechanism, '/article', async () => {
      await page.goto(testBed.at('/article', { mechanism }));
      await text('#paid', PAID_MARKER);
    });
  });

  test('a document behind a bare 402', async () => {
    await payOnce(mechanism, '/bare', async () => {
      await page.goto(testBed.at('/bare', { mechanism })).catch(() => undefined);
      await text('#paid', PAID_MARKER);
    });
  });

  test('an iframe', async () => {
    await payOnce(mechanism, '/frame', async () => {
      await page.goto(testBed.at('/page', { iframe: '1', mechanism }));
      await page.frameLocator('#iframe-view').locator('#paid').waitFor();
    });
  });

  test.each([
    ['fetch', '/api/data'],
    ['post', '/api/echo'],
    ['xhr', '/api/data'],
    ['img', '/image.png'],
  ])('%s', async (way, path) => {
    await payOnce(mechanism, path, async () => {
      await page.goto(testBed.at('/page', { [way]: '1', mechanism }));
      await page.locator(`#${way}-result[data-state="done"][data-status="200"]`).waitFor();
    });
    const answer = await page.locator(`#${way}-result`).textContent();
    expect(answer).toContain(way === 'img' ? '96 × 96' : PAID_MARKER);
    if (way === 'post') expect(answer).toContain(String.raw`{\"from\":\"page\",\"number\":1}`);
  });
});

test('a form that was posted is posted again with its words', async () => {
  await page.goto(testBed.at('/page'));
  await payOnce('nanoSession', '/api/echo', async () => {
    await page.click('#do-form');
    await text('body', 'word=hello');
  });
});

test('a question says what it costs, whom it pays, for what, and how it was checked', async () => {
  const description = 'Two columns, no advertising';
  // The engines are timed once, some time after the start, and do no work ahead meanwhile.
  await testBed.purse.until('work.read', {}, ({ engines }) => engines.some(({ rate }) => rate !== null));
  await testBed.purse.until('purse.state', {}, (state) => state.kind === 'open' && state.work === 'ready');
  void page.goto(testBed.at('/article', { description, expiry: '120' })).catch(() => undefined);
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({
    description,
    askedBy: null,
    reason: 'reason_newSite',
    missing: null,
    work: 'ready',
    url: testBed.at('/article', { description, expiry: '120' }),
  });
  expect(offer.checks).toContain('check_sumMatches');
  expect(offer.answerBy - Date.now()).toBeGreaterThan(60_000);
  expect(offer.answerBy - Date.now()).toBeLessThanOrEqual(110_000);
  await decline();
});

test('what a page cannot wait for is paid once, and comes when the user has the page load again', async () => {
  const { purse } = testBed;
  const mark = await testBed.mark();
  const url = testBed.at('/api/data', { by: 'a synchronous request' });
  const ask = () =>
    page.evaluate((target) => {
      const xhr = new XMLHttpRequest();
      xhr.open('GET', target, false);
      xhr.send();
      return xhr.status;
    }, url);
  await page.goto(testBed.at('/free'));
  expect(await ask()).toBe(402);
  const { offer, approve } = await purse.nextApproval();
  expect(offer.warnings).toContain('warning_loadAgain');
  await approve();
  expect(await purse.until('page.toLoad', {}, (list) => list.length > 0)).toMatchObject([{ url }]);
  const popup = await purse.popup();
  const loaded = page.waitForEvent('load');
  await popup.getByTestId('load-page').click();
  await loaded;
  expect(await ask()).toBe(200);
  await popup.getByTestId('load-page').waitFor({ state: 'detached' });
  await popup.close();
  expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled', status: 200 }]);
});
