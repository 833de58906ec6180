import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestBed, type TestBed } from '../setup.ts';

/** Names that are made to be taken for others; all of them lead to the merchant. */
let testBed: TestBed;
let page: Page;
let view: Page;

beforeAll(async () => {
  const names = ['test', 'com', 'de', 'io', 'space', 'org'].map((name) => `MAP *.${name} 127.0.0.1`);
  testBed = await openTestBed({ purse: { extraArgs: [`--host-resolver-rules=${names.join(',')}`] } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await view.close();
  await page.close();
});

const port = () => new URL(testBed.merchant.origin).port;
const labels = [60, 61, 62].map((length, index) => 'abc'.charAt(index).repeat(length)).join('.');

/** The question that a visit leads to, as the popup shows it. */
async function question(url: string, path = '/article') {
  void page.goto(`${url}:${port()}${path}`).catch(() => undefined);
  const approval = await testBed.purse.nextApproval();
  view = await testBed.purse.popup();
  await view.getByTestId('approval-site').waitFor();
  return approval;
}

const warned = (text: RegExp) => view.locator('.notice-warn', { hasText: text }).count();
const LOOK_ALIKE = /letters that look like others/;
const FOREIGN = /letters beyond a to z/;

/** Whether something is wholly on the screen as it came up, with nothing above it. */
function isInSight(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && element.contains(at);
  });
}

test.each([
  ['an honest name', 'http://shop.test', 'shop.test', null],
  ['foreign letters', 'http://münchen.de', 'xn--mnchen-3ya.de', FOREIGN],
  ['a look-alike', 'http://аpple.com', 'xn--pple-43d.com', LOOK_ALIKE],
  ['a known name before another', 'http://good.com.evil.test', 'evil.test', null],
  ['a name under a name for all', 'http://good.evil.github.io', 'evil.github.io', null],
  ['a quick tunnel', 'http://good.evil.trycloudflare.com', 'evil.trycloudflare.com', null],
  ['a name of dynamic DNS', 'http://good.evil.duckdns.org', 'evil.duckdns.org', null],
  ['a space for models', 'http://good.evil.hf.space', 'evil.hf.space', null],
  ['a bucket', 'http://good.evil.s3.amazonaws.com', 'evil.s3.amazonaws.com', null],
  ['a site builder', 'http://good.evil.webflow.io', 'evil.webflow.io', null],
  ['a long name', `http://good.com.${labels}.xn--pple-43d.com`, 'xn--pple-43d.com', LOOK_ALIKE],
  ['odd code points', 'http://g\u00adood.\uff43\uff4f\uff4d\u3002evil.TEST', 'evil.test', null],
])('%s', async (_, url, end, warning) => {
  const { offer, decline } = await question(url);
  const site = view.getByTestId('approval-site');
  await expect.poll(() => site.locator('.site-end').textContent()).toBe(`${end}:${port()}`);
  expect(await isInSight(site.locator('.site-end'))).toBe(true);
  expect(await isInSight(view.getByTestId('approval-amount'))).toBe(true);
  expect(offer.site).toBe(new URL(`${url}:${port()}`).origin);
  expect(await site.textContent()).toMatch(/^http:\/\/[!-~…]+$/);
  expect([await warned(LOOK_ALIKE), await warned(FOREIGN)]).toEqual(
    [LOOK_ALIKE, FOREIGN].map((one) => Number(one === warning)),
  );
  // Money over plain http is nothing to keep quiet about.
  expect(await warned(/Not encrypted/)).toBe(1);
  expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await decline();

  // In the log the same name stands in the same way.
  await view.goto(view.url());
  await view.locator('nav button').last().click();
  await view.locator('.open-row').last().click();
  const line = view.locator('.log .site').first();
  await expect.poll(() => line.locator('.site-end').textContent()).toBe(`${end}:${port()}`);
  expect(await view.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});

test('this machine itself is not warned about as unencrypted', async () => {
  const { decline } = await question('http://127.0.0.1');
  expect(await warned(/Not encrypted/)).toBe(0);
  await decline();
});

describe('a name before an @', () => {
  test('is neither shown nor stored, and the paid content still arrives', async () => {
    const { offer, approve } = await question('http://good.com:secret@evil.test', '/article?user=1');
    expect(offer).toMatchObject({
      site: `http://evil.test:${port()}`,
      url: `http://evil.test:${port()}/article?user=1`,
    });
    expect(await view.locator('body').textContent()).not.toContain('good.com');
    await approve();
    await page.locator('#paid').waitFor();
    expect(JSON.stringify(await testBed.purse.payments())).not.toMatch(/secret|good\.com/);
  });
});

test('a long name of the initiator does not hide the payee', async () => {
  const to = encodeURIComponent(testBed.at('/article', { sent: '1' }));
  const { decline } = await question(`http://good.com.${labels}.xn--pple-43d.com`, `/redirect?to=${to}`);
  expect(await view.getByTestId('approval-site').textContent()).toBe(testBed.merchant.origin);
  const asker = view.getByTestId('approval-asker').locator('.site-end');
  await expect.poll(() => asker.textContent()).toBe(`xn--pple-43d.com:${port()}`);
  expect(await isInSight(asker)).toBe(true);
  expect(await warned(LOOK_ALIKE)).toBe(1);
  await decline();
});
