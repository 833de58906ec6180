import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

/** Evaluated rather than loaded: the purse's pages run no script but their own. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WORDS =
  'edge defense waste choose enrich upon flee junk siren film clown finish luggage leader kid quick brick print evidence swap drill paddle truly occur';
const PASSWORD = 'five gates and a wooden bridge';

/** Checks one page as it stands, in both themes: axe finds nothing, and nothing is wider than the page. */
async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    expect([what, colorScheme, found]).toEqual([what, colorScheme, []]);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect([what, tooWide]).toEqual([what, false]);
  }
}

/** Nothing can be scrolled sideways, and nothing is cut off there. */
async function expectNoSideways(page: Page, what: string): Promise<void> {
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('html, body, #page, #page > *')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth || clientWidth > innerWidth)
      .map(({ tagName, className }) => `${tagName} ${className}`),
  );
  expect([what, wide]).toEqual([what, []]);
}

/** Something of the page has the focus. */
async function expectFocus(page: Page, what: string): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.tagName ?? 'none'), { message: what })
    .not.toBe('BODY');
}

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, testId: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    const at = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    if (at === testId) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to ${testId}`);
}

/** What an element looks like: the picture, and how many colors cover at least a fiftieth of it each. */
async function pixelsOf(element: Locator): Promise<{ readonly png: string; readonly colors: number }> {
  const png = (await element.screenshot()).toString('base64');
  const colors = await element.page().evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const pixels = new Uint32Array(
      context?.getImageData(0, 0, image.width, image.height).data.buffer ?? new ArrayBuffer(0),
    );
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return [...counts.values()].filter((count) => count * 50 >= pixels.length).length;
  }, png);
  return { png, colors };
}

const step = (page: Page, testId: string) =>
  page.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`).click();

describe('axe finds nothing, in light and dark', () => {
  let testBed: TestBed;

  beforeAll(async () => {
    testBed = await openTestBed({ purse: { bare: true, password: PASSWORD } });
  });
  afterAll(() => testBed?.close());

  test('on the popup before there is a purse', async () => {
    const popup = await testBed.purse.popup();
    await popup.getByTestId('begin').waitFor();
    await expectAccessible(popup, 'empty');
    await popup.close();
  });

  test('on the practice page, before, during and after its payment', async () => {
    const page = await testBed.purse.newPage();
    await page.goto(testBed.purse.url('src/practice/index.html'));
    await page.getByTestId('practice-balance').waitFor();
    await expectAccessible(page, 'practice');
    await page.getByTestId('practice-status').click();
    await page.locator('[data-testid="approve-pay"]:not([aria-disabled="true"])').waitFor();
    await expectAccessible(page, 'practice, asked');
    await step(page, 'approve-pay');
    await page.getByTestId('practice-story').waitFor();
    await expectAccessible(page, 'practice, paid');
    await page.close();
  });

  test('on any page of setting up', async () => {
    const page = await testBed.purse.newPage();
    await page.goto(testBed.purse.url('src/pages/onboarding/index.html'));
    await page.getByTestId('create').waitFor();
    await expectAccessible(page, 'welcome');
    await step(page, 'create');
    await page.getByTestId('words').waitFor();
    await expectAccessible(page, 'words');
    await step(page, 'words-done');
    await step(page, 'check-done');
    await page.locator('[role="alert"] .notice').waitFor();
    await expectAccessible(page, 'check');

    await page.reload();
    await step(page, 'restore');
    await page.getByTestId('backup-file').setInputFiles({
      name: 'nothing.json',
      mimeType: 'application/json',
      buffer: Buffer.from('nothing'),
    });
    await page.getByTestId('backup-password').fill(PASSWORD);
    await step(page, 'restore-done');
    await page.locator('[role="alert"] .notice').waitFor();
    await expectAccessible(page, 'restore');

    await page.reload();
    await step(page, 'import');
    await page.getByTestId('secret').fill('nonsense');
    await step(page, 'secret-read');
    await page.locator('.field-fault', { hasText: 'Words found: 1.' }).waitFor();
    await expectAccessible(page, 'import');
    await page.getByTestId('secret').fill(WORDS);
    await step(page, 'secret-read');
    await page.getByTestId('reading-bip44').check();
    await expectAccessible(page, 'readings');
    await step(page, 'secret-done');
    await page.getByTestId('password').fill('password');
    await page.getByTestId('password-again').fill('other');
    await expectAccessible(page, 'password');
    await page.getByTestId('password').fill(PASSWORD);
    await page.getByTestId('password-again').fill(PASSWORD);
    await step(page, 'seal');
    await page.getByTestId('finish').waitFor();
    await expectAccessible(page, 'done');
    await page.close();
  });
});

