import { addRaw, type Raw, ZERO } from '../nano/amount.ts';

/** Money that savings gave to the pocket without being asked by the user. */
export interface Refill {
  /** Ms since the epoch. */
  readonly at: number;
  /** Raw. */
  readonly amount: Raw;
}

/** Stores the refills of the pocket on one network, oldest first. */
export interface RefillStore {
  read(): Promise<readonly Refill[]>;
  write(refills: readonly Refill[]): Promise<void>;
}

const DAY = 24 * 60 * 60_000;
/** So many times its level the pocket gets within 24 hours: once to be filled, and once for what a day spends. */
const LEVELS_A_DAY = 2n;

/**
 * Limits what the pocket gets from savings by itself. Without it, a fault in the budgets could spend the pocket, have it
 * refilled, and so spend savings.
 */
export class RefillLimit {
  readonly #store: RefillStore;
  readonly #now: () => number;

  /** @param now the current time (ms since the epoch) */
  constructor(store: RefillStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * Counts a refill (raw) of a pocket with this level (raw), before any money is moved: a crash in between counts it as well.
   * Resolves with how to undo that, or with null where it is too much for now.
   */
  async take(amount: Raw, level: Raw): Promise<(() => Promise<void>) | null> {
    const now = this.#now();
    const recent = (await this.#store.read()).filter(({ at }) => at > now - DAY);
    const given = recent.reduce((sum, one) => addRaw(sum, one.amount), ZERO);
    if (given + amount > level * LEVELS_A_DAY) return null;
    const refill: Refill = { at: now, amount };
    await this.#store.write([...recent, refill]);
    return async () => {
      const all = await this.#store.read();
      const index = all.findIndex((one) => one.at === now && one.amount === amount);
      await this.#store.write(all.filter((_, at) => at !== index));
    };
  }
}
