import { blake2b } from '@noble/hashes/blake2.js';
import { Fault, type MessageKey } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { SENT_AGAIN_WITHIN } from '../interception/interception.ts';
import { mostCrowded } from '../interception/most-crowded.ts';
import { partiesIn } from '../interception/parties.ts';
import type { Raw } from '../nano/amount.ts';
import { hexOf } from '../nano/hex.ts';
import { priceOf } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';

/** A question to the user: may this offer be paid? */
export interface Question {
  /** The id of the challenge that raised it. */
  readonly id: string;
  readonly site: Site;
  /** The newest request that waits for the answer. */
  readonly challenge: Challenge;
  readonly offer: Offer;
  /** Why the purse asks instead of paying by itself. */
  readonly reason: Extract<MessageKey, `reason_${string}`>;
}

/**
 * Names a question as the user sees it, by all that their answer is about. A killed worker's next life asks the same
 * question under the same name; one that has other terms meanwhile, or another network, no late answer can meet.
 */
export function nameOf({ id, offer: { network, mechanism, payTo, amount } }: Question): string {
  const terms = JSON.stringify([id, network, mechanism, payTo, amount.toString()]);
  return hexOf(blake2b(new TextEncoder().encode(terms), { dkLen: 16 }));
}

/** What the user says. */
export type UserDecision =
  | { readonly kind: 'once' }
  | { readonly kind: 'budget'; readonly perPayment: Raw; readonly perDay: Raw }
  | { readonly kind: 'decline' }
  /** Nothing that this site is paid, or has asked, is ever asked about again. */
  | { readonly kind: 'never'; readonly site: Site };

/** What becomes of one request that was asked about. */
export type QuestionOutcome =
  /**
   * This request gets what is paid; if its page takes it back, one of the others of the question (oldest first) does.
   */
  | (Extract<UserDecision, { readonly kind: 'once' | 'budget' }> & { readonly others: readonly Challenge[] })
  | Extract<UserDecision, { readonly kind: 'decline' | 'never' }>
  /** Another request of the same question gets what is paid. */
  | { readonly kind: 'shared' }
  /** The offer in the question ran out. */
  | { readonly kind: 'expired' }
  /** The question was taken back: by a lock, a change of network, a page that was loaded again. */
  | { readonly kind: 'lapsed' }
  /** The page took the request back. */
  | { readonly kind: 'withdrawn' }
  /** It was dropped for the question of another site, which has fewer. */
  | { readonly kind: 'crowded' };

/** How many questions wait at most, in all and for the pages of one site: a storm must not grow without bound. */
const MOST_WAITING = 100;
const MOST_OF_A_SITE = 20;
/** How many questions without a request are remembered. */
const MOST_LATELY = 100;

interface Waiting {
  readonly key: string;
  /** What the user is shown, and pays. */
  question: Question;
  /** The requests that share the question, by challenge, oldest first. */
  readonly requests: Map<
    string,
    { readonly challenge: Challenge; readonly settle: (outcome: QuestionOutcome) => void }
  >;
}

/**
 * The questions that wait for the user, first come, first asked. Requests that ask for the same share one question.
 * One answer each: a second click, or a replayed message, finds the question gone. A question goes with its last request;
 * one that is sent again within moments finds it as it was.
 */
export class ApprovalQueue {
  readonly #waiting = new Map<string, Waiting>();
  /** Unanswered questions whose last request has ended, by what they ask. */
  readonly #lately = new Map<string, { readonly question: Question; readonly at: number }>();
  readonly #changed: () => void;
  readonly #now: () => number;

  constructor(changed: () => void, now: () => number = Date.now) {
    this.#changed = changed;
    this.#now = now;
  }

