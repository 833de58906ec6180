import * as v from 'valibot';
import { nothing, text } from './fields.ts';
import { message } from './message.ts';

/** The longest texts that are kept (characters). */
export const LONGEST_DRAFT = { to: 2_100, amount: 80 } as const;

/** What was typed into *Send* and not sent yet. */
export const SendDraftFields = v.strictObject({
  /** An address or a payment URI, as typed. */
  to: text(LONGEST_DRAFT.to),
  /** An amount, as typed. */
  amount: text(LONGEST_DRAFT.amount),
  everything: v.boolean(),
});
export type SendDraftView = v.InferOutput<typeof SendDraftFields>;

/** An account to which money can be sent again. */
export interface RecipientView {
  readonly account: string;
  /** The user's name for it; null where it has none. */
  readonly name: string | null;
}

export const sendMessages = {
  /** Returns what was typed and not sent; null where there is nothing. */
  'send.draft': message(nothing, 'open')<SendDraftView | null>(),
  /** Keeps what was typed until it is sent, the purse is locked, or the browser ends. */
  'send.keepDraft': message(SendDraftFields, 'open')<null>(),
  /** Returns the accounts that money was sent to on this network, the last one first, and then all others with a name. */
  'send.recipients': message(nothing, 'open')<readonly RecipientView[]>(),
} as const;
