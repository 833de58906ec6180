import type { MessageKey } from '../../fault.ts';

/** The keys of the sentences that say what is right or wrong with something on the wire. */
export type WireSentence = Extract<MessageKey, `wire_${string}` | `refusal_${string}`>;

/**
 * One result of the explanation. `wrong`: it cannot be used; `warn`: it works here, but perhaps not in other wallets;
 * `note`: information, or a check that is not possible here; `right`: checked and correct.
 */
export interface Finding {
  readonly tone: 'wrong' | 'warn' | 'note' | 'right';
  readonly key: WireSentence;
  /** The arguments of the sentence. A server's texts are cleaned. */
  readonly args: readonly string[];
}

/** Makes a finding. */
export function finding(tone: Finding['tone'], key: WireSentence, ...args: readonly string[]): Finding {
  return { tone, key, args };
}
