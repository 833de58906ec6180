import { deferred } from '../concurrency.ts';

export interface RefreshLoopPorts {
  /** Looks at the ledger once. Never rejects. */
  readonly look: () => Promise<void>;
  /** Resolves once what the look found is received, as far as can be, with whether another look may find more. */
  readonly received: () => Promise<boolean>;
  /** Has the next work searched for, once there is nothing left to look at. Never rejects. */
  readonly prepare: () => Promise<void>;
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** Looks at the ledger for as long as looks are wanted, one at a time. A look that is wanted while one runs follows it. */
export class RefreshLoop {
  readonly #ports: RefreshLoopPorts;
  #running: Promise<void> | undefined;
  #isLookWanted = false;
  /** Ends the wait for what is being received. */
  #wake: () => void = () => undefined;
  /** Resolve the calls that wait for the next look. */
  readonly #onLook = new Set<() => void>();

  constructor(ports: RefreshLoopPorts) {
    this.#ports = ports;
  }

  /** Wants a look. Resolves once no look is wanted any more. Never rejects. */
  refresh(): Promise<void> {
    this.#isLookWanted = true;
    this.#wake();
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Wants a look, and resolves after it: what it found is still being received. Never rejects. */
  look(): Promise<void> {
    return new Promise((resolve) => {
      this.#onLook.add(resolve);
      void this.refresh().finally(resolve);
    });
  }

  async #run(): Promise<void> {
    const { look, received, prepare, signal } = this.#ports;
    while (this.#isLookWanted && !signal.aborted) {
      this.#isLookWanted = false;
      const woken = deferred<void>();
      this.#wake = () => woken.resolve();
      const waiting = [...this.#onLook];
      await look();
      for (const resolve of waiting) {
        this.#onLook.delete(resolve);
        resolve();
      }
      // Receiving may take long, and another look does not wait for it.
      const allReceived = received().then((mayHaveMore) => {
        this.#isLookWanted ||= mayHaveMore;
      });
      await Promise.race([allReceived, woken.promise]);
      if (!this.#isLookWanted) await prepare();
    }
    // Synchronously after the check that no look is wanted: a call from now on starts a new run. A single flight would
    // end a microtask later and lose a look that is wanted in between.
    this.#running = undefined;
  }
}
