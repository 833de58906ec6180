/** Answers to a proof that Chromium keeps for ever: what is asked for next goes to the server all the same. */
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtInterception } from '../build.ts';
import { allowInPrivate, type Browser, launchChromium, openPrivatePage } from '../chromium.ts';
import { newProfile, removeProfile } from '../profile.ts';
import { type Paywall, startPaywall } from './paywall.ts';

const VIEW = 'test/e2e/interception/extension/view.html';

let profile: string;
let browser: Browser;
let paywall: Paywall;
beforeAll(async () => {
  paywall = await startPaywall();
  profile = newProfile();
  const first = await launch();
  await first.context.close();
  allowInPrivate(profile, first.extensionId);
  browser = await launch();
});
afterAll(async () => {
  await browser?.context.close();
  await paywall?.close();
  await removeProfile(profile);
});

const launch = () => launchChromium({ extension: builtInterception(), profile });

/** A URL whose server asks for a proof, answers the first one with a status, and is well from then on. */
function refusedOnce(path: string, status: number, headers: Readonly<Record<string, string>> = {}): string {
  let isWell = false;
  return paywall.serve(path, (request, response) => {
    response.setHeader('Content-Type', 'text/html');
    if (isWell) {
      response.end('<!doctype html><title>Well</title>');
    } else if (request.headers['payment-signature'] === undefined) {
      response
        .setHeader('PAYMENT-REQUIRED', 'offer')
        .writeHead(402)
        .end('<!doctype html><title>Price</title>');
    } else {
      isWell = true;
      response.writeHead(status, headers).end('<!doctype html><title>Refused</title>');
    }
  });
}

/** The rules that are in force: one that was just added can be read before the browser goes by it. */
const dynamicRules = () =>
  browser.worker.evaluate(async () => {
    await chrome.declarativeNetRequest.updateDynamicRules({});
    return (await chrome.declarativeNetRequest.getDynamicRules()).map(({ condition }) => condition);
  });
const sessionRules = () =>
  browser.worker.evaluate(async () =>
    (await chrome.declarativeNetRequest.getSessionRules()).map(({ condition }) => condition),
  );
const titled = (page: Page, title: string) =>
  page.waitForFunction((wanted) => document.title === wanted, title);
const fetched = (page: Page, url: string) => page.evaluate(async (to) => (await fetch(to)).status, url);

const ANSWERS: readonly (readonly [status: number, headers: Readonly<Record<string, string>>])[] = [
  [410, {}],
  [300, {}],
  [301, { Location: '/elsewhere' }],
  [308, { Location: '/elsewhere' }],
  [404, { 'Cache-Control': 'max-age=600' }],
];

