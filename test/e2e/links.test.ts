import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAddress } from '../devnet/address.ts';
import { newProfile, removeProfile } from './profile.ts';
import { launchPurse } from './purse.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';

const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
const AMOUNT = 1_000_000_000_000_000_000_000_000_007n;
const LINK = `nano:${PAYEE}?amount=${AMOUNT}`;

const profile = newProfile();
let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { profile } });
});
afterAll(async () => {
  await testBed?.close();
  await removeProfile(profile);
});
beforeEach(async () => {
  page = await openPage();
});
afterEach(async () => {
  for (const window of windows()) await window.close();
  await page.close();
});

const inPurse = (path: string) => testBed.purse.url(path);
const windows = () =>
  testBed.purse.context.pages().filter((one) => one.url().startsWith(inPurse('src/pages/link/')));
const usable = (window: Page, testId: string) =>
  window.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);

/** A page of the merchant's, with what a test puts into it. */
async function openPage(html = `<a href="${LINK}">pay</a>`): Promise<Page> {
  const opened = await testBed.purse.newPage();
  await opened.goto(testBed.at('/free'));
  await fill(opened, html);
  return opened;
}

/** Puts elements into a page. It remembers what became of every click. */
async function fill(on: Page, html: string): Promise<void> {
  await on.evaluate((content) => {
    document.body.innerHTML = content;
    const clicks: boolean[] = [];
    Object.assign(globalThis, { clicks });
    addEventListener('click', (event) => setTimeout(() => clicks.push(event.defaultPrevented)), true);
  }, html);
}
/** Of each click, whether the browser was kept from following it. */
const clicks = (on: Page) =>
  on.evaluate(() => (globalThis as unknown as { clicks: readonly boolean[] }).clicks);

/** Clicks, and returns the window that opens. */
async function opensBy(click: () => Promise<unknown>): Promise<Page> {
  const opening = testBed.purse.context.waitForEvent('page');
  await click();
  const window = await opening;
  expect(window.url()).toContain('/src/pages/link/');
  return window;
}
const clickOn = (link: Locator) => opensBy(() => link.click());

/** Sets the switch in the settings, as a user does. */
async function switchLinks(on: boolean): Promise<void> {
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').last().click();
  const control = popup.getByTestId('open-links');
  if ((await control.getAttribute('aria-checked')) !== String(on)) await control.click();
  await testBed.purse.until('settings.read', {}, ({ opensLinks }) => opensLinks === on);
  await popup.locator(`[data-testid="open-links"][aria-checked="${on}"]`).waitFor();
  await popup.close();
}

/** What the browser says of the purse's permissions and of the scripts that it has registered. */
async function registered(): Promise<unknown> {
  const view = await testBed.purse.newPage();
  await view.goto(inPurse('manifest.json'));
  const found = await view.evaluate(async () => [
    (await chrome.permissions.getAll()).permissions?.includes('scripting'),
    (await chrome.scripting?.getRegisteredContentScripts())?.map(({ js }) => js),
  ]);
  await view.close();
  return found;
}

const shown = (window: Page, testId: string, name: string) => window.getByTestId(testId).getAttribute(name);

describe('while payment links are off', () => {
  test('a click on one does what the browser does, and no script is registered for it', async () => {
    expect(await registered()).toEqual([false, undefined]);
    await page.getByText('pay').click();
    await expect.poll(() => clicks(page)).toEqual([false]);
    await testBed.purse.ask('purse.state', {});
    expect(windows()).toEqual([]);
  });

  test('no message switches them on without the permission, which only a click of the user gives', async () => {
    await expect(testBed.purse.ask('link.listen', { on: true })).rejects.toThrow('fault_badMessage');
    expect(await registered()).toEqual([false, undefined]);
  });
});

