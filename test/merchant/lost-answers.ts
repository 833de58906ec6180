import type { SettledPayment } from './spent.ts';

/**
 * A browser silently sends a request again, over and over, when the connection it was sent on had been open before and
 * is cut without an answer. It does so at once; nobody who knows that an answer was lost comes back that soon.
 */
const SILENT_RETRY_MS = 1000;

interface Debt {
  readonly url: string;
  readonly payment: SettledPayment;
  /** When the line was last cut, in Unix milliseconds; undefined once the client shows that it noticed. */
  cutAt: number | undefined;
}

/** What was paid for and not delivered, because the line was cut instead. */
export class LostAnswers {
  readonly #debts = new Map<string, Debt>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Records an answer as lost. */
  owe(url: string, proof: string, payment: SettledPayment): void {
    this.#debts.set(`${url} ${proof}`, { url, payment, cutAt: this.#now() });
  }

  /** A visit without a proof: whoever comes asking has noticed that there was no answer. */
  askedAgain(url: string): void {
    for (const debt of this.#debts.values()) {
      if (debt.url === url) debt.cutAt = undefined;
    }
  }

  /** The response that is owed for this proof, once; `too soon` while it may be the browser's own repetition. */
  collect(url: string, proof: string): SettledPayment | 'too soon' | undefined {
    const key = `${url} ${proof}`;
    const debt = this.#debts.get(key);
    if (debt === undefined) return undefined;
    const now = this.#now();
    if (debt.cutAt !== undefined && now - debt.cutAt < SILENT_RETRY_MS) {
      debt.cutAt = now;
      return 'too soon';
    }
    this.#debts.delete(key);
    return debt.payment;
  }
}
