import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { meets, type Threshold, type WorkNonce, WorkNonceSchema, type WorkRoot } from '../difficulty.ts';
import type { SearchOptions, Urgency, WorkEngine } from '../engine.ts';
import type { Command } from './cpu-search.ts';

/** One search worker, as the pool sees it: what runs `cpuSearch` on a thread of its own. */
export interface CpuWorker {
  post(command: Command): void;
  /** Called once, before anything is posted. */
  listen(listener: { report(report: unknown): void; failed(cause: unknown): void }): void;
  terminate(): void;
}

/** What the pool needs of where it runs. */
export interface CpuPoolPorts {
  /** The compiled kernel. */
  kernel(): Promise<WebAssembly.Module>;
  spawn(): CpuWorker;
  /** How many threads the processor runs at once. */
  readonly cores: number;
}

const ReportSchema = v.object({ job: v.number(), nonce: v.nullable(WorkNonceSchema) });
/** A worker that is not heard of for so long has hung (ms): it says every second that it searches. */
const SILENCE = 10_000;

interface Job {
  found(worker: CpuWorker, nonce: WorkNonce): void;
  lost(worker: CpuWorker, cause: unknown): void;
}

/**
 * How many workers a search may use: half of the processor beside the user, all but one core for them, and never more
 * than the user's own limit.
 */
export function poolSize(urgency: Urgency, cores: number, most: number | null = null): number {
  const share = urgency === 'foreground' ? cores - 1 : Math.floor(cores / 2);
  return Math.max(1, Math.min(share, most ?? share));
}

/**
 * The engine on the processor: workers that each search from a random nonce of their own; the first valid nonce wins
 * and stops the others. Workers are started when first needed and kept for the next search until `close`. One that
 * dies, hangs or reports a nonce that is none is let go, and the search fails only when the last of its workers is gone.
 */
export class CpuPool implements WorkEngine {
  readonly name = 'cpu';
  readonly #ports: CpuPoolPorts;
  readonly #workers = new Set<CpuWorker>();
  /** Those that were heard since it was last asked. */
  readonly #heard = new WeakSet<CpuWorker>();
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
    const workers = await this.#team(size).catch((cause: unknown) => {
      throw new Fault('fault_workUnavailable', [], { cause });
    });
    signal.throwIfAborted();

    return new Promise((resolve, reject) => {
      const job = this.#nextJob++;
      const team = new Set(workers);
      for (const worker of team) this.#heard.add(worker);
      const watch = setInterval(() => {
        for (const worker of [...team])
          if (!this.#heard.delete(worker)) this.#dismiss(worker, new Error('a worker fell silent'));
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
            this.#dismiss(worker, new Error(`a worker took ${nonce} for proof of work`));
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

  /** Ends every worker. Searches still running fail; a later search starts new workers. */
  close(): void {
    for (const worker of this.#workers) this.#dismiss(worker, new Error('the pool was closed'));
  }

  /** The first `size` workers, starting those that are missing. */
  async #team(size: number): Promise<readonly CpuWorker[]> {
    this.#kernel ??= this.#ports.kernel();
    const module = await this.#kernel.catch((cause: unknown) => {
      this.#kernel = undefined;
      throw cause;
    });
    while (this.#workers.size < size) this.#hire(module);
    return [...this.#workers].slice(0, size);
  }

  #hire(module: WebAssembly.Module): void {
    const worker = this.#ports.spawn();
    this.#workers.add(worker);
    worker.listen({
      report: (report) => {
        const read = v.safeParse(ReportSchema, report);
        this.#heard.add(worker);
        if (read.success) {
          const { job, nonce } = read.output;
          if (nonce !== null) this.#jobs.get(job)?.found(worker, nonce);
        } else this.#dismiss(worker, new v.ValiError(read.issues));
      },
      failed: (cause) => this.#dismiss(worker, cause),
    });
    worker.post({ kind: 'kernel', module });
  }

  #dismiss(worker: CpuWorker, cause: unknown): void {
    if (!this.#workers.delete(worker)) return;
    worker.terminate();
    for (const job of this.#jobs.values()) job.lost(worker, cause);
  }
}
