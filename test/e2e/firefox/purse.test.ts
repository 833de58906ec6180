/** What the purse does in Firefox in its own way: its popup, its event page, the access to websites, containers. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { firefoxPopup } from '../firefox-popup.ts';
import { openTestBed, PRICE, type TestBed } from '../setup.ts';

const POPUP = 'src/pages/popup/index.html';
/** How long Firefox leaves an idle event page alone in these tests (ms). */
const IDLE = 3_000;

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { preferences: { 'extensions.background.idle.timeout': IDLE } } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

async function privileged(expression: string): Promise<unknown> {
  const run = testBed.purse.privileged;
  if (run === undefined) throw new Error('this browser is no Firefox');
  return run(expression);
}

const isPaid = () => page.locator('#paid', { hasText: PAID_MARKER }).waitFor();
/** Goes to a page that is held until its question is answered. */
const visit = (path: string, query: Readonly<Record<string, string>> = {}) =>
  void page.goto(testBed.at(path, { mechanism: 'nanoSignature', ...query })).catch(() => undefined);

test('the toolbar popup is 360 by 600, and a click in it pays', async () => {
  const mark = await testBed.mark();
  await page.bringToFront();
  visit('/article', { n: 'popup' });
  await testBed.purse.until('approval.list', {}, (list) => list.length === 1);
  const url = testBed.purse.url(POPUP);
  const opened = () => firefoxPopup(privileged, url, 'body');
  await expect.poll(async () => (await opened()) !== undefined).toBe(true);
  const popup = await opened();
  if (popup === undefined) throw new Error('no popup');
  await popup.ready('approve-pay');
  const { width, height } = await popup.size();
  expect([width, height]).toEqual([360, 600]);
  await expect.poll(() => popup.shows()).toBe(true);
  await popup.click('approve-pay');
  await isPaid();
  expect(await testBed.paidSince(mark)).toHaveLength(1);
});

describe('the event page', () => {
  test('stays awake while a document is held, however short its idle time', async () => {
    visit('/article', { n: 'thinking' });
    const { approve } = await testBed.purse.nextApproval();
    const began = Date.now();
    await expect.poll(() => Date.now() - began > 4 * IDLE).toBe(true);
    expect(await privileged(STATE)).toBe('running');
    await approve();
    await isPaid();
  });

  test('is stopped while it holds a document: the page shows its 402, is asked about again, and is paid once', async () => {
    const mark = await testBed.mark();
    visit('/article', { n: 'stopped' });
    await testBed.purse.nextApproval();
    await testBed.purse.killWorker();
    const { approve } = await testBed.purse.nextApproval();
    await approve();
    await isPaid();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('is stopped while a page holds its fetch: the page gets what was paid for, once', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page'));
    const url = testBed.at('/article', { mechanism: 'nanoSignature', n: 'fetched' });
    const fetched = page.evaluate(async (one) => (await fetch(one)).status, url);
    await testBed.purse.nextApproval();
    await testBed.purse.killWorker();
    await (await testBed.purse.nextApproval()).approve();
    expect(await fetched).toBe(200);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});

describe('a document that nobody waits for any more is not paid, though its question is answered:', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['its tab was closed', () => page.close()],
    ['its tab went elsewhere', () => page.goto(testBed.at('/free'))],
  ])('%s', async (name, leave) => {
    const mark = await testBed.mark();
    visit('/article', { n: encodeURIComponent(name) });
    const { offer } = await testBed.purse.nextApproval();
    await leave();
    await testBed.purse
      .ask('approval.answer', { id: offer.id, answer: { kind: 'once' } })
      .catch(() => undefined);
    await testBed.purse.until('approval.list', {}, (list) => list.length === 0);
    await testBed.nothingSince(mark);
  });
});

test('the access to websites that its user took away is given back by one click in the popup, and the next 402 is asked about', async () => {
  await privileged(REVOKE);
  const popup = await testBed.purse.popup();
  await popup.getByTestId('allow-sites').click();
  await expect.poll(() => privileged(ANSWER_PROMPT)).toBe(true);
  await popup.getByTestId('site-access').waitFor({ state: 'detached' });
  await popup.close();
  const mark = await testBed.mark();
  visit('/article', { n: 'access' });
  await (await testBed.purse.nextApproval()).approve();
  await isPaid();
  expect(await testBed.paidSince(mark)).toHaveLength(1);
});

test('a container is a private mode of its own: no budget pays, and no proof reaches another window', async () => {
  const site = testBed.merchant.origin;
  await testBed.purse.ask('budget.save', { site, perPayment: String(PRICE), perDay: String(10n * PRICE) });
  const mark = await testBed.mark();
  const url = testBed.at('/always-refuses', { mechanism: 'nanoSignature', n: 'container' });
  const opening = testBed.purse.context.waitForEvent('page');
  await privileged(openInContainer(url));
  const opened = await opening;
  const { offer, approve } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ reason: 'reason_privateWindow', isPrivate: true });
  await approve();
  await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
    return last?.kind === 'payment' && last.state === 'refused';
  });
  expect(await testBed.paidSince(mark)).toHaveLength(1);
  await opened.close();
  // The same URL in an ordinary tab is another purchase.
  void page.goto(url).catch(() => undefined);
  const sends = testBed.sends().length;
  await testBed.purse.until('activity.page', { before: null, limit: 2 }, ({ items }) => {
    return items.filter((item) => item.kind === 'payment' && item.state === 'refused').length === 2;
  });
  expect(testBed.sends()).toHaveLength(sends + 1);
  await testBed.purse.ask('budget.remove', { site });
});

const POLICY = `WebExtensionPolicy.getByID('purse@nanopurse.org')`;
const STATE = `${POLICY}.extension.backgroundState`;
const REVOKE = `(async () => {
  const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
  await ExtensionPermissions.remove('purse@nanopurse.org', { permissions: [], origins: ['<all_urls>'] }, ${POLICY}.extension);
})()`;
/** Allows what a prompt of the browser asks for; false where none is open. */
const ANSWER_PROMPT = `(() => {
  const button = PopupNotifications.panel.firstElementChild?.button;
  if (PopupNotifications.panel.state !== 'open' || !button) return false;
  button.click();
  return true;
})()`;
/** Opens a URL in a new tab of a new container. */
const openInContainer = (url: string) => `(async () => {
  const { ContextualIdentityService } = ChromeUtils.importESModule('resource://gre/modules/ContextualIdentityService.sys.mjs');
  const { userContextId } = ContextualIdentityService.create('Test', 'fingerprint', 'blue');
  const tab = gBrowser.addTab(${JSON.stringify(url)}, {
    userContextId,
    triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
  });
  gBrowser.selectedTab = tab;
})()`;
