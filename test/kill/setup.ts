import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright';
import { MOST_ACCOUNTS, readSeedHex } from '../../src/nano/seed.ts';
import type { AnyPayment } from '../../src/payments/private-record.ts';
import type { SpendingRow } from '../../src/policy/reservation.ts';
import { TestAccount } from '../devnet/test-account.ts';
import { openTestBed, type TestBed, XNO } from '../e2e/setup.ts';
import { testKeysAt } from '../e2e/test-keys.ts';
import { WatchedWorker } from './worker.ts';

/** A tab that sends requests, and the browser's id of it. */
export interface Tab {
  readonly tab: Page;
  readonly tabId: number;
}

/** A browser with a purse whose worker is killed, with the ledger and the merchant. */
export interface KillTestBed extends TestBed {
  /** A page of the purse's own: from it the test reads what the purse has on disk, behind its worker's back. */
  readonly ownPage: Page;
  readonly ordinary: Tab;
  /** The one in a private window. */
  readonly inPrivate: Tab;
  readonly worker: WatchedWorker;
  /** All accounts of the seed, savings first. */
  readonly accounts: readonly string[];
  /** The purse's key in another wallet. */
  readonly otherWallet: TestAccount;
  /** What the purse has on disk; of its payments, those since a time (ms): a look at all of them takes long. */
  readDisk(since?: number): Promise<OnDisk>;
}

/** What outlives the worker. */
export interface OnDisk {
  /** Those of private windows with the request that memory keeps of them. */
  readonly payments: readonly AnyPayment[];
  readonly spending: readonly SpendingRow[];
  /** The URLs for which a page waits. */
  readonly waiting: readonly string[];
  /** Whether a tab is loading something, or about to: a proof waits for its request. */
  readonly isLoading: boolean;
}

/** From a block's acceptance to its confirmation (ms). */
export const CONFIRMED_AFTER = 5;
const FUNDS = 1000n * XNO;
/** More than anything costs here (raw). */
const MOST = 10n ** 35n;

/** Starts the test bed. The merchant has a budget. */
export async function openKillTestBed(): Promise<KillTestBed> {
  const seed = randomBytes(32).toString('hex');
  const testBed = await openTestBed({
    devnet: { confirmationDelayMs: CONFIRMED_AFTER },
    purse: { seed, inPrivate: true },
    funds: FUNDS,
  });
  const { purse, merchant, devnet } = testBed;
  const budget = { perPayment: String(MOST), perDay: String(MOST), paused: false };
  await purse.ask('budget.save', { site: merchant.origin, ...budget });
  const ownPage = await purse.newPage();
  await ownPage.goto(purse.url('src/pages/onboarding/index.html'));
  const opened = async (url: string, incognito: boolean): Promise<Tab> => {
    const comes = purse.context.waitForEvent('page');
    const open = async (options: chrome.windows.CreateData) =>
      (await chrome.windows.create(options))?.tabs?.[0]?.id ?? chrome.tabs.TAB_ID_NONE;
    const tabId = await ownPage.evaluate(open, { url, incognito });
    const tab = await comes;
    await tab.waitForLoadState();
    return { tab, tabId };
  };
  const inPrivate = await opened(`${merchant.otherOrigin}/free`, true);
  // Opened last: the purse pays without asking in the last focused window only.
  const ordinary = await opened(`${merchant.origin}/free`, false);
  const keys = Array.from({ length: MOST_ACCOUNTS }, (_, index) => testKeysAt(readSeedHex(seed), index));
  const [{ privateKey } = testKeysAt(readSeedHex(seed), 0)] = keys;
  return {
    ...testBed,
    ownPage,
    ordinary,
    inPrivate,
    worker: await WatchedWorker.of(purse),
    accounts: keys.map(({ address }) => address),
    otherWallet: new TestAccount(devnet.ledger, privateKey),
    readDisk: (since = 0) => ownPage.evaluate(readDisk, since),
  };
}

/** Runs in a page of the purse. */
async function readDisk(since: number): Promise<OnDisk> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('nano-purse');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const transaction = database.transaction(['payments', 'spending']);
  const rows = transaction
    .objectStore('payments')
    .index('place')
    .getAll(IDBKeyRange.lowerBound([since, '']));
  const spending = transaction.objectStore('spending').getAll();
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = reject;
  });
  database.close();
  const kept = await chrome.storage.session.get(null);
  const waiting = Object.entries(kept).flatMap(([key, value]) =>
    key.startsWith('challenge:')
      ? [(value as { observed: { challenge: { url: string } } }).observed.challenge.url]
      : [],
  );
  // In this order: a request takes its proof with it once it is on its way. A rule that only takes requests past the cache,
  // in private windows, stays until the server has answered anew: it adds `Pragma`, which no rule with a proof does.
  const rules = (await chrome.declarativeNetRequest.getSessionRules()).filter(
    ({ action }) => action.requestHeaders?.every(({ header }) => header !== 'Pragma') ?? true,
  );
  const tabs = await chrome.tabs.query({ status: 'loading' });
  return {
    payments: rows.result.map(({ payment }) => {
      const part = kept[`private:${payment.intent.id}`];
      const request = typeof part === 'string' ? { challenge: JSON.parse(part).challenge } : {};
      return { ...payment, intent: { ...payment.intent, ...request } };
    }),
    spending: spending.result,
    waiting,
    isLoading: rules.length > 0 || tabs.length > 0,
  };
}
