/** The signs of what the purse does by itself: on the toolbar button, in its title and in the popup. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
let page: Page;
/** A page of the purse, which asks the browser what its button shows. */
let view: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { password: PASSWORD } });
  view = await testBed.purse.newPage();
  await view.goto(testBed.purse.url('manifest.json'));
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

const PASSWORD = 'a password of this test alone 7';
/** How long a sign may take to come or go by itself, on a machine with other things to do (ms). */
const PATIENCE = { timeout: 60_000 };

const host = () => new URL(testBed.merchant.origin).host;

/** The number of the tab that shows this URL. */
async function tabOf(url: string): Promise<number> {
  const tabs = await view.evaluate(() => chrome.tabs.query({}));
  return tabs.find((tab) => tab.url === url)?.id ?? -1;
}

/** What stands on the button over a tab, or over all that have nothing of their own. */
const buttonOf = (tabId?: number) =>
  view.evaluate(
    async (on) => ({
      text: await chrome.action.getBadgeText(on),
      title: await chrome.action.getTitle(on),
    }),
    tabId === undefined ? {} : { tabId },
  );

const budget = () =>
  testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(XNO),
    perDay: String(9n * XNO),
    paused: false,
  });

describe('the toolbar button', () => {
  test('names what a budget has paid over its tab for some seconds, and no other tab', async () => {
    await budget();
    await page.goto(testBed.at('/free'));
    const tab = await tabOf(page.url());
    await page.bringToFront();
    const status = page.evaluate(
      async (url) => (await fetch(url)).status,
      testBed.at('/api/data', { name: 'signed' }),
    );
    await expect
      .poll(() => buttonOf(tab), PATIENCE)
      .toEqual({ text: '0.01', title: `Paid 0.01 XNO to ${host()}` });
    expect(await status).toBe(200);
    expect(await buttonOf()).toEqual({ text: '', title: 'Nano Purse' });
    await expect.poll(async () => (await buttonOf(tab)).text, PATIENCE).toBe('');
    await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
  });

  test('marks what was paid and not delivered, over a killed worker, until the popup has shown it', async () => {
    const { purse } = testBed;
    await budget();
    await page.goto(testBed.at('/free'));
    const tab = await tabOf(page.url());
    await page.bringToFront();
    const url = testBed.at('/loses-answer', { name: 'owed' });
    await page.evaluate((address) => fetch(address).catch(() => null), url);
    const owedTitle = expect.stringContaining(`Paid 0.01 XNO to ${host()}, but nothing was delivered`);
    await expect.poll(() => buttonOf(tab), PATIENCE).toEqual({ text: '!', title: owedTitle });
    await expect.poll(async () => (await buttonOf()).text, PATIENCE).toBe('!');
    await purse.killWorker();
    await page.goto(testBed.at('/free', { again: '1' }));
    await expect.poll(async () => (await buttonOf(tab)).text, PATIENCE).toBe('!');

    const popup = await purse.popup();
    const owed = popup.getByTestId('owed');
    await owed.getByText(host()).waitFor();
    await expect
      .poll(async () => [(await buttonOf(tab)).text, (await buttonOf()).text], PATIENCE)
      .toEqual(['', '']);
    // What is still not delivered stays in the popup, with a way to get it.
    await popup.reload();
    const opening = purse.context.waitForEvent('page');
    await owed.getByTestId('owed-deliver').click();
    const again = await opening;
    await again.getByText(PAID_MARKER).first().waitFor();
    await owed.waitFor({ state: 'detached' });
    await again.close();
    await popup.close();
    await purse.ask('budget.remove', { site: testBed.merchant.origin });
  });

  test('says that the purse is locked, and that something waits for its user', async () => {
    const { purse } = testBed;
    await purse.ask('vault.lock', {});
    await expect.poll(async () => (await buttonOf()).title, PATIENCE).toBe('Nano Purse: locked');
    void page.goto(testBed.at('/article', { name: 'waits' })).catch(() => undefined);
    await purse.until('approval.waiting', {}, ({ length }) => length === 1);
    const waiting = 'Nano Purse: payment requests waiting for you: 1';
    await expect.poll(buttonOf, PATIENCE).toEqual({ text: '1', title: waiting });
    await purse.ask('vault.unlock', { password: PASSWORD });
    await (await purse.nextApproval()).decline();
    await expect.poll(buttonOf, PATIENCE).toEqual({ text: '', title: 'Nano Purse' });
  });
});

describe('the popup over a page', () => {
  /** The popup as it is over a tab: as a page of its own it would be over itself. */
  async function popupOver(tabId: number): Promise<Page> {
    const popup = await testBed.purse.newPage();
    await popup.setViewportSize({ width: 360, height: 600 });
    await popup.addInitScript(
      ([id, url]) => {
        const query = (_: unknown, give?: (tabs: readonly object[]) => void) => {
          const tabs = [{ id, url, incognito: false }];
          give?.(tabs);
          return Promise.resolve(tabs);
        };
        Object.defineProperty(chrome.tabs, 'query', { value: query });
      },
      [tabId, testBed.merchant.origin] as const,
    );
    await popup.goto(testBed.purse.url('src/pages/popup/index.html'));
    return popup;
  }

  test('leads back from a decline: the page asks again, and is paid after all', async () => {
    const { purse } = testBed;
    const url = testBed.at('/article', { name: 'declined' });
    void page.goto(url).catch(() => undefined);
    await (await purse.nextApproval()).decline();
    await page.locator('#gate').waitFor();
    const popup = await popupOver(await tabOf(url));
    await popup.getByTestId('pay-after-all').click();
    await (await purse.nextApproval()).approve();
    await page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
    await popup.getByTestId('declined').waitFor({ state: 'detached' });
    await popup.close();
  });

  test('takes a block back: the page asks again, and a blocked site can be unblocked without it', async () => {
    const { purse, merchant } = testBed;
    const url = testBed.at('/article', { name: 'blocked' });
    void page.goto(url).catch(() => undefined);
    await (await purse.nextApproval()).never();
    await page.locator('#gate').waitFor();
    const tab = await tabOf(url);
    const popup = await popupOver(tab);
    await popup.getByTestId('unblock').click();
    await (await purse.nextApproval()).never();
    await purse.ask('exchange.clear', { tabId: tab });
    await popup.getByTestId('unblock').getByText('Unblock').click();
    await purse.until('settings.read', {}, ({ blockedSites }) => !blockedSites.includes(merchant.origin));
    await popup.getByTestId('site-blocked').waitFor({ state: 'detached' });
    await popup.locator('h1:focus').waitFor({ state: 'attached' });
    await popup.close();
  });
});
