import type { BridgeInput } from '../../messages/contract.ts';
import { BoundedMap } from '../bounded-map.ts';
import type { Challenge } from '../challenge.ts';
import type { HoldEnd, Holds } from '../holds.ts';
import type { ChallengeLifecycle } from '../lifecycle.ts';
import { originsAround } from '../network/frames.ts';
import { privateModeOf } from '../network/private-mode.ts';
import { NO_TAB, type ObservedRequest, pairingKeys, type ScriptRequest } from '../observed-request.ts';
import type { Hold, OpenChallenges } from '../open-challenges.ts';
import { Rendezvous } from '../rendezvous.ts';
import { bareUrl, originOf } from '../urls.ts';
import { viewOf } from '../view.ts';
import { wasTakenBack } from './retry.ts';

/**
 * How long a hold waits for its 402 (ms), from when every 402 that came before has been looked up. A hold and its 402
 * come within milliseconds of each other; only a hold of a 402 that the page's own worker made up waits all the time.
 */
const PAIR_WITHIN = 1500;
/** How long a 402 waits for its hold (ms). A page that sends many requests at once may report its holds late. */
const HOLD_WITHIN = 3500;
/** The same after the page has responded to a message (ms): its hold was sent before that, or follows at once. */
const HOLD_SOON = 500;
/** Dropped holds that are remembered. */
const REMEMBERED = 600;

export interface ScriptHoldPorts {
  readonly open: OpenChallenges;
  readonly holds: Holds;
  readonly lifecycle: ChallengeLifecycle;
  /** As in `InterceptionPorts`. */
  readonly isManual: (challenge: Challenge) => Promise<boolean>;
  /** Resolves once each 402 whose headers have come by now was reported. */
  readonly caughtUp: () => Promise<unknown> | undefined;
}

/** A response that its page holds, and that is no 402 to be paid for: a hold of it ends like this. */
interface OtherCause {
  readonly end: HoldEnd | Promise<HoldEnd>;
}

