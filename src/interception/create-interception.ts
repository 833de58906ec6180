import type { BridgeInput } from '../messages/contract.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Challenge, isHeld } from './challenge.ts';
import { type HoldEnd, Holds, unansweredUntil } from './holds.ts';
import type { Interception, InterceptionEvents } from './interception.ts';
import { ChallengeLifecycle } from './lifecycle.ts';
import type { BrowserNetwork } from './network/browser-network.ts';
import { ProofResponses } from './network/response.ts';
import { type HeldResponse, type NetworkWatch, watchNetwork } from './network/watch.ts';
import { NO_TAB, type ObservedRequest } from './observed-request.ts';
import { type OpenChallenge, OpenChallenges, type SessionStore } from './open-challenges.ts';
import { Deliveries } from './page/deliveries.ts';
import { Preparations } from './page/preparations.ts';
import { Presence } from './page/presence.ts';
import { Reloads } from './page/reloads.ts';
import { isInPage, isPageIcon, isWaiting, tabOnOrigin } from './page/retry.ts';
import { ScriptHolds } from './page/script-holds.ts';
import { Patience } from './patience.ts';
import { probePrice } from './price-probe.ts';
import type { ProofCarrier } from './proof-target.ts';
import type { ResponseHolds } from './response-holds.ts';
import { bareUrl, withoutFragment } from './urls.ts';
import { viewOf } from './view.ts';

/** Interception with the reports of the content scripts that hold requests in their pages. */
export interface PageInterception extends Interception {
  /**
   * Handles the report of a content script that holds a 402 of its page. The report alone is not trusted: the network
   * layer must have seen a 402 of the same document, method and URL. Resolves when it is decided how the hold ends.
   */
  held(sender: chrome.runtime.MessageSender, input: BridgeInput<'request.held'>): Promise<HoldEnd>;
  /** Handles the report of a content script that its page took back a held request. */
  dropped(sender: chrome.runtime.MessageSender, input: BridgeInput<'request.dropped'>): Promise<void>;
  /** Handles the report of a content script that its document was left or frozen and no longer waits. */
  left(sender: chrome.runtime.MessageSender): Promise<void>;
}

export interface InterceptionPorts {
  readonly session: SessionStore;
  /** Whether servers may be asked for their price: only once there is a purse to pay from. */
  readonly mayProbePrice: () => Promise<boolean>;
  /** Whether the user leaves this 402 to its page. It is announced at once, since no question follows. Never rejects. */
  readonly isManual: (challenge: Challenge) => Promise<boolean>;
  /** Called when the result of `awaitingReload` has changed. */
  readonly changed: () => void;
}

/** What one browser does in its own way. */
export interface BrowserParts {
  readonly network: BrowserNetwork;
  readonly carrier: ProofCarrier;
  /** Whether the browser can make a request of this URL and method carry a proof. */
  readonly canCarry: (url: string, method: string) => boolean;
  /** Keeps refusals out of the way that the browser's cache would give again; absent where it keeps none. */
  readonly cache?: CacheGuard;
  /** Holds responses in the browser itself; absent where the browser cannot. */
  readonly responseHolds?: ResponseHolds;
}

/** Notes what servers answer, for the browser's cache. */
export interface CacheGuard {
  /** Starts to listen; synchronous. */
  listen(): void;
  /** Notes the response to a request that carried a proof. */
  proofAnswered(url: string, status: number, inPrivate: boolean): Promise<void>;
  /** Notes the response to any other request. */
  answered(url: string, status: number, tabId: number): Promise<void>;
}

/** How many challenges are remembered whose element was in its page. */
const REMEMBERED = 600;

const ignore = () => {};
const UNWATCHED: InterceptionEvents = {
  onChallenge: ignore,
  onUnheld: ignore,
  onOverLimit: ignore,
  onManual: ignore,
  onUnpriced: ignore,
  onWithdrawn: ignore,
};

