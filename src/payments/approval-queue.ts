import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { SENT_AGAIN_WITHIN } from '../interception/interception.ts';
import { mostCrowded } from '../interception/most-crowded.ts';
import type { Raw } from '../nano/amount.ts';
import type { Site } from '../site.ts';
import { askingSite, keyOf, pathOf, type Question } from './question.ts';

/** The user's answer. */
export type UserDecision =
  | { readonly kind: 'once' }
  | {
      readonly kind: 'budget';
      readonly perPayment: Raw;
      readonly perDay: Raw;
      /** Whether the budget pays any account that the site names; absent where that stays as it is. */
      readonly anyPayee?: boolean;
    }
  | { readonly kind: 'decline' }
  /** Ask the server for a fresh price, in the place of the one that ran out. */
  | { readonly kind: 'renew' }
  /** Block a site: no question is asked again for payments to it, or for requests in which it takes part. */
  | { readonly kind: 'never'; readonly site: Site }
  /** Let the pages of the site whose script asked handle their own 402s: none is asked about or paid again. */
  | { readonly kind: 'manual' };

/** How a question ends for one of its requests. */
export type QuestionOutcome =
  /** The user pays, and this request gets the content; where its page takes it back, one of `others` (oldest first) does. */
  | (Extract<UserDecision, { readonly kind: 'once' | 'budget' }> & { readonly others: readonly Challenge[] })
  | Extract<UserDecision, { readonly kind: 'decline' | 'renew' | 'never' | 'manual' }>
  /** The user pays, and another request of the same question gets the content. */
  | { readonly kind: 'shared' }
  /** The offer in the question expired. */
  | { readonly kind: 'expired' }
  /** The question was closed: the wallet was locked, the network changed, or the page was loaded again. */
  | { readonly kind: 'lapsed' }
  /** A budget was set that may pay without a question: policy decides again. */
  | { readonly kind: 'reconsider' }
  /** The page took the request back. */
  | { readonly kind: 'withdrawn' }
  /** The request was given back, and the page has sent it again since. */
  | { readonly kind: 'superseded' }
  /** The queue was full: the question was dropped for one of another site, which has fewer waiting. */
  | { readonly kind: 'crowded' };

/** How many questions wait at most, in all and for the pages of one site. */
const MOST_WAITING = 100;
const MOST_OF_A_SITE = 20;
/** How many ended questions are remembered for a request that is sent again. */
const MOST_ENDED = 100;

interface Waiting {
  readonly key: string;
  /** The question as the user is shown it, with the offer that they pay. */
  question: Question;
  /** Whether its offer ran out: the user can ask for a fresh price. */
  hasRunOut: boolean;
  /** The requests that share the question, by challenge, oldest first. */
  readonly requests: Map<string, WaitingRequest>;
}

interface WaitingRequest {
  readonly challenge: Challenge;
  readonly settle: (outcome: QuestionOutcome) => void;
}

/**
 * The questions that wait for the user, in the order of their arrival. Requests for the same thing share one question. A
 * question is answered once: a second click or a replayed message is rejected. A question ends with its last request; a
 * request that is sent again within `SENT_AGAIN_WITHIN` (ms) gets the same question again.
 */
export class ApprovalQueue {
  readonly #waiting = new Map<string, Waiting>();
  /** Unanswered questions whose last request has ended, by `keyOf`. */
  readonly #ended = new Map<string, { readonly question: Question; readonly at: number }>();
  readonly #changed: () => void;
  readonly #now: () => number;

  constructor(changed: () => void, now: () => number = Date.now) {
    this.#changed = changed;
    this.#now = now;
  }

