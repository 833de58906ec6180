import type { Limits, Urgency } from './engine.ts';
import { type EngineSpeed, rateOf, UNKNOWN_SPEED } from './engine-speed.ts';
import { poolSize } from './engines/cpu-pool.ts';

export interface SpeedRecordPorts {
  /** Reads and writes the stored speed, which outlives the worker. */
  readonly history: { speed(): Promise<EngineSpeed>; keepSpeed(speed: EngineSpeed): Promise<void> };
  /** The number of threads that the processor of this device runs at once. */
  readonly cores: number;
  /** Called with the reason why the record could not be read or written. Searches go on without it. */
  report(problem: unknown): void;
}

/** The speed of this device's engines: read once, kept in memory, and written after every change. */
export class SpeedRecord {
  readonly #ports: SpeedRecordPorts;
  #speed: Promise<EngineSpeed> | undefined;

  constructor(ports: SpeedRecordPorts) {
    this.#ports = ports;
  }

  read(): Promise<EngineSpeed> {
    this.#speed ??= this.#ports.history.speed().catch((cause: unknown) => {
      this.#ports.report(cause);
      return UNKNOWN_SPEED;
    });
    return this.#speed;
  }

  async change(change: (speed: EngineSpeed) => EngineSpeed): Promise<void> {
    const speed = this.read().then(change);
    this.#speed = speed;
    await this.#ports.history.keepSpeed(await speed).catch(this.#ports.report);
  }

  /** Hashes per second of an engine within these limits; null while too little is known. */
  rate(speed: EngineSpeed, name: string, urgency: Urgency, limits: Limits): number | null {
    const rate = rateOf(speed, name);
    return rate === null ? null : rate * this.units(name, urgency, limits);
  }

  /** Hashes per second of several engines together, as far as their speed is known; null where none is. */
  sumOfRates(speed: EngineSpeed, names: readonly string[], urgency: Urgency, limits: Limits): number | null {
    const rates = names.map((name) => this.rate(speed, name, urgency, limits) ?? 0);
    const sum = rates.reduce((all, one) => all + one, 0);
    return sum > 0 ? sum : null;
  }

  /** How many units of an engine search at once: threads of the processor, or one graphics card. */
  units(name: string, urgency: Urgency, { workers }: Limits): number {
    return name === 'cpu' ? poolSize(urgency, this.#ports.cores, workers) : 1;
  }

  /** The fastest of the engines that work; null while the speed of one of them is not known. */
  fastest(speed: EngineSpeed, names: readonly string[], limits: Limits): string | null {
    const rates = names
      .filter((name) => speed.engines[name]?.works === true)
      .map((name) => ({ name, rate: this.rate(speed, name, 'foreground', limits) }));
    const [best] = rates.toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0));
    return best === undefined || rates.some(({ rate }) => rate === null) ? null : best.name;
  }
}
