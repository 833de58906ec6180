import type { Challenge } from '../interception/challenge.ts';
import { isPending, type Payment } from '../payments/payment.ts';
import { priceOf } from '../policy/decision.ts';
import type { ToolbarButton } from './toolbar-button.ts';

/**
 * Tells on the toolbar button what became of a payment: that a budget has paid, or that nothing was got for it. What a user
 * was asked about is told where they were asked. A server that delivers later owes nothing yet.
 *
 * @param challenge the request that the proof was delivered to
 */
export async function showDelivery(
  button: Pick<ToolbarButton, 'owe' | 'paid' | 'recovered' | 'settle'>,
  { intent, progress }: Pick<Payment, 'intent'> & { readonly progress: Parameters<typeof isPending>[0] },
  { tabId }: Pick<Challenge, 'tabId'>,
): Promise<void> {
  const { id, site, offer, approval } = intent;
  const price = priceOf(offer).toString();
  if (progress.state === 'refused' || (progress.state === 'unanswered' && !isPending(progress))) {
    return button.owe({ id, tabId, price, site });
  }
  await button.settle(id);
  await button.recovered(tabId);
  if (progress.state === 'settled' && approval === 'budget') await button.paid(tabId, { price, site });
}
