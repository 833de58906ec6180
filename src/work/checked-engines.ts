import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { meets, type Threshold, type WorkNonce, WorkNonceSchema, type WorkRoot } from './difficulty.ts';
import type { Urgency, WorkEngine } from './engine.ts';

/**
 * Engines as one that can be believed. They are asked in order until one gives a proof that is one: an engine that
 * fails is passed over this once, one that takes for proof what is none is never asked again. Each is reported.
 */
export class CheckedEngines implements WorkEngine {
  readonly name = 'checked';
  readonly #engines: Set<WorkEngine>;
  readonly #report: (problem: unknown) => void;

  constructor(engines: readonly WorkEngine[], report: (problem: unknown) => void) {
    this.#engines = new Set(engines);
    this.#report = report;
  }

  async solve(
    root: WorkRoot,
    threshold: Threshold,
    options: { readonly signal: AbortSignal; readonly urgency: Urgency },
  ): Promise<WorkNonce> {
    let cause: unknown;
    for (const engine of this.#engines) {
      try {
        const answer = v.safeParse(WorkNonceSchema, await engine.solve(root, threshold, options));
        if (answer.success && meets(root, answer.output, threshold)) return answer.output;
        this.#engines.delete(engine);
        cause = new Error(`the engine ${engine.name} took a wrong nonce for proof of work`);
      } catch (failure) {
        options.signal.throwIfAborted();
        cause = failure;
      }
      this.#report(cause);
    }
    throw new Fault('fault_workUnavailable', [], { cause });
  }
}