describe('a click on a payment link', () => {
  beforeAll(() => switchLinks(true));

  test('opens the purse in a tab that was open before, with recipient and exact amount, and sends', async () => {
    const mark = testBed.sends().length;
    await switchLinks(false);
    await switchLinks(true);
    const window = await clickOn(page.getByText('pay'));
    expect(await shown(window, 'send-payee', 'data-account')).toBe(PAYEE);
    expect(await shown(window, 'send-total', 'data-raw')).toBe(String(AMOUNT));
    await window.getByTestId('link-site').getByText(new URL(testBed.merchant.origin).host).waitFor();
    await usable(window, 'link-send').click();
    const hash = await window.getByTestId('sent-hash').textContent();
    expect(testBed.sends().slice(mark)).toMatchObject([
      { hash, amount: AMOUNT, block: { link: readAddress(PAYEE) } },
    ]);
    expect((await testBed.purse.activity()).at(-1)).toMatchObject({ kind: 'sent', blockHash: hash });
    expect(await testBed.purse.payments()).toEqual([]);
  });

  test.each([
    ['by payto', `<a href="payto://nano/${PAYEE}?nano-raw=${AMOUNT}&receiver-name=Shop"><b>pay</b></a>`],
    [
      'of an image map',
      `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" usemap="#m" width="50" height="50"><map name="m"><area shape="rect" coords="0,0,50,50" href="${LINK}"></map>`,
    ],
    ['in a drawing', `<svg width="90" height="30"><a href="${LINK}"><text y="20">pay</text></a></svg>`],
    ['in a shadow tree', `<div><template shadowrootmode="open"><a href="${LINK}">pay</a></template></div>`],
  ])('%s opens the window', async (_name, html) => {
    await page.evaluate((content) => document.body.setHTMLUnsafe(content), html);
    const window = await opensBy(() =>
      html.includes('usemap') ? page.mouse.click(20, 20) : page.getByText('pay').click(),
    );
    expect(await shown(window, 'send-total', 'data-raw')).toBe(String(AMOUNT));
  });

  test('by the keyboard opens the window', async () => {
    await page.getByText('pay').focus();
    await opensBy(() => page.keyboard.press('Enter'));
  });

  test('in a frame opens the window, which names the frame and the page', async () => {
    const frame = await openPage(`<iframe srcdoc='<a href="${LINK}">pay</a>' sandbox></iframe>`);
    const window = await clickOn(frame.frameLocator('iframe').getByText('pay'));
    const site = window.getByTestId('link-site');
    await site.getByText('a page that hides its address').waitFor();
    await frame.close();
  });

  test('without an amount lets the user type it', async () => {
    await fill(page, `<a href="nano:${PAYEE}?label=Caf%C3%A9&message=%3Cb%3ETip%3C%2Fb%3E">pay</a>`);
    const window = await clickOn(page.getByText('pay'));
    await window.getByTestId('link-words').getByText('<b>Tip</b>').waitFor();
    const mark = testBed.sends().length;
    expect(await usable(window, 'link-send').count()).toBe(0);
    await window.getByTestId('link-amount').fill('100');
    await window.locator('.field-fault', { hasText: /you need/ }).waitFor();
    await window.getByTestId('link-amount').fill('0.5');
    await usable(window, 'link-send').click();
    await window.getByTestId('sent-hash').waitFor();
    expect(testBed.sends().slice(mark)).toMatchObject([{ amount: XNO / 2n }]);
  });

  test('for more than there is cannot be sent', async () => {
    await fill(page, `<a href="nano:${PAYEE}?amount=${100n * XNO}">pay</a>`);
    const window = await clickOn(page.getByText('pay'));
    await window
      .getByRole('alert')
      .getByText(/you need/)
      .waitFor();
    await usable(window, 'link-decline').waitFor();
    expect(await usable(window, 'link-send').count()).toBe(0);
    const id = new URL(window.url()).searchParams.get('id') ?? '';
    await expect(testBed.purse.ask('link.send', { id, amount: null })).rejects.toThrow('fault_insufficient');
    await expect(testBed.purse.ask('link.send', { id, amount: '1' })).rejects.toThrow('fault_badMessage');
  });

  test('that a script makes, a handler takes or a key modifies is left to the page and the browser', async () => {
    await page.evaluate(() => {
      const link = document.querySelector('a');
      link?.click();
      link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true }));
    });
    await expect.poll(() => clicks(page)).toEqual([false, false]);

    // The browser may ask whether to open a link that it follows: each click gets a page of its own.
    const taken = await openPage();
    for (const listener of ['window', 'document.body']) {
      await taken.evaluate((owner) => {
        const target: EventTarget = owner === 'window' ? globalThis : document.body;
        target.addEventListener('click', (event) => event.preventDefault(), { once: true });
      }, listener);
      await taken.getByText('pay').click();
    }
    await expect.poll(() => clicks(taken)).toEqual([true, true]);
    await taken.close();

    const modified = await openPage();
    await modified.getByText('pay').click({ modifiers: ['Meta'] });
    await expect.poll(() => clicks(modified)).toEqual([false]);
    await modified.close();

    // A click that counts comes behind all of them, and opens the only window.
    const counted = await openPage(`<a href="nano:${PAYEE}?amount=${AMOUNT + 1n}">pay</a>`);
    const window = await clickOn(counted.getByText('pay'));
    expect(await shown(window, 'send-total', 'data-raw')).toBe(String(AMOUNT + 1n));
    expect(windows()).toHaveLength(1);
    await counted.close();
  });

  test('accepts no answer before the window was shown long enough, and only a trusted one', async () => {
    const mark = testBed.sends().length;
    await testBed.purse.context.addInitScript(() => {
      if (!location.pathname.includes('/pages/link/')) return;
      const states: (string | null)[] = [];
      Object.assign(globalThis, { states });
      new MutationObserver(() => {
        const button = document.querySelector<HTMLElement>('[data-testid="link-send"]');
        if (button === null) return;
        states.push(button.getAttribute('aria-disabled'));
        button.click();
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    const window = await clickOn(page.getByText('pay'));
    // Of a window that opens by itself, the first moments may be over before a test sees it.
    await window.reload();
    await usable(window, 'link-send').waitFor();
    const states = await window.evaluate(
      () => (globalThis as unknown as { states: readonly (string | null)[] }).states,
    );
    expect([states[0], states.at(-1)]).toEqual(['true', null]);
    expect(testBed.sends().slice(mark)).toEqual([]);
    await usable(window, 'link-decline').click();
    await expect.poll(windows).toEqual([]);
  });

  test('opens one window for a tab: a second click replaces nothing', async () => {
    await fill(page, `<a href="${LINK}">pay</a> <a href="nano:${PAYEE}?amount=1">other</a>`);
    const window = await clickOn(page.getByText('pay'));
    await page.bringToFront();
    await page.getByText('other').click();
    await expect.poll(() => clicks(page)).toEqual([true, true]);
    // The window of another tab opens behind the click.
    const second = await openPage();
    const other = await clickOn(second.getByText('pay'));
    expect(windows()).toEqual([window, other]);
    expect(await shown(window, 'send-total', 'data-raw')).toBe(String(AMOUNT));
    await second.close();
  });

  test('is answered once, also after the worker was killed', async () => {
    const window = await clickOn(page.getByText('pay'));
    await window.getByTestId('send-total').waitFor();
    const mark = testBed.sends().length;
    const id = new URL(window.url()).searchParams.get('id') ?? '';
    await testBed.purse.killWorker();
    await usable(window, 'link-send').click();
    await window.getByTestId('sent-hash').waitFor();
    await expect(testBed.purse.ask('link.send', { id, amount: null })).rejects.toThrow('fault_approvalGone');
    expect(testBed.sends().slice(mark)).toHaveLength(1);
  });

  test('while the purse is locked is asked about once it is unlocked', async () => {
    await testBed.purse.ask('vault.lock', {});
    const window = await clickOn(page.getByText('pay'));
    await window.getByTestId('unlock-password').fill('correct horse battery staple');
    await window.keyboard.press('Enter');
    await window.getByTestId('send-total').waitFor();
  });
});

describe('a hostile link is refused by name', () => {
  test.each([
    ['link_otherNetwork', `nano:ban_${PAYEE.slice(5)}?amount=1`],
    ['link_badAddress', `nano:bitcoin:bc1qexample?amount=1`],
    ['link_badChecksum', `nano:${PAYEE.slice(0, -1)}m`],
    ['link_amountTooLarge', `nano:${PAYEE}?amount=1${'0'.repeat(60)}`],
    ['link_amountNegative', `nano:${PAYEE}?amount=-1`],
    ['link_amountDecimal', `nano:${PAYEE}?amount=0.01`],
    ['link_amountCurrency', `payto://nano/${PAYEE}?amount=NANO:1`],
    ['link_twice', `nano:${PAYEE}?amount=1&amount=2`],
    ['link_hiddenCharacters', `nano:${PAYEE}?label=\u202e1 ONX`],
    ['link_hiddenCharacters', `nano:${PAYEE}\u202e`],
    ['link_tooLong', `nano:${PAYEE}?x=${'y'.repeat(5000)}`],
    ['fault_burnAddress', `nano:nano_${'1'.repeat(52)}hifc8npp`],
  ])('%s', async (reason, href) => {
    await page.evaluate((to) => document.querySelector('a')?.setAttribute('href', to), href);
    const window = await clickOn(page.getByText('pay'));
    expect(await shown(window, 'link-refused', 'data-reason')).toBe(reason);
    expect(await window.getByTestId('link-refused').textContent()).toMatch(/\w+ .*\./);
    expect(await window.getByTestId('link-send').count()).toBe(0);
    await window.getByTestId('link-close').click();
    await expect.poll(windows).toEqual([]);
  });
});

describe('the listener for payment links', () => {
  /** What a page finds of its own world; run in the page. */
  const look = () => [
    Reflect.ownKeys(globalThis).map(String),
    Reflect.ownKeys(document).map(String),
    document.documentElement.outerHTML,
    performance.getEntriesByType('resource').map(({ name }) => name),
    String(EventTarget.prototype.addEventListener),
    (globalThis as { onclick?: unknown }).onclick,
  ];
  /** Writes down what a page can overhear of a listener, from its first script on. */
  const overhear = () => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) {
      const native = EventTarget.prototype[name] as (...args: unknown[]) => unknown;
      Object.assign(EventTarget.prototype, {
        [name](...args: unknown[]) {
          heard.push(`${name} ${String(args[0])}`);
          return Reflect.apply(native, this, args);
        },
      });
    }
    for (const name of ['preventDefault', 'composedPath'] as const) {
      const native = Event.prototype[name] as (...args: unknown[]) => unknown;
      Object.assign(Event.prototype, {
        [name](...args: unknown[]) {
          heard.push(name);
          return Reflect.apply(native, this, args);
        },
      });
    }
  };
  /** Of a new page: what it finds, before and after a click on no link, and what it overhears. */
  async function seen(): Promise<unknown> {
    const watched = await testBed.purse.newPage();
    await watched.addInitScript(overhear);
    await watched.goto(testBed.at('/free'));
    const before = await watched.evaluate(look);
    await watched.evaluate(() => {
      document.body.innerHTML = '<p>text</p>';
    });
    await watched.getByText('text').click();
    const heard = await watched.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
    const after = await watched.evaluate(look);
    await watched.close();
    return { before, after, heard: heard.filter((one) => !/__|playwright/i.test(one)) };
  }

  test('is not to be found by a page, and not overheard', async () => {
    const on = await seen();
    await switchLinks(false);
    const off = await seen();
    expect(on).toEqual(off);
  });

  test('is gone from open tabs once it is switched off, and so is its permission', async () => {
    await switchLinks(true);
    const window = await clickOn(page.getByText('pay'));
    await window.close();
    await switchLinks(false);
    expect(await registered()).toEqual([false, undefined]);
    await page.bringToFront();
    await page.getByText('pay').click();
    await expect.poll(() => clicks(page)).toEqual([true, false]);
    expect(windows()).toEqual([]);
  });

  test('is there again after the browser was started again', async () => {
    await switchLinks(true);
    const { purse, close } = testBed;
    await purse.close();
    const again = await launchPurse({ profile, bare: true });
    const closeBoth = async () => {
      await again.close();
      await close();
    };
    testBed = { ...testBed, purse: again, close: closeBoth };
    const reopened = await openPage();
    const window = await clickOn(reopened.getByText('pay'));
    await window.getByTestId('unlock-password').waitFor();
  });
});
