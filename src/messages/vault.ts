import * as v from 'valibot';
import { nothing, password, text } from './fields.ts';
import { message } from './message.ts';

/** The accounts that a typed secret opens. 24 words have two derivations, and only the user knows which is theirs. */
export type SecretPreview =
  | { readonly kind: 'words'; readonly bip44Address: string; readonly legacyAddress: string }
  | { readonly kind: 'seed'; readonly address: string };

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
  'vault.create': message(v.strictObject({ secret, password }), 'always')<null>(),
  'vault.unlock': message(
    v.strictObject({ password, which: v.exactOptional(v.picklist(['first', 'second'])) }),
    'always',
  )<null>(),
  /** The pocket stays open. */
  'vault.lock': message(nothing, 'always')<null>(),
  'vault.lockEverything': message(nothing, 'always')<null>(),
  'vault.reveal': message(v.strictObject({ password }), 'always')<RevealedSecret>(),
} as const;
