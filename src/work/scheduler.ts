import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { type WorkCache, WorkEntrySchema, type WorkIntent, WorkIntentSchema } from './cache.ts';
import type { CheckedEngines, Progress } from './checked-engines.ts';
import { meets, type Threshold, type WorkNonce, type WorkRoot } from './difficulty.ts';
import type { Urgency } from './engine.ts';

/** What the scheduler needs of the house. */
export interface WorkSchedulerPorts {
  readonly engines: CheckedEngines;
  readonly cache: WorkCache;
  /** Now, in ms since the epoch. */
  readonly clock: { now(): number };
  /** Hears what went wrong where no block waits for the answer. */
  report(problem: unknown): void;
  /** Told when the battery is to be spared: nothing is searched for ahead of need until `rest(false)`. */
  rests?(): void;
  /** Told whenever what is searched for, or was found, has changed. */
  changed?(): void;
}

/** Whether work is there, is being searched for, waits until it is needed, or was never asked for. */
export type Readiness = 'ready' | 'working' | 'resting' | 'none';

/**
 * What a block is, and so how long its work can wait: nobody waits longer for a `payment` than for a `receive`, and what
 * is found `ahead` is found when nothing else is searched for, in the background, and not at all while that rests.
 */
export type Need = 'payment' | 'receive' | 'ahead';

export interface ObtainOptions {
  /** A payment, where nothing is said. */
  readonly need?: Need;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** A block that waits for its work. */
interface Waiter {
  readonly need: Need;
  readonly threshold: Threshold;
  resolve(nonce: WorkNonce): void;
  reject(reason: unknown): void;
}

/** All that is wanted for one root. */
interface Job {
  readonly root: WorkRoot;
  /** What is to be reached ahead of the block. */
  ahead: Threshold | undefined;
  readonly waiting: Set<Waiter>;
  /** Calls that have not been answered, and may come to want something. */
  asking: number;
  /** What was found last: calls that looked into the cache before it was there need no second search. */
  found: WorkNonce | undefined;
}

interface Aim {
  readonly root: WorkRoot;
  readonly threshold: Threshold;
  readonly urgency: Urgency;
}

/** The one search that is running. */
interface Run extends Aim {
  readonly abort: AbortController;
}

/**
 * Decides which proof of work is searched for, one at a time: first for payments that wait, then for receives that wait,
 * then ahead of blocks to come, each in the order asked. A search remembers nothing, so one that is pushed aside loses
 * nothing and starts again when its turn comes. Nothing is searched for that was not asked for, and no nonce is used,
 * kept or handed out unchecked.
 */
export class WorkScheduler {
  readonly #ports: WorkSchedulerPorts;
  readonly #jobs = new Map<WorkRoot, Job>();
  #run: Run | undefined;
  #resting = false;

  constructor(ports: WorkSchedulerPorts) {
    this.#ports = ports;
  }

  /**
   * Has work made ready, in the background, for the block to come after this root. Resolves once the wish is durable:
   * from then on it is fulfilled even if the worker or the browser dies, unless the root is forgotten.
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
   * Gives work for the block after this root: at once when it was prepared, else in the order of needs (see `Need`).
   * What was to be prepared for the root is thereby done where the work that is found is enough for it.
   * @throws the signal's reason · Fault `fault_workOvertaken` when the root is forgotten meanwhile · Fault
   * `fault_workRests` for work ahead of need while that rests · Fault `fault_workUnavailable` when no engine can find any
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
      if (need === 'ahead' && this.#resting) throw new Fault('fault_workRests');
      return this.#wait(job, { need, threshold }, signal);
    });
  }

  /** How far the work for the block after this root is, for showing. */
  async readiness(root: WorkRoot, threshold: Threshold): Promise<Readiness> {
    if ((await this.#cached(root, threshold)) !== undefined) return 'ready';
    const job = this.#jobs.get(root);
    if (job === undefined) return 'none';
    return this.#resting && job.waiting.size === 0 ? 'resting' : 'working';
  }

  /** How the search that is running goes; null while none is. */
  progress(): Promise<Progress | null> {
    return this.#ports.engines.progress();
  }

  /**
   * Lets all searches ahead of need rest, or go on. What was asked for stays asked for; blocks that wait are still served,
   * and those that wait for work ahead of need are told that it rests.
   */
  rest(resting: boolean): void {
    this.#resting = resting;
    if (resting) this.#dismissAhead();
    this.#steer();
  }

  /** Lets go of everything about a root whose block has been made: the chain has moved on. */
  async forget(root: WorkRoot): Promise<void> {
    const waiting = this.#jobs.get(root)?.waiting ?? [];
    this.#jobs.delete(root);
    for (const waiter of waiting) waiter.reject(new Fault('fault_workOvertaken'));
    this.#steer();
    await this.#ports.cache.drop(root);
    await this.#ports.cache.intents.drop(root);
  }

  /** Takes up again what was asked for before the worker died. For the start of the worker. */
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

  /** Keeps the root's job in sight while a call is answered, so that the call notices when the root is forgotten. */
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
      this.#steer();
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
        this.#steer();
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
      this.#steer();
    });
  }

