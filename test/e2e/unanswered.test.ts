/** Requests of scripts whose question the user does not answer. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalView } from '../../src/messages/approval.ts';
import { openTestBed, type TestBed } from './setup.ts';
import { setWorkerClock } from './worker-clock.ts';

/**
 * By how much the clock of the worker is ahead (ms). The browser tells by its own clock when a 402 arrived: what is held for
 * a minute is held for a few seconds.
 */
const AHEAD = 55_000;

let testBed: TestBed;
let page: Page;
let visits = 0;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  await setWorkerClock(testBed.purse, AHEAD);
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
});

const urlOf = (path = '/api/data') =>
  testBed.at(path, { mechanism: 'nanoSignature', expiry: '600', visit: String(++visits) });

/** Resolves with the question that waits, once it passes `test`. */
async function asked(test: (question: ApprovalView) => boolean): Promise<ApprovalView> {
  const [question] = await testBed.purse.until(
    'approval.list',
    {},
    ([one]) => one !== undefined && test(one),
  );
  if (question === undefined) throw new Error('no question waits');
  return question;
}

const pay = ({ id }: ApprovalView) => testBed.purse.ask('approval.answer', { id, answer: { kind: 'once' } });

/** Has the page fetch an address; `got` in its global scope becomes the status. */
const fetchIn = (one: Page, url: string, method = 'GET') =>
  one.evaluate(
    ([address, name]) => {
      const got = fetch(address, { method: name }).then(({ status }) => status);
      Object.assign(globalThis, { got });
    },
    [url, method] as const,
  );

describe('a held request without an answer', () => {
  test('gets its own 402 after a minute; Pay and reload pays it, and its page asks again and gets it', async () => {
    const mark = await testBed.mark();
    const url = urlOf();
    await page.addInitScript((address) => {
      addEventListener('load', () => {
        Object.assign(globalThis, { got: fetch(address).then(({ status }) => status) });
      });
    }, url);
    await page.goto(testBed.at('/free'));
    const question = await asked(() => true);
    expect(question).toMatchObject({ url, reloadsPage: false });
    expect(await page.evaluate('got')).toBe(402);
    expect(await asked(({ reloadsPage }) => reloadsPage)).toMatchObject({
      url,
      warnings: expect.arrayContaining(['warning_reloads']),
    });
    await expect(pay(question)).rejects.toThrow('fault_approvalGone');
    await testBed.nothingSince(mark);

    const popup = await testBed.purse.popup();
    const loaded = page.waitForEvent('load');
    await popup.getByRole('button', { name: 'Pay 0.01 XNO and reload' }).click();
    await loaded;
    expect(await page.evaluate('got')).toBe(200);
    expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled', status: 200 }]);
    await popup.close();
  });

  test('gets its own 402 when the time is over that its XMLHttpRequest has set', async () => {
    await setWorkerClock(testBed.purse, 0);
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const url = urlOf();
    const got = await page.evaluate(
      (address) =>
        new Promise<readonly [string, number]>((resolve) => {
          const xhr = new XMLHttpRequest();
          for (const type of ['load', 'error', 'abort', 'timeout'])
            xhr.addEventListener(type, () => resolve([type, xhr.status]));
          xhr.open('GET', address);
          xhr.timeout = 6_000;
          xhr.send();
        }),
      url,
    );
    expect(got).toEqual(['load', 402]);
    expect(await asked(() => true)).toMatchObject({ url, reloadsPage: true });
    await testBed.nothingSince(mark);
  });

  test('with a body is not sent again by a reload: its page sends it again, and it is paid once', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const url = urlOf('/api/echo');
    await fetchIn(page, url, 'POST');
    expect(await page.evaluate('got')).toBe(402);
    const question = await asked(({ warnings }) => warnings.includes('warning_sendAgain'));
    expect(question).toMatchObject({ url, reloadsPage: false });
    await pay(question);
    expect(await testBed.purse.until('page.toLoad', {}, ({ length }) => length > 0)).toMatchObject([
      { url, byReload: false },
    ]);
    const popup = await testBed.purse.popup();
    await popup.getByText('Do the same on the page again').waitFor();
    expect(await popup.getByTestId('load-page').count()).toBe(0);
    await popup.close();
    // The document is the same: nothing has loaded it again.
    expect(await page.evaluate('got')).toBe(402);
    await fetchIn(page, url, 'POST');
    expect(await page.evaluate('got')).toBe(200);
    expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled', method: 'POST' }]);
  });

  test('and sent again by its page has the same question, and gets the content without a reload', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const url = urlOf();
    await fetchIn(page, url);
    expect(await page.evaluate('got')).toBe(402);
    await asked(({ reloadsPage }) => reloadsPage);
    await fetchIn(page, url);
    await pay(await asked(({ reloadsPage }) => !reloadsPage));
    expect(await page.evaluate('got')).toBe(200);
    expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled' }]);
  });

  test.each<[string, (one: Page) => Promise<unknown>]>([
    ['is left', (one) => one.goto(testBed.at('/free', { left: '1' }))],
    ['is loaded again', (one) => one.reload()],
    ['is closed', (one) => one.close()],
  ])('loses its question when its page %s', async (_, way) => {
    const mark = await testBed.mark();
    const own = await testBed.purse.newPage();
    await own.goto(testBed.at('/free'));
    await fetchIn(own, urlOf());
    await asked(({ reloadsPage }) => reloadsPage);
    await way(own);
    await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
    await testBed.nothingSince(mark);
    await own.close();
  });
});
