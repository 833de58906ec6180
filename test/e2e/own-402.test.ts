/** Pages that handle their own 402: written as the reference pages are, and paid by another wallet. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { STANDS_AFTER } from '../../src/interception/patience.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { fundedPayer, type Payer } from '../merchant/testing/payer.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
/** Another wallet, on a telephone say. */
let outside: Payer;
const pages: Page[] = [];
let visits = 0;

beforeAll(async () => {
  testBed = await openTestBed();
  outside = await fundedPayer(testBed.devnet, XNO);
});
afterAll(() => testBed?.close());
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
  const { purse, merchant } = testBed;
  await purse.ask('settings.manual', { site: merchant.origin, manual: false });
  await purse.until('approval.list', {}, ({ length }) => length === 0);
});

const urlOf = (style: string, query: Readonly<Record<string, string>> = {}) =>
  testBed.at('/own-402', { style, node: testBed.devnet.rpcUrl, visit: String(++visits), ...query });

async function open(url: string): Promise<Page> {
  const page = await testBed.purse.newPage();
  pages.push(page);
  await page.goto(url);
  return page;
}

/** Resolves with what the page says once it is in this state. */
async function until(page: Page, state: 'price' | 'paid' | 'failed'): Promise<string> {
  await page.locator(`#own[data-state="${state}"]`).waitFor();
  return page.locator('#own').innerText();
}

/** Pays, from the other wallet, what the page shows. */
async function payOutside(page: Page): Promise<void> {
  await until(page, 'price');
  const own = page.locator('#own');
  const [payTo, amount] = [await own.getAttribute('data-pay-to'), await own.getAttribute('data-amount')];
  await outside.pay(payTo ?? '', BigInt(amount ?? 0));
}

const waiting = () => testBed.purse.ask('approval.list', {});
/** The newest reason why something was not paid. */
const lastReason = async () => (await testBed.purse.ask('log.list', {}))[0]?.key;

describe.each(['head', 'rev7'])('a page in the style %s', (style) => {
  test('is asked about first; left to itself, it is paid by another wallet and shows its content', async () => {
    const { purse, merchant } = testBed;
    const url = urlOf(style);
    const page = await open(url);
    const question = await purse.nextApproval();
    expect(question.offer.manualSite).toBe(merchant.origin);
    await question.leave();
    await payOutside(page);
    expect(await until(page, 'paid')).toContain(PAID_MARKER);

    // From now on without a question: the page has its 402 at once, and once more on the next visit.
    const next = await open(urlOf(style));
    await payOutside(next);
    expect(await until(next, 'paid')).toContain(PAID_MARKER);
    expect(await waiting()).toEqual([]);
    expect(await lastReason()).toBe('refusal_MANUAL');
    expect(testBed.sends()).toEqual([]);
    expect(await purse.payments()).toEqual([]);
  });

  test('that says in its head that it handles its own 402 is neither asked about nor paid, whatever the budget', async () => {
    const { purse, merchant } = testBed;
    const limits = { perPayment: String(2n * PRICE), perDay: String(XNO) };
    await purse.ask('budget.save', { site: merchant.origin, ...limits });
    const page = await open(urlOf(style, { manual: 'head' }));
    await payOutside(page);
    expect(await until(page, 'paid')).toContain(PAID_MARKER);
    expect(await lastReason()).toBe('refusal_MANUAL_PAGE');
    expect(await waiting()).toEqual([]);
    expect(testBed.sends()).toEqual([]);
    expect((await purse.ask('settings.read', {})).manualSites).toEqual([]);
    await purse.ask('budget.remove', { site: merchant.origin });
  });

  test('that says so elsewhere than in its head is asked about', async () => {
    const page = await open(urlOf(style, { manual: 'body' }));
    await (await testBed.purse.nextApproval()).decline();
    await until(page, 'price');
  });
});

test('a request that its page could take back gets its own 402 without a delay', async () => {
  const { purse, merchant } = testBed;
  await purse.ask('settings.manual', { site: merchant.origin, manual: true });
  const page = await open(testBed.at('/free'));
  const times = await page.evaluate(async (url) => {
    const found: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      const from = performance.now();
      const { status } = await fetch(url, { signal: new AbortController().signal });
      found.push(status === 402 ? performance.now() - from : Number.NaN);
    }
    return found;
  }, testBed.at('/api/data'));
  expect(Math.min(...times)).toBeLessThan(STANDS_AFTER);
});

