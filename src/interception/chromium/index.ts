import type { BridgeInput } from '../../messages/contract.ts';
import type { Challenge, Delivery } from '../challenge.ts';
import type { Interception } from '../interception.ts';
import { Answers } from './answer.ts';
import { askForPrice, isOrdinary } from './ask-for-price.ts';
import { BoundedMap } from './bounded-map.ts';
import { type HoldEnd, Holds } from './holds.ts';
import { MeetingPlace } from './meeting.ts';
import { type Hold, type OpenChallenge, OpenChallenges, type SessionStore } from './open-challenges.ts';
import { canName, ProofRules, type Target } from './proof-rule.ts';
import { arrives, askAgain, waits } from './retrigger.ts';
import { bareUrl, meetingNames, OPAQUE, originOf, type Sighting } from './sighting.ts';
import { watchNetwork } from './watch.ts';

export type { SessionStore } from './open-challenges.ts';

export interface ChromiumInterception extends Interception {
  /**
   * Answers a content script that holds a 402 of its page. Of the message nothing is believed: it must equal a 402 of
   * that very document on the wire. Resolved with what the script does next, as late as the user decides.
   */
  held(sender: chrome.runtime.MessageSender, input: BridgeInput<'request.held'>): Promise<HoldEnd>;
}

export interface InterceptionPorts {
  readonly session: SessionStore;
  /** Whether there is a purse to pay from: without one, no server is asked for its price. */
  readonly mayAsk: () => Promise<boolean>;
}

/** How long a hold and its 402 wait for each other (ms): they come within milliseconds of another. */
const MEET_WITHIN = 1500;
/** How long a 402 waits for its hold where a page asks for so much at once that its own script is late (ms). */
const HOLD_WITHIN = 3500;
/** How long the request of a delivery may take to go out (ms). A form of a bare 402 waits for the user's Continue. */
const CARRY_WITHIN = 10_000;
const CONTINUE_WITHIN = 60_000;
/** How many challenges are remembered of which the document may still be on its way. */
const REMEMBERED = 600;

/** Interception in Chromium: observes the network, holds scripts' requests, adds the proof by a one-shot rule. */
export function createChromiumInterception(ports: InterceptionPorts): ChromiumInterception {
  const open = new OpenChallenges(ports.session);
  const rules = new ProofRules();
  const answers = new Answers();
  const meetings = new MeetingPlace<Sighting | 'over', Hold>(MEET_WITHIN, (host) => host !== 'over');
  const holds = new Holds();
  const arrivals = new BoundedMap<string, Promise<boolean>>(REMEMBERED);
  const queues = new Map<string, Promise<unknown>>();
  let announce: (challenge: Challenge) => void = () => {};
  let unheld: (challenge: Challenge) => void = () => {};
  let crowded: (challenge: Challenge) => void = () => {};

  /** Lets a challenge in, unless too many wait: then its page goes on with the 402 that it has. */
  const admit = async (sighting: Sighting, hold: Hold | null): Promise<boolean> => {
    const isIn = await open.add({ sighting, hold });
    if (!isIn) crowded(sighting.challenge);
    return isIn;
  };

  const seen = async (sighting: Sighting): Promise<void> => {
    const { challenge, asked } = sighting;
    const { url, kind, method } = challenge;
    if (!canName(url, method)) {
      unheld(challenge);
    } else if (isHeld(challenge)) {
      const guest = await meetings.host(meetingNames(challenge, asked.method), sighting, HOLD_WITHIN);
      if (guest === null) unheld(challenge);
    } else if (await admit(sighting, null)) {
      const arrival = arrives(sighting);
      arrivals.set(challenge.id, arrival);
      if (kind !== 'image' || (await arrival)) return announce(challenge);
      await open.end(challenge.id);
      unheld(challenge);
    }
  };

  const stillWaits = async (one: OpenChallenge): Promise<boolean> =>
    (await (arrivals.get(one.sighting.challenge.id) ?? true)) && waits(one);

  const resume = async (one: OpenChallenge) => {
    const { challenge } = one.sighting;
    if (!(await waits(one))) await open.end(challenge.id);
    else if (one.hold === null) announce(challenge);
  };

  const send = async (challenge: Challenge, proof: string): Promise<Delivery> => {
    const known = await open.get(challenge.id);
    if (known === undefined || !(await stillWaits(known))) {
      await open.end(challenge.id);
      return { kind: 'unanswered', reason: 'gone' };
    }
    const target = targetOf(challenge);
    const answer = answers.await(target, proof, isForm(challenge) ? CONTINUE_WITHIN : CARRY_WITHIN);
    const disarm = await rules.arm({ ...target, url: known.sighting.urlWithUser ?? target.url }, proof);
    try {
      void answer.carried.then(disarm);
      await open.end(challenge.id);
      const asks = isHeld(challenge)
        ? await holds.end(challenge.id, 'again')
        : await askAgain(known.sighting);
      if (!asks) answer.giveUp('gone');
      return await answer.delivery;
    } finally {
      await disarm();
    }
  };

  return {
    watch(onChallenge, onUnheld, onCrowded, onUnpriced) {
      announce = onChallenge;
      unheld = onUnheld;
      crowded = onCrowded;
      watchNetwork({
        priced: (sighting) => void seen(sighting),
        over: (request, askedMethod) => void meetings.host(meetingNames(request, askedMethod), 'over'),
        unpriced: onUnpriced,
        mayAsk: ports.mayAsk,
      });
      void open.all().then((all) => {
        for (const one of all) void resume(one);
      });
    },

    async waits({ id }) {
      const known = await open.get(id);
      return known !== undefined && stillWaits(known);
    },

    async held(sender, { holdId, url, method }) {
      const { documentId, tab } = sender;
      if (sender.id !== chrome.runtime.id || tab?.id === undefined || documentId === undefined)
        return 'release';
      const hold = { documentId, id: holdId };
      const known = await open.heldBy(hold);
      if (known !== undefined) {
        const { challenge } = known.sighting;
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
      const sighting = name === undefined ? null : await meetings.guest(name, hold);
      if (sighting === null || sighting === 'over') return 'release';
      const end = holds.begin(sighting.challenge.id);
      if (await admit(sighting, hold)) announce(sighting.challenge);
      else void holds.end(sighting.challenge.id, 'release');
      return end;
    },

    async afresh({ id, method, url, tabId }) {
      const known = await open.get(id);
      if (known === undefined || method !== 'GET' || !(await isOrdinary(tabId))) return null;
      const { header } = await askForPrice(url);
      if (header === null || (await open.get(id)) === undefined) return null;
      const challenge = { ...known.sighting.challenge, header, seenAt: Date.now() };
      await open.add({ ...known, sighting: { ...known.sighting, challenge } });
      return challenge;
    },

    deliver(challenge, proof) {
      const key = JSON.stringify([challenge.tabId, challenge.method, challenge.url]);
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

function targetOf({ tabId, kind, url, method, initiator }: Challenge): Target {
  const within = kind === 'xmlhttprequest' || kind === 'image';
  return { tabId, kind, url, method, initiator: within && initiator !== OPAQUE ? initiator : null };
}

function isHeld({ kind }: Challenge): boolean {
  return kind === 'xmlhttprequest';
}

function isForm({ kind, method }: Challenge): boolean {
  return kind === 'main_frame' && method !== 'GET';
}
