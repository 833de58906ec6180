import * as v from 'valibot';
import { nothing, password, type RawString, text } from './fields.ts';
import { message } from './message.ts';

/**
 * The accounts that a typed secret opens. 24 words have two derivations, and only the user knows which is theirs; fewer have
 * one. `own` is the one that is the first account of the purse in this browser; null for none, and where that is not recorded.
 */
export type SecretPreview = { readonly own: string | null } & (
  | { readonly kind: 'words'; readonly bip44Address: string; readonly legacyAddress: string | null }
  | { readonly kind: 'seed'; readonly address: string }
);

export type RevealedSecret =
  | { readonly kind: 'words'; readonly words: string; readonly reading: 'bip44' | 'legacy' }
  | { readonly kind: 'seed'; readonly hex: string };

const secret = v.variant('kind', [
  v.strictObject({ kind: v.literal('words'), words: text(512), reading: v.picklist(['bip44', 'legacy']) }),
  v.strictObject({ kind: v.literal('seed'), hex: text(128) }),
]);

export const vaultMessages = {
  'vault.newWords': message(nothing, 'always')<{ readonly words: string }>(),
  'vault.preview': message(v.strictObject({ text: text(512) }), 'always')<SecretPreview>(),
  /**
   * Returns the proven balances (raw) of accounts that are not the purse's yet; null for one that no node proves, and for all
   * where money is for tests, whose keys are others.
   */
  'vault.balances': message(
    v.strictObject({ accounts: v.pipe(v.array(text(65)), v.maxLength(2)) }),
    'always',
  )<readonly (RawString | null)[]>(),
  'vault.create': message(v.strictObject({ secret, password }), 'always')<null>(),
  'vault.unlock': message(
    v.strictObject({ password, which: v.exactOptional(v.picklist(['first', 'second'])) }),
    'always',
  )<null>(),
  /** The pocket stays open. */
  'vault.lock': message(nothing, 'always')<null>(),
  'vault.lockEverything': message(nothing, 'always')<null>(),
  'vault.reveal': message(v.strictObject({ password }), 'always')<RevealedSecret>(),
  'vault.changePassword': message(v.strictObject({ current: password, next: password }), 'open')<null>(),
  /** Sets another password for the purse of this secret, with all of its records, and unlocks it. */
  'vault.recover': message(v.strictObject({ secret, password }), 'always')<null>(),
  /**
   * Deletes the purse from this browser. A user who forgot the password may do that too: removing the extension deletes the
   * same, and needs no password.
   */
  'vault.erase': message(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('password'), password }),
      v.strictObject({ kind: v.literal('forgotten') }),
    ]),
    'always',
  )<null>(),
  /** Returns how many paid requests have not been delivered, whose proofs an erased purse would lose. */
  'vault.undelivered': message(nothing, 'always')<{ readonly count: number }>(),
} as const;
