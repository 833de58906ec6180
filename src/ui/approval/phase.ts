import type { ExchangeStory } from '../../messages/exchange.ts';
import type { PaymentState } from '../../messages/payment.ts';

/**
 * What becomes of an answer that pays: `preparing` until its block is signed, `paying` until the site has answered;
 * `paid` when the page has its content, `delayed` when the site delivers later, `undelivered` when it took the money and
 * did not deliver. `unpaid`: no money left; `unfinished`: a payment is signed, and is not through yet.
 */
export type Phase = 'preparing' | 'paying' | 'paid' | 'delayed' | 'undelivered' | 'unfinished' | 'unpaid';

/** The states of a payment without a block that can still move money. */
const WITHOUT_BLOCK: ReadonlySet<PaymentState> = new Set<PaymentState>(['approved', 'abandoned', 'revoked']);

/** Returns the phase of the request whose question was answered. */
export function phaseOf({ state, paid }: Pick<ExchangeStory, 'state'> & PaidState): Phase {
  switch (state) {
    case 'asking':
      return 'paying';
    case 'seen':
      return 'preparing';
    case 'paying':
      return paid?.state === 'approved' ? 'preparing' : 'paying';
    case 'paid':
      return 'paid';
    case 'pending':
      return 'delayed';
    case 'refused':
    case 'unanswered':
      return 'undelivered';
    case 'failed':
    case 'left':
      return paid === null || WITHOUT_BLOCK.has(paid.state) ? 'unpaid' : 'unfinished';
  }
}

interface PaidState {
  readonly paid: { readonly state: PaymentState } | null;
}
