import type { FaultKey, MessageKey } from '../fault.ts';

/** Why a challenge was not paid and its page got the 402. */
export type NotPaidReason = Extract<MessageKey, `refusal_${string}`> | FaultKey;