/** Pairs the 402 responses of scripts with the holds that their pages report, and ends the holds that pages drop. */
export class ScriptHolds {
  readonly #ports: ScriptHoldPorts;
  readonly #pairs = new Rendezvous<ObservedRequest | OtherCause, Hold>(
    PAIR_WITHIN,
    (observed) => 'challenge' in observed,
  );
  /** Holds that their page dropped, by `nameOf`. */
  readonly #dropped = new BoundedMap<string, true>(REMEMBERED);

  constructor(ports: ScriptHoldPorts) {
    this.#ports = ports;
  }

  /**
   * Waits for the hold of a 402. Resolves with `unheld` when its page holds nothing and did not take the request back:
   * then only a load of the page can ask again.
   */
  async pair(observed: ObservedRequest): Promise<'held' | 'taken back' | 'unheld'> {
    const keys = pairingKeys(observed.challenge, observed.asked.method);
    const isAborted = () => this.#ports.lifecycle.isAborted(observed);
    const isHeldWithin = async (patience: number) =>
      !isAborted() && (await this.#pairs.observed(keys, observed, patience)) !== null;
    if (await isHeldWithin(HOLD_WITHIN)) return 'held';
    // A page that was too busy to send its hold answers only once it is idle, and its hold comes with that answer.
    const isTakenBack = isAborted() || (await wasTakenBack(observed));
    if (await isHeldWithin(HOLD_SOON)) return 'held';
    return isTakenBack || isAborted() ? 'taken back' : 'unheld';
  }

  /** Releases the 402 to the page that holds it now or later: it is not paid by way of the hold. */
  releaseUnpayable(request: ScriptRequest, askedMethod: string): void {
    void this.#pairs.observed(pairingKeys(request, askedMethod), { end: 'release' });
  }

  /** The server refused the proof of a held request by `REPLACEABLE`. Its page holds that response, too, until `end` is known. */
  holdRefusal({ challenge, asked }: ObservedRequest, end: OtherCause['end']): void {
    void this.#pairs.observed(pairingKeys(challenge, asked.method), { end }, HOLD_WITHIN);
  }

  /** Stops waiting for the hold of a request that its page aborted. */
  stopPairing(requestId: string): void {
    this.#pairs.dismissObserved(
      (observed) => 'challenge' in observed && observed.challenge.requestId === requestId,
    );
  }

  /** A page holds a response. Resolves when it is decided how the hold ends. */
  async held(
    sender: chrome.runtime.MessageSender,
    { holdId, url, method, steady, timeout, manual }: BridgeInput<'request.held'>,
  ): Promise<HoldEnd> {
    const { open, holds, lifecycle } = this.#ports;
    const { documentId, tab } = sender;
    if (sender.id !== chrome.runtime.id || tab?.id === undefined || documentId === undefined)
      return 'release';
    const timesOutAt = timeout === 0 ? {} : { timesOutAt: Date.now() + timeout };
    const hold = { documentId, id: holdId, ...timesOutAt };
    const known = await open.heldBy(hold);
    if (known !== undefined) {
      // The page reports its hold again to a restarted worker.
      const { challenge } = known.observed;
      const isFirst = !holds.has(challenge.id);
      const end = holds.begin(challenge.id);
      if (isFirst) lifecycle.announce(challenge);
      return end;
    }
    const paired = await this.#pairs.held(
      keysOf(sender, tab.id, documentId, url, method),
      hold,
      this.#ports.caughtUp(),
    );
    if (paired === null) return 'release';
    if ('end' in paired) return paired.end;
    const observed =
      paired.challenge.fromServiceWorker === true ? await ofPage(paired, sender, tab, documentId) : paired;
    // The page's own word counts for less only: it is neither asked about nor paid, and nothing remembers it.
    if (manual) {
      lifecycle.reportManual(observed.challenge);
      return 'release';
    }
    const { id } = observed.challenge;
    const end = holds.begin(id);
    if (!(await lifecycle.admit(observed, hold))) void holds.end(id, 'release');
    else if (this.#dropped.get(nameOf(hold)) !== undefined) await lifecycle.withdraw({ observed, hold });
    else {
      // What is left to its page is not asked about, and needs no patience.
      const isAtOnce = steady || (await this.#ports.isManual(observed.challenge));
      void lifecycle.announceSettled(observed, isAtOnce);
    }
    return end;
  }

  /** A page took back what it held. */
  async dropped(
    { documentId }: chrome.runtime.MessageSender,
    { holdId }: BridgeInput<'request.dropped'>,
  ): Promise<void> {
    if (documentId === undefined) return;
    const hold = { documentId, id: holdId };
    // The hold may not be paired with its 402 yet.
    this.#dropped.set(nameOf(hold), true);
    const known = await this.#ports.open.heldBy(hold);
    if (known !== undefined) await this.#ports.lifecycle.withdraw(known);
  }
}

const nameOf = ({ documentId, id }: Hold): string => `${documentId} ${id}`;

/** The keys of a hold: as a request of its document, and as one that its site's service worker passes on. */
function keysOf(
  { url: page, origin }: chrome.runtime.MessageSender,
  tabId: number,
  documentId: string,
  url: string,
  method: string,
): readonly string[] {
  // The network layer names another document for the requests of a blank one (see `pairingKeys`).
  const isBlank = page?.startsWith('about:') ?? false;
  const byWorker = { documentId: null, initiator: originOf(origin), url: bareUrl(url) };
  const byDocument = isBlank ? byWorker : { ...byWorker, documentId, initiator: null };
  const [own] = pairingKeys({ ...byDocument, tabId }, method);
  const [passedOn] = pairingKeys({ ...byWorker, tabId: NO_TAB }, method);
  return [own, passedOn].filter((key) => key !== undefined);
}

/** Adds to a 402 that came through a service worker the page that holds it: the network layer tells only its site. */
async function ofPage(
  observed: ObservedRequest,
  { frameId = 0 }: chrome.runtime.MessageSender,
  tab: chrome.tabs.Tab,
  documentId: string,
): Promise<ObservedRequest> {
  const { challenge } = observed;
  const { id = NO_TAB, url } = tab;
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
      ...privateModeOf(tab),
    },
  };
}
