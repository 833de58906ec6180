import * as v from 'valibot';
import type { ExchangeStore } from '../exchanges/exchanges.ts';
import type { SessionStore } from '../interception/open-challenges.ts';
import type { PaymentId } from '../payment-id.ts';
import type { RunStore, TestRun } from '../payments/test-spending.ts';
import { LocationText } from '../storage/location.ts';
import type { PrivateStore } from '../storage/private-parts.ts';
import type { StoreState } from '../storage/store.ts';
import type { SessionStore as VaultSession } from '../vault/keyed-store.ts';
import type { EarlyPageStore } from './early-page.ts';
import type { LinkStore } from './link-questions.ts';
import type { PhraseStore } from './new-phrase.ts';
import type { DraftStore } from './send-draft.ts';
import type { ToldStore } from './system-notifications.ts';
import type { OwedStore } from './toolbar-button.ts';

// `chrome.storage.session` outlives the worker and ends with the browser; content scripts cannot read it.
const session = chrome.storage.session;

/** The key of the pocket, which a lock of the vault keeps. */
const POCKET = 'pocket';

/**
 * Stores the session keys of the vault and of the pocket. When that of the vault is removed, by the user or by its
 * deadline, all other data that a lock removes goes with it.
 *
 * @param gone called then, so that none of the data is written again.
 */
export const vaultSession = (gone: () => void): VaultSession => ({
  get: async (key) => (await session.get(key))[key],
  set: (key, value) => session.set({ [key]: value }),
  remove: async (key) => {
    await session.remove(key);
    if (key === POCKET) return;
    gone();
    await clearSession();
  },
});

/** Stores the open challenges of interception, and what the user agreed to pay for them. */
export const challengeStore: SessionStore = {
  read: async (prefix) =>
    new Map(Object.entries(await session.get(null)).filter(([key]) => key.startsWith(prefix))),
  write: (key, value) => session.set({ [key]: value }),
  remove: (keys) => session.remove([...keys]),
};

const PRIVATE = 'private:';

/** Stores the private parts of payments from private windows, which may be in memory only. */
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

/** Stores the exchanges of tabs. */
export const exchangeStore: ExchangeStore = {
  read: async () =>
    Object.entries(await session.get(null)).flatMap(([key, value]) =>
      key.startsWith(EXCHANGE) ? [value] : [],
    ),
  write: (exchanges) =>
    session.set(Object.fromEntries(exchanges.map((exchange) => [EXCHANGE + exchange.id, exchange]))),
  remove: (ids) => session.remove(ids.map((id) => EXCHANGE + id)),
};

/** Stores for each test run of the user's own servers what it may still spend. */
export const runStore: RunStore = {
  read: async (run) => ((await session.get(`test:${run}`))[`test:${run}`] as TestRun | undefined) ?? null,
  write: (run, value) => session.set({ [`test:${run}`]: value }),
};

const EARLY = 'early';

/** Stores the URL of the page that asked for money before there was a purse. */
export const earlyPageStore: EarlyPageStore = {
  read: async () => {
    const { [EARLY]: url } = await session.get(EARLY);
    return typeof url === 'string' ? url : null;
  },
  write: (url) => session.set({ [EARLY]: url }),
  remove: () => session.remove(EARLY),
};

const OWED = 'owed:';
const OwedText = v.strictObject({
  id: v.string(),
  tabId: v.number(),
  price: v.string(),
  site: v.string(),
  isSeen: v.boolean(),
});

/** Stores the payments that bought nothing yet. */
export const owedStore: OwedStore = {
  read: async () =>
    Object.entries(await session.get(null)).flatMap(([key, value]) => {
      const kept = key.startsWith(OWED) ? v.safeParse(OwedText, value) : undefined;
      return kept?.success ? [{ ...kept.output, id: kept.output.id as PaymentId }] : [];
    }),
  write: (payment) => session.set({ [OWED + payment.id]: payment }),
  remove: (id) => session.remove(OWED + id),
};