describe('after a refusal of the proof that the browser keeps', () => {
  test.each(ANSWERS)('a document is asked for at the server again: %i %j', async (status, headers) => {
    paywall.page('/elsewhere', '<title>Refused</title>');
    const path = `/document-${status}`;
    const url = refusedOnce(path, status, headers);
    const page = await browser.context.newPage();
    await page.goto(url);
    await titled(page, 'Refused');
    await expect.poll(dynamicRules).toHaveLength(1);

    await page.goto(url);
    await titled(page, 'Well');
    expect(paywall.at(path).map((request) => request.status)).toEqual([402, status, 200]);
    await expect.poll(dynamicRules).toEqual([]);
    await page.close();
  });

  test.each(ANSWERS)('a fetch is sent to the server again: %i %j', async (status, headers) => {
    paywall.page('/elsewhere', '<title>Refused</title>');
    const path = `/fetch-${status}`;
    const url = refusedOnce(path, status, headers);
    const page = await browser.context.newPage();
    await page.goto(paywall.page('/asking', ''));
    expect(await fetched(page, url)).toBe('Location' in headers ? 200 : status);
    await expect.poll(dynamicRules).toHaveLength(1);

    expect(await fetched(page, url)).toBe(200);
    expect(paywall.at(path).map((request) => request.status)).toEqual([402, status, 200]);
    await expect.poll(dynamicRules).toEqual([]);
    await page.close();
  });

  test('a server that still answers so is asked again at each visit', async () => {
    let isWell = false;
    const url = paywall.serve('/still-gone', (request, response) => {
      response.setHeader('Content-Type', 'text/html');
      const isProven = request.headers['payment-signature'] !== undefined;
      const isFirst = paywall.at('/still-gone').length === 0;
      if (isFirst && !isProven)
        response.setHeader('PAYMENT-REQUIRED', 'offer').writeHead(402).end('<title>Price');
      else response.writeHead(isWell ? 200 : 410).end(isWell ? '<title>Well' : '<title>Refused');
    });
    const page = await browser.context.newPage();
    await page.goto(url);
    await titled(page, 'Refused');
    await expect.poll(dynamicRules).toHaveLength(1);
    await page.goto(url);
    await page.goto(url);
    expect(paywall.at('/still-gone').map(({ status }) => status)).toEqual([402, 410, 410, 410]);
    isWell = true;
    await page.goto(url);
    await titled(page, 'Well');
    await expect.poll(dynamicRules).toEqual([]);
    await page.close();
  });

  test('the server is asked after a restart of the browser too', async () => {
    const [document, script] = [refusedOnce('/kept-document', 410), refusedOnce('/kept-fetch', 410)];
    const page = await browser.context.newPage();
    await page.goto(document);
    await titled(page, 'Refused');
    await page.goto(paywall.page('/asking', ''));
    expect(await fetched(page, script)).toBe(410);
    await expect.poll(dynamicRules).toHaveLength(2);

    await browser.context.close();
    browser = await launch();
    const later = await browser.context.newPage();
    await later.goto(document);
    await titled(later, 'Well');
    await later.goto(paywall.page('/asking', ''));
    expect(await fetched(later, script)).toBe(200);
    await expect.poll(dynamicRules).toEqual([]);
    await later.close();
  });

  test('the last 50 URLs are remembered', async () => {
    const urls = Array.from({ length: 51 }, (_, n) => refusedOnce(`/one-of-many-${n}`, 410));
    const page = await browser.context.newPage();
    await page.goto(paywall.page('/asking', ''));
    for (const url of urls) expect(await fetched(page, url)).toBe(410);
    const named = async () => (await dynamicRules()).map(({ regexFilter }) => regexFilter ?? '');
    await expect.poll(async () => (await named()).at(-1)).toContain('/one-of-many-50');
    const kept = await named();
    expect(kept).toHaveLength(50);
    expect(kept.filter((expression) => /one-of-many-0\b/.test(expression))).toEqual([]);
    for (const url of urls.slice(1)) expect(await fetched(page, url)).toBe(200);
    await expect.poll(dynamicRules).toEqual([]);
    await page.close();
  });

  test('a private window asks again in all its tabs, and neither the disk nor an ordinary tab learns of it', async () => {
    const url = refusedOnce('/private', 410);
    const own = await browser.context.newPage();
    await own.goto(`chrome-extension://${browser.extensionId}/${VIEW}`);
    const page = await openPrivatePage(own, url);
    await titled(page, 'Refused');
    const tabs = await own.evaluate(async () =>
      (await chrome.tabs.query({})).filter(({ incognito }) => incognito).map(({ id }) => id),
    );
    await expect.poll(sessionRules).toMatchObject([{ tabIds: tabs }]);
    expect(await dynamicRules()).toEqual([]);

    const opened = browser.context.waitForEvent('page');
    await page.evaluate(() => void open('about:blank'));
    const beside = await opened;
    await expect.poll(async () => (await sessionRules())[0]?.tabIds?.length).toBe(tabs.length + 1);
    await beside.goto(url);
    await titled(beside, 'Well');
    await expect.poll(sessionRules).toEqual([]);
    await beside.close();
    await page.close();
    await own.close();
  });
});
