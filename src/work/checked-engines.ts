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
  expectedHashes,
  isTested,
  type Lap,
  rateOf,
  UNKNOWN_SPEED,
  wantsRace,
  withLap,
  withLeader,
  withSearch,
  withTest,
} from './engine-speed.ts';
import { poolSize } from './engines/cpu-pool.ts';
import { timeSearches } from './self-test.ts';

/** What is remembered of the engines beyond the life of the worker. */
export interface EngineBook {
  /** The engines that took for proof what is none, by name: until the browser ends. */
  retired(): Promise<ReadonlySet<string>>;
  retire(name: string): Promise<void>;
  /** What this device has shown, for good. */
  pace(): Promise<EngineSpeed>;
  keepPace(pace: EngineSpeed): Promise<void>;
}

export interface CheckedEnginesPorts {
  /** The engines of this device, in the order of preference before any of them was timed. */
  readonly local: readonly WorkEngine[];
  /** The machines of others that the user allows, in their order. */
  servers(): Promise<readonly WorkEngine[]>;
  limits(): Promise<Limits>;
  readonly book: EngineBook;
  /** How many threads the processor of this device runs at once. */
  readonly cores: number;
  /** Now, in ms. */
  now(): number;
  /** Hears what went wrong with an engine while another took over. */
  report(problem: unknown): void;
}

/** What is being searched for now, for showing. */
export interface Progress {
  readonly engines: readonly string[];
  /** Since when (ms). */
  readonly since: number;
  /** How long it takes from any moment on, on average (ms); null while nothing is known of these engines. */
  readonly meanMs: number | null;
}

/** One engine as settings show it. */
export interface EngineStanding {
  readonly name: string;
  readonly kind: 'local' | 'server';
  readonly state: 'retired' | 'unavailable' | 'works' | 'untried';
  /** Hashes a second with a user waiting; null while unknown. */
  readonly rate: number | null;
  /** Whether it is asked first. */
  readonly leads: boolean;
}

/** Engines asked one after the other, each when the one before it failed. Lanes run at the same time. */
type Lane = readonly WorkEngine[];

/**
 * All engines as one that can be believed. The first searches are races of this device's engines; once those were timed
 * the fastest is asked first and the others only when it fails, until they race again. Where a user waits, their work
 * servers race along. A nonce counts only once it was checked here: who takes for proof what is none is not asked again until the
 * browser ends; who fails is passed over this once. Each is reported.
 */
export class CheckedEngines implements WorkEngine {
  readonly name = 'checked';
  readonly #ports: CheckedEnginesPorts;
  #pace: Promise<EngineSpeed> | undefined;
  readonly #searches = new Set<Search>();

  constructor(ports: CheckedEnginesPorts) {
    this.#ports = ports;
  }

