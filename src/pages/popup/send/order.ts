import type { RawString } from '../../../messages/fields.ts';
import type { OpenPurseView } from '../../../messages/purse.ts';
import type { SendDraftView } from '../../../messages/send.ts';
import { exactXno } from '../../../ui/format.ts';
import { amountFault } from '../../../ui/send/amount-fault.ts';
import { readAmount } from '../../../ui/typed-amount.ts';
import { readRecipient } from './recipient.ts';

/** An amount and an account to send it to. */
export interface SendOrder {
  readonly to: string;
  /** Raw. */
  readonly amount: RawString;
  readonly everything: boolean;
}

/** Returns what the form asks for; null while it cannot be sent. */
export function orderOf(
  { to, amount, everything }: SendDraftView,
  balance: OpenPurseView['balance'],
): SendOrder | null {
  const recipient = readRecipient(to);
  if (recipient.kind === 'none') return null;
  const { account } = recipient;
  if (everything) {
    return balance === null || balance === '0' ? null : { to: account, amount: balance, everything };
  }
  const reading = readAmount(amount);
  if (reading.kind === 'none' || amountFault(balance, amount) !== null) return null;
  return { to: account, amount: reading.raw.toString(), everything };
}

/** Returns the form after a text was put into the field for the account. A payment URI fills the amount as well. */
export function withRecipient(draft: SendDraftView, text: string): SendDraftView {
  const reading = readRecipient(text);
  if (reading.kind !== 'uri') return { ...draft, to: text };
  const { account: to, amount } = reading;
  return amount === null ? { ...draft, to } : { to, amount: exactXno(amount.toString()), everything: false };
}
