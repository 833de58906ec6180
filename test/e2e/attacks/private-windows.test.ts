import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentState } from '../../../src/messages/payment.ts';
import { csvOf, jsonOf } from '../../../src/pages/popup/activity-file.ts';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { newProfile, removeProfile } from '../profile.ts';
import { launchPurse, type TestPurse } from '../purse.ts';
import { openTestBed, type TestBed, XNO } from '../setup.ts';
import { filesWith } from './profile-bytes.ts';
import { openShop } from './shop.ts';

const PASSWORD = 'a password of this test alone 7';
/** Words of a URL that nothing else says: `localhost` and all below it are this machine. */
const PRIVATE_HOST = 'seen-in-private-only';
const PRIVATE_PATH = 'read-in-private-only';
const ORDINARY_HOST = 'seen-in-ordinary-windows';

let profile: string;
let testBed: TestBed;
let server: Paywall;
let purse: TestPurse;
beforeAll(async () => {
  profile = newProfile();
  testBed = await openTestBed({ purse: { profile, password: PASSWORD, inPrivate: true } });
  purse = testBed.purse;
  server = await startPaywall();
});
afterAll(async () => {
  await testBed?.close();
  await server?.close();
  await removeProfile(profile);
});

const at = (host: string, path: string, visit: string) =>
  testBed.at(path, { visit }).replace('127.0.0.1', `${host}.localhost`);
const inPrivate = (path: string, visit = PRIVATE_PATH) => at(PRIVATE_HOST, path, visit);
/** Resolves once the newest payment stands so. */
const reached = (state: PaymentState) =>
  purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
    return last?.kind === 'payment' && last.state === state;
  });
const approve = async () => (await purse.nextApproval()).approve();

test('a private window is asked about although the budget of its site would pay, and offers neither budget nor block', async () => {
  await purse.ask('budget.save', {
    site: new URL(inPrivate('/')).origin.replace(PRIVATE_HOST, ORDINARY_HOST),
    perPayment: XNO.toString(),
    perDay: (10n * XNO).toString(),
    paused: false,
  });
  const ordinary = await purse.newPage();
  await ordinary.goto(at(ORDINARY_HOST, '/article', 'ordinary'));
  await reached('settled');
  await ordinary.close();

  const mark = await testBed.mark();
  const page = await purse.newPrivatePage(at(ORDINARY_HOST, '/article', 'private'));
  const question = await purse.nextApproval();
  expect(question.offer).toMatchObject({ reason: 'reason_privateWindow', isPrivate: true, canBudget: false });
  await testBed.nothingSince(mark);
  await question.approve();
  await page.getByText(PAID_MARKER).waitFor();
  expect(await testBed.paidSince(mark)).toMatchObject([{ state: 'settled', isPrivate: true, site: null }]);
  await page.close();
});

test('the purse sends no request of its own for a private window, because it has the cookies of ordinary windows', async () => {
  const coy = '/paid/private-coy?as=html&coy';
  const short = openShop(testBed, server, () => ({ entry: { maxTimeoutSeconds: 9 } })).url;
  const page = await purse.newPrivatePage(server.here + coy);
  await expect.poll(() => server.at(coy).length).toBe(1);
  await page.goto(short);
  // By the time that the next page is asked about, the purse is done with those before it.
  void page.goto(openShop(testBed, server, () => ({})).url).catch(() => undefined);
  const question = await purse.nextApproval();
  expect(server.at(coy).map(({ headers }) => headers.accept)).toEqual([expect.stringContaining('text/html')]);
  expect(server.at(new URL(short).pathname)).toHaveLength(1);
  await question.decline();
  await page.close();
});

