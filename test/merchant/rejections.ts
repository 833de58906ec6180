import type { Refusal } from './mechanisms/mechanism.ts';
import { sessionLost } from './mechanisms/mechanism.ts';
import type { Reluctance } from './terms.ts';

/** Counts how often each proof came, and turns it away as often as the terms say, unread (docs/WIRE.md §7.10). */
export class Rejections {
  readonly #turnedAway = new Map<string, number>();

  /** The refusal of this delivery; undefined when the proof may pass. */
  refusal(url: string, proof: string, terms: Reluctance, unconfirmed: () => Refusal): Refusal | undefined {
    const key = `${url} ${proof}`;
    const times = this.#turnedAway.get(key) ?? 0;
    if (times >= terms.first) return undefined;
    this.#turnedAway.set(key, times + 1);
    switch (terms.with) {
      case 'unconfirmed':
        return unconfirmed();
      case 'pending':
        return later;
      case '500':
        return bare(500, 'Verification error on server');
      case '503':
        return bare(503, 'Contact seller before paying again');
      case '409':
        return bare(409, 'payment_reused');
      case '429':
        return bare(429, 'Too many requests');
      case 'lost':
        return sessionLost;
    }
  }

  clear(): void {
    this.#turnedAway.clear();
  }
}

/** Not served yet: the same proof, later. */
const later: Refusal = {
  kind: 'refused',
  status: 202,
  error: 'pending',
  wording: { status: 202, body: { status: 'pending' }, offersAgain: false, headers: { 'Retry-After': '2' } },
};

/** A status and a word, as from a proxy that knows nothing of payments. */
function bare(status: 409 | 429 | 500 | 503, error: string): Refusal {
  return { kind: 'refused', status, error, wording: { status, body: { error }, offersAgain: false } };
}
