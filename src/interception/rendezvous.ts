/**
 * Pairs a 402 that the network layer saw (the host) with the request that a page holds for it (the guest); either may
 * arrive first. Each has one or more names, the likeliest first, and pairs with one of the same name. Hosts and guests
 * of one name pair in the order of their arrival, since nothing tells identical requests apart, preferred hosts first.
 * One that finds no other in time gets null.
 */
export class Rendezvous<Host, Guest> {
  readonly #hosts = new Waiting<Host, Guest>();
  readonly #guests = new Waiting<Guest, Host>();
  readonly #patience: number;
  readonly #prefers: (host: Host) => boolean;

  /**
   * @param patience how long either side waits for the other (ms).
   * @param prefers which hosts a guest meets before the others that wait under its name.
   */
  constructor(patience: number, prefers: (host: Host) => boolean = () => true) {
    this.#patience = patience;
    this.#prefers = prefers;
  }

  /** Resolves with the guest, or null when none came within `patience` (ms). */
  host(names: readonly string[], self: Host, patience = this.#patience): Promise<Guest | null> {
    for (const name of names) {
      const guest = this.#guests.take(name, self);
      if (guest !== undefined) return guest;
    }
    return this.#hosts.join(names, self, patience);
  }

  /** Ends the wait of the hosts for which `over` is true: each gets null at once. */
  dismiss(over: (host: Host) => boolean): void {
    this.#hosts.dismiss(over);
  }

  /** Resolves with the host, or null when none came in time. The time counts from when `after` is settled. */
  guest(names: readonly string[], self: Guest, after?: Promise<unknown>): Promise<Host | null> {
    for (const name of names) {
      const host = this.#hosts.take(name, self, this.#prefers);
      if (host !== undefined) return host;
    }
    return this.#guests.join(names, self, this.#patience, after);
  }
}

interface Place<Self, Other> {
  readonly names: readonly string[];
  readonly self: Self;
  readonly met: (other: Other | null) => void;
}

class Waiting<Self, Other> {
  readonly #queues = new Map<string, Set<Place<Self, Other>>>();

  /** Pairs `other` with the one that waits longest under this name, preferred ones first; undefined when none waits. */
  take(name: string, other: Other, prefers: (self: Self) => boolean = () => true): Promise<Self> | undefined {
    const queue = [...(this.#queues.get(name) ?? [])];
    const place = queue.find(({ self }) => prefers(self)) ?? queue[0];
    if (place === undefined) return undefined;
    this.#leave(place);
    place.met(other);
    return Promise.resolve(place.self);
  }

  dismiss(over: (self: Self) => boolean): void {
    for (const place of new Set([...this.#queues.values()].flatMap((queue) => [...queue]))) {
      if (!over(place.self)) continue;
      this.#leave(place);
      place.met(null);
    }
  }

  join(
    names: readonly string[],
    self: Self,
    patience: number,
    after?: Promise<unknown>,
  ): Promise<Other | null> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isMet = false;
      const wait = () => {
        if (isMet) return;
        timer = setTimeout(() => {
          this.#leave(place);
          resolve(null);
        }, patience);
      };
      const met = (other: Other | null) => {
        isMet = true;
        clearTimeout(timer);
        resolve(other);
      };
      if (after === undefined) wait();
      else void after.then(wait, wait);
      const place: Place<Self, Other> = { names, self, met };
      for (const name of names) {
        const queue = this.#queues.get(name);
        if (queue === undefined) this.#queues.set(name, new Set([place]));
        else queue.add(place);
      }
    });
  }

  #leave(place: Place<Self, Other>): void {
    for (const name of place.names) {
      const queue = this.#queues.get(name);
      queue?.delete(place);
      if (queue?.size === 0) this.#queues.delete(name);
    }
  }
}