  /** The nonce of a job, kept or found just now. */
  async #known(job: Job, threshold: Threshold): Promise<WorkNonce | undefined> {
    const cached = await this.#cached(job.root, threshold);
    if (cached !== undefined || job.found === undefined) return cached;
    return meets(job.root, job.found, threshold) ? job.found : undefined;
  }

  /** The kept nonce of a root, if it is there and is proof of work at this threshold. */
  async #cached(root: WorkRoot, threshold: Threshold): Promise<WorkNonce | undefined> {
    const read = v.safeParse(WorkEntrySchema, await this.#ports.cache.get(root));
    return read.success && meets(root, read.output.nonce, threshold) ? read.output.nonce : undefined;
  }

  /** Lets the search run that should be running now, and no other. */
  #steer(): void {
    for (const job of this.#jobs.values()) {
      if (job.waiting.size === 0 && job.ahead === undefined && job.asking === 0) this.#jobs.delete(job.root);
    }
    const aim = this.#aim();
    if (sameAim(aim, this.#run)) return;
    this.#run?.abort.abort();
    this.#run = aim === undefined ? undefined : { ...aim, abort: new AbortController() };
    if (this.#run !== undefined) void this.#search(this.#run);
    this.#ports.changed?.();
  }

  #aim(): Aim | undefined {
    const jobs = [...this.#jobs.values()];
    const first = (need: Need): Aim | undefined =>
      jobs
        .map(({ root, waiting }) => ({ root, threshold: most(waiting, need), urgency: URGENCY[need] }))
        .find((aim): aim is Aim => aim.threshold !== undefined);
    const wanted = first('payment') ?? first('receive') ?? first('ahead');
    if (wanted !== undefined || this.#resting) return wanted;
    const job = jobs.find(({ ahead }) => ahead !== undefined);
    return job?.ahead && { root: job.root, threshold: job.ahead, urgency: 'background' };
  }

  /** While work ahead of need rests, nothing waits for it. */
  #dismissAhead(): void {
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
    this.#steer();
  }

  async #found(root: WorkRoot, nonce: WorkNonce): Promise<void> {
    const job = this.#jobs.get(root);
    if (job === undefined) return;
    // A receive needs less than the payment that was prepared for: where it found the work, that is still wanted.
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

  /** Waiting blocks are told. What was to be prepared is left to the next start: its intent stays. */
  #failed(root: WorkRoot, cause: unknown): void {
    const job = this.#jobs.get(root);
    if (job === undefined) return;
    if (cause instanceof Fault && cause.key === 'fault_workRests') {
      this.#resting = true;
      this.#dismissAhead();
      this.#ports.rests?.();
      return;
    }
    job.ahead = undefined;
    for (const waiter of job.waiting) waiter.reject(cause);
    job.waiting.clear();
  }
}

/** Thresholds are hex of one length and case, so their order as text is their order as numbers. */
function higher(a: Threshold | undefined, b: Threshold): Threshold {
  return a !== undefined && a > b ? a : b;
}

const URGENCY: Readonly<Record<Need, Urgency>> = {
  payment: 'foreground',
  receive: 'foreground',
  ahead: 'background',
};

/** What must be reached for all blocks of one need; undefined where none waits. */
function most(waiting: Iterable<Waiter>, wanted: Need): Threshold | undefined {
  let threshold: Threshold | undefined;
  for (const { need, threshold: own } of waiting) if (need === wanted) threshold = higher(threshold, own);
  return threshold;
}

function sameAim(a: Aim | undefined, b: Aim | undefined): boolean {
  return a?.root === b?.root && a?.threshold === b?.threshold && a?.urgency === b?.urgency;
}
