/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Runs one piece of work at a time, in the order of the calls. A failure does not stop what follows it. */
export class SerialQueue {
  /** Settles when the queue is empty. It holds no result, since a result may be a secret. */
  #tail: Promise<void> = Promise.resolve();

  /** Runs `work` after all earlier work has settled. Settles as `work` does. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }

  /** Resolves when all work that was queued before this call has settled. */
  idle(): Promise<void> {
    return this.#tail;
  }
}

/** One serial queue for each key. A queue without work takes no memory. */
export class KeyedSerialQueue<K> {
  readonly #queues = new Map<K, SerialQueue>();

  /** Runs `work` after all earlier work of the same key has settled. Settles as `work` does. */
  run<T>(key: K, work: () => T | Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? new SerialQueue();
    this.#queues.set(key, queue);
    const turn = queue.run(work);
    const tail = queue.idle();
    void tail.then(() => {
      if (queue.idle() === tail) this.#queues.delete(key);
    });
    return turn;
  }
}

/** Runs work once at a time: a call while the work runs joins it and settles with it. */
export class SingleFlight<T> {
  #running: Promise<T> | undefined;

  /** The run that has not settled yet. */
  get running(): Promise<T> | undefined {
    return this.#running;
  }

  run(work: () => Promise<T>): Promise<T> {
    this.#running ??= work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}

/** One single flight for each key. */
export class KeyedSingleFlight<K, T> {
  readonly #running = new Map<K, Promise<T>>();

  /** The run of a key that has not settled yet. */
  running(key: K): Promise<T> | undefined {
    return this.#running.get(key);
  }

  run(key: K, work: () => Promise<T>): Promise<T> {
    const known = this.#running.get(key);
    if (known !== undefined) return known;
    const run = work().finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }
}
