import { faultOf, type Sentence } from '../../../fault.ts';
import { BURN_ADDRESS, type NanoAddress, parseAddress } from '../../../nano/account.ts';
import type { Raw } from '../../../nano/amount.ts';
import { readPaymentUri } from '../../../protocol/payment-uri.ts';

/** The content of the field for the account that money is sent to. */
export type RecipientReading =
  | { readonly kind: 'account'; readonly account: NanoAddress }
  /** A payment URI; its amount is null where the sender chooses. */
  | { readonly kind: 'uri'; readonly account: NanoAddress; readonly amount: Raw | null }
  | { readonly kind: 'none'; readonly fault: Sentence };

/**
 * Reads an address, with either prefix, or a payment URI, with spaces around it. Both may be all in upper case: QR codes of
 * upper case text are smaller.
 */
export function readRecipient(text: string): RecipientReading {
  const trimmed = text.trim();
  const line = /\p{Ll}/u.test(trimmed) ? trimmed : trimmed.toLowerCase();
  if (!/^(nano|payto):/i.test(line)) return readAccount(line);
  const reading = readPaymentUri(line);
  if (reading.kind === 'refused') return { kind: 'none', fault: { key: reading.reason, args: [] } };
  return { kind: 'uri', account: reading.payTo, amount: reading.amount };
}

function readAccount(line: string): RecipientReading {
  try {
    const account = parseAddress(line);
    if (account !== BURN_ADDRESS) return { kind: 'account', account };
    return { kind: 'none', fault: { key: 'fault_burnAddress', args: [] } };
  } catch (error) {
    const { key, args } = faultOf(error);
    return { kind: 'none', fault: { key, args } };
  }
}