  async solve(root: WorkRoot, threshold: Threshold, options: SearchOptions): Promise<WorkNonce> {
    const { signal, urgency } = options;
    const [pace, limits] = await Promise.all([this.#paceNow(), this.#ports.limits()]);
    const local = await this.#standing(this.#ports.local);
    const servers = await this.#standing(await this.#ports.servers());
    signal.throwIfAborted();
    const race = local.length > 1 && wantsRace(pace);
    // Work ahead of need tells nobody of the account, unless nothing else can do it.
    const remote = urgency === 'foreground' || local.length === 0 ? [servers] : [];
    const lanes = [
      ...(race ? local.map((engine) => [engine]) : [leaderFirst(local, pace)]),
      ...remote,
    ].filter((lane) => lane.length > 0);

    const over = new AbortController();
    const search = { lanes, urgency, limits, threshold, since: this.#ports.now() };
    this.#searches.add(search);
    try {
      const terms = { urgency, limits, signal: AbortSignal.any([signal, over.signal]) };
      const { nonce, by } = await Promise.any(lanes.map((lane) => this.#walk(lane, root, threshold, terms)));
      if (local.includes(by)) {
        const leader = (known: EngineSpeed) => this.#fastest(known, local, limits) ?? by.name;
        await this.#learn((known) => (race ? withLeader(known, leader(known)) : withSearch(known)));
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

  /** What is being searched for now; null when nothing is. */
  async progress(): Promise<Progress | null> {
    const [search] = this.#searches;
    if (search === undefined) return null;
    const { lanes, since, threshold, urgency, limits } = search;
    const asked = lanes.flatMap((lane) => lane.slice(0, 1));
    const pace = await this.#paceNow();
    const rates = asked.map(({ name }) => this.#rate(pace, name, urgency, limits) ?? 0);
    const rate = rates.reduce((sum, one) => sum + one, 0);
    return {
      engines: asked.map(({ name }) => name),
      since,
      meanMs: rate > 0 ? (expectedHashes(threshold) / rate) * 1000 : null,
    };
  }

  /** Whether the engine that is asked first was ever timed on purpose: only then is its rate known from the start. */
  async isTested(): Promise<boolean> {
    return isTested(await this.#paceNow());
  }

  /** Every engine there is, and what is known of it. */
  async standings(): Promise<readonly EngineStanding[]> {
    const [pace, limits, retired] = await Promise.all([
      this.#paceNow(),
      this.#ports.limits(),
      this.#ports.book.retired(),
    ]);
    const standing =
      (kind: EngineStanding['kind']) =>
      (engine: WorkEngine): EngineStanding => {
        const { name } = engine;
        const works = pace.engines[name]?.works;
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
          rate: this.#rate(pace, name, 'foreground', limits),
          leads: pace.leader === name,
        };
      };
    const servers = await this.#ports.servers();
    return [...this.#ports.local.map(standing('local')), ...servers.map(standing('server'))];
  }

  /**
   * Times each engine of this device for `ms`, one after the other, on proofs that nobody needs. The fastest leads from
   * then on.
   */
  async test(ms: number, signal: AbortSignal): Promise<void> {
    const limits = await this.#ports.limits();
    for (const engine of await this.#standing(this.#ports.local)) {
      const { hashes, spent } = await timeSearches({
        ms,
        now: this.#ports.now,
        signal,
        search: (threshold, until) =>
          this.#ask(engine, randomRoot(), threshold, { signal: until, limits, urgency: 'foreground' }),
        report: this.#ports.report,
      });
      const unitMs = spent * this.#units(engine.name, 'foreground', limits);
      await this.#learn((pace) => withTest(pace, engine.name, hashes, unitMs));
    }
    await this.#learn((pace) => {
      const best = this.#fastest(pace, this.#ports.local, limits);
      return best === null ? pace : withLeader(pace, best);
    });
  }

  /** Which of the engines that work is the fastest; null while that is not known of each of them. */
  #fastest(pace: EngineSpeed, engines: readonly WorkEngine[], limits: Limits): string | null {
    const rates = engines
      .filter(({ name }) => pace.engines[name]?.works === true)
      .map(({ name }) => ({ name, rate: this.#rate(pace, name, 'foreground', limits) }));
    const [best] = rates.toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0));
    return best === undefined || rates.some(({ rate }) => rate === null) ? null : best.name;
  }

  /** Asks the engines of a lane, one after the other, until one gives a proof that is one. */
  async #walk(
    lane: Lane,
    root: WorkRoot,
    threshold: Threshold,
    options: SearchOptions & { readonly limits: Limits },
  ): Promise<{ readonly nonce: WorkNonce; readonly by: WorkEngine }> {
    const { signal, urgency, limits } = options;
    let cause: unknown = new Fault('fault_workUnavailable');
    for (const engine of lane) {
      signal.throwIfAborted();
      const began = this.#ports.now();
      const lap = (outcome: Lap['outcome']) => {
        const ms = (this.#ports.now() - began) * this.#units(engine.name, urgency, limits);
        return this.#learn((pace) => withLap(pace, { engine: engine.name, ms, threshold, outcome }));
      };
      try {
        const nonce = await this.#ask(engine, root, threshold, options);
        await lap('found');
        return { nonce, by: engine };
      } catch (failure) {
        if (signal.aborted) await lap('ended');
        signal.throwIfAborted();
        if (isRest(failure)) throw failure;
        await lap('failed');
        this.#ports.report(failure);
        cause = failure;
      }
    }
    throw cause;
  }

  /** One engine's answer, checked; one that is wrong retires it. */
  async #ask(
    engine: WorkEngine,
    root: WorkRoot,
    threshold: Threshold,
    options: SearchOptions,
  ): Promise<WorkNonce> {
    const answer = v.safeParse(WorkNonceSchema, await engine.solve(root, threshold, options));
    if (answer.success && meets(root, answer.output, threshold)) return answer.output;
    await this.#ports.book.retire(engine.name);
    throw new Error(`the engine ${engine.name} took a wrong nonce for proof of work`);
  }

  async #standing(engines: readonly WorkEngine[]): Promise<readonly WorkEngine[]> {
    const retired = await this.#ports.book.retired();
    return engines.filter(({ name }) => !retired.has(name));
  }

  #rate(pace: EngineSpeed, name: string, urgency: Urgency, limits: Limits): number | null {
    const rate = rateOf(pace, name);
    return rate === null ? null : rate * this.#units(name, urgency, limits);
  }

  /** How many of an engine's units search at once. */
  #units(name: string, urgency: Urgency, { workers }: Limits): number {
    return name === 'cpu' ? poolSize(urgency, this.#ports.cores, workers) : 1;
  }

  #paceNow(): Promise<EngineSpeed> {
    this.#pace ??= this.#ports.book.pace().catch((cause: unknown) => {
      this.#ports.report(cause);
      return UNKNOWN_SPEED;
    });
    return this.#pace;
  }

  async #learn(change: (pace: EngineSpeed) => EngineSpeed): Promise<void> {
    const pace = this.#paceNow().then(change);
    this.#pace = pace;
    await this.#ports.book.keepPace(await pace).catch(this.#ports.report);
  }
}

interface Search {
  readonly lanes: readonly Lane[];
  readonly urgency: Urgency;
  readonly limits: Limits;
  readonly threshold: Threshold;
  readonly since: number;
}

function leaderFirst(engines: readonly WorkEngine[], { leader }: EngineSpeed): Lane {
  return engines.toSorted((a, b) => Number(b.name === leader) - Number(a.name === leader));
}

const isRest = (cause: unknown): boolean => cause instanceof Fault && cause.key === 'fault_workRests';

/** Why no lane gave a proof: that the battery is to be spared, or that nothing could search. */
function reasonOf(cause: unknown): Fault {
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const rest = causes.find(isRest);
  if (rest instanceof Fault) return rest;
  return new Fault('fault_workUnavailable', [], { cause: causes.at(-1) });
}

function randomRoot(): WorkRoot {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return parseWorkRoot([...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
