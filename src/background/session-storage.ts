import type { SessionStore as ChallengeStore } from '../interception/chromium/open-challenges.ts';
import type { SessionStore as VaultSession } from '../vault/keyed-store.ts';

// `chrome.storage.session` outlives the worker and dies with the browser; content scripts cannot read it.
const session = chrome.storage.session;

/** Where the vault keeps its session key. */
export const vaultSession: VaultSession = {
  get: async (key) => (await session.get(key))[key],
  set: (key, value) => session.set({ [key]: value }),
  remove: (key) => session.remove(key),
};

/** Where interception keeps the challenges that wait for their end. */
export const challengeStore: ChallengeStore = {
  read: async (prefix) =>
    new Map(Object.entries(await session.get(null)).filter(([key]) => key.startsWith(prefix))),
  write: (key, value) => session.set({ [key]: value }),
  remove: (keys) => session.remove([...keys]),
};

/** Empties it all: what locking must leave behind. */
export const clearSession = (): Promise<void> => session.clear();
