import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { type WorkCache, WorkEntrySchema, type WorkIntent, WorkIntentSchema } from './cache.ts';
import type { CheckedEngines, Progress } from './checked-engines.ts';
import { meets, type Threshold, type WorkNonce, type WorkRoot } from './difficulty.ts';
import {
  higher,
  isSameGoal,
  type Job,
  type Need,
  nextSearch,
  type SearchGoal,
  type Waiter,
} from './next-search.ts';

export interface WorkSchedulerPorts {
  readonly engines: CheckedEngines;
  readonly cache: WorkCache;
  /** Now, in ms since the epoch. */
  readonly clock: { now(): number };
  /** Called with errors that no waiting caller gets. */
  report(problem: unknown): void;
  /** Called when the battery is low: nothing is precomputed until `pausePrecomputing(false)`. */
  paused?(): void;
  /** Called whenever another search runs, or work was found. */
  changed?(): void;
}

/** Whether work was found, is being searched for, waits while precomputing is paused, or was never asked for. */
export type Readiness = 'ready' | 'working' | 'resting' | 'none';

export interface ObtainOptions {
  /** A payment by default. */
  readonly need?: Need;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** The one search that is running. */
interface Run extends SearchGoal {
  readonly abort: AbortController;
}

/**
 * Runs one search for work at a time, in the order of `nextSearch`: for payments that wait, then for receives that wait,
 * then ahead of blocks to come. A search has no memory, so a search that another one displaces loses nothing. It starts
 * again when its turn comes. Work is searched for only where it was asked for, and every nonce is checked before
 * it is used, kept or returned.
 */
export class WorkScheduler {
  readonly #ports: WorkSchedulerPorts;
  readonly #jobs = new Map<WorkRoot, Job>();
  #run: Run | undefined;
  #isPaused = false;

  constructor(ports: WorkSchedulerPorts) {
    this.#ports = ports;
  }

  /**
   * Has work precomputed, in the background, for the next block after this root. Resolves once the request is durable:
   * from then on it survives the worker and the browser, unless the root is forgotten.
   */
  prepare(root: WorkRoot, threshold: Threshold): Promise<void> {
    return this.#ask(root, async (job) => {
      if ((await this.#known(job, threshold)) !== undefined) return;
      const ahead = higher(job.ahead, threshold);
      await this.#ports.cache.intents.put({ root, threshold: ahead, askedAt: this.#ports.clock.now() });
      if (this.#jobs.get(root) === job) job.ahead = ahead;
      else await this.#ports.cache.intents.drop(root);
    });
  }

  /**
   * Returns work for the block after this root: at once when it was precomputed, else in the order of needs (see
   * `Need`). A request to precompute work for the root is thereby done where the work that is found is enough for it.
   *
   * @throws the signal's reason; Fault `fault_workOvertaken` when the root is forgotten meanwhile, `fault_workRests` for
   * the need `ahead` while precomputing is paused, `fault_workUnavailable` when no engine can search
   */
  obtain(
    root: WorkRoot,
    threshold: Threshold,
    { need = 'payment', signal }: ObtainOptions = {},
  ): Promise<WorkNonce> {
    return this.#ask(root, async (job) => {
      signal?.throwIfAborted();
      const ready = await this.#known(job, threshold);
      if (ready !== undefined) return ready;
      signal?.throwIfAborted();
      if (this.#jobs.get(root) !== job) throw new Fault('fault_workOvertaken');
      if (need === 'ahead' && this.#isPaused) throw new Fault('fault_workRests');
      return this.#wait(job, { need, threshold }, signal);
    });
  }

  /** The state of the work for the block after this root, for display. */
  async readiness(root: WorkRoot, threshold: Threshold): Promise<Readiness> {
    if ((await this.#cached(root, threshold)) !== undefined) return 'ready';
    const job = this.#jobs.get(root);
    if (job === undefined) return 'none';
    return this.#isPaused && job.waiting.size === 0 ? 'resting' : 'working';
  }

  /** The progress of the running search; null while none runs. */
  progress(): Promise<Progress | null> {
    return this.#ports.engines.progress();
  }

  /**
   * Pauses precomputing, or resumes it. Requests to precompute are kept. Blocks that wait are still served, but for
   * those of the need `ahead`, which fail with `fault_workRests`.
   */
  pausePrecomputing(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (isPaused) this.#rejectAhead();
    this.#runNext();
  }

  /** Forgets a root whose next block has been made: waiting blocks fail, and its work and requests are removed. */
  async forget(root: WorkRoot): Promise<void> {
    const waiting = this.#jobs.get(root)?.waiting ?? [];
    this.#jobs.delete(root);
    for (const waiter of waiting) waiter.reject(new Fault('fault_workOvertaken'));
    this.#runNext();
    await this.#ports.cache.drop(root);
    await this.#ports.cache.intents.drop(root);
  }

  /** Resumes what was asked for before the worker ended; called when the worker starts. */
  async resume(): Promise<void> {
    const intents = await this.#ports.cache.intents.list();
    const readable = intents.flatMap((intent): WorkIntent[] => {
      const read = v.safeParse(WorkIntentSchema, intent);
      if (read.success) return [read.output];
      this.#ports.report(new v.ValiError(read.issues));
      return [];
    });
    for (const { root, threshold } of readable.toSorted((a, b) => a.askedAt - b.askedAt)) {
      await this.#ask(root, async (job) => {
        if ((await this.#cached(root, threshold)) !== undefined) await this.#ports.cache.intents.drop(root);
        else if (this.#jobs.get(root) === job) job.ahead = higher(job.ahead, threshold);
      });
    }
  }

  /** Keeps the root's job while a call is answered, so that the call notices when the root is forgotten. */
  async #ask<T>(root: WorkRoot, answer: (job: Job) => Promise<T>): Promise<T> {
    const job = this.#jobs.get(root) ?? {
      root,
      ahead: undefined,
      waiting: new Set(),
      asking: 0,
      found: undefined,
    };
    this.#jobs.set(root, job);
    job.asking++;
    try {
      return await answer(job);
    } finally {
      job.asking--;
      this.#runNext();
    }
  }

  #wait(
    job: Job,
    wanted: Pick<Waiter, 'need' | 'threshold'>,
    signal: AbortSignal | undefined,
  ): Promise<WorkNonce> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        job.waiting.delete(waiter);
        reject(signal?.reason);
        this.#runNext();
      };
      const waiter: Waiter = {
        ...wanted,
        resolve(nonce) {
          signal?.removeEventListener('abort', giveUp);
          resolve(nonce);
        },
        reject(reason) {
          signal?.removeEventListener('abort', giveUp);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      job.waiting.add(waiter);
      this.#runNext();
    });
  }

