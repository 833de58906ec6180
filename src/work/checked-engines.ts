import * as v from 'valibot';
import { Fault } from '../fault.ts';
import {
  meets,
  parseWorkRoot,
  type Threshold,
  type WorkNonce,
  WorkNonceSchema,
  type WorkRoot,
} from './difficulty.ts';
import type { Limits, SearchOptions, Urgency, WorkEngine } from './engine.ts';
import {
  type EngineSpeed,
  isTested,
  type SearchTime,
  type SearchTiming,
  searchTime,
  wantsRace,
  withPreferred,
  withSearch,
  withTest,
  withTiming,
} from './engine-speed.ts';
import { timeSearches } from './self-test.ts';
import { SpeedRecord, type SpeedRecordPorts } from './speed-record.ts';

/** The stored state of the engines, which outlives the worker. */
export interface EngineHistory {
  /** The names of the engines that returned a wrong nonce since the start of the browser. */
  retired(): Promise<ReadonlySet<string>>;
  retire(name: string): Promise<void>;
  /** The speed that this device has shown. It is kept over restarts of the browser. */
  speed(): Promise<EngineSpeed>;
  keepSpeed(speed: EngineSpeed): Promise<void>;
}

export interface CheckedEnginesPorts extends SpeedRecordPorts {
  /** The engines of this device, in the order of preference before any of them was timed. */
  readonly local: readonly WorkEngine[];
  /** The work servers that the user allows, in the user's order. */
  servers(): Promise<readonly WorkEngine[]>;
  limits(): Promise<Limits>;
  readonly history: EngineHistory;
  /** Now, in ms. */
  now(): number;
  /** Called with the errors of an engine, or of the record of their speed. The search goes on without it. */
  report(problem: unknown): void;
}

/** The search that runs now, for display. */
export interface Progress {
  readonly engines: readonly string[];
  /** The start of the search (ms). */
  readonly since: number;
  /**
   * The expected time left (ms). It stays the same while the search runs, because a search has no memory. Null while the
   * speed of these engines is not known.
   */
  readonly meanMs: number | null;
}

/** One engine, for the settings page. */
export interface EngineStatus {
  readonly name: string;
  readonly kind: 'local' | 'server';
  readonly state: 'retired' | 'unavailable' | 'works' | 'untried';
  /** Hashes per second while a user waits; null while unknown. */
  readonly rate: number | null;
  /** Whether it is asked first. */
  readonly leads: boolean;
}

/** Engines that are asked one after the other, each when the one before it failed. Sequences run at the same time. */
type Sequence = readonly WorkEngine[];

/**
 * Combines all engines into one whose nonces are checked. The first searches are races of this device's engines. Once
 * those were timed, the fastest is asked first and the others only when it fails, until the next race. Where a user
 * waits, the work servers search as well. An engine that returns a wrong nonce is not asked again until the browser
 * ends. An engine that fails is skipped for this search. Both are reported.
 */
export class CheckedEngines implements WorkEngine {
  readonly name = 'checked';
  readonly #ports: CheckedEnginesPorts;
  readonly #record: SpeedRecord;
  readonly #searches = new Set<Search>();

  constructor(ports: CheckedEnginesPorts) {
    this.#ports = ports;
    this.#record = new SpeedRecord(ports);
  }