describe('a purse in use', () => {
  let testBed: TestBed;

  beforeAll(async () => {
    testBed = await openTestBed({ purse: { password: PASSWORD } });
    const { purse, merchant } = testBed;
    // Something of everything: a payment, a refusal, a lost answer, a log line, a blocked site, a budget, transfers.
    const page = await purse.newPage();
    const pay = async (path: string) => {
      void page.goto(testBed.at(path)).catch(() => undefined);
      const { offer, approve } = await purse.nextApproval();
      await approve({ budget: { perPayment: 2n * PRICE, perDay: XNO } });
      await purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
        if (last?.kind !== 'payment' || last.url !== offer.url) return false;
        return ['settled', 'refused', 'unanswered'].includes(last.state);
      });
      await purse.ask('budget.remove', { site: merchant.origin });
    };
    for (const path of ['/article', '/always-refuses', '/loses-answer']) await pay(path);
    // The browser may still be showing that the answer was lost.
    await page.close();
    const next = await purse.newPage();
    await next.goto(testBed.merchant.registerHeader('odd'));
    void next.goto(`${merchant.otherOrigin}/bare`).catch(() => undefined);
    await (await purse.nextApproval()).never();
    await next.close();
    // Paused, so that there still are questions.
    const budget = { perPayment: String(2n * PRICE), perDay: String(XNO), paused: true };
    await purse.ask('budget.save', { site: merchant.origin, ...budget });
  });
  afterAll(() => testBed?.close());

  const tab = (popup: Page, place: number) => popup.locator('nav button').nth(place).click();

  test('axe finds nothing on home, receiving, sending and the activity, in light and dark', async () => {
    const popup = await testBed.purse.popup();
    await popup.getByTestId('activity-row').first().waitFor();
    await expectAccessible(popup, 'home');
    await popup.getByTestId('receive').click();
    await expectAccessible(popup, 'receive');

    await popup.getByTestId('send').click();
    await popup.getByTestId('send-to').fill('nobody');
    await popup.getByTestId('send-amount').fill('x');
    await expectAccessible(popup, 'send, wrong');
    await popup.getByTestId('send-to').fill('');
    await expectAccessible(popup, 'send, empty');
    await popup.getByTestId('send-to').fill(testBed.merchant.payTo);
    await popup.getByTestId('send-name').fill('Shop');
    await expectAccessible(popup, 'send, with a name');
    await popup.getByTestId('send-to').fill(testBed.purse.account);
    await popup.getByTestId('send-amount').fill('1');
    await step(popup, 'send-review');
    await popup.getByTestId('send-now').waitFor();
    await expectAccessible(popup, 'send, confirm');

    await tab(popup, 1);
    await popup.getByTestId('activity-row').first().waitFor();
    await popup.getByTestId('undelivered').waitFor();
    await expectAccessible(popup, 'activity');
    await popup.getByTestId('activity-search').fill('127.0.0.1');
    await popup.getByTestId('undelivered').waitFor({ state: 'detached' });
    await popup.getByTestId('activity-row').first().waitFor();
    await expectAccessible(popup, 'activity, searched');
    await popup.getByTestId('activity-row').first().click();
    await popup.getByTestId('all-of-site').click();
    await popup.getByTestId('total-ever').waitFor();
    await expectAccessible(popup, 'activity of a site');
    await tab(popup, 1);
    await popup.getByTestId('activity-search').fill('');
    await popup.getByTestId('undelivered').waitFor();
    for (const state of ['settled', 'refused', 'unanswered']) {
      await tab(popup, 1);
      await popup.locator(`[data-testid="activity-row"][data-state="${state}"]`).click();
      await popup.getByTestId('payment-state').waitFor();
      await expectAccessible(popup, state);
    }
    await tab(popup, 1);
    await popup.locator('[data-testid="activity-row"][data-kind="received"]').click();
    await expectAccessible(popup, 'received');
    await popup.close();
  });

  test('axe finds nothing on the budgets, in light and dark', async () => {
    const popup = await testBed.purse.popup();
    await tab(popup, 2);
    await popup.getByTestId('budget').waitFor();
    await expectAccessible(popup, 'budgets');
    await popup.getByTestId('pause-all').click();
    await popup.locator('[data-testid="pause-all"]:checked').waitFor();
    await popup.getByTestId('budget-new').click();
    await popup.getByTestId('budget-site').fill('no site');
    await expectAccessible(popup, 'budget, new');
    await popup.getByTestId('budget-new').click();
    await popup.getByTestId('budget-edit').click();
    await popup.getByTestId('budget-more').click();
    await popup.getByTestId('budget-lasts').selectOption('month');
    await expectAccessible(popup, 'budget, every rule');
    await popup.locator('.button-danger').click();
    await expectAccessible(popup, 'budget');
    await tab(popup, 0);
    await expectAccessible(popup, 'home, paused');
    await testBed.purse.ask('purse.pause', { paused: false });
    await popup.close();
  });

  test('axe finds nothing on the settings, the backup, a failing node and the lock, in light and dark', async () => {
    const popup = await testBed.purse.popup();
    await tab(popup, 3);
    await popup.getByTestId('blocked').waitFor();
    await expectAccessible(popup, 'settings');
    await popup.locator('.choice button').last().click();
    await popup.getByTestId('network-save').waitFor();
    await expectAccessible(popup, 'network');
    await tab(popup, 3);
    await popup.locator('.open-row').last().click();
    await popup.getByTestId('log-line').first().waitFor();
    await expectAccessible(popup, 'log');
    await tab(popup, 3);
    await popup.locator('.open-row').first().click();
    await popup.getByTestId('reveal-password').fill('wrong one');
    await popup.keyboard.press('Enter');
    await popup.locator('[role="alert"] .notice').waitFor();
    await expectAccessible(popup, 'back-up, wrong');
    await popup.getByTestId('reveal-password').fill(PASSWORD);
    await popup.keyboard.press('Enter');
    await popup.getByTestId('seed').waitFor();
    await expectAccessible(popup, 'back-up');
    await popup.getByTestId('file-password').fill('a drawer under the third stair');
    await popup.getByTestId('file-password-again').fill('a drawer under the third stair');
    await popup.getByTestId('file-purse-password').fill(PASSWORD);
    await step(popup, 'save-backup');
    await popup.locator('[role="status"] .notice').waitFor();
    await expectAccessible(popup, 'back-up, saved');

    testBed.devnet.faults.set({ kind: 'http_status', status: 503 });
    await testBed.purse.ask('purse.refresh', {});
    await tab(popup, 0);
    await popup.getByTestId('trouble').getByRole('button').waitFor();
    await expectAccessible(popup, 'trouble');
    testBed.devnet.faults.clear();
    await testBed.purse.ask('purse.refresh', {});

    await popup.getByTestId('lock').click();
    await popup.getByTestId('unlock-password').fill('wrong two');
    await popup.keyboard.press('Enter');
    await popup.locator('[role="alert"] .notice').waitFor();
    await expectAccessible(popup, 'locked');
    await popup.getByTestId('unlock-password').fill(PASSWORD);
    await popup.keyboard.press('Enter');
    await popup.getByTestId('balance').waitFor();
    await popup.close();
  });

  test('axe finds nothing on the pages of the password and about the purse, and on the popup in a tab', async () => {
    const { purse } = testBed;
    const popup = await purse.popup();
    await tab(popup, 3);
    await popup.getByTestId('open-password').click();
    await popup.getByTestId('new-password').fill('short');
    await step(popup, 'change-password');
    await popup.locator('.field-fault:not(:empty)').first().waitFor();
    await expectAccessible(popup, 'password');
    await tab(popup, 3);
    await popup.getByTestId('open-erase').click();
    await popup.getByTestId('erase-undelivered').waitFor();
    await expectAccessible(popup, 'erase');
    await tab(popup, 3);
    await popup.getByTestId('open-about').click();
    await expectAccessible(popup, 'about');
    await popup.setViewportSize({ width: 1000, height: 700 });
    for (const place of [0, 1, 2, 3]) {
      await tab(popup, place);
      await expectAccessible(popup, `page ${place} in a tab`);
    }
    await popup.getByTestId('lock').click();
    await popup.getByTestId('forgot').waitFor();
    await expectAccessible(popup, 'locked, in a tab');
    const opening = purse.context.waitForEvent('page');
    await popup.getByTestId('forgot').click();
    const forgot = await opening;
    await forgot.getByTestId('forgot-words').waitFor();
    await expectAccessible(forgot, 'forgot');
    await forgot.getByTestId('forgot-erase').click();
    await forgot.getByTestId('erase-money').waitFor();
    await expectAccessible(forgot, 'forgot, erase');
    await forgot.close();
    await purse.ask('vault.unlock', { password: PASSWORD });
    await popup.close();
  });

  test('axe finds nothing in the window of a payment link, in light and dark', async () => {
    const { purse } = testBed;
    const popup = await purse.popup();
    await tab(popup, 3);
    await popup.getByTestId('open-links').click();
    await purse.until('settings.read', {}, ({ opensLinks }) => opensLinks);
    await popup.close();
    const page = await purse.newPage();
    await page.goto(testBed.at('/free'));
    for (const [query, testId] of [
      ['amount=1&label=Shop', 'send-total'],
      ['message=Tip', 'link-amount'],
      ['amount=0.1', 'link-refused'],
    ] as const) {
      await page.evaluate((href) => {
        document.body.innerHTML = `<a href="${href}">pay</a>`;
      }, `nano:${purse.account}?${query}`);
      const opening = purse.context.waitForEvent('page');
      await page.getByText('pay').click();
      const window = await opening;
      await window.getByTestId(testId).waitFor();
      await expectAccessible(window, query);
      await window.close();
    }
    await page.close();
  });

  test('axe finds nothing on the page for developers, in light and dark, narrow and wide', async () => {
    const { purse } = testBed;
    const page = await purse.newPage();
    await page.goto(testBed.at('/free'));
    const tool = await purse.newPage();
    const width = async (width: number, what: string) => {
      await tool.setViewportSize({ width, height: 700 });
      await expectAccessible(tool, `${what}, ${width}`);
    };
    await tool.goto(purse.url('src/pages/developer/index.html'));
    const offer = (await fetch(testBed.at('/article'))).headers.get('payment-required') ?? '';
    const answer = btoa('{"x402Version":2,"error":"Payment already spent"}');
    await tool
      .getByTestId('paste')
      .fill(`PAYMENT-REQUIRED: ${offer}\nPAYMENT-REQUIRED: %%\nPAYMENT-RESPONSE: ${answer}`);
    await tool.getByTestId('found').nth(2).waitFor();
    await tool.locator('.wire-entry summary').first().click();
    await width(360, 'decoder');
    await width(1280, 'decoder');
    await tool.goto(purse.url('src/pages/developer/index.html#sandbox'));
    await tool.getByTestId('test-money').waitFor();
    await width(360, 'sandbox');
    await tool.goto(purse.url('src/pages/developer/index.html#tester'));
    await tool.getByTestId('target').fill(testBed.at('/article'));
    await tool.getByTestId('inspect').click();
    await tool.getByTestId('claim-host').fill(new URL(testBed.at('/')).host);
    await tool.getByTestId('claim').click();
    await tool.getByTestId('only').selectOption('T1');
    await tool.getByTestId('run').click();
    await tool.getByTestId('summary').waitFor();
    await tool.locator('[data-probe=T1] summary').first().click();
    await width(360, 'tester');
    await tool.close();
    await page.close();
  });

  /** The purse's own window with the one question that a visit leads to, ready to be answered. */
  async function question(query: Readonly<Record<string, string>>, ready: string) {
    const { purse } = testBed;
    const page = await purse.newPage();
    void page.goto(testBed.at('/article', query)).catch(() => undefined);
    const { decline } = await purse.nextApproval();
    const view = await purse.newPage();
    await view.setViewportSize({ width: 400, height: 640 });
    await view.goto(purse.url('src/pages/approve/index.html'));
    await view.bringToFront();
    await view.locator(`[data-testid="${ready}"]:not([aria-disabled="true"])`).waitFor();
    return { page, view, decline };
  }

  test.each([
    ['simple', {}],
    ['with long texts', { description: `${'Wort'.repeat(40)} <b>bold</b> \u202Etxt` }],
    ['that cannot be paid', { price: String(100n * XNO) }],
  ])('axe finds nothing on a question %s, in light and dark', async (what, query) => {
    const { page, view, decline } = await question({ ...query, n: what }, 'approve-decline');
    await expectAccessible(view, what);
    if (what === 'simple') {
      await step(view, 'approve-always');
      await step(view, 'approve-limits');
      await step(view, 'approval-details');
      await view.getByTestId('budget-per-payment').fill('0');
      await expectAccessible(view, 'budget');
      await view.reload();
    }
    await decline();
    await page.close();
  });

  test('axe finds nothing on what became of a payment, in light and dark', async () => {
    const query = { n: 'undelivered', 'refuse-first': '1', 'refuse-with': '409' };
    const { page, view } = await question(query, 'approve-pay');
    await step(view, 'approve-pay');
    await view.locator('[data-testid="outcome"][data-phase="undelivered"]').waitFor();
    await expectAccessible(view, 'undelivered');
    await step(view, 'outcome-close');
    await page.close();
  });

  test('axe finds nothing on the choice to let a page handle its own 402s, in light and dark', async () => {
    const { purse } = testBed;
    const page = await purse.newPage();
    await page.goto(testBed.at('/free'));
    await page.evaluate((url) => void fetch(url), testBed.at('/api/data'));
    const { decline } = await purse.nextApproval();
    const view = await purse.newPage();
    await view.goto(purse.url('src/pages/approve/index.html'));
    await view.bringToFront();
    await step(view, 'approve-manual');
    await view.getByTestId('approval-manual').waitFor();
    await expectAccessible(view, 'left to its page');
    await view.reload();
    await decline();
    await page.close();
  });

  test('axe finds nothing on what a tab asked for, in the popup and for developers, in light and dark', async () => {
    const { purse } = testBed;
    const page = await purse.newPage();
    void page.goto(testBed.at('/article', { n: 'tab' })).catch(() => undefined);
    await (await purse.nextApproval()).decline();
    const popup = await purse.popup();
    const [tab] = await popup.evaluate(
      (url) => chrome.tabs.query({ url }),
      testBed.at('/article', { n: 'tab' }),
    );
    await popup.addInitScript((id) => {
      const query = (_: unknown, give?: (all: readonly object[]) => void) => {
        const all = [{ id, url: 'http://127.0.0.1/' }];
        give?.(all);
        return Promise.resolve(all);
      };
      Object.defineProperty(chrome.tabs, 'query', { value: query });
    }, tab?.id);
    await popup.reload();
    await press(popup, (await popup.getByTestId('tab-row').textContent()) ?? '');
    await popup.getByTestId('tab-exchange').first().waitFor();
    await expectAccessible(popup, 'what the tab asked for');
    await popup.close();

    const panel = await purse.newPage();
    for (const width of [1100, 480]) {
      await panel.setViewportSize({ width, height: 700 });
      await panel.goto(purse.url(`src/pages/devtools/panel.html?tab=${tab?.id}`));
      await panel.getByTestId('exchange').first().waitFor();
      await press(panel, 'exchange');
      await panel.getByTestId('story').waitFor();
      await expectAccessible(panel, `panel of ${width}`);
    }
    await panel.close();
    await page.close();
  });

  test('a question is answered by keyboard alone', async () => {
    const mark = await testBed.mark();
    const { page, view } = await question({ n: 'keys' }, 'approve-pay');
    await press(view, 'approve-pay');
    await page.locator('#paid').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    await page.close();
  });

  test('every screen of the popup is reached and used by keyboard alone', async () => {
    const popup = await testBed.purse.popup();
    await popup.getByTestId('balance').waitFor();
    const headings: (string | null)[] = [];
    for (const place of [1, 2, 3, 0]) {
      const name = await popup.locator('nav button').nth(place).textContent();
      await press(popup, name ?? '');
      await popup.locator('nav button[aria-current="page"]', { hasText: name ?? '' }).waitFor();
      // What came has the focus at its top.
      headings.push(await popup.evaluate(() => document.activeElement?.tagName ?? null));
    }
    expect(headings).toEqual(['H1', 'H1', 'H1', 'H1']);
    await press(popup, 'send');
    await popup.getByTestId('send-to').waitFor();
    await press(popup, 'lock');
    // The password gets the focus by itself.
    await popup.locator('[data-testid="unlock-password"]:focus').waitFor();
    await popup.keyboard.type(PASSWORD);
    await popup.keyboard.press('Enter');
    await popup.getByTestId('send-to').waitFor();
    await popup.close();
  });

  /** Goes by Tab to the control of this test id or name, which shows that it has the focus, and presses Enter. */
  async function press(page: Page, wanted: string): Promise<void> {
    for (let tabs = 0; tabs < 60; tabs++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        if (!(element instanceof HTMLElement)) return null;
        const { outlineStyle, boxShadow } = getComputedStyle(element);
        return {
          names: [element.dataset.testid ?? null, element.textContent],
          seen: outlineStyle !== 'none' || boxShadow !== 'none',
        };
      });
      if (!focused?.names.includes(wanted)) continue;
      expect([wanted, focused.seen]).toEqual([wanted, true]);
      // An answer closes its window, sooner than the key comes up again.
      await page.keyboard.press('Enter').catch((failure: unknown) => {
        if (!page.isClosed()) throw failure;
      });
      return;
    }
    throw new Error(`Tab never came to ${wanted}`);
  }

  test('switches and meters can be seen in forced colors, and a switch that is on differs from one that is off', async () => {
    const popup = await testBed.purse.popup();
    await popup.emulateMedia({ forcedColors: 'active' });
    await tab(popup, 2);
    const toggle = popup.getByTestId('pause-all');
    const off = await pixelsOf(toggle);
    await toggle.click();
    await popup.locator('[data-testid="pause-all"]:checked').waitFor();
    const on = await pixelsOf(toggle);
    expect([off.colors > 1, on.colors > 1, on.png === off.png]).toEqual([true, true, false]);
    await toggle.click();
    await popup.locator('[data-testid="pause-all"]:not(:checked)').waitFor();

    // A copy, which the page does not draw anew.
    await popup
      .locator('progress')
      .first()
      .evaluate((bar: HTMLProgressElement) => {
        bar.after(Object.assign(bar.cloneNode() as HTMLProgressElement, { id: 'copy' }));
      });
    const meter = popup.locator('#copy');
    const looks = [];
    for (const share of [0, 0.5, 1]) {
      await meter.evaluate((bar: HTMLProgressElement, part) => {
        bar.value = bar.max * part;
      }, share);
      looks.push(await pixelsOf(meter));
    }
    expect(new Set(looks.map(({ png }) => png)).size).toBe(3);
    expect(looks[1]?.colors).toBeGreaterThan(1);
    await popup.close();
  });

  test('from right to left, the sign of an amount stays in front of it, and the arrow back points to the start', async () => {
    const popup = await testBed.purse.popup();
    await popup.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    const amount = popup.getByTestId('activity-row').locator('.amount').filter({ hasText: /[+−]/ }).first();
    await amount.waitFor();
    const places = await amount.evaluate((shown) => {
      const text = shown.textContent ?? '';
      const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
      const lefts: number[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        for (let index = 0; index < (node.textContent ?? '').length; index += 1) {
          const range = document.createRange();
          range.setStart(node, index);
          range.setEnd(node, index + 1);
          lefts.push(range.getBoundingClientRect().left);
        }
      }
      return { text, lefts };
    });
    expect(places.lefts.length).toBeGreaterThan(4);
    expect(places.lefts).toEqual(places.lefts.toSorted((one, other) => one - other));

    await tab(popup, 3);
    await popup.locator('.open-row').first().click();
    const back = popup.locator('.screen-head .icon-button');
    const box = await back.boundingBox();
    expect(box?.x).toBeGreaterThan(300);
    expect(await back.locator('svg').evaluate((arrow) => getComputedStyle(arrow).scale)).toBe('-1 1');
    await expectNoSideways(popup, 'back-up, from right to left');
    await popup.close();
  });

  test('nothing moves where the user wants less motion', async () => {
    const popup = await testBed.purse.popup();
    await popup.emulateMedia({ reducedMotion: 'reduce' });
    await tab(popup, 2);
    await popup.getByTestId('pause-all').waitFor();
    const moving = await popup.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((one) => {
          const { transitionDuration, animationDuration } = getComputedStyle(one);
          return `${transitionDuration}, ${animationDuration}`.split(', ').some((time) => time !== '0s');
        }).length,
    );
    expect(moving).toBe(0);
    await popup.close();
  });

  test('every page fits a window of 320 px, half a window of 1280, and one of 300 px height, with the focus kept', async () => {
    const { purse } = testBed;
    const popup = await purse.popup();
    await popup.getByTestId('activity-row').first().waitFor();
    const fits = async (what: string) => {
      await expectFocus(popup, what);
      for (const [width, height] of [
        [320, 600],
        [640, 360],
        [360, 300],
      ] as const) {
        await popup.setViewportSize({ width, height });
        await expectNoSideways(popup, `${what}, ${width} × ${height}`);
        const main = (await popup.locator('main').boundingBox()) ?? { height: 0 };
        expect([what, main.height > 100]).toEqual([what, true]);
      }
      await popup.setViewportSize({ width: 360, height: 600 });
    };
    await popup.getByTestId('receive').click();
    await fits('home');
    await popup.getByTestId('send').click();
    await fits('send');
    await tab(popup, 1);
    await fits('activity');
    await popup.getByTestId('activity-row').first().click();
    await popup.locator('h1').waitFor();
    await fits('story');
    await tab(popup, 2);
    await fits('budgets');
    await popup.getByTestId('budget').first().locator('button').first().click();
    await fits('budget');
    await popup.locator('.button-danger').click();
    await popup.locator('.confirm').waitFor();
    await expectFocus(popup, 'a button that has become a question');
    await tab(popup, 3);
    await popup.getByTestId('blocked').waitFor();
    await fits('settings');
    await popup.getByTestId('blocked').first().getByRole('button').click();
    await popup.getByTestId('blocked').waitFor({ state: 'detached' });
    await expectFocus(popup, 'a row that is gone');
    for (const testId of ['open-password', 'open-erase', 'open-about']) {
      await tab(popup, 3);
      await popup.getByTestId(testId).click();
      await fits(testId);
      await popup.locator('.screen-head .icon-button').click();
      await expectFocus(popup, `back from ${testId}`);
    }
    await popup.getByTestId('lock').click();
    await popup.getByTestId('unlock-password').waitFor();
    await fits('locked');
    await popup.getByTestId('unlock-password').fill(PASSWORD);
    await popup.keyboard.press('Enter');
    await popup.locator('nav').waitFor();
    await expectFocus(popup, 'unlocked');
    await popup.close();
  });

  test('paying, making a budget, sending, locking and unlocking go by keyboard alone', async () => {
    const { purse, merchant } = testBed;
    await purse.ask('budget.remove', { site: merchant.origin });
    const answer = async (path: string, keys: (view: Page) => Promise<void>) => {
      const page = await purse.newPage();
      void page.goto(path).catch(() => undefined);
      await purse.until('approval.list', {}, ({ length }) => length === 1);
      const view = await purse.newPage();
      await view.setViewportSize({ width: 400, height: 640 });
      await view.goto(purse.url('src/pages/approve/index.html'));
      await view.bringToFront();
      await view.locator('[data-testid="approve-decline"]:not([aria-disabled="true"])').waitFor();
      await expectFocus(view, 'question');
      await keys(view);
      await page.locator('#paid').waitFor();
      await page.close();
    };
    await answer(testBed.at('/article', { n: 'by keyboard' }), async (view) => {
      await press(view, 'approve-pay');
    });
    await answer(testBed.at('/article', { n: 'with a budget' }), async (view) => {
      await tabTo(view, 'approve-always');
      await view.keyboard.press('Space');
      await press(view, 'approve-limits');
      await tabTo(view, 'budget-per-payment');
      await press(view, 'approve-pay');
    });
    expect(await purse.ask('budget.list', {})).toMatchObject([{ site: merchant.origin }]);

    const popup = await purse.popup();
    await popup.getByTestId('balance').waitFor();
    await press(popup, 'send');
    await tabTo(popup, 'send-to');
    await popup.keyboard.type(purse.account);
    await tabTo(popup, 'send-amount');
    await popup.keyboard.type('0.5');
    await popup.keyboard.press('Enter');
    await popup.getByTestId('send-now').waitFor();
    await expectFocus(popup, 'review');
    const sends = testBed.sends().length;
    await press(popup, 'send-now');
    await popup.getByTestId('sent-hash').waitFor();
    expect(testBed.sends()).toHaveLength(sends + 1);
    await expectFocus(popup, 'sent');

    await press(popup, 'lock');
    await popup.getByTestId('unlock-password').waitFor();
    await tabTo(popup, 'unlock-password');
    await popup.keyboard.type(PASSWORD);
    await popup.keyboard.press('Enter');
    await popup.locator('nav').waitFor();
    await expectFocus(popup, 'unlocked');
    await popup.close();
  });
});
