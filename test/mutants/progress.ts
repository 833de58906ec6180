/** What a batch of mutants says of itself, one line of JSON each. */
import * as v from 'valibot';

const place = { label: v.string(), at: v.number() };

export const ProgressSchema = v.variant('kind', [
  v.object({ kind: v.literal('loads'), ...place }),
  v.object({ kind: v.literal('begins'), ...place }),
  v.object({ kind: v.literal('ends'), ...place, isKilled: v.boolean() }),
]);
export type Progress = v.InferOutput<typeof ProgressSchema>;

/** What a batch runs: these files of tests, for the mutants of these labels. It writes its progress to `log`. */
export interface Batch {
  readonly tests: readonly string[];
  readonly labels: readonly string[];
  readonly log: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly batch: Batch;
  }
}
