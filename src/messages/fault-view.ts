import type { FaultKey } from '../fault.ts';

/** A fault as pages get it: the key of its sentence, and the values that the sentence quotes. */
export interface FaultView {
  readonly key: FaultKey;
  readonly args: readonly string[];
}
