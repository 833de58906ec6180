import type { FaultKey, MessageKey } from '../fault.ts';

/** Why a 402 was left to the page. */
export type Left = Extract<MessageKey, `refusal_${string}`> | FaultKey;
