/**
 * Pairs a 402 that the network layer observed with the request that a page holds for it; either may arrive first. Each
 * side has one or more keys, the likeliest first, and pairs with one of the same key. Where several of one key wait,
 * they pair in the order of their arrival, since nothing tells identical requests apart, preferred 402s first. A side
 * that finds no other in time gets null.
 */
export class Rendezvous<Observed, Held> {
  readonly #observed = new WaitingSide<Observed, Held>();
  readonly #held = new WaitingSide<Held, Observed>();
  readonly #patience: number;
  readonly #prefers: (observed: Observed) => boolean;

  /**
   * @param patience how long either side waits for the other (ms).
   * @param prefers which 402s a held request pairs with before the others of its key.
   */
  constructor(patience: number, prefers: (observed: Observed) => boolean = () => true) {
    this.#patience = patience;
    this.#prefers = prefers;
  }

  /** Adds a 402. Resolves with the held request, or null when none came within `patience` (ms). */
  observed(keys: readonly string[], self: Observed, patience = this.#patience): Promise<Held | null> {
    for (const key of keys) {
      const held = this.#held.take(key, self);
      if (held !== undefined) return held;
    }
    return this.#observed.join(keys, self, patience);
  }

  /** Ends the wait of the 402s for which `isOver` is true: each gets null at once. */
  dismissObserved(isOver: (observed: Observed) => boolean): void {
    this.#observed.dismiss(isOver);
  }

  /**
   * Adds a held request. Resolves with its 402, or null when none came in time. The time counts from when `after` is
   * settled.
   */
  held(keys: readonly string[], self: Held, after?: Promise<unknown>): Promise<Observed | null> {
    for (const key of keys) {
      const observed = this.#observed.take(key, self, this.#prefers);
      if (observed !== undefined) return observed;
    }
    return this.#held.join(keys, self, this.#patience, after);
  }
}

interface Entry<Self, Other> {
  readonly keys: readonly string[];
  readonly self: Self;
  readonly settle: (other: Other | null) => void;
}

/** The members of one side that wait for the other. */
class WaitingSide<Self, Other> {
  readonly #queues = new Map<string, Set<Entry<Self, Other>>>();

  /** Pairs `other` with the one that waits longest under this key, preferred ones first; undefined when none waits. */
  take(key: string, other: Other, prefers: (self: Self) => boolean = () => true): Promise<Self> | undefined {
    const queue = [...(this.#queues.get(key) ?? [])];
    const entry = queue.find(({ self }) => prefers(self)) ?? queue[0];
    if (entry === undefined) return undefined;
    this.#remove(entry);
    entry.settle(other);
    return Promise.resolve(entry.self);
  }

  dismiss(isOver: (self: Self) => boolean): void {
    for (const entry of new Set([...this.#queues.values()].flatMap((queue) => [...queue]))) {
      if (!isOver(entry.self)) continue;
      this.#remove(entry);
      entry.settle(null);
    }
  }

  join(
    keys: readonly string[],
    self: Self,
    patience: number,
    after?: Promise<unknown>,
  ): Promise<Other | null> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isPaired = false;
      const startTimer = () => {
        if (isPaired) return;
        timer = setTimeout(() => {
          this.#remove(entry);
          resolve(null);
        }, patience);
      };
      const settle = (other: Other | null) => {
        isPaired = true;
        clearTimeout(timer);
        resolve(other);
      };
      if (after === undefined) startTimer();
      else void after.then(startTimer, startTimer);
      const entry: Entry<Self, Other> = { keys, self, settle };
      for (const key of keys) {
        const queue = this.#queues.get(key);
        if (queue === undefined) this.#queues.set(key, new Set([entry]));
        else queue.add(entry);
      }
    });
  }

  #remove(entry: Entry<Self, Other>): void {
    for (const key of entry.keys) {
      const queue = this.#queues.get(key);
      queue?.delete(entry);
      if (queue?.size === 0) this.#queues.delete(key);
    }
  }
}
