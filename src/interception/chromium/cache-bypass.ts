import { SerialQueue } from '../../concurrency.ts';
import { requestKinds } from '../challenge.ts';
import { isPrivate } from '../network/private-mode.ts';
import { NO_TAB } from '../observed-request.ts';
import { exactly, FIRST_BYPASS_ID, LONGEST_URL } from './proof-rule.ts';

/** How many URLs are requested past the cache at most: of ordinary windows, and of private ones. The oldest is dropped. */
const MOST = 50;

/** The statuses that Chromium keeps for ever where the server says nothing of it; and 404, for which servers often do. */
const KEPT: ReadonlySet<number> = new Set([300, 301, 308, 404, 410]);

type Rule = chrome.declarativeNetRequest.Rule;

/** Where the rules of a kind of window are: the dynamic ones outlive the browser, the session ones are in memory only. */
interface Rules {
  get(): Promise<readonly Rule[]>;
  update(change: { readonly removeRuleIds: number[]; readonly addRules?: Rule[] }): Promise<void>;
}

/** The URLs that have a rule, with its id, oldest first. */
type Marked = Map<string, number>;

/**
 * The URLs whose next request goes past the browser's cache. Chromium keeps some answers for ever that say nothing of it: a
 * refusal of a proof would stand in the place of the page at each later visit, and no request would reach the server. The
 * rule of a URL is removed once its server has answered anew.
 */
export class CacheBypass {
  readonly #queue = new SerialQueue();
  readonly #ordinary: Promise<Marked>;
  readonly #private: Promise<Marked>;

  constructor() {
    this.#ordinary = dynamicRules.get().then(markedBy);
    this.#private = sessionRules.get().then(markedBy);
  }

  /** Starts to listen for private tabs; synchronous. */
  listen(): void {
    chrome.tabs.onCreated.addListener(({ incognito }) => {
      if (incognito) void this.#queue.run(() => this.#nameTabs()).catch(console.error);
    });
  }

  /**
   * Notes the response to a request that carried a proof.
   *
   * @param url as the browser names it, without its fragment
   */
  async proofAnswered(url: string, status: number, inPrivate: boolean): Promise<void> {
    const isServed = status >= 200 && status < 300 && status !== 202;
    await this.#queue.run(() => (isServed ? this.#remove(url, inPrivate) : this.#add(url, inPrivate)));
  }

  /**
   * Notes the response to any other request. One that would be kept for ever as well changes nothing.
   *
   * @param url as in `proofAnswered`
   */
  async answered(url: string, status: number, tabId: number): Promise<void> {
    if (KEPT.has(status)) return;
    const [ordinary, inPrivate] = await Promise.all([this.#ordinary, this.#private]);
    if (!ordinary.has(url) && !inPrivate.has(url)) return;
    const tab = tabId === NO_TAB ? undefined : await chrome.tabs.get(tabId).catch(() => undefined);
    const isOfPrivate = await isPrivate(tabId, tab);
    await this.#queue.run(() => this.#remove(url, isOfPrivate));
  }

  async #add(url: string, inPrivate: boolean): Promise<void> {
    if (url.length > LONGEST_URL) return;
    const [rules, marked] = await this.#of(inPrivate);
    const tabIds = inPrivate ? await privateTabs() : null;
    if (tabIds?.length === 0) return;
    const known = marked.get(url);
    const [oldest] = marked;
    const removed = known ?? (marked.size >= MOST ? oldest?.[1] : undefined);
    const id = Math.max(inPrivate ? FIRST_BYPASS_ID : 0, ...marked.values()) + 1;
    await rules.update({
      removeRuleIds: removed === undefined ? [] : [removed],
      addRules: [bypassRule(id, url, tabIds)],
    });
    for (const [other, otherId] of marked) if (otherId === removed) marked.delete(other);
    marked.set(url, id);
  }

  async #remove(url: string, inPrivate: boolean): Promise<void> {
    const [rules, marked] = await this.#of(inPrivate);
    const id = marked.get(url);
    if (id === undefined) return;
    await rules.update({ removeRuleIds: [id] });
    marked.delete(url);
  }

  /** Makes the rules for private windows name all private tabs: they must not apply to ordinary ones (invariant 11). */
  async #nameTabs(): Promise<void> {
    const marked = await this.#private;
    if (marked.size === 0) return;
    const tabIds = await privateTabs();
    const addRules = [...marked].map(([url, id]) => bypassRule(id, url, tabIds));
    await sessionRules.update({ removeRuleIds: [...marked.values()], addRules });
  }

  async #of(inPrivate: boolean): Promise<readonly [Rules, Marked]> {
    return inPrivate ? [sessionRules, await this.#private] : [dynamicRules, await this.#ordinary];
  }
}

const dynamicRules: Rules = {
  get: () => chrome.declarativeNetRequest.getDynamicRules(),
  update: (change) => chrome.declarativeNetRequest.updateDynamicRules(change),
};

const sessionRules: Rules = {
  get: async () =>
    (await chrome.declarativeNetRequest.getSessionRules()).filter(({ id }) => id >= FIRST_BYPASS_ID),
  update: (change) => chrome.declarativeNetRequest.updateSessionRules(change),
};

/**
 * The rule that takes the requests of a URL past the cache.
 *
 * @param tabIds the tabs that it applies to; null for all
 */
export function bypassRule(id: number, url: string, tabIds: readonly number[] | null): Rule {
  return {
    id,
    priority: 1,
    action: {
      type: 'modifyHeaders',
      requestHeaders: [
        { header: 'Cache-Control', operation: 'set', value: 'no-cache' },
        { header: 'Pragma', operation: 'set', value: 'no-cache' },
      ],
    },
    condition: {
      regexFilter: exactly(url),
      isUrlFilterCaseSensitive: true,
      resourceTypes: [...requestKinds],
      requestMethods: ['get', 'head'],
      ...(tabIds !== null && { tabIds: [...tabIds] }),
    },
  };
}

/** The URL that the regular expression of `exactly` was made of. */
export function urlOf({ condition }: Rule): string {
  const [, escaped = ''] = /^\^(.*)\(#\.\*\)\?\$$/s.exec(condition.regexFilter ?? '') ?? [];
  return escaped.replace(/\\(.)/gs, '$1');
}

function markedBy(rules: readonly Rule[]): Marked {
  return new Map(rules.toSorted((one, other) => one.id - other.id).map((rule) => [urlOf(rule), rule.id]));
}

async function privateTabs(): Promise<readonly number[]> {
  const tabs = await chrome.tabs.query({});
  return tabs.flatMap(({ id, incognito }) => (incognito && id !== undefined ? [id] : []));
}
