/** For tests: a service worker that is killed in the middle of what it does. */
import { deferred } from '../concurrency.ts';

/**
 * The ports of a worker that can be killed. A killed worker reads and writes nothing more, and no call returns to it: what
 * it had begun stays as it was.
 */
export class Killable {
  readonly #killed = deferred<void>();
  #isKilled = false;
  #callsLeft = Number.POSITIVE_INFINITY;

  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** Resolves when the worker is killed. */
  get killed(): Promise<void> {
    return this.#killed.promise;
  }

  kill(): void {
    this.#isKilled = true;
    this.#killed.resolve();
  }

  /** Kills the worker after this many more calls of its ports, those that are under way not counted. */
  killAfter(calls: number): void {
    this.#callsLeft = Math.min(this.#callsLeft, calls);
  }

  /** An object of the disk or the network, whose methods all return promises, as the worker reaches it. */
  port<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]) => this.call(() => Reflect.apply(value, target, args));
      },
    });
  }

  /** Runs a call of a port. Never settles once the worker is killed. */
  async call<T>(run: () => Promise<T>): Promise<T> {
    if (!this.#isKilled && this.#callsLeft <= 0) this.kill();
    if (this.#isKilled) return new Promise<never>(() => undefined);
    this.#callsLeft -= 1;
    try {
      return await run();
    } finally {
      if (this.#isKilled) await new Promise<never>(() => undefined);
    }
  }
}
