import { Fault } from '../fault.ts';
import type { Threshold, WorkNonce, WorkRoot } from './difficulty.ts';
import type { SearchOptions, WorkEngine } from './engine.ts';

/** The machine's power, as the browser reports it. */
export interface Power {
  /** The share of the battery that is left (0 to 1) while it is in use; null when plugged in, or when unknown. */
  left(): Promise<number | null>;
  /** Calls the listener whenever that may have changed, until the signal aborts. */
  watch(listener: () => void, until: AbortSignal): void;
}

/** An engine that saves the battery: no background search starts, or goes on, below the battery limit. */
export class BatterySavingEngine implements WorkEngine {
  readonly name: string;
  readonly #engine: WorkEngine;
  readonly #power: Power;

  constructor(engine: WorkEngine, power: Power) {
    this.name = engine.name;
    this.#engine = engine;
    this.#power = power;
  }

  async solve(root: WorkRoot, threshold: Threshold, options: SearchOptions): Promise<WorkNonce> {
    const { signal, urgency, limits } = options;
    if (urgency === 'foreground' || limits === undefined) return this.#engine.solve(root, threshold, options);
    const isLow = async (): Promise<boolean> => {
      const left = await this.#power.left();
      return left !== null && left < limits.batteryFloor;
    };
    if (await isLow()) throw new Fault('fault_workRests');

    const over = new AbortController();
    const low = new AbortController();
    const check = () => isLow().then((now) => (now ? low.abort() : undefined), console.error);
    this.#power.watch(() => void check(), over.signal);
    try {
      return await this.#engine.solve(root, threshold, {
        ...options,
        signal: AbortSignal.any([signal, low.signal]),
      });
    } catch (cause) {
      signal.throwIfAborted();
      throw low.signal.aborted ? new Fault('fault_workRests', [], { cause }) : cause;
    } finally {
      over.abort();
    }
  }
}