  /** The nonce of a job, from the cache or from the search that just ended. */
  async #known(job: Job, threshold: Threshold): Promise<WorkNonce | undefined> {
    const cached = await this.#cached(job.root, threshold);
    if (cached !== undefined || job.found === undefined) return cached;
    return meets(job.root, job.found, threshold) ? job.found : undefined;
  }

  /** The cached nonce of a root, where it is valid at this threshold. */
  async #cached(root: WorkRoot, threshold: Threshold): Promise<WorkNonce | undefined> {
    const read = v.safeParse(WorkEntrySchema, await this.#ports.cache.get(root));
    return read.success && meets(root, read.output.nonce, threshold) ? read.output.nonce : undefined;
  }

  /** Starts the search that should be running now, and aborts any other. */
  #runNext(): void {
    for (const job of this.#jobs.values()) {
      if (job.waiting.size === 0 && job.ahead === undefined && job.asking === 0) this.#jobs.delete(job.root);
    }
    const goal = nextSearch([...this.#jobs.values()], this.#isPaused);
    if (isSameGoal(goal, this.#run)) return;
    this.#run?.abort.abort();
    this.#run = goal === undefined ? undefined : { ...goal, abort: new AbortController() };
    if (this.#run !== undefined) void this.#search(this.#run);
    this.#ports.changed?.();
  }

  /** Fails the blocks of the need `ahead`: they must not wait while precomputing is paused. */
  #rejectAhead(): void {
    for (const { waiting } of this.#jobs.values()) {
      for (const waiter of waiting) {
        if (waiter.need !== 'ahead') continue;
        waiting.delete(waiter);
        waiter.reject(new Fault('fault_workRests'));
      }
    }
  }

  async #search(run: Run): Promise<void> {
    const { root, threshold, urgency, abort } = run;
    try {
      const nonce = await this.#ports.engines.solve(root, threshold, { signal: abort.signal, urgency });
      if (this.#run === run) await this.#found(root, nonce);
    } catch (cause) {
      if (this.#run === run) this.#failed(root, cause);
    }
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#ports.changed?.();
    this.#runNext();
  }

  async #found(root: WorkRoot, nonce: WorkNonce): Promise<void> {
    const job = this.#jobs.get(root);
    if (job === undefined) return;
    // A receive takes less work than the payment to precompute for, which may still be wanted after it.
    const isEnough = job.ahead === undefined || meets(root, nonce, job.ahead);
    if (isEnough) job.ahead = undefined;
    job.found = nonce;
    try {
      await this.#ports.cache.put({ root, nonce, foundAt: this.#ports.clock.now() });
      if (isEnough) await this.#ports.cache.intents.drop(root);
    } catch (cause) {
      this.#ports.report(cause);
    }
    for (const waiter of job.waiting) {
      if (!meets(root, nonce, waiter.threshold)) continue;
      job.waiting.delete(waiter);
      waiter.resolve(nonce);
    }
  }

  /** Fails the waiting blocks. A request to precompute is left to the next start of the worker: its intent is kept. */
  #failed(root: WorkRoot, cause: unknown): void {
    const job = this.#jobs.get(root);
    if (job === undefined) return;
    if (cause instanceof Fault && cause.key === 'fault_workRests') {
      this.#isPaused = true;
      this.#rejectAhead();
      this.#ports.paused?.();
      return;
    }
    job.ahead = undefined;
    for (const waiter of job.waiting) waiter.reject(cause);
    job.waiting.clear();
  }
}
