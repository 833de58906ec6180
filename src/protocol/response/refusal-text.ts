/**
 * Reasons after which the same proof may succeed later: the server has not seen the block, has not seen it confirmed,
 * or failed to settle it (docs/WIRE.md §7.10, §3.4 to §3.9; core's `unexpected_…` is a failure of its own).
 */
const EARLY = [
  /not (yet )?confirmed|\bunconfirmed\b/,
  /block not found/,
  /all rpc endpoints failed|node (unavailable|rpc failed)/,
  /failed to settle/,
  /\b(confirmation timeout|broadcast failed)\b/,
  /\berror (nano rpc|facilitator|no account frontier)\b/,
  /\bunexpected (verify|settle) error\b/,
];

/** Reasons that say that another block stands in the place of the payment's own (docs/WIRE.md §11.2). */
const VOID = [
  /\bfrontier (has )?(moved|changed)\b/,
  /\b(stale|duplicate) frontier\b/,
  /\bnot (the )?(\S+ )?frontier\b/,
  /\bfrontier was already accepted\b/,
  /\bfork\b/,
  /\brebuilt payment is safe\b/,
];

/** Reasons that say that this block can never pay this offer (docs/WIRE.md §11.2). */
const NEVER = [
  /mismatch/,
  /signature is invalid|invalid (noms )?signature/,
  /invalid (payto|block)\b/,
  /unsupported|malformed/,
  /no matching payment requirements/,
  /balance decrease/,
  /\bexpired\b/,
  /\b(wrong destination|insufficient amount|wrong block type)\b/,
];

/** Work is not signed: the same block can be delivered with other work, whatever else its refusal says. */
const WORK = /\bwork\b/;

/** Reasons that mean "no" although the same block may serve later or elsewhere. */
const REFUSED_FOR_GOOD = [/already (spent|redeemed|used)/, /\binvalid work\b/, /\bduplicate block hash\b/];

/** The longest part of a reason that is compared (characters). */
const MAX_WORDS = 2_000;

/** Whether a server's reason for refusing a proof means "not yet" (docs/WIRE.md §7.10). */
export function isEarly(reason: string): boolean {
  return !isFinal(reason) && says(EARLY, reason);
}

/**
 * Whether a server's reason for refusing a proof means "no". It decides nothing by itself: a block that is on the ledger
 * may still be served later (docs/WIRE.md §11.2).
 */
export function isFinal(reason: string): boolean {
  return saysVoid(reason) || saysNever(reason) || says(REFUSED_FOR_GOOD, reason);
}

/** Whether a server says that the payment's block cannot be confirmed any more. Only an own node can know that. */
export function saysVoid(reason: string): boolean {
  return says(VOID, reason);
}

/** Whether a server says that the payment's block will never pay for this offer. */
export function saysNever(reason: string): boolean {
  return says(NEVER, reason) && !WORK.test(wordsOf(reason));
}

/** Whether a server could not read the proof: Track A's code for a block in the case of hex it does not expect. */
export function isMalformed(reason: string): boolean {
  return /\bMALFORMED_PAYLOAD\b/.test(reason);
}

function says(meanings: readonly RegExp[], reason: string): boolean {
  const words = wordsOf(reason);
  return meanings.some((meaning) => meaning.test(words));
}

/** A server's reason as reasons are compared: in lower case, with spaces for `_`, `-` and line ends. */
function wordsOf(reason: string): string {
  return reason
    .slice(0, MAX_WORDS)
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
}
