import type { FaultKey, MessageKey } from '../fault.ts';

/** Why a challenge was not paid and its page got the 402. */
export type NotPaidReason = Extract<MessageKey, `refusal_${string}`> | FaultKey;

/**
 * Whether a payment was to be made and was not completed while its page waited for it: no node answered, say, or there was
 * too little money.
 */
export function isFailure(key: MessageKey): boolean {
  return key.startsWith('fault_') && !NO_FAILURES.has(key);
}

/** The faults by which the page or the user ended a payment. */
const NO_FAILURES: ReadonlySet<MessageKey> = new Set<MessageKey>([
  'fault_withdrawn',
  'fault_cancelled',
  'fault_revoked',
]);