/** Gives what a worker without a tab asked for a tab that shows its site, where its user is asked; null where none does. */
async function withTab(observed: ObservedRequest): Promise<ObservedRequest | null> {
  const { challenge } = observed;
  const { tabId, initiator } = challenge;
  if (tabId !== NO_TAB) return observed;
  const tab = initiator === null ? undefined : await tabOnOrigin(initiator, challenge);
  if (tab?.id === undefined) return null;
  return { ...observed, challenge: { ...challenge, tabId: tab.id, view: await viewOf(tab.id) } };
}

/** Whether the browser keeps the answers to requests of this method. */
const isCached = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether an answer without a proof is what was asked for: a 202 says that it comes later. */
const isContent = (status: number): boolean => status >= 200 && status < 300 && status !== 202;

/** Wires interception for a browser: what the network tells, what pages hold, and the ways to send a request again. */
export function createInterception(ports: InterceptionPorts, browser: BrowserParts): PageInterception {
  const { network: browserNetwork, carrier, canCarry, cache, responseHolds } = browser;
  let events = UNWATCHED;
  let network: NetworkWatch | undefined;
  const open = new OpenChallenges(ports.session);
  const holds = new Holds();
  const presence = new Presence();
  /** The challenges whose element was in its page when the browser held their response. */
  const inPages = new BoundedMap<string, true>(REMEMBERED);
  const responses = new ProofResponses({
    responded: ({ challenge }, url, method, status) => {
      if (!isCached(method)) return;
      void cache?.proofAnswered(url, status, challenge.isPrivate).catch(console.error);
    },
    browser: browserNetwork,
  });
  const reloads = new Reloads({ open, changed: ports.changed });
  const lifecycle = new ChallengeLifecycle({
    open,
    holds,
    patience: new Patience(Date.now),
    events: () => events,
    awaitsReload: (id) => reloads.has(id),
  });
  const scriptHolds = new ScriptHolds({
    open,
    holds,
    lifecycle,
    isManual: ports.isManual,
    caughtUp: () => network?.caughtUp(),
  });
  const preparations = new Preparations({ open, lifecycle, presence, scriptHolds, canCarry });
  const deliveries = new Deliveries({
    ...{ open, holds, lifecycle, presence, responses, reloads, scriptHolds, carrier },
    ...(responseHolds !== undefined && { responseHolds }),
  });

  const aborted = (requestId: string): void => {
    lifecycle.noteAborted(requestId);
    scriptHolds.stopPairing(requestId);
    // The page of a held request reports an abort itself; here, sending it again would count as an abort, too. A page
    // that was given its 402 back has its answer, and may cancel the body of it.
    void lifecycle.withdrawWhere(
      ({ observed, hold }) =>
        hold === null &&
        observed.challenge.givenBack === undefined &&
        observed.challenge.requestId === requestId &&
        lifecycle.isAborted(observed),
    );
  };

  /** Prepares a 402. Returns what the browser waits for, where it holds the response. */
  const priced = (observed: ObservedRequest, url: string): { readonly held: HeldResponse } | undefined => {
    const { challenge } = observed;
    if (responseHolds?.mayHold(observed) && canCarry(challenge.url, challenge.method)) {
      return { held: holdResponse(responseHolds, observed, url) };
    }
    void preparations.take(observed);
    return undefined;
  };
  const holdResponse = async (by: ResponseHolds, seen: ObservedRequest, url: string): HeldResponse => {
    const observed = await withTab(seen);
    if (observed === null || (await isPageIcon(observed))) {
      lifecycle.reportUnheld(seen.challenge);
      return {};
    }
    const { challenge } = observed;
    const held = by.hold(observed, url);
    if (await lifecycle.admit(observed, null)) {
      lifecycle.announce(challenge);
      if (await isInPage(observed)) inPages.set(challenge.id, true);
    } else {
      by.letGo(challenge.id);
    }
    return held;
  };

  /** Resumes a challenge of an earlier life of the worker. The page of a held request asks again by itself. */
  const resume = async (one: OpenChallenge): Promise<void> => {
    const { challenge } = one.observed;
    // When the event page was stopped, the browser gave the response that it held to its page.
    const wasHeld = responseHolds?.mayHold(one.observed) && challenge.userPart === undefined;
    if (one.hold === null && wasHeld) {
      await open.end(challenge.id);
      await preparations.take(one.observed);
    } else if (!(await isWaiting(one))) await open.end(challenge.id);
    else if (one.hold === null) lifecycle.announce(challenge);
  };

  return {
    watch(given) {
      events = {
        ...given,
        onWithdrawn(challenge) {
          responseHolds?.letGo(challenge.id);
          given.onWithdrawn(challenge);
        },
      };
      cache?.listen();
      responseHolds?.listen(
        (id) => void lifecycle.withdrawWhere(({ observed }) => observed.challenge.id === id),
      );
      network = watchNetwork(
        {
          priced,
          undeliverable: given.onUnheld,
          unpayable: (request, askedMethod) => scriptHolds.releaseUnpayable(request, askedMethod),
          unpriced: given.onUnpriced,
          responded: ({ url, method, statusCode, tabId, documentId = null }) => {
            if (isContent(statusCode)) {
              void lifecycle.servedWithout({ documentId, method, url: bareUrl(url) }).catch(console.error);
            }
            if (!isCached(method)) return;
            void cache?.answered(withoutFragment(url), statusCode, tabId).catch(console.error);
          },
          isOwn: (requestId) => responses.isCarrier(requestId),
          isLetGo: (requestId) => responseHolds?.isLetGo(requestId) === true,
          aborted,
          mayProbePrice: ports.mayProbePrice,
        },
        browserNetwork,
      );
      chrome.tabs.onRemoved.addListener(
        (tabId) => void lifecycle.withdrawWhere(({ observed }) => observed.challenge.tabId === tabId),
      );
      void open.all().then((all) => {
        for (const one of all) void resume(one);
      });
    },

    async waits({ id }) {
      const known = await open.get(id);
      if (known === undefined) return false;
      return responseHolds?.has(id) === true || presence.waits(known);
    },

    async take({ id }) {
      const known = await open.get(id);
      if (known === undefined || !responseHolds?.has(id)) return known !== undefined;
      // Firefox goes on with the load of an image that was taken out of its page.
      const isGone = inPages.get(id) === true && !(await isWaiting(known));
      if (isGone) await lifecycle.withdraw(known);
      return !isGone && responseHolds.take(id);
    },

    async heldUntil({ id }) {
      const known = await open.get(id);
      return known === undefined || known.hold === null
        ? null
        : unansweredUntil(known.observed.challenge, known.hold);
    },

    async giveBack(challenge) {
      const known = await open.get(challenge.id);
      if (known === undefined) return;
      // The hold ends last: a page that still holds when a killed worker starts again is released then.
      await open.add({ observed: { ...known.observed, challenge }, hold: null }).finally(() => {
        void holds.end(challenge.id, 'release');
      });
    },

    held: (sender, input) => scriptHolds.held(sender, input),

    dropped: (sender, input) => scriptHolds.dropped(sender, input),

    async left({ documentId }) {
      if (documentId === undefined) return;
      await lifecycle.withdrawWhere(
        ({ observed, hold }) => (hold?.documentId ?? observed.challenge.documentId) === documentId,
      );
    },

    async freshOffer({ id, method, tabId }) {
      const known = await open.get(id);
      if (known === undefined || method !== 'GET' || known.observed.challenge.isPrivate) return null;
      const { serverDate: _, ...before } = known.observed.challenge;
      const probe = await probePrice(before);
      // What the user can see may have changed since.
      const view = await viewOf(tabId);
      // Right before it is stored: a request that is over by now must not be open again.
      if (probe.price === null || (await open.get(id)) === undefined) return null;
      const challenge: Challenge = { ...before, ...probe.arrival, header: probe.price, view };
      await open.add({ ...known, observed: { ...known.observed, challenge } });
      return challenge;
    },

    awaitingReload: () => reloads.waiting(),

    expectReload: ({ id }) => reloads.expect(id),

    endReload: ({ id }) => reloads.end(id),

    deliver: (challenge, proof) => deliveries.deliver(challenge, proof),

    release(challenge) {
      if (responseHolds?.has(challenge.id)) responseHolds.letGo(challenge.id);
      else if (isHeld(challenge)) void holds.end(challenge.id, 'release');
      void open.end(challenge.id);
    },
  };
}
