import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startMerchant } from '../merchant/merchant.ts';
import { popupScreen } from './screen.ts';
import { openTestBed, type TestBed } from './setup.ts';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  // Every page of a site, also those that a failed test left open: their questions would be those of the next test.
  for (const one of testBed.purse.context.pages()) if (/^https?:/.test(one.url())) await one.close();
  if (!page.isClosed()) await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
});

const inPurse = (path: string) => testBed.purse.url(path);
const APPROVE = 'src/pages/approve/index.html';
const popupFor = (id: string) =>
  popupScreen(testBed.purse.context, inPurse('src/pages/popup/index.html'), `[data-approval="${id}"]`);
/** Whether the toolbar popup is open, with this question or on its way to it. */
async function popsUp(id: string): Promise<boolean> {
  const popup = await popupFor(id);
  await popup?.close();
  return popup !== undefined;
}

const windows = () => testBed.purse.context.pages().filter((one) => one.url().includes(APPROVE));

/** What the number on the toolbar button says. */
async function badge(): Promise<string> {
  const view = await testBed.purse.newPage();
  await view.goto(inPurse('manifest.json'));
  const text = await view.evaluate(() => chrome.action.getBadgeText({}));
  await view.close();
  return text;
}

async function oneWaits() {
  const [offer] = await testBed.purse.until('approval.list', {}, ({ length }) => length === 1);
  if (offer === undefined) throw new Error('nothing waits');
  return offer;
}

