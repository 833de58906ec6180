import type { MessageKey } from '../../fault.ts';

/** The keys of the sentences that say what is right or wrong with something on the wire. */
export type WireSentence = Extract<MessageKey, `wire_${string}` | `refusal_${string}`>;

/**
 * One thing to know about what was read. `wrong`: it cannot be used as it is; `warn`: it works here and may not
 * elsewhere; `note`: worth knowing, or not to be told from here; `right`: checked, and so.
 */
export interface Finding {
  readonly tone: 'wrong' | 'warn' | 'note' | 'right';
  readonly key: WireSentence;
  /** The words that go into the sentence; a server's own are clean. */
  readonly args: readonly string[];
}

/** A finding. */
export function finding(tone: Finding['tone'], key: WireSentence, ...args: readonly string[]): Finding {
  return { tone, key, args };
}