  async solve(root: WorkRoot, threshold: Threshold, options: SearchOptions): Promise<WorkNonce> {
    const { signal, urgency } = options;
    const [speed, limits] = await Promise.all([this.#record.read(), this.#ports.limits()]);
    const local = await this.#trusted(this.#ports.local);
    const servers = await this.#trusted(await this.#ports.servers());
    signal.throwIfAborted();
    const race = local.length > 1 && wantsRace(speed);
    // Precomputed work does not tell a server of the account, unless no engine of this device can do it.
    const remote = urgency === 'foreground' || local.length === 0 ? [servers] : [];
    const sequences = [
      ...(race ? local.map((engine) => [engine]) : [preferredFirst(local, speed)]),
      ...remote,
    ].filter((sequence) => sequence.length > 0);

    const over = new AbortController();
    const search = { sequences, urgency, limits, threshold, since: this.#ports.now() };
    this.#searches.add(search);
    try {
      const terms = { urgency, limits, signal: AbortSignal.any([signal, over.signal]) };
      const { nonce, by } = await Promise.any(
        sequences.map((sequence) => this.#askInTurn(sequence, root, threshold, terms)),
      );
      if (local.includes(by)) {
        const preferred = (known: EngineSpeed) =>
          this.#record.fastest(
            known,
            local.map(({ name }) => name),
            limits,
          ) ?? by.name;
        await this.#record.change((known) =>
          race ? withPreferred(known, preferred(known)) : withSearch(known),
        );
      }
      return nonce;
    } catch (cause) {
      signal.throwIfAborted();
      throw reasonOf(cause);
    } finally {
      this.#searches.delete(search);
      over.abort();
    }
  }

  /** The search that runs now; null when none runs. */
  async progress(): Promise<Progress | null> {
    const [search] = this.#searches;
    if (search === undefined) return null;
    const { sequences, since, threshold, urgency, limits } = search;
    const asked = firstOf(sequences);
    const rate = this.#record.sumOfRates(await this.#record.read(), asked, urgency, limits);
    return {
      engines: asked,
      since,
      meanMs: rate === null ? null : searchTime(threshold, rate).mean,
    };
  }

  /** How long a search takes while a user waits; null while the speed of every engine that would be asked is unknown. */
  async searchTime(threshold: Threshold): Promise<SearchTime | null> {
    const [speed, limits] = await Promise.all([this.#record.read(), this.#ports.limits()]);
    const local = await this.#trusted(this.#ports.local);
    const servers = await this.#trusted(await this.#ports.servers());
    const asked = firstOf([preferredFirst(local, speed), servers]);
    const rate = this.#record.sumOfRates(speed, asked, 'foreground', limits);
    return rate === null ? null : searchTime(threshold, rate);
  }

  /** Whether the engine that is asked first was timed by a test. */
  async isTested(): Promise<boolean> {
    return isTested(await this.#record.read());
  }

  /** Returns the state of every engine. */
  async statuses(): Promise<readonly EngineStatus[]> {
    const [speed, limits, retired] = await Promise.all([
      this.#record.read(),
      this.#ports.limits(),
      this.#ports.history.retired(),
    ]);
    const statusOf =
      (kind: EngineStatus['kind']) =>
      (engine: WorkEngine): EngineStatus => {
        const { name } = engine;
        const works = speed.engines[name]?.works;
        return {
          name,
          kind,
          state: retired.has(name)
            ? 'retired'
            : works === undefined
              ? 'untried'
              : works
                ? 'works'
                : 'unavailable',
          rate: this.#record.rate(speed, name, 'foreground', limits),
          leads: speed.leader === name,
        };
      };
    const servers = await this.#ports.servers();
    return [...this.#ports.local.map(statusOf('local')), ...servers.map(statusOf('server'))];
  }

  /** Times each engine of this device for `ms` in turn, on random roots. The fastest is preferred from then on. */
  async test(ms: number, signal: AbortSignal): Promise<void> {
    const limits = await this.#ports.limits();
    for (const engine of await this.#trusted(this.#ports.local)) {
      const { hashes, spent } = await timeSearches({
        ms,
        now: this.#ports.now,
        signal,
        search: (threshold, until) =>
          this.#ask(engine, randomRoot(), threshold, { signal: until, limits, urgency: 'foreground' }),
        report: this.#ports.report,
      });
      const unitMs = spent * this.#record.units(engine.name, 'foreground', limits);
      await this.#record.change((speed) => withTest(speed, engine.name, hashes, unitMs));
    }
    await this.#record.change((speed) => {
      const names = this.#ports.local.map(({ name }) => name);
      const best = this.#record.fastest(speed, names, limits);
      return best === null ? speed : withPreferred(speed, best);
    });
  }

  /** Asks the engines of a sequence, one after the other, until one returns a valid nonce. */
  async #askInTurn(
    sequence: Sequence,
    root: WorkRoot,
    threshold: Threshold,
    options: SearchOptions & { readonly limits: Limits },
  ): Promise<{ readonly nonce: WorkNonce; readonly by: WorkEngine }> {
    const { signal, urgency, limits } = options;
    let cause: unknown = new Fault('fault_workUnavailable');
    for (const engine of sequence) {
      signal.throwIfAborted();
      const began = this.#ports.now();
      const time = (outcome: SearchTiming['outcome']) => {
        const ms = (this.#ports.now() - began) * this.#record.units(engine.name, urgency, limits);
        return this.#record.change((speed) =>
          withTiming(speed, { engine: engine.name, ms, threshold, outcome }),
        );
      };
      try {
        const nonce = await this.#ask(engine, root, threshold, options);
        await time('found');
        return { nonce, by: engine };
      } catch (failure) {
        if (signal.aborted) await time('ended');
        signal.throwIfAborted();
        if (isPaused(failure)) throw failure;
        await time('failed');
        this.#ports.report(failure);
        cause = failure;
      }
    }
    throw cause;
  }

  /** Asks one engine and checks its nonce. A wrong nonce retires the engine. */
  async #ask(
    engine: WorkEngine,
    root: WorkRoot,
    threshold: Threshold,
    options: SearchOptions,
  ): Promise<WorkNonce> {
    const answer = v.safeParse(WorkNonceSchema, await engine.solve(root, threshold, options));
    if (answer.success && meets(root, answer.output, threshold)) return answer.output;
    await this.#ports.history.retire(engine.name);
    throw new Error(`the engine ${engine.name} took a wrong nonce for proof of work`);
  }

  async #trusted(engines: readonly WorkEngine[]): Promise<readonly WorkEngine[]> {
    const retired = await this.#ports.history.retired();
    return engines.filter(({ name }) => !retired.has(name));
  }
}

interface Search {
  readonly sequences: readonly Sequence[];
  readonly urgency: Urgency;
  readonly limits: Limits;
  readonly threshold: Threshold;
  readonly since: number;
}

/** The names of the engines that the sequences begin with. */
const firstOf = (sequences: readonly Sequence[]): readonly string[] =>
  sequences.flatMap(([first]) => (first === undefined ? [] : [first.name]));

function preferredFirst(engines: readonly WorkEngine[], { leader }: EngineSpeed): Sequence {
  return engines.toSorted((a, b) => Number(b.name === leader) - Number(a.name === leader));
}

const isPaused = (cause: unknown): boolean => cause instanceof Fault && cause.key === 'fault_workRests';

/** The fault of a search that found nothing: precomputing is paused, or no engine could search. */
function reasonOf(cause: unknown): Fault {
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const paused = causes.find(isPaused);
  if (paused instanceof Fault) return paused;
  return new Fault('fault_workUnavailable', [], { cause: causes.at(-1) });
}

function randomRoot(): WorkRoot {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return parseWorkRoot([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