  /**
   * Puts the question, or joins the one that asks the same. Returns what the user is shown and what becomes of this
   * request; `full` when its site has too many questions already.
   */
  ask(question: Question): { readonly shown: Question; readonly outcome: Promise<QuestionOutcome> } | 'full' {
    const { challenge } = question;
    const key = keyOf(question);
    const known = [...this.#waiting.values()].find((one) => one.key === key);
    if (known === undefined && !this.#hasRoom(question)) return 'full';
    const shown = { ...(known?.question ?? this.#take(key) ?? question), challenge };
    const waiting: Waiting = known ?? { key, question: shown, requests: new Map() };
    waiting.question = shown;
    const outcome = new Promise<QuestionOutcome>((settle) => {
      waiting.requests.set(challenge.id, { challenge, settle });
    });
    this.#waiting.set(shown.id, waiting);
    this.#changed();
    return { shown, outcome };
  }

  /**
   * The user's answer. Where it pays, it pays what was shown, once, for the newest request.
   *
   * @throws Fault `fault_approvalGone` when the question was answered before or has lapsed.
   */
  answer(id: string, answer: UserDecision): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw new Fault('fault_approvalGone');
    const requests = [...waiting.requests.values()];
    const newest = requests.at(-1);
    const pays = answer.kind === 'once' || answer.kind === 'budget';
    const others = requests.slice(0, -1).map(({ challenge }) => challenge);
    this.#end(waiting, ({ settle }) => {
      if (!pays) settle(answer);
      else settle(settle === newest?.settle ? { ...answer, others } : { kind: 'shared' });
    });
  }

  /** Takes the questions back that `over` picks. */
  lapse(over: (question: Question) => boolean): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (over(waiting.question)) this.#end(waiting, ({ settle }) => settle({ kind: 'lapsed' }));
    }
  }

  /** The offer in a question has run out. */
  expire(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) this.#end(waiting, ({ settle }) => settle({ kind: 'expired' }));
  }

  /** The page took a request back: its question goes with it, unless another request waits for the same answer. */
  withdraw(challengeId: string): void {
    for (const waiting of this.#waiting.values()) {
      const request = waiting.requests.get(challengeId);
      if (request === undefined) continue;
      waiting.requests.delete(challengeId);
      request.settle({ kind: 'withdrawn' });
      const newest = [...waiting.requests.values()].at(-1);
      if (newest === undefined) {
        this.#keep(waiting);
        this.#end(waiting, () => undefined);
      } else {
        waiting.question = { ...waiting.question, challenge: newest.challenge };
        this.#changed();
      }
    }
  }

  /** Whether the user is asked about this request. */
  isAsked(challengeId: string): boolean {
    return [...this.#waiting.values()].some(({ requests }) => requests.has(challengeId));
  }

  /** The waiting questions in the order they came. */
  list(): readonly Question[] {
    return [...this.#waiting.values()].map(({ question }) => question);
  }

  #end(
    waiting: Waiting,
    settle: (request: { readonly settle: (outcome: QuestionOutcome) => void }) => void,
  ): void {
    this.#waiting.delete(waiting.question.id);
    for (const request of waiting.requests.values()) settle(request);
    this.#changed();
  }

  /**
   * Drops a question of the site that has most of them, for one more; false when that is the new question's own site.
   */
  #hasRoom(question: Question): boolean {
    const all = [...this.list(), question];
    const ofItsSite = all.filter((one) => asksFrom(one) === asksFrom(question));
    const crowd = ofItsSite.length > MOST_OF_A_SITE ? ofItsSite : all.length > MOST_WAITING ? all : [];
    const excess = mostCrowded(crowd, pathOf);
    if (excess === question) return false;
    const waiting = excess && this.#waiting.get(excess.id);
    if (waiting !== undefined) this.#end(waiting, ({ settle }) => settle({ kind: 'crowded' }));
    return true;
  }

  #keep({ key, question }: Waiting): void {
    this.#lately.set(key, { question, at: this.#now() });
    const [oldest] = this.#lately.keys();
    if (this.#lately.size > MOST_LATELY && oldest !== undefined) this.#lately.delete(oldest);
  }

  /** The question that asked the same until a moment ago, and that nobody answered. */
  #take(key: string): Question | undefined {
    const found = this.#lately.get(key);
    this.#lately.delete(key);
    return found !== undefined && this.#now() - found.at < SENT_AGAIN_WITHIN ? found.question : undefined;
  }
}

/** The site that a question counts for: that of the page in the tab, or of the initiator where there is no page. */
function asksFrom({ site, challenge: { topOrigin, initiator } }: Question): string {
  return topOrigin ?? initiator ?? site;
}

/**
 * The groups by which the number of questions is limited. Questions of foreign frames form one group, however many
 * origins they have, so that they displace no question of the page around them.
 */
function pathOf(question: Question): readonly string[] {
  const from = asksFrom(question);
  const hands = partiesIn(question.challenge);
  return [from, hands.every((hand) => hand === from) ? 'own' : 'foreign', ...hands, question.site];
}

/** What two requests of one document must have in common to share a question: all that the user is told. */
function keyOf({ site, challenge, offer, reason }: Question): string {
  const { tabId, frameId, documentId, kind, userPart, method, url } = challenge;
  const { network, mechanism, payTo } = offer;
  const asker = [site, tabId, frameId, documentId, kind, userPart, method, url, ...partiesIn(challenge)];
  return JSON.stringify([reason, network, mechanism, payTo, priceOf(offer).toString(), asker]);
}
