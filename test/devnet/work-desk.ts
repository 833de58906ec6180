import { NodeError } from './errors.ts';
import type { Hash } from './hex.ts';
import { findWork } from './work.ts';

/**
 * Work generation on behalf of clients. As on a real node, a job whose client has gone away goes on until
 * `work_cancel`.
 */
export class WorkDesk {
  /** Whether `work_generate` is served at all. */
  readonly enabled: boolean;
  readonly #jobs = new Map<Hash, Set<AbortController>>();

  constructor(enabled: boolean) {
    this.enabled = enabled;
  }

  /** Computes work for a root; refuses with "Cancelled" after `cancel`. */
  async generate(root: Hash, difficulty: bigint): Promise<bigint> {
    if (!this.enabled) throw new NodeError('Local work generation is disabled');
    const job = new AbortController();
    const jobs = this.#jobs.get(root) ?? new Set();
    this.#jobs.set(root, jobs.add(job));
    try {
      return await findWork(root, difficulty, job.signal);
    } finally {
      jobs.delete(job);
    }
  }

  /** Ends every job for this root. */
  cancel(root: Hash): void {
    for (const job of this.#jobs.get(root) ?? []) job.abort(new NodeError('Cancelled'));
  }

  /** Ends every job. */
  cancelAll(): void {
    for (const root of this.#jobs.keys()) this.cancel(root);
  }
}
