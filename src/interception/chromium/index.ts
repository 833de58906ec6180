import type { BridgeInput } from '../../messages/contract.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Challenge, DeliveryOutcome } from '../challenge.ts';
import { type HoldEnd, Holds } from '../holds.ts';
import type { Interception } from '../interception.ts';
import { meetingNames, NO_TAB, type ObservedRequest, wireMethod } from '../observed-request.ts';
import { type Hold, type OpenChallenge, OpenChallenges, type SessionStore } from '../open-challenges.ts';
import { Patience } from '../patience.ts';
import { askForPrice } from '../price-probe.ts';
import { Rendezvous } from '../rendezvous.ts';
import { bareUrl, OPAQUE, originOf } from '../urls.ts';
import { viewOf } from '../view.ts';
import { originsAround } from './frames.ts';
import { canName, ProofRules, type Target } from './proof-rule.ts';
import { Answers, type AwaitedAnswer, isDocument } from './response.ts';
import {
  arrives,
  isIcon,
  needsReload,
  retryInPage,
  showsItself,
  tabOf,
  tabShowing,
  tookBack,
  waits,
} from './retry.ts';
import { type NetworkWatch, watchNetwork } from './watch.ts';

export type { SessionStore } from '../open-challenges.ts';

export interface ChromiumInterception extends Interception {
  /**
   * Answers a content script that holds a 402 of its page. The message alone is not believed: there must be a 402 of
   * the same document, method and URL on the network. Resolves with what the script does next, once that is decided.
   */
  held(sender: chrome.runtime.MessageSender, input: BridgeInput<'request.held'>): Promise<HoldEnd>;
  /** A content script tells that its page took back what it held. */
  dropped(sender: chrome.runtime.MessageSender, input: BridgeInput<'request.dropped'>): Promise<void>;
  /** A content script tells that its document was left or frozen: it no longer waits for anything that it asked for. */
  left(sender: chrome.runtime.MessageSender): Promise<void>;
}

export interface InterceptionPorts {
  readonly session: SessionStore;
  /** Whether there is a purse to pay from: without one, no server is asked for its price. */
  readonly mayAsk: () => Promise<boolean>;
  /** Called when the result of `toLoad` has changed. */
  readonly changed: () => void;
}

/**
 * How long a hold waits for its 402 (ms), from when the purse has looked at each 402 that came before. A hold and its
 * 402 come within milliseconds of each other; only a hold of a 402 that the page's own worker made up waits all the
 * time.
 */
const MEET_WITHIN = 1500;
/** How long a 402 waits for its hold (ms): a page that sends many requests at once may be late with its holds. */
const HOLD_WITHIN = 3500;
/** The same once the page has answered a message since (ms): its hold was sent before, or follows at once. */
const HOLD_SOON = 500;
/**
 * How long the request of a delivery may take to go out (ms): a script's, that of a document or an element, when the
 * browser asks the user whether to send a form again, when the user loads the page again.
 */
const CARRY_WITHIN = { hold: 10_000, element: 5_000, confirm: 60_000, load: 300_000 };
/** How long a rule that names no single request may live (ms) after its page was last known to wait. */
const RULE_LIFE = 5_000;
/** Of how many challenges, requests and holds it is remembered what became of them. */
const REMEMBERED = 600;

