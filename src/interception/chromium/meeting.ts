/**
 * Where two sides that belong together find each other, whichever comes first: the 402 that the network layer saw and
 * the request that a page holds for it. Under one key they pair in the order of their coming, since nothing tells
 * identical requests apart; who is not met in time goes away alone.
 */
export class MeetingPlace<Left, Right> {
  readonly #left = new Waiting<Left, Right>();
  readonly #right = new Waiting<Right, Left>();
  readonly #patience: number;

  /** @param patience how long either side waits for the other (ms). */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Resolved with the other side, or null when nobody came in time. */
  left(key: string, self: Left): Promise<Right | null> {
    return this.#right.take(key, self) ?? this.#left.join(key, self, this.#patience);
  }

  /** Resolved with the other side, or null when nobody came in time. */
  right(key: string, self: Right): Promise<Left | null> {
    return this.#left.take(key, self) ?? this.#right.join(key, self, this.#patience);
  }
}

interface Place<Self, Other> {
  readonly self: Self;
  readonly met: (other: Other | null) => void;
}

class Waiting<Self, Other> {
  readonly #queues = new Map<string, Set<Place<Self, Other>>>();

  /** Pairs the one who waits longest under this key with `other`; undefined when nobody waits. */
  take(key: string, other: Other): Promise<Self> | undefined {
    for (const place of this.#queues.get(key) ?? []) {
      this.#leave(key, place);
      place.met(other);
      return Promise.resolve(place.self);
    }
    return undefined;
  }

  join(key: string, self: Self, patience: number): Promise<Other | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#leave(key, place);
        resolve(null);
      }, patience);
      const place: Place<Self, Other> = {
        self,
        met: (other) => {
          clearTimeout(timer);
          resolve(other);
        },
      };
      const queue = this.#queues.get(key);
      if (queue === undefined) this.#queues.set(key, new Set([place]));
      else queue.add(place);
    });
  }

  #leave(key: string, place: Place<Self, Other>): void {
    const queue = this.#queues.get(key);
    queue?.delete(place);
    if (queue?.size === 0) this.#queues.delete(key);
  }
}
