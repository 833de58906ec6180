import { blake2b } from '@noble/hashes/blake2.js';
import { Fault, type MessageKey } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { hexOf } from '../nano/hex.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Site } from './payment.ts';

/** A question to the user: may this offer be paid? */
export interface Question {
  /** The challenge's id. */
  readonly id: string;
  readonly site: Site;
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

export type Answer =
  | { readonly kind: 'once' }
  | { readonly kind: 'budget'; readonly perPayment: Raw; readonly perDay: Raw }
  | { readonly kind: 'decline' }
  | { readonly kind: 'never' }
  /** Nobody answered in time, or the page no longer waits. */
  | { readonly kind: 'lapsed' };

/** How many questions wait at most, in all and for one tab: a storm of challenges must not grow without bound. */
const MOST_WAITING = 100;
const MOST_PER_TAB = 20;

interface Waiting {
  readonly question: Question;
  readonly settle: (answer: Answer) => void;
}

/**
 * The questions that wait for the user, first come, first asked. One answer each: whatever comes later (a second
 * click, a replayed message) finds the question gone.
 */
export class Approvals {
  readonly #waiting = new Map<string, Waiting>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Puts the question and resolves with the user's answer; `full` when too many wait already. */
  ask(question: Question): Promise<Answer> | 'full' {
    const inTab = [...this.#waiting.values()].filter(
      (waiting) => waiting.question.challenge.tabId === question.challenge.tabId,
    );
    if (this.#waiting.size >= MOST_WAITING || inTab.length >= MOST_PER_TAB) return 'full';
    const answer = new Promise<Answer>((settle) => {
      this.#waiting.set(question.id, { question, settle });
    });
    this.#changed();
    return answer;
  }

  /**
   * The user's answer.
   *
   * @throws Fault `fault_approvalGone` when the question was answered before or has lapsed.
   */
  answer(id: string, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw new Fault('fault_approvalGone');
    this.#waiting.delete(id);
    waiting.settle(answer);
    this.#changed();
  }

  /** Takes the questions back that `over` picks: offers that expired, pages that are gone. */
  lapse(over: (question: Question) => boolean): void {
    for (const { question } of [...this.#waiting.values()]) {
      if (over(question)) this.answer(question.id, { kind: 'lapsed' });
    }
  }

  /** The waiting questions in the order they came. */
  list(): readonly Question[] {
    return [...this.#waiting.values()].map((waiting) => waiting.question);
  }
}