/** Interception in Chromium: observes the network, holds scripts' requests, adds the proof by a one-shot rule. */
export function createChromiumInterception(ports: InterceptionPorts): ChromiumInterception {
  const open = new OpenChallenges(ports.session);
  const rules = new ProofRules();
  const answers = new Answers();
  const meetings = new Rendezvous<ObservedRequest | 'over', Hold>(MEET_WITHIN, (host) => host !== 'over');
  const holds = new Holds();
  const patience = new Patience(Date.now);
  const arrivals = new BoundedMap<string, Promise<boolean>>(REMEMBERED);
  /** Requests of scripts that ended before their answer was read, by request id; and dropped holds, by `nameOf`. */
  const abandoned = new BoundedMap<string, true>(REMEMBERED);
  const dropped = new BoundedMap<string, true>(REMEMBERED);
  const queues = new Map<string, Promise<unknown>>();
  const toLoad = new Map<string, ToLoad>();
  let announce: (challenge: Challenge) => void = () => {};
  let unheld: (challenge: Challenge) => void = () => {};
  let crowded: (challenge: Challenge) => void = () => {};
  let withdrawn: (challenge: Challenge) => void = () => {};
  let network: NetworkWatch | undefined;

  /** Lets a challenge in, unless too many wait: then its page goes on with the 402 that it has. */
  const admit = async (observed: ObservedRequest, hold: Hold | null): Promise<boolean> => {
    const isIn = await open.add({ observed, hold });
    if (!isIn) crowded(observed.challenge);
    return isIn;
  };

  const seen = async (observed: ObservedRequest): Promise<void> => {
    const { challenge, asked, trait } = observed;
    const { url, method } = challenge;
    if (!canName(url, method)) return unheld(challenge);
    if (trait === 'navigation') return through(observed);
    if (trait === 'unseen') return leave(observed);
    if (isHeld(challenge) && observed.route === null) {
      // No fragment reaches the final URL, so that only a load of the page can bring the proof: the script gets its
      // 402.
      void meetings.host(meetingNames(challenge, asked.method), 'over');
      return leave(observed);
    }
    if (isHeld(challenge)) return pair(observed);
    return needsReload(challenge) ? leave(observed) : meet(observed);
  };

  /**
   * Waits for the hold of a script's request. Without one, its page took it back, or only a load of the page is left.
   */
  const pair = async (observed: ObservedRequest): Promise<void> => {
    const names = meetingNames(observed.challenge, observed.asked.method);
    const isAbandoned = () => isGivenUp(observed);
    if (!isAbandoned() && (await meetings.host(names, observed, HOLD_WITHIN)) !== null) return;
    // A page that was too busy to send its hold answers only once it is idle, and its hold comes with that answer.
    const isTakenBack = isAbandoned() || (await tookBack(observed));
    if (!isAbandoned() && (await meetings.host(names, observed, HOLD_SOON)) !== null) return;
    if (isTakenBack || isAbandoned()) giveUp(observed);
    else await leave(observed);
  };

  /** Whether the browser saw the page give the request up before its answer was read. */
  const isGivenUp = ({ challenge }: ObservedRequest): boolean =>
    challenge.kind === 'xmlhttprequest' && abandoned.get(challenge.requestId) !== undefined;

  /** Reports a request as withdrawn that was never announced. */
  const giveUp = ({ challenge, asked }: ObservedRequest): void => {
    noteTakenBack(challenge, asked.method);
    withdrawn(challenge);
  };

  const noteTakenBack = ({ documentId, url }: Challenge, method: string): void => {
    if (documentId !== null) patience.tookBack({ documentId, method: wireMethod(method), url });
  };

  /** Ends an open challenge whose page no longer waits, and reports it as withdrawn. */
  const withdraw = async ({ observed: { challenge, asked } }: OpenChallenge): Promise<void> => {
    if (!(await open.end(challenge.id))) return;
    if (isHeld(challenge)) void holds.end(challenge.id, 'release');
    noteTakenBack(challenge, asked.method);
    withdrawn(challenge);
  };

  const withdrawWhere = async (isOver: (one: OpenChallenge) => boolean): Promise<void> => {
    const over = (await open.all()).filter((one) => !toLoad.has(one.observed.challenge.id) && isOver(one));
    await Promise.all(over.map(withdraw));
  };

  /** Announces a held request, after the time in which pages often take requests back (see `Patience`). */
  const announceWhenMeant = async (
    { challenge, asked }: ObservedRequest,
    isSteady: boolean,
  ): Promise<void> => {
    const { id, documentId, url } = challenge;
    const wait =
      isSteady || documentId === null
        ? 0
        : patience.held({ documentId, method: wireMethod(asked.method), url });
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if ((await open.get(id)) !== undefined) announce(challenge);
  };

  /** A document, an element or a download: the purse can set it to ask again, once it is there. */
  const meet = async (observed: ObservedRequest): Promise<void> => {
    const { challenge } = observed;
    const { id, kind, method } = challenge;
    if (!(await admit(observed, null))) return;
    const arrival = arrives(observed);
    arrivals.set(id, arrival);
    if (kind === 'main_frame' && method !== 'GET') {
      // Where the page is the browser's own, only the browser can send the form again, and it asks the user.
      if (!(await arrival) || (await showsItself(observed, 'look'))) return announce(challenge);
      const confirmed = { ...observed, challenge: { ...challenge, userPart: 'confirm' as const } };
      if (await admit(confirmed, null)) announce(confirmed.challenge);
    } else if (kind === 'main_frame' || kind === 'sub_frame' || (await arrival)) {
      announce(challenge);
    } else {
      await open.end(id);
      arrivals.delete(id);
      await leave(observed);
    }
  };

  /** What only the page itself can ask for again: it is paid if there is a page that did, and waits for it to be loaded. */
  const leave = async (observed: ObservedRequest): Promise<void> => {
    const { challenge } = observed;
    const { ofWorker, initiator, isPrivate } = challenge;
    const tabId = ofWorker ? initiator && (await tabOf(initiator, isPrivate))?.id : challenge.tabId;
    if (typeof tabId !== 'number') return unheld(challenge);
    const left = { ...observed, challenge: { ...challenge, tabId, userPart: 'load' as const } };
    if ((await isIcon(observed)) || !(await arrives(left))) unheld(challenge);
    else if (isGivenUp(left)) giveUp(left);
    else if (await admit(left, null)) announce(left.challenge);
  };

  /** A document that came through its site's worker: loaded again past the worker, it is a document like any other. */
  const through = async (observed: ObservedRequest): Promise<void> => {
    const { challenge } = observed;
    const { url, method } = challenge;
    const tab = method === 'GET' ? await tabShowing(url, challenge.isPrivate) : undefined;
    if (tab?.id === undefined) return leave(observed);
    const place = { tabId: tab.id, frameId: 0, topOrigin: originOf(url), isPrivate: tab.incognito };
    await meet({ ...observed, challenge: { ...challenge, kind: 'main_frame', ...place } });
  };

  const stillWaits = async (one: OpenChallenge): Promise<boolean> =>
    (await (arrivals.get(one.observed.challenge.id) ?? true)) && waits(one);

  const resume = async (one: OpenChallenge) => {
    const { challenge } = one.observed;
    if (!(await waits(one))) await open.end(challenge.id);
    else if (one.hold === null) announce(challenge);
  };

  const send = async (challenge: Challenge, proof: string): Promise<DeliveryOutcome> => {
    const known = await open.get(challenge.id);
    if (known === undefined || !(await stillWaits(known))) {
      await open.end(challenge.id);
      return { kind: 'unanswered', reason: 'gone' };
    }
    const { observed } = known;
    const nonce = crypto.randomUUID();
    const target = targetOf(challenge, nonce);
    const answer = answers.await(observed, target, proof, patienceFor(challenge));
    const arm = () => rules.arm({ ...target, url: observed.urlWithUser ?? target.url }, proof);
    if (challenge.userPart === 'load') return untilLoaded(challenge, answer, arm);
    const disarm = await arm();
    let isOut = false;
    // While the browser asks its user whether to send a form again, the rule lives as long as its tab shows that page.
    const look = async () => {
      if (!isOut && !(await waits(known)) && !isOut) answer.giveUp('gone');
    };
    const looks = challenge.userPart === 'confirm' ? setInterval(look, RULE_LIFE) : undefined;
    try {
      void answer.carried.then(() => {
        isOut = true;
        return disarm();
      });
      await open.end(challenge.id);
      // A document that its user loaded again meanwhile took the proof along: one load more would lose what it gets.
      const isServed = isOut && isDocument(challenge);
      const asks = isHeld(challenge)
        ? await holds.end(
            challenge.id,
            observed.route === 'final' ? `${challenge.url}#${nonce}` : `#${nonce}`,
          )
        : isServed || (await retryInPage(observed));
      if (!asks) answer.giveUp('gone');
      const delivery = await answer.delivery;
      if (isHeld(challenge) && delivery.kind === 'unanswered' && delivery.reason === 'gone')
        giveUp(known.observed);
      return delivery;
    } finally {
      clearInterval(looks);
      await disarm();
    }
  };

  /**
   * The page asks by itself, or when it is loaded again; what waits for it survives the worker. The rule is armed at the
   * start, and again with each load of the page, for a few seconds each.
   */
  const untilLoaded = async (
    challenge: Challenge,
    answer: AwaitedAnswer,
    arm: () => Promise<() => Promise<void>>,
  ): Promise<DeliveryOutcome> => {
    const { id, tabId, topOrigin, initiator } = challenge;
    const site = topOrigin ?? initiator;
    const armed = new Set<() => Promise<void>>();
    let isOver = false;
    const end = () => {
      isOver = true;
      return Promise.all([...armed].map((disarm) => disarm()));
    };
    const expect = async () => {
      if (isOver) return;
      const disarm = await arm();
      // The proof may have gone out meanwhile, by an earlier rule.
      if (isOver) return disarm();
      armed.add(disarm);
      setTimeout(() => {
        armed.delete(disarm);
        void disarm();
      }, RULE_LIFE);
    };
    const isPage = (one: Navigation) => one.tabId === tabId && one.frameId === 0;
    const loads = (page: Navigation) => {
      if (isPage(page) && originOf(page.url) === site) void expect().catch(console.error);
    };
    const shows = (page: Navigation) => {
      if (isPage(page) && originOf(page.url) !== site) answer.giveUp('gone');
      loads(page);
    };
    const { onBeforeNavigate, onCommitted } = chrome.webNavigation;
    onBeforeNavigate.addListener(loads);
    onCommitted.addListener(shows);
    void answer.carried.then(end);
    try {
      await expect();
      toLoad.set(id, { challenge, expect });
      ports.changed();
      return await answer.delivery;
    } finally {
      onBeforeNavigate.removeListener(loads);
      onCommitted.removeListener(shows);
      toLoad.delete(id);
      ports.changed();
      await end();
      await open.end(id);
    }
  };

  return {
    watch(onChallenge, onUnheld, onCrowded, onUnpriced, onWithdrawn) {
      announce = onChallenge;
      unheld = onUnheld;
      crowded = onCrowded;
      withdrawn = onWithdrawn;
      network = watchNetwork({
        priced: (observed) => void seen(observed),
        inVain: onUnheld,
        over: (request, askedMethod) => void meetings.host(meetingNames(request, askedMethod), 'over'),
        unpriced: onUnpriced,
        isOwn: (requestId) => answers.isCarrier(requestId),
        abandoned(requestId) {
          abandoned.set(requestId, true);
          const isIts = ({ challenge }: ObservedRequest) => challenge.requestId === requestId;
          meetings.dismiss((host) => host !== 'over' && isIts(host));
          // Of a held request its page tells: sending it again aborts the first request, too.
          void withdrawWhere(({ observed, hold }) => hold === null && isIts(observed) && isGivenUp(observed));
        },
        mayAsk: ports.mayAsk,
      });
      chrome.tabs.onRemoved.addListener(
        (tabId) => void withdrawWhere(({ observed }) => observed.challenge.tabId === tabId),
      );
      void open.all().then((all) => {
        for (const one of all) void resume(one);
      });
    },

    async waits({ id }) {
      const known = await open.get(id);
      return known !== undefined && stillWaits(known);
    },

    async held(sender, { holdId, url, method, steady }) {
      const { documentId, tab } = sender;
      if (sender.id !== chrome.runtime.id || tab?.id === undefined || documentId === undefined)
        return 'release';
      const hold = { documentId, id: holdId };
      const known = await open.heldBy(hold);
      if (known !== undefined) {
        const { challenge } = known.observed;
        const first = !holds.has(challenge.id);
        const end = holds.begin(challenge.id);
        if (first) announce(challenge);
        return end;
      }
      const blank = sender.url?.startsWith('about:') ?? false;
      const request = {
        tabId: tab.id,
        documentId: blank ? null : documentId,
        initiator: blank ? originOf(sender.origin) : null,
        url: bareUrl(url),
      };
      const [name] = meetingNames(request, method);
      const [byWorker] = meetingNames(
        { ...request, tabId: NO_TAB, documentId: null, initiator: originOf(sender.origin) },
        method,
      );
      const names = [name, byWorker].filter((one) => one !== undefined);
      const met = await meetings.guest(names, hold, network?.caughtUp());
      if (met === null || met === 'over') return 'release';
      const observed = met.challenge.ofWorker === true ? await ofPage(met, sender, tab, documentId) : met;
      const end = holds.begin(observed.challenge.id);
      if (!(await admit(observed, hold))) void holds.end(observed.challenge.id, 'release');
      else if (dropped.get(nameOf(hold)) !== undefined) await withdraw({ observed, hold });
      else void announceWhenMeant(observed, steady === true);
      return end;
    },

    async dropped({ documentId }, { holdId }) {
      if (documentId === undefined) return;
      const hold = { documentId, id: holdId };
      // The hold may not have met its 402 yet.
      dropped.set(nameOf(hold), true);
      const known = await open.heldBy(hold);
      if (known !== undefined) await withdraw(known);
    },

    async left({ documentId }) {
      if (documentId === undefined) return;
      await withdrawWhere(
        ({ observed, hold }) => (hold?.documentId ?? observed.challenge.documentId) === documentId,
      );
    },

    async afresh({ id, method, tabId }) {
      const known = await open.get(id);
      if (known === undefined || method !== 'GET' || known.observed.challenge.isPrivate) return null;
      const before = known.observed.challenge;
      const { header } = await askForPrice(before);
      if (header === null || (await open.get(id)) === undefined) return null;
      // What the user can see may have changed since.
      const challenge = { ...before, header, seenAt: Date.now(), view: await viewOf(tabId) };
      await open.add({ ...known, observed: { ...known.observed, challenge } });
      return challenge;
    },

    toLoad: () => [...toLoad.values()].map(({ challenge }) => challenge),

    expectLoad: async ({ id }) => toLoad.get(id)?.expect(),

    deliver(challenge, proof) {
      const { tabId, kind, method, url } = challenge;
      const key = JSON.stringify([tabId, kind, method, url]);
      const before = queues.get(key) ?? Promise.resolve();
      const turn = before.then(() => send(challenge, proof));
      const settled = turn
        .catch(() => {})
        .then(() => {
          if (queues.get(key) === settled) queues.delete(key);
        });
      queues.set(key, settled);
      return turn;
    },

    release(challenge) {
      if (isHeld(challenge)) void holds.end(challenge.id, 'release');
      void open.end(challenge.id);
    },
  };
}