describe('a question', () => {
  test('opens the toolbar popup, which closes when it is answered', async () => {
    void page.goto(testBed.at('/article')).catch(() => undefined);
    const { id } = await oneWaits();
    await expect.poll(() => popsUp(id)).toBe(true);
    const popup = await popupFor(id);
    await popup?.click('approve-pay');
    await popup?.close();
    await page.locator('#paid').waitFor();
    await expect.poll(() => popsUp(id)).toBe(false);
    expect(windows()).toEqual([]);
  });

  test('stays open after the user closes the popup, and is counted on the button', async () => {
    void page.goto(testBed.at('/article', { n: 'closed' })).catch(() => undefined);
    const approval = await testBed.purse.nextApproval();
    await expect.poll(() => popsUp(approval.offer.id)).toBe(true);
    // Another window takes the focus, and the browser closes the popup.
    const view = await testBed.purse.newPage();
    await view.goto(inPurse('src/pages/popup/index.html'));
    await view.locator(`[data-approval="${approval.offer.id}"]`).waitFor();
    const other = await view.evaluate(async () => {
      const window = await chrome.windows.create({ url: 'about:blank', focused: true });
      return window?.id ?? 0;
    });
    await expect.poll(() => popsUp(approval.offer.id)).toBe(false);
    expect(await badge()).toBe('1');
    await view.evaluate((id) => chrome.windows.remove(id), other);
    await view.close();
    await approval.approve();
    await page.locator('#paid').waitFor();
    expect(await badge()).toBe('');
  });

  test('of a background tab opens nothing until the user switches to that tab, which brings it up', async () => {
    await page.goto(testBed.at('/page'));
    const front = await testBed.purse.newPage();
    await front.goto(testBed.at('/free'));
    await front.bringToFront();
    await page.evaluate((url) => void fetch(url), testBed.at('/api/data'));
    const { offer, decline } = await testBed.purse.nextApproval();
    expect(await badge()).toBe('1');
    await front.bringToFront();
    expect(await popsUp(offer.id)).toBe(false);
    expect(windows()).toEqual([]);
    await page.bringToFront();
    await expect.poll(() => popsUp(offer.id)).toBe(true);
    await front.close();
    await decline();
  });

  test('of the tab in front is shown first, and those of other tabs are named by their sites', async () => {
    const other = await startMerchant({ network: testBed.devnet.profile });
    onTestFinished(() => other.close());
    await page.goto(testBed.at('/page'));
    const front = await testBed.purse.newPage();
    await front.goto(`${other.origin}/free`);
    await page.evaluate((url) => void fetch(url), testBed.at('/api/data', { n: 'behind' }));
    await oneWaits();
    await front.bringToFront();
    await front.evaluate((url) => void fetch(url), `${other.origin}/api/data`);
    const first = () =>
      testBed.purse.until(
        'approval.list',
        {},
        ([one, two]) => two !== undefined && one?.site === other.origin,
      );
    const id = (await first())[0]?.id ?? '';
    await expect.poll(() => popupFor(id).then((popup) => popup !== undefined)).toBe(true);
    const popup = await popupFor(id);
    // The popup is there before what it shows.
    const others = `1 more question: ${new URL(testBed.merchant.origin).host}`;
    await expect.poll(() => popup?.text('approval-more')).toBe(others);
    await popup?.close();
    await page.bringToFront();
    await testBed.purse.until('approval.list', {}, ([one]) => one?.site === testBed.merchant.origin);
    for (const { id } of await testBed.purse.ask('approval.list', {})) {
      await testBed.purse.ask('approval.answer', { id, answer: { kind: 'decline' } });
    }
    await front.close();
  });

  test('accepts no click before it was shown long enough, and only trusted ones', async () => {
    const mark = await testBed.mark();
    const seen = page.goto(testBed.at('/page', { fetch: '1' }));
    const { id } = await oneWaits();
    await seen;
    const view = await testBed.purse.newPage();
    // Notes how each button stood when it came up, and clicks it by script, over and over.
    await view.addInitScript(() => {
      const first: (string | null)[] = [];
      Object.assign(globalThis, { first });
      new MutationObserver(() => {
        const button = document.querySelector<HTMLElement>('[data-testid="approve-pay"]');
        if (button === null) return;
        first.push(button.getAttribute('aria-disabled'));
        button.click();
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await view.goto(inPurse(APPROVE));
    await view.bringToFront();
    await view.locator('[data-testid="approve-pay"]:not([aria-disabled="true"])').waitFor();
    await view.evaluate(() => document.querySelector<HTMLElement>('[data-testid="approve-pay"]')?.click());
    const states = await view.evaluate(
      () => (globalThis as unknown as { first: readonly (string | null)[] }).first,
    );
    expect([states[0], states.at(-1)]).toEqual(['true', null]);
    expect(await testBed.purse.ask('approval.list', {})).toMatchObject([{ id }]);
    await testBed.nothingSince(mark);
    await view.getByTestId('approve-decline').click();
  });

  test('is answered once: a second answer is rejected', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page', { fetch: '1' }));
    const { id } = await oneWaits();
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => testBed.purse.ask('approval.answer', { id, answer: { kind: 'once' } })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(`${answer.reason}`).toContain('fault_approvalGone');
    }
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('lapses with its page', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page', { fetch: '1' }));
    await oneWaits();
    await page.goto(testBed.at('/free'));
    await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
    await testBed.nothingSince(mark);
    const other = await testBed.purse.newPage();
    void other.goto(testBed.at('/article')).catch(() => undefined);
    await oneWaits();
    await other.close();
    await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
    await testBed.nothingSince(mark);
  });

  test('about an offer that was too short for a document from the start shows a fresh one', async () => {
    const mark = await testBed.mark();
    void page.goto(testBed.at('/article', { 'first-expiry': '9' })).catch(() => undefined);
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(offer.answerBy - Date.now()).toBeGreaterThan(60_000);
    await approve();
    await page.locator('#paid').waitFor();
    await testBed.purse.until(
      'activity.page',
      { before: null, limit: 1 },
      ({ items: [newest] }) => newest?.kind === 'payment' && newest.state === 'settled',
    );
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('whose price ran out says so, and shows a fresh one where its user asks for it', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page', { fetch: '1', 'first-expiry': '13' }));
    await oneWaits();
    const popup = await testBed.purse.popup();
    await popup.locator('[data-testid="approve-renew"]:not([aria-disabled="true"])').click();
    await testBed.purse.until(
      'approval.list',
      {},
      ([offer]) => offer !== undefined && !offer.hasRunOut && offer.answerBy - Date.now() > 60_000,
    );
    await popup.close();
    await (await testBed.purse.nextApproval()).approve();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('lapses with its offer, and the page gets its own 402, where no fresh price can be asked for', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const status = page.evaluate(
      async (url) => (await fetch(url, { method: 'POST', body: 'word=hello' })).status,
      testBed.at('/api/echo', { expiry: '13' }),
    );
    await oneWaits();
    expect(await status).toBe(402);
    await testBed.purse.until('log.list', {}, ([newest]) => newest?.key === 'refusal_LAPSED');
    await testBed.nothingSince(mark);
  });
});

test('a burst of requests opens one popup and a bounded queue; requests beyond it get their own 402', async () => {
  const mark = await testBed.mark();
  await page.goto(testBed.at('/free'));
  const answers = page.evaluate(
    (urls) => Promise.all(urls.map(async (url) => (await fetch(url)).status)),
    Array.from({ length: 40 }, (_, n) => testBed.at('/api/data', { n: String(n) })),
  );
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 20);
  // One line of the log tells the user, however often the site asked.
  await testBed.purse.until(
    'log.list',
    {},
    ([newest]) => newest?.key === 'refusal_QUEUE_FULL' && newest.times === 20,
  );
  expect(windows().length).toBeLessThanOrEqual(1);
  for (const { id } of await testBed.purse.ask('approval.list', {})) {
    await testBed.purse.ask('approval.answer', { id, answer: { kind: 'decline' } });
  }
  expect(await answers).toEqual(Array(40).fill(402));
  await testBed.nothingSince(mark);
});
