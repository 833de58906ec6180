import type { LinkView } from '../../messages/link.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import { readPaymentUri } from '../../protocol/payment-uri.ts';
import { cleanText } from '../../protocol/wire/clean-text.ts';
import type { Wallet } from '../../wallet/wallet.ts';
import type { LinkQuestion } from '../link-questions.ts';
import { networkView } from './network.ts';

/** How much of a refused link is shown (characters). */
const SHOWN = 300;

/**
 * @param network null where the tab's sandbox has none any more
 * @param wallet null while the purse is locked
 */
export function linkView(
  { text, site, frame }: LinkQuestion,
  network: NetworkProfile | null,
  wallet: Wallet | null,
): LinkView {
  const reading = readPaymentUri(text);
  const link = cleanText(text, SHOWN);
  if (network === null) return { kind: 'refused', site, frame, reason: 'fault_sandboxGone', link };
  if (reading.kind === 'refused') return { kind: 'refused', site, frame, reason: reading.reason, link };
  const { payTo, amount, label, message } = reading;
  return {
    kind: 'order',
    site,
    frame,
    to: payTo,
    amount: amount?.toString() ?? null,
    label,
    message,
    network: networkView(network),
    isOwn: wallet?.accounts.includes(payTo) ?? false,
    balance: wallet?.balance?.toString() ?? null,
  };
}
