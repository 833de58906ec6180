/** Whether the ledger has a payment's own block when an answer to its proof arrives, according to the wallet's nodes. */
export type OwnBlockState = 'onLedger' | 'notOnLedger' | 'unknown';

/**
 * What a refusal means for the payment (docs/WIRE.md §11.2):
 * - `owed`: the block is on the ledger, or may be, and was not served. The same proof may still be served, for days;
 * - `hold`: the block is not on the ledger and is refused for now. The payee can still publish it until it is recalled;
 * - `void`: the server says that the block cannot be confirmed any more. It is a `hold` until an own node says so too;
 * - `never`: the block is not on the ledger, and will never pay for this offer. It is recalled.
 */
export type Verdict = 'owed' | 'hold' | 'void' | 'never';

/** Judges a refusal by the ledger first, and by the server's words only where the block is not on it. */
export function verdictOn(
  ownBlock: OwnBlockState,
  words: { readonly isVoid: boolean; readonly isNever: boolean },
): Verdict {
  switch (ownBlock) {
    case 'onLedger':
    case 'unknown':
      return 'owed';
    case 'notOnLedger':
      if (words.isVoid) return 'void';
      return words.isNever ? 'never' : 'hold';
  }
}
