import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { meets, type Threshold, type WorkNonce, WorkNonceSchema, type WorkRoot } from '../difficulty.ts';
import type { SearchOptions, Urgency, WorkEngine } from '../engine.ts';
import type { Command } from './cpu-search.ts';

/** A search worker: runs `cpuSearch` on a thread of its own. */
export interface CpuWorker {
  post(command: Command): void;
  /** Called once, before anything is posted. */
  listen(listener: { report(report: unknown): void; failed(cause: unknown): void }): void;
  terminate(): void;
}

/** The context in which the pool runs. */
export interface CpuPoolPorts {
  /** The compiled kernel. */
  kernel(): Promise<WebAssembly.Module>;
  spawn(): CpuWorker;
  /** The number of threads that the processor runs at once. */
  readonly cores: number;
}

const ReportSchema = v.object({ job: v.number(), nonce: v.nullable(WorkNonceSchema) });
/** A worker that reports nothing for this long has hung (ms): workers report every second. */
const SILENCE = 10_000;

interface Job {
  found(worker: CpuWorker, nonce: WorkNonce): void;
  lost(worker: CpuWorker, cause: unknown): void;
}

/**
 * The number of workers for a search: half of the cores in the background, all but one while a user waits, and never
 * more than the user's limit.
 */
export function poolSize(urgency: Urgency, cores: number, most: number | null = null): number {
  const share = urgency === 'foreground' ? cores - 1 : Math.floor(cores / 2);
  return Math.max(1, Math.min(share, most ?? share));
}

/**
 * The engine on the processor. Each worker searches from a random nonce, and the first valid nonce stops the others.
 * Workers are started when first needed and kept for later searches until `close`. A worker that fails, hangs or
 * reports an invalid nonce is discarded. A search fails only when the last of its workers is discarded.
 */
export class CpuPool implements WorkEngine {
  readonly name = 'cpu';
  readonly #ports: CpuPoolPorts;
  readonly #workers = new Set<CpuWorker>();
  /** The workers that have reported since the last check for hung workers. */
  readonly #reported = new WeakSet<CpuWorker>();
  readonly #jobs = new Map<number, Job>();
  #kernel: Promise<WebAssembly.Module> | undefined;
  #nextJob = 0;

  constructor(ports: CpuPoolPorts) {
    this.#ports = ports;
  }

  async solve(
    root: WorkRoot,
    threshold: Threshold,
    { signal, urgency, limits }: SearchOptions,
  ): Promise<WorkNonce> {
    signal.throwIfAborted();
    const size = poolSize(urgency, this.#ports.cores, limits?.workers);
    const workers = await this.#workersFor(size).catch((cause: unknown) => {
      throw new Fault('fault_workUnavailable', [], { cause });
    });
    signal.throwIfAborted();

    return new Promise((resolve, reject) => {
      const job = this.#nextJob++;
      const team = new Set(workers);
      for (const worker of team) this.#reported.add(worker);
      const watch = setInterval(() => {
        for (const worker of [...team])
          if (!this.#reported.delete(worker)) this.#discard(worker, new Error('a worker stopped reporting'));
      }, SILENCE);
      const end = (): void => {
        clearInterval(watch);
        this.#jobs.delete(job);
        signal.removeEventListener('abort', abort);
        for (const worker of team) worker.post({ kind: 'stop', job });
      };
      const abort = (): void => {
        end();
        reject(signal.reason);
      };

      signal.addEventListener('abort', abort);
      this.#jobs.set(job, {
        found: (worker, nonce) => {
          if (!meets(root, nonce, threshold)) {
            this.#discard(worker, new Error(`a worker reported the wrong nonce ${nonce}`));
            return;
          }
          end();
          resolve(nonce);
        },
        lost: (worker, cause) => {
          if (!team.delete(worker) || team.size > 0) return;
          end();
          reject(new Fault('fault_workUnavailable', [], { cause }));
        },
      });
      for (const worker of team) worker.post({ kind: 'search', job, root, threshold });
    });
  }

  /** Terminates every worker. Running searches fail; a later search starts new workers. */
  close(): void {
    for (const worker of this.#workers) this.#discard(worker, new Error('the pool was closed'));
  }

  /** Returns `size` workers, and starts those that are missing. */
  async #workersFor(size: number): Promise<readonly CpuWorker[]> {
    this.#kernel ??= this.#ports.kernel();
    const module = await this.#kernel.catch((cause: unknown) => {
      this.#kernel = undefined;
      throw cause;
    });
    while (this.#workers.size < size) this.#spawn(module);
    return [...this.#workers].slice(0, size);
  }

  #spawn(module: WebAssembly.Module): void {
    const worker = this.#ports.spawn();
    this.#workers.add(worker);
    worker.listen({
      report: (report) => {
        const read = v.safeParse(ReportSchema, report);
        this.#reported.add(worker);
        if (read.success) {
          const { job, nonce } = read.output;
          if (nonce !== null) this.#jobs.get(job)?.found(worker, nonce);
        } else this.#discard(worker, new v.ValiError(read.issues));
      },
      failed: (cause) => this.#discard(worker, cause),
    });
    worker.post({ kind: 'kernel', module });
  }

  #discard(worker: CpuWorker, cause: unknown): void {
    if (!this.#workers.delete(worker)) return;
    worker.terminate();
    for (const job of this.#jobs.values()) job.lost(worker, cause);
  }
}
