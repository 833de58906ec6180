import type { FaultKey, MessageKey } from '../fault.ts';

/** Why a 402 was left to the page. */
export type NotPaidReason = Extract<MessageKey, `refusal_${string}`> | FaultKey;
