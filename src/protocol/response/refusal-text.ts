/**
 * Reasons after which the same proof may succeed later: the server has not seen the block, has not seen it confirmed,
 * or failed to settle it (docs/WIRE.md §7.10, §3.4 to §3.9; core's `unexpected_…` is a failure of its own).
 */
const EARLY = [
  /not (yet )?confirmed/i,
  /block not found/i,
  /all rpc endpoints failed/i,
  /failed to settle/i,
  /\b(UNCONFIRMED_BLOCK|BLOCK_NOT_FOUND|CONFIRMATION_TIMEOUT|BROADCAST_FAILED)\b/,
  /\berror_(nano_rpc|facilitator|no_account_frontier)\b/,
  /\bunexpected_(verify|settle)_error\b/,
];

/** Reasons that are final with any status and any other reason. Most refusals are final by their status alone. */
const FINAL = [
  /already (spent|redeemed|used)/i,
  /(amount|address|destination|requirements) mismatch/i,
  /signature is invalid|invalid (noms )?signature/i,
  /\b(INVALID_SIGNATURE|INVALID_WORK|PAYMENT_EXPIRED|WRONG_DESTINATION|INSUFFICIENT_AMOUNT)\b/,
  /\b(WRONG_BLOCK_TYPE|SENDER_MISMATCH|STALE_FRONTIER|FRONTIER_CHANGED|DUPLICATE_(FRONTIER|BLOCK_HASH))\b/,
];

/** Whether a server's reason for refusing a proof means "not yet" (docs/WIRE.md §7.10). */
export function isEarly(reason: string): boolean {
  return !isFinal(reason) && EARLY.some((words) => words.test(reason));
}

/** Whether a server's reason for refusing a proof rules out that the same proof ever succeeds (docs/WIRE.md §7.10). */
export function isFinal(reason: string): boolean {
  return FINAL.some((words) => words.test(reason));
}

/** Whether a server could not read the proof: Track A's code for a block in the case of hex it does not expect. */
export function isMalformed(reason: string): boolean {
  return /\bMALFORMED_PAYLOAD\b/.test(reason);
}