  /**
   * Adds a question, or joins an equal one that waits. Returns the question as it is shown, and its outcome for this
   * request; `full` when its site has too many questions already.
   */
  ask(question: Question): { readonly shown: Question; readonly outcome: Promise<QuestionOutcome> } | 'full' {
    const { challenge } = question;
    const key = keyOf(question);
    const known = [...this.#waiting.values()].find((one) => one.key === key && !one.hasRunOut);
    if (known === undefined && !this.#makeRoom(question)) return 'full';
    const shown = { ...(known?.question ?? this.#take(key) ?? question), challenge };
    const waiting: Waiting = known ?? { key, question: shown, hasRunOut: false, requests: new Map() };
    waiting.question = shown;
    const outcome = new Promise<QuestionOutcome>((settle) => {
      waiting.requests.set(challenge.id, { challenge, settle });
    });
    this.#waiting.set(shown.id, waiting);
    this.#changed();
    return { shown, outcome };
  }

  /**
   * Answers a question. An answer that pays, pays the offer that was shown, once, for the newest request. An older one
   * that was given back gets nothing, even where its page takes the newest one back: the user agreed to no reload.
   *
   * @throws Fault `fault_approvalGone` when the question was answered before or has lapsed; `fault_offerExpired` for an answer
   * that pays an offer which ran out, `fault_badMessage` for a fresh price before that
   */
  answer(id: string, answer: UserDecision): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw new Fault('fault_approvalGone');
    const requests = [...waiting.requests.values()];
    const newest = requests.at(-1);
    const pays = answer.kind === 'once' || answer.kind === 'budget';
    if (pays && waiting.hasRunOut) throw new Fault('fault_offerExpired');
    if (answer.kind === 'renew' && !waiting.hasRunOut) throw new Fault('fault_badMessage');
    const others = requests
      .slice(0, -1)
      .map(({ challenge }) => challenge)
      .filter(({ givenBack }) => givenBack === undefined);
    this.#end(waiting, ({ challenge, settle }) => {
      if (!pays) settle(answer);
      else if (settle === newest?.settle) settle({ ...answer, others });
      else settle({ kind: challenge.givenBack ? 'superseded' : 'shared' });
    });
  }

  /**
   * Closes the questions that the predicate picks.
   *
   * @param kind how they end for their requests
   */
  lapse(isOver: (question: Question) => boolean, kind: 'lapsed' | 'manual' = 'lapsed'): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (isOver(waiting.question)) this.#end(waiting, ({ settle }) => settle({ kind }));
    }
  }

  /**
   * Has policy decide again on the questions that the predicate picks. A question that several requests share stays: one
   * payment answers them all, and decided one by one each of them would be paid. So does one whose offer ran out: its user may
   * want a fresh price.
   */
  reconsider(mayBePaid: (question: Question) => boolean): void {
    for (const waiting of [...this.#waiting.values()]) {
      const stays = waiting.requests.size > 1 || waiting.hasRunOut;
      if (stays || !mayBePaid(waiting.question)) continue;
      this.#end(waiting, ({ settle }) => settle({ kind: 'reconsider' }));
    }
  }

  /** Keeps a question open whose offer ran out: it can only be declined from now on, or asked anew with a fresh price. */
  runOut(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || waiting.hasRunOut) return;
    waiting.hasRunOut = true;
    this.#changed();
  }

  /** Whether the offer of an open question ran out. */
  hasRunOut(id: string): boolean {
    return this.#waiting.get(id)?.hasRunOut === true;
  }

  /** Closes a question whose offer has expired. */
  expire(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) this.#end(waiting, ({ settle }) => settle({ kind: 'expired' }));
  }

  /** Removes a request that its page took back, and its question, unless another request waits for the answer. */
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

  /**
   * Notes that a request was given back. Its question stays. Of the requests of a question that were given back only the
   * newest stays, so that a page that asks again and again has one of them.
   *
   * @param challenge as `givenBack` makes it.
   */
  gaveBack(challenge: Challenge): void {
    for (const waiting of this.#waiting.values()) {
      const { requests, question } = waiting;
      const request = requests.get(challenge.id);
      if (request === undefined) continue;
      requests.set(challenge.id, { ...request, challenge });
      const returned = [...requests.values()].filter((one) => one.challenge.givenBack);
      for (const older of returned.slice(0, -1)) {
        requests.delete(older.challenge.id);
        older.settle({ kind: 'superseded' });
      }
      if (question.challenge.id !== challenge.id) continue;
      waiting.question = { ...question, challenge };
      this.#changed();
    }
  }

  /** Whether a question about this request waits. */
  isAsked(challengeId: string): boolean {
    return [...this.#waiting.values()].some(({ requests }) => requests.has(challengeId));
  }

  /** The waiting questions, in the order of their arrival. */
  list(): readonly Question[] {
    return [...this.#waiting.values()].map(({ question }) => question);
  }

  #end(waiting: Waiting, settle: (request: WaitingRequest) => void): void {
    this.#waiting.delete(waiting.question.id);
    for (const request of waiting.requests.values()) settle(request);
    this.#changed();
  }

  /** Drops a question of the site that has the most; false when that is the new question's own site. */
  #makeRoom(question: Question): boolean {
    const all = [...this.list(), question];
    const ofSameSite = all.filter((one) => askingSite(one) === askingSite(question));
    const crowd = ofSameSite.length > MOST_OF_A_SITE ? ofSameSite : all.length > MOST_WAITING ? all : [];
    const excess = mostCrowded(crowd, pathOf);
    if (excess === question) return false;
    const waiting = excess && this.#waiting.get(excess.id);
    if (waiting !== undefined) this.#end(waiting, ({ settle }) => settle({ kind: 'crowded' }));
    return true;
  }

  /** Remembers an unanswered question, but for one whose offer ran out: a request that comes again has a better one. */
  #keep({ key, question, hasRunOut }: Waiting): void {
    if (hasRunOut) return;
    this.#ended.set(key, { question, at: this.#now() });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MOST_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** Takes the equal question that ended unanswered within `SENT_AGAIN_WITHIN` (ms). */
  #take(key: string): Question | undefined {
    const found = this.#ended.get(key);
    this.#ended.delete(key);
    return found !== undefined && this.#now() - found.at < SENT_AGAIN_WITHIN ? found.question : undefined;
  }
}
