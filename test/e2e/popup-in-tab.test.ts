import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import { popupScreen, type Screen } from './screen.ts';
import { openTestBed, type TestBed } from './setup.ts';

const PASSWORD = 'five gates and a wooden bridge';

let testBed: TestBed;
beforeAll(async () => {
  testBed = await openTestBed({ purse: { password: PASSWORD } });
});
afterAll(() => testBed?.close());

const POPUP = () => testBed.purse.url('src/pages/popup/index.html');

/** The worker of the purse, awake. */
async function worker() {
  const { context, ask } = testBed.purse;
  await ask('purse.state', {});
  return context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
}

/** Opens the popup of the toolbar button, as a click on it does. */
async function toolbarPopup(): Promise<Screen> {
  const page = await testBed.purse.newPage();
  await page.bringToFront();
  await (await worker()).evaluate(() => chrome.action.openPopup());
  for (;;) {
    const screen = await popupScreen(testBed.purse.context, POPUP(), 'body');
    if (screen !== undefined) return screen;
  }
}

const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return box;
};

/** The colors that a page has. */
const groundOf = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body.parentElement as Element).backgroundColor);
const LIGHT = 'rgb(244, 246, 246)';
const DARK = 'rgb(14, 20, 22)';

test('the toolbar popup opens in a tab, which has its navigation at the side and every page', async () => {
  const popup = await toolbarPopup();
  const opening = testBed.purse.context.waitForEvent('page');
  await popup.click('open-tab');
  const page = await opening;
  await popup.close();
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.getByTestId('balance').waitFor();
  expect(page.url()).toBe(POPUP());
  expect(await page.getByTestId('open-tab').count()).toBe(0);

  const pages = page.locator('nav button');
  for (let place = 0; place < (await pages.count()); place += 1) {
    await pages.nth(place).click();
    await page.locator('h1').waitFor();
    const [side, main] = [await boxOf(page, 'nav'), await boxOf(page, 'main')];
    expect([side.x, side.width, main.x, main.width]).toEqual([0, 220, 220, 780]);
    expect(side.height).toBeGreaterThan(600);
  }
  await page.setViewportSize({ width: 360, height: 600 });
  const bottom = await boxOf(page, 'nav');
  expect([bottom.x, bottom.width, bottom.y + bottom.height]).toEqual([0, 360, 600]);
  await page.close();
});

test('a chosen theme is shown by every page, open or new, whatever the browser has, and on the lock screen', async () => {
  const { purse } = testBed;
  const popup = await purse.popup();
  await popup.emulateMedia({ colorScheme: 'light' });
  const other = await purse.newPage();
  await other.emulateMedia({ colorScheme: 'light' });
  await other.goto(purse.url('src/pages/developer/index.html'));
  await popup.locator('nav button').last().click();
  expect(await groundOf(popup)).toBe(LIGHT);
  await popup.getByTestId('theme').selectOption('dark');
  await expect.poll(() => Promise.all([popup, other].map(groundOf))).toEqual([DARK, DARK]);

  await purse.ask('vault.lock', {});
  const locked = await purse.popup();
  await locked.emulateMedia({ colorScheme: 'light' });
  await locked.getByTestId('unlock-password').waitFor();
  expect(await groundOf(locked)).toBe(DARK);
  await purse.ask('vault.unlock', { password: PASSWORD });

  await purse.ask('settings.write', { theme: 'light' });
  await popup.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => groundOf(popup)).toBe(LIGHT);
  await purse.ask('settings.write', { theme: 'system' });
  await expect.poll(() => groundOf(popup)).toBe(DARK);
  for (const page of [popup, other, locked]) await page.close();
});

test('the page about the purse says its version, its commit and the shortcut that the browser has for it', async () => {
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').last().click();
  await popup.getByTestId('open-about').click();
  expect(await popup.getByTestId('version').textContent()).toBe(manifest.version);
  expect(await popup.getByTestId('commit').textContent()).toMatch(/^([0-9a-f]{12}(-dirty)?|unknown)$/);
  const commands = await popup.evaluate(() => chrome.commands.getAll());
  const opening = commands.find(({ name }) => name === '_execute_action');
  expect(opening).toBeDefined();
  // A browser gives no key to an extension whose suggestion is taken, or that it was started with.
  expect(await popup.getByTestId('shortcut').textContent()).toBe(opening?.shortcut || 'None');
  await popup.close();
});

test('the menu of a link opens it in a new tab beside its page, where the purse asks, and pays nothing by itself', async () => {
  const { purse } = testBed;
  const from = await purse.newPage();
  await from.goto(testBed.at('/free'));
  await from.bringToFront();
  const mark = await testBed.mark();
  const opening = purse.context.waitForEvent('page');
  await (await worker()).evaluate(async (linkUrl) => {
    // Fails where there is no such entry.
    await new Promise<void>((resolve, reject) => {
      chrome.contextMenus.update('pay-link', {}, () => {
        const { lastError } = chrome.runtime;
        if (lastError === undefined) resolve();
        else reject(new Error(lastError.message));
      });
    });
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    // The event that the browser sends for a choice in its menu, which no test can open.
    const event = chrome.contextMenus.onClicked as unknown as { dispatch(...given: unknown[]): void };
    event.dispatch({ menuItemId: 'pay-link', linkUrl, editable: false, pageUrl: tab?.url }, tab);
  }, testBed.at('/article'));
  const page = await opening;
  const { offer, approve } = await purse.nextApproval();
  expect(offer.url).toBe(testBed.at('/article'));
  await testBed.nothingSince(mark);
  await approve();
  await page.locator('#paid').waitFor();
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  await page.close();
  await from.close();
});
