/** Samples of what the network layer sees, for tests. */
import type { Challenge } from './challenge.ts';
import type { ObservedRequest } from './observed-request.ts';
import type { SessionStore } from './open-challenges.ts';

/** A session store in memory, as empty as that of a browser that has just started. */
export function memoryStore(): SessionStore & { readonly kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return {
    kept,
    read: async (prefix) => new Map([...kept].filter(([key]) => key.startsWith(prefix))),
    async write(key, value) {
      kept.set(key, structuredClone(value));
    },
    async remove(keys) {
      for (const key of keys) kept.delete(key);
    },
  };
}

/** A 402 to a script of a page. */
export function observedOf(
  id: string,
  seenAt: number,
  header = 'offer',
  tabId = 1,
  site = 'https://page.example',
): ObservedRequest {
  const challenge: Challenge = {
    id,
    requestId: '1',
    tabId,
    frameId: 0,
    documentId: 'document',
    initiator: 'https://page.example',
    topOrigin: site,
    isPrivate: false,
    method: 'GET',
    url: 'https://shop.example/',
    kind: 'xmlhttprequest',
    header,
    seenAt,
  };
  return {
    challenge,
    asked: { url: challenge.url, method: 'GET' },
    parentFrameId: -1,
    route: 'same',
  };
}