const TOLD = 'told';
const ToldText = v.array(
  v.strictObject({
    name: v.string(),
    known: v.array(v.string()),
    up: v.array(v.string()),
    quietUntil: v.number(),
  }),
);

/** Stores what notifications have told, if anything. */
export const toldStore: ToldStore = {
  read: async () => {
    const kept = v.safeParse(ToldText, (await session.get(TOLD))[TOLD]);
    return kept.success ? kept.output : [];
  },
  write: (told) => (told.length === 0 ? session.remove(TOLD) : session.set({ [TOLD]: told })),
};

const LINK = 'link:';
const LinkQuestionText = v.strictObject({
  id: v.string(),
  tabId: v.number(),
  windowId: v.nullable(v.number()),
  text: v.string(),
  site: v.nullable(v.string()),
  frame: v.nullable(v.string()),
  network: v.nullable(v.string()),
});

/** Stores the payment links that wait for an answer. */
export const linkStore: LinkStore = {
  read: async () =>
    Object.entries(await session.get(null)).flatMap(([key, value]) => {
      const kept = key.startsWith(LINK) ? v.safeParse(LinkQuestionText, value) : undefined;
      return kept?.success ? [kept.output] : [];
    }),
  write: (question) => session.set({ [LINK + question.id]: question }),
  remove: (id) => session.remove(LINK + id),
};

const DRAFT = 'sendDraft';

/** Stores what was typed into *Send*. A lock removes it. */
export const draftStore: DraftStore = {
  read: async () => (await session.get(DRAFT))[DRAFT],
  write: (draft) => session.set({ [DRAFT]: draft }),
  remove: () => session.remove(DRAFT),
};

const PHRASE = 'newPhrase';

/** Stores the recovery phrase of a wallet that is being created: in memory, since nothing protects it yet. */
export const phraseStore: PhraseStore = {
  read: async () => (await session.get(PHRASE))[PHRASE],
  write: (words) => session.set({ [PHRASE]: words }),
  remove: () => session.remove(PHRASE),
};

const STORE = 'store';
const StoreStateText = v.strictObject({ location: LocationText, isTorn: v.boolean() });

/** Stores where the database is, and whether a write to it has failed: a full disk could not store that. */
export const storeState = {
  /** Null until the database was opened once since the browser's start. */
  read: async (): Promise<StoreState | null> => {
    const kept = v.safeParse(StoreStateText, (await session.get(STORE))[STORE]);
    return kept.success ? kept.output : null;
  },
  write: (state: StoreState): Promise<void> => session.set({ [STORE]: state }),
};

/** The work engines that are not used again until the browser ends. */
export const RETIRED_ENGINES = 'retiredEngines';
/** Until when precomputing work rests to save the battery (ms since the epoch). */
export const REST_UNTIL = 'workRestsUntil';
/** The key prefix for tabs that pay with test money. A lock keeps them, so that no tab returns to real money. */
export const SANDBOX = 'sandbox:';
/**
 * The keys that outlive a lock: they say nothing about the wallet, hold a proof that was paid for, let the pocket pay on, name
 * a payment that bought nothing, which its user has to hear of, or keep notifications from being shown again.
 */
const isKept = (key: string) =>
  key === STORE ||
  key === POCKET ||
  key === RETIRED_ENGINES ||
  key === REST_UNTIL ||
  key === TOLD ||
  key.startsWith(LINK) ||
  key.startsWith(OWED) ||
  key.startsWith(SANDBOX) ||
  key.startsWith(PRIVATE);

async function clearSession(): Promise<void> {
  const keys = Object.keys(await session.get(null));
  await session.remove(keys.filter((key) => !isKept(key)));
}

/** Removes everything of a purse that was erased. Where the database is, stays. */
export async function eraseSession(): Promise<void> {
  const keys = Object.keys(await session.get(null));
  await session.remove(keys.filter((key) => key !== STORE));
}