test('an element of the page that hides its methods keeps no 402 from it', async () => {
  const page = await open(testBed.at('/free'));
  await page.evaluate(() => {
    document.body.innerHTML = '<img name="querySelector"><img name="head">';
  });
  const status = page.evaluate(async (url) => (await fetch(url)).status, testBed.at('/api/data'));
  await (await testBed.purse.nextApproval()).decline();
  expect(await status).toBe(402);
});

test('all requests of its scripts that wait are given back at once, and its documents are asked about as before', async () => {
  const { purse } = testBed;
  const [first, second] = [await open(urlOf('head')), await open(urlOf('rev7'))];
  await purse.until('approval.list', {}, ({ length }) => length === 2);
  await (await purse.nextApproval()).leave();
  await Promise.all([until(first, 'price'), until(second, 'price')]);
  const document = await open('about:blank');
  void document.goto(testBed.at('/article')).catch(() => undefined);
  const { offer, decline } = await purse.nextApproval();
  expect([offer.url, offer.manualSite]).toEqual([testBed.at('/article'), null]);
  await decline();
});

test('the settings show the site, and removed from there it is asked about again', async () => {
  const { purse, merchant } = testBed;
  await open(urlOf('head'));
  await (await purse.nextApproval()).leave();
  const popup = await purse.popup();
  pages.push(popup);
  await popup.locator('nav button').last().click();
  const listed = popup.getByTestId('manual-sites').locator('li');
  await listed
    .filter({ hasText: new URL(merchant.origin).host })
    .getByRole('button')
    .click();
  await listed.waitFor({ state: 'detached' });
  expect((await purse.ask('settings.read', {})).manualSites).toEqual([]);
  await open(urlOf('head'));
  await (await purse.nextApproval()).decline();
});

test('the switch beside the budget of a site lets its pages handle their own 402s, and ends that', async () => {
  const { purse, merchant } = testBed;
  await purse.ask('budget.save', { site: merchant.origin, perPayment: '1', perDay: '1' });
  const popup = await purse.popup();
  pages.push(popup);
  await popup.locator('nav button').nth(2).click();
  await popup.getByTestId('budget-edit').click();
  const isOn = (on: boolean) =>
    purse.until('settings.read', {}, ({ manualSites }) => manualSites.includes(merchant.origin) === on);
  await popup.getByTestId('manual-site').check();
  await isOn(true);
  await until(await open(urlOf('head')), 'price');
  await popup.getByTestId('manual-site').uncheck();
  await isOn(false);
  await open(urlOf('head'));
  await (await purse.nextApproval()).decline();
  await purse.ask('budget.remove', { site: merchant.origin });
});

/** The popup, opened over a tab that shows a page of this URL: a popup in a tab of its own is the active tab itself. */
async function popupOver(url: string, incognito: boolean): Promise<Page> {
  const popup = await testBed.purse.popup();
  pages.push(popup);
  const [tab] = await popup.evaluate((shown) => chrome.tabs.query({ url: shown }), url);
  await popup.addInitScript(
    (active) => {
      const query = (_: unknown, give?: (all: readonly object[]) => void) => {
        give?.([active]);
        return Promise.resolve([active]);
      };
      Object.defineProperty(chrome.tabs, 'query', { value: query });
    },
    { ...tab, incognito },
  );
  await popup.reload();
  await popup.getByTestId('tab-row').click();
  await popup.getByTestId('tab-exchange').first().waitFor();
  return popup;
}

test('the switch stands with what a tab asked for too, but for a tab of a private window', async () => {
  const { purse, merchant } = testBed;
  const url = urlOf('head');
  const page = await open(url);
  await (await purse.nextApproval()).decline();
  await until(page, 'price');
  const popup = await popupOver(url, false);
  await popup.getByTestId('manual-site').check();
  await purse.until('settings.read', {}, ({ manualSites }) => manualSites.includes(merchant.origin));
  await popup.close();
  const ofPrivate = await popupOver(url, true);
  // What the switch would be shown after: the settings, and a paint.
  await ofPrivate.evaluate(async () => {
    await chrome.runtime.sendMessage({ request: 'settings.read', input: {} });
    for (let i = 0; i < 2; i += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  expect(await ofPrivate.getByTestId('manual-site').count()).toBe(0);
});
