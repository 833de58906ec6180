/** The same proof may do a moment later: the server has not seen the block, or not seen it confirmed. */
const EARLY = [
  /not (yet )?confirmed/i,
  /block not found/i,
  /all rpc endpoints failed/i,
  /UNCONFIRMED_BLOCK|BLOCK_NOT_FOUND|CONFIRMATION_TIMEOUT/,
];

/** Nothing but a new payment would change the server's mind, and the purse makes none by itself. */
const FINAL = [
  /already (spent|redeemed|used)/i,
  /(amount|address|destination|requirements) mismatch/i,
  /signature is invalid|invalid (noms )?signature|INVALID_SIGNATURE/i,
];

/** Whether a server's reason for refusing a proof means "not yet" (protocol.md rule 10). */
export function isEarly(reason: string): boolean {
  return !isFinal(reason) && EARLY.some((words) => words.test(reason));
}

/** Whether a server's reason for refusing a proof rules out that the same proof will ever do (protocol.md rule 10). */
export function isFinal(reason: string): boolean {
  return FINAL.some((words) => words.test(reason));
}
