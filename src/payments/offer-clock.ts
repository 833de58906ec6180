import { BoundedMap } from '../interception/bounded-map.ts';
import type { Challenge } from '../interception/challenge.ts';
import { requestOf } from './payment.ts';
import type { AnyIntent } from './private-record.ts';

/** How many 402s are remembered. */
const REMEMBERED = 1_000;

/** The first look at a 402 in this life of the worker. */
interface FirstLook {
  readonly seenAt: number;
  /** What this machine's clock and the monotonic one showed (ms). */
  readonly now: number;
  readonly elapsed: number;
}

/**
 * The time by which offers are judged (docs/WIRE.md §7.27): that of this machine, and where its clock was set back since the
 * 402 was first looked at, the time without that. The monotonic clock alone would not do: it may stand still while the
 * machine sleeps. After a restart of the worker only this machine's clock is left.
 */
export class OfferClock {
  readonly #now: () => number;
  readonly #elapsed: () => number;
  readonly #firstLooks = new BoundedMap<string, FirstLook>(REMEMBERED);

  /**
   * @param now this machine's clock (ms since the epoch)
   * @param elapsed a clock that is never set (ms since any moment)
   */
  constructor(now: () => number, elapsed: () => number) {
    this.#now = now;
    this.#elapsed = elapsed;
  }

  /** The time (ms since the epoch, whole) by which the offer of a challenge is judged. */
  of({ id, seenAt }: Pick<Challenge, 'id' | 'seenAt'>): number {
    const [now, elapsed] = [this.#now(), this.#elapsed()];
    const first = this.#firstLooks.get(id);
    if (first?.seenAt !== seenAt) {
      this.#firstLooks.set(id, { seenAt, now, elapsed });
      return now;
    }
    return Math.max(now, first.now + Math.ceil(elapsed - first.elapsed));
  }

  /** The time by which the offer of an intent is judged: this machine's where no request of the browser is known. */
  ofIntent(intent: AnyIntent): number {
    const request = 'challenge' in intent ? requestOf(intent) : null;
    return request === null ? this.#now() : this.of(request);
  }
}
