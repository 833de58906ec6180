import type { BridgeInput } from '../../messages/contract.ts';
import { type Challenge, isHeld } from '../challenge.ts';
import { type HoldEnd, Holds, unansweredUntil } from '../holds.ts';
import type { Interception, InterceptionEvents } from '../interception.ts';
import { ChallengeLifecycle } from '../lifecycle.ts';
import { type OpenChallenge, OpenChallenges, type SessionStore } from '../open-challenges.ts';
import { Patience } from '../patience.ts';
import { probePrice } from '../price-probe.ts';
import { bareUrl, withoutFragment } from '../urls.ts';
import { viewOf } from '../view.ts';
import { CacheBypass } from './cache-bypass.ts';
import { Deliveries } from './deliveries.ts';
import { Preparations } from './preparations.ts';
import { Presence } from './presence.ts';
import { Reloads } from './reloads.ts';
import { ProofResponses } from './response.ts';
import { isWaiting } from './retry.ts';
import { ScriptHolds } from './script-holds.ts';
import { type NetworkWatch, watchNetwork } from './watch.ts';

export type { SessionStore } from '../open-challenges.ts';

export interface ChromiumInterception extends Interception {
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

const ignore = () => {};
const UNWATCHED: InterceptionEvents = {
  onChallenge: ignore,
  onUnheld: ignore,
  onOverLimit: ignore,
  onManual: ignore,
  onUnpriced: ignore,
  onWithdrawn: ignore,
};

/** Whether the browser keeps the answers to requests of this method. */
const isCached = (method: string): boolean => method === 'GET' || method === 'HEAD';

/** Whether an answer without a proof is what was asked for: a 202 says that it comes later. */
const isContent = (status: number): boolean => status >= 200 && status < 300 && status !== 202;

/** Interception in Chromium: observes the network, holds scripts' requests, adds the proof by a one-shot rule. */
export function createChromiumInterception(ports: InterceptionPorts): ChromiumInterception {
  let events = UNWATCHED;
  let network: NetworkWatch | undefined;
  const open = new OpenChallenges(ports.session);
  const holds = new Holds();
  const presence = new Presence();
  const cacheBypass = new CacheBypass();
  const responses = new ProofResponses({
    responded: ({ challenge }, url, method, status) => {
      if (!isCached(method)) return;
      void cacheBypass.proofAnswered(url, status, challenge.isPrivate).catch(console.error);
    },
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
  const preparations = new Preparations({ open, lifecycle, presence, scriptHolds });
  const deliveries = new Deliveries({ open, holds, lifecycle, presence, responses, reloads, scriptHolds });

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

  /** Resumes a challenge of an earlier life of the worker. The page of a held request asks again by itself. */
  const resume = async (one: OpenChallenge): Promise<void> => {
    const { challenge } = one.observed;
    if (!(await isWaiting(one))) await open.end(challenge.id);
    else if (one.hold === null) lifecycle.announce(challenge);
  };

  return {
    watch(given) {
      events = given;
      cacheBypass.listen();
      network = watchNetwork({
        priced: (observed) => void preparations.take(observed),
        undeliverable: given.onUnheld,
        unpayable: (request, askedMethod) => scriptHolds.releaseUnpayable(request, askedMethod),
        unpriced: given.onUnpriced,
        responded: ({ url, method, statusCode, tabId, documentId = null }) => {
          if (isContent(statusCode)) {
            void lifecycle.servedWithout({ documentId, method, url: bareUrl(url) }).catch(console.error);
          }
          if (!isCached(method)) return;
          void cacheBypass.answered(withoutFragment(url), statusCode, tabId).catch(console.error);
        },
        isOwn: (requestId) => responses.isCarrier(requestId),
        aborted,
        mayProbePrice: ports.mayProbePrice,
      });
      chrome.tabs.onRemoved.addListener(
        (tabId) => void lifecycle.withdrawWhere(({ observed }) => observed.challenge.tabId === tabId),
      );
      void open.all().then((all) => {
        for (const one of all) void resume(one);
      });
    },

    async waits({ id }) {
      const known = await open.get(id);
      return known !== undefined && presence.waits(known);
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
      if (isHeld(challenge)) void holds.end(challenge.id, 'release');
      void open.end(challenge.id);
    },
  };
}
