import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, type TestBed } from '../setup.ts';
import { openShop, type Terms } from './shop.ts';

/** What a server can write into everything that it may name. */
let testBed: TestBed;
let stranger: Paywall;
let page: Page;
let view: Page;

beforeAll(async () => {
  [testBed, stranger] = await Promise.all([openTestBed(), startPaywall()]);
});
afterAll(async () => {
  await testBed?.close();
  await stranger?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
  view = await testBed.purse.newPage();
  await view.setViewportSize({ width: 360, height: 600 });
  // Whatever would run, fetch or break out of its place leaves a trace here.
  await view.addInitScript(() => {
    const traces: string[] = [];
    Object.assign(globalThis, { traces, pwned: () => traces.push('ran') });
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => traces.push(violatedDirective));
  });
});
afterEach(async () => {
  await view.close();
  await page.close();
});

const SCRIPTS = [
  '<script>pwned()</script>',
  '<img src=x onerror=pwned()>',
  '"><svg onload=pwned()>',
  "'-pwned()-'",
  '<iframe srcdoc="<script>parent.pwned()</script>">',
  '<a href="javascript:pwned()">click</a>',
  '{{constructor.constructor("pwned()")()}}',
  '$site$ $1 $& $$ %s',
  '</title></style></textarea><b>bold</b>',
  '<link rel=stylesheet href=http://127.0.0.1:1/x.css>',
].join(' ');
const ODD: Readonly<Record<string, string>> = {
  scripts: SCRIPTS,
  direction: '\u202eERP\u202d\u2066x\u2069 \u200f50.0 eerf\u202c \u061cend',
  invisible:
    'pay\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164 \u{e0041}\u{e0042}\u0000\u0007\u001b[31mnothing\r\n\tat all',
  marks: `Z${'\u0300\u0323\u0489'.repeat(400)}algo ${'\u20e3'.repeat(100)}`,
  long: 'word '.repeat(600),
  unbroken: 'W'.repeat(3_000),
  wide: `${'﷽'.repeat(500)}${'𒐫'.repeat(500)}`,
};

/** Control, direction and zero-width characters, and letters that nobody sees; a line of its own may end. */
const HIDDEN = /[^\P{Cc}\n]|[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** All that is shown is text of one line's kind: nothing ran, nothing hides, and it stays in its place. */
async function expectTame(what: string): Promise<void> {
  const shown = await view.evaluate(() => ({
    traces: (globalThis as unknown as { traces: readonly string[] }).traces,
    text: document.body.textContent ?? '',
    strangers: document.querySelectorAll(
      'script:not([src]), iframe, img:not(.mark), style, base, a[href^="javascript"], link[href^="http"]',
    ).length,
    handlers: [...document.querySelectorAll('*')].filter((one) =>
      [...one.attributes].some(({ name }) => /^on/.test(name)),
    ).length,
    width: document.documentElement.scrollWidth,
  }));
  expect([what, shown.traces, shown.strangers, shown.handlers, shown.width]).toEqual([what, [], 0, 0, 360]);
  expect(shown.text).not.toMatch(HIDDEN);
  expect(shown.text).not.toMatch(/\p{M}{4}/u);
  expect(shown.text.length).toBeLessThan(4_000);
}

const inPurse = (path: string) => testBed.purse.url(path);

test.each(Object.entries(ODD))('%s in every field are shown as plain text, or not at all', async (_, odd) => {
  const terms: Terms = {
    description: odd,
    error: odd,
    resource: { mimeType: odd, [odd.slice(0, 100)]: odd },
    entry: { [odd.slice(0, 50)]: odd },
    envelope: { extensions: { [odd.slice(0, 50)]: { info: odd } }, note: odd },
  };
  const refusal = Buffer.from(
    JSON.stringify({ success: false, errorReason: odd, errorMessage: odd, error: odd }),
  );
  const shop = openShop(
    testBed,
    stranger,
    () => terms,
    (response) => {
      response.setHeader('PAYMENT-RESPONSE', refusal.toString('base64'));
      response.writeHead(403, { 'Content-Type': 'application/json' }).end(refusal);
    },
  );

  void page.goto(shop.url).catch(() => undefined);
  const { offer, approve } = await testBed.purse.nextApproval();
  expect(offer.description?.length ?? 0).toBeLessThanOrEqual(1_000);
  for (const path of ['src/pages/approve/index.html', 'src/pages/popup/index.html']) {
    await view.goto(inPurse(path));
    await view.locator(`[data-approval="${offer.id}"]`).waitFor();
    expect(await view.getByTestId('approval-site').textContent()).toBe(stranger.here);
    expect(await view.getByTestId('approval-amount').isVisible()).toBe(true);
    await expectTame(path);
  }
  await approve();
  const { items } = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => {
      return last?.kind === 'payment' && last.url === shop.url && last.state === 'refused';
    },
  );
  expect(items).toHaveLength(1);

  await view.goto(inPurse('src/pages/popup/index.html'));
  await view.locator('nav button').nth(1).click();
  await view.getByTestId('activity-row').first().click();
  await view.getByTestId('payment-state').waitFor();
  await expectTame('story');
});

test.each(Object.entries(ODD))(
  'a 402 with %s for a price, a payee, a mechanism or a network is only a line in the log',
  async (_, odd) => {
    for (const entry of [
      { amount: odd },
      { payTo: odd },
      { extra: { [odd.slice(0, 50)]: odd } },
      { network: odd },
    ]) {
      const { url } = openShop(testBed, stranger, () => ({ entry }));
      await page.goto(url);
      await testBed.purse.until('log.list', {}, (lines) => lines.some((line) => line.url === url));
    }
    await view.goto(inPurse('src/pages/popup/index.html'));
    await view.locator('nav button').last().click();
    await view.locator('.open-row').last().click();
    await view.locator('.log li').first().waitFor();
    const traces = await view.evaluate(() => (globalThis as unknown as { traces: readonly string[] }).traces);
    expect(traces).toEqual([]);
    const text = (await view.locator('.log').textContent()) ?? '';
    expect(text).not.toContain(odd.slice(0, 8));
    expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  },
);
