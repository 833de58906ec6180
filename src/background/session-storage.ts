import * as v from 'valibot';
import type { ExchangeStore } from '../exchanges/exchanges.ts';
import type { SessionStore as ChallengeStore } from '../interception/open-challenges.ts';
import type { RunStore, TestRun } from '../payments/test-spending.ts';
import { LocationText } from '../storage/location.ts';
import type { PrivateStore } from '../storage/private-parts.ts';
import type { StoreState } from '../storage/store.ts';
import type { SessionStore as VaultSession } from '../vault/keyed-store.ts';

// `chrome.storage.session` outlives the worker and dies with the browser; content scripts cannot read it.
const session = chrome.storage.session;

/**
 * Where the vault keeps its session key. Whenever it goes, by hand or by its deadline, all that was the purse's goes.
 *
 * @param gone told then, so that nobody writes any of it anew.
 */
export const vaultSession = (gone: () => void): VaultSession => ({
  get: async (key) => (await session.get(key))[key],
  set: (key, value) => session.set({ [key]: value }),
  remove: async (key) => {
    await session.remove(key);
    gone();
    await clearSession();
  },
});

/** Where interception keeps the challenges that wait for their end. */
export const challengeStore: ChallengeStore = {
  read: async (prefix) =>
    new Map(Object.entries(await session.get(null)).filter(([key]) => key.startsWith(prefix))),
  write: (key, value) => session.set({ [key]: value }),
  remove: (keys) => session.remove([...keys]),
};

const PRIVATE = 'private:';

/** Where the journal keeps the parts of payments in private windows that may lie in memory only. */
export const privateStore: PrivateStore = {
  read: async () =>
    new Map(
      Object.entries(await session.get(null)).flatMap(([key, text]) =>
        key.startsWith(PRIVATE) ? [[key.slice(PRIVATE.length), text] as const] : [],
      ),
    ),
  write: (id, text) => session.set({ [PRIVATE + id]: text }),
  remove: (ids) => session.remove(ids.map((id) => PRIVATE + id)),
};

const EXCHANGE = 'exchange:';

/** Where the 402s that tabs met are kept. */
export const exchangeStore: ExchangeStore = {
  read: async () =>
    Object.entries(await session.get(null)).flatMap(([key, value]) =>
      key.startsWith(EXCHANGE) ? [value] : [],
    ),
  write: (exchanges) =>
    session.set(Object.fromEntries(exchanges.map((exchange) => [EXCHANGE + exchange.id, exchange]))),
  remove: (ids) => session.remove(ids.map((id) => EXCHANGE + id)),
};

/** Where tests of the user's own servers keep what is left to spend, by run. */
export const runStore: RunStore = {
  read: async (run) => ((await session.get(`test:${run}`))[`test:${run}`] as TestRun | undefined) ?? null,
  write: (run, value) => session.set({ [`test:${run}`]: value }),
};

const STORE = 'store';
const StoreStateText = v.strictObject({ location: LocationText, isTorn: v.boolean() });

/** Where the database is, and whether a write to it has failed: on a full disk, memory alone can keep that. */
export const storeState = {
  /** Null until it was opened once since the browser's start. */
  read: async (): Promise<StoreState | null> => {
    const kept = v.safeParse(StoreStateText, (await session.get(STORE))[STORE]);
    return kept.success ? kept.output : null;
  },
  write: (state: StoreState): Promise<void> => session.set({ [STORE]: state }),
};

/** The proof-of-work engines that are not asked again until the browser ends. */
export const RETIRED_ENGINES = 'retiredEngines';
/** Until when work ahead of need rests for the battery's sake (ms). */
export const REST_UNTIL = 'workRestsUntil';
/** Before the number of each tab that pays with test money. It must not come back to real money by being locked. */
export const SANDBOX = 'sandbox:';
/** What tells nothing of a purse, or is a proof that was paid for, and so outlives a lock. */
const isKept = (key: string) =>
  key === STORE ||
  key === RETIRED_ENGINES ||
  key === REST_UNTIL ||
  key.startsWith(SANDBOX) ||
  key.startsWith(PRIVATE);

async function clearSession(): Promise<void> {
  const keys = Object.keys(await session.get(null));
  await session.remove(keys.filter((key) => !isKept(key)));
}