describe('of what a private window asked for', () => {
  let page: Page;
  beforeAll(async () => {
    page = await purse.newPrivatePage();
  });

  test('content comes, scripts are served, and what is refused is logged without its address', async () => {
    const mark = await testBed.mark();
    await page.goto(inPrivate('/article'));
    await approve();
    await page.getByText(PAID_MARKER).waitFor();
    const fetched = page.evaluate(async (url) => (await fetch(url)).status, inPrivate('/api/data'));
    await approve();
    expect(await fetched).toBe(200);
    expect(await testBed.paidSince(mark)).toHaveLength(2);

    await page.goto(inPrivate('/bare')).catch(() => undefined);
    await (await purse.nextApproval()).decline();
    const lines = await purse.until('log.list', {}, ([newest]) => newest?.key === 'refusal_DECLINED');
    expect(lines[0]).toMatchObject({ site: null, url: null });
  });

  test('an undelivered proof outlives the worker and a lock, and serves the next private visit', async () => {
    const mark = await testBed.mark();
    // A script asks: of a document that broke off, Chromium would ask again by itself.
    await page.goto(inPrivate('/free'));
    const fetched = page.evaluate((url) => fetch(url).catch(() => 'broke off'), inPrivate('/loses-answer'));
    await approve();
    expect(await fetched).toBe('broke off');
    await reached('unanswered');
    await purse.killWorker();
    await purse.ask('vault.lock', {});
    await purse.ask('vault.unlock', { password: PASSWORD });
    const [kept] = (await purse.ask('activity.page', { before: null, limit: 1 })).items;
    expect(kept).toMatchObject({ isPrivate: true, canDeliver: true, url: null });
    const opened = purse.context.waitForEvent('page');
    await purse.ask('payment.deliver', { id: kept?.id ?? '' });
    await (await opened).getByText(PAID_MARKER).waitFor();
    await reached('settled');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    const isPrivate = await purse.context
      .pages()
      .find((one) => one.url().startsWith('chrome-extension:'))
      ?.evaluate(async (host) => {
        const tabs = await chrome.tabs.query({});
        return tabs.filter(({ url }) => url?.includes(host)).map(({ incognito }) => incognito);
      }, PRIVATE_HOST);
    expect(isPrivate).toEqual([true, true]);
    await (await opened).close();
  });

  test('no file of the profile, and nothing that the purse saves or shows later, names the site', async () => {
    await page.goto(inPrivate('/free'));
    const fetched = page.evaluate(
      (url) => fetch(url).catch(() => 'broke off'),
      inPrivate('/loses-answer', `${PRIVATE_PATH}-again`),
    );
    await approve();
    expect(await fetched).toBe('broke off');
    await reached('unanswered');
    // A block that no node takes, and a question that stays: both are cut off by the end of the browser.
    testBed.devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    await page.goto(inPrivate('/bare', `${PRIVATE_PATH}-cut`)).catch(() => undefined);
    await approve();
    await reached('signed');
    await page.goto(inPrivate('/frame'));
    await purse.nextApproval();
    const before = await purse.activity();
    const shown = before.flatMap((item) => [csvOf(item), jsonOf(item)]).join('\n');
    expect(shown).not.toMatch(new RegExp(`${PRIVATE_HOST}|${PRIVATE_PATH}`));
    const sends = testBed.sends().length;
    await purse.close();
    // The scan sees what an ordinary window leaves.
    expect(filesWith(profile, ORDINARY_HOST)).not.toEqual([]);
    expect([PRIVATE_HOST, PRIVATE_PATH].flatMap((word) => filesWith(profile, word))).toEqual([]);

    testBed.devnet.faults.clear();
    const again = await launchPurse({ profile, bare: true });
    await again.ask('vault.unlock', { password: PASSWORD });
    await again.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
      return last?.kind === 'payment' && last.state === 'confirmed' && last.isForgotten;
    });
    const after = await again.activity();
    const bare = (items: typeof before) =>
      items.map((item) =>
        item.kind === 'payment' && item.isPrivate ? { ...item, canDeliver: false, isForgotten: true } : item,
      );
    expect(after.slice(0, -1)).toEqual(bare(before.slice(0, -1)));
    const forgotten = after.find((item) => item.kind === 'payment' && item.state === 'unanswered');
    await expect(again.ask('payment.deliver', { id: forgotten?.id ?? '' })).rejects.toThrow(
      'fault_privateForgotten',
    );
    const everything = await again.newPage();
    await everything.goto(again.url('src/pages/popup/index.html'));
    expect(await everything.evaluate(everyRecord)).not.toMatch(new RegExp(`${PRIVATE_HOST}|${PRIVATE_PATH}`));
    expect(await everything.evaluate(everyRecord)).toContain(ORDINARY_HOST);
    expect(testBed.sends()).toHaveLength(sends + 1);
    const row = everything.getByTestId('activity-row').first();
    await row.getByText('Private window').waitFor();
    await row.getByText('delivery unknown').waitFor();
    await again.close();
    expect([PRIVATE_HOST, PRIVATE_PATH].flatMap((word) => filesWith(profile, word))).toEqual([]);
  }, 180_000);
});

/** In a page of the purse: every record of its databases and storage areas, as text. */
async function everyRecord(): Promise<string> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const found: unknown[] = [await chrome.storage.local.get(null), await chrome.storage.session.get(null)];
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const records = database.transaction(store).objectStore(store);
      found.push(await done(records.getAllKeys()), await done(records.getAll()));
    }
    database.close();
  }
  return JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
}