type Navigation = Pick<chrome.webNavigation.WebNavigationBaseCallbackDetails, 'tabId' | 'url'> & {
  readonly frameId: number;
};

/** A challenge whose page is to be loaded again, and what makes the proof go with its next request. */
interface ToLoad {
  readonly challenge: Challenge;
  readonly expect: () => Promise<void>;
}

function targetOf(challenge: Challenge, nonce: string): Target {
  const { tabId, kind, url, method, ofWorker } = challenge;
  const within = kind !== 'main_frame' && kind !== 'sub_frame';
  return {
    tabId,
    // A document is loaded past the worker.
    ...(ofWorker === true && within && { ofWorker }),
    kind,
    url,
    method,
    initiators: initiatorsOf(challenge),
    ...(isHeld(challenge) && { nonce }),
  };
}

/** The hosts whose documents may start the request; null where the user or an opaque document may. */
function initiatorsOf({ kind, url, initiator, ancestors = [] }: Challenge): readonly string[] | null {
  if (kind === 'main_frame' || initiator === null || initiator === OPAQUE) return null;
  // A frame is loaded again by its own document, or by the one around it.
  const origins = kind === 'sub_frame' ? [initiator, url, ...ancestors.slice(0, 1)] : [initiator];
  const hosts = origins.filter((origin) => origin !== OPAQUE).map((origin) => new URL(origin).hostname);
  return [...new Set(hosts)];
}

/** A 402 that came through the worker of a page that holds it: now it is known whose it is. */
async function ofPage(
  observed: ObservedRequest,
  { frameId = 0 }: chrome.runtime.MessageSender,
  { id = NO_TAB, url, incognito }: chrome.tabs.Tab,
  documentId: string,
): Promise<ObservedRequest> {
  const { challenge } = observed;
  const around = await originsAround(id, documentId);
  const ancestors = around.length > 0 ? { ancestors: around } : {};
  return {
    ...observed,
    challenge: {
      ...challenge,
      ...ancestors,
      view: await viewOf(id),
      tabId: id,
      frameId,
      documentId,
      topOrigin: originOf(url),
      isPrivate: incognito,
    },
  };
}

const nameOf = ({ documentId, id }: Hold): string => `${documentId} ${id}`;

function isHeld({ kind, userPart }: Challenge): boolean {
  return kind === 'xmlhttprequest' && userPart === undefined;
}

function patienceFor(challenge: Challenge): number {
  return CARRY_WITHIN[challenge.userPart ?? (isHeld(challenge) ? 'hold' : 'element')];
}
