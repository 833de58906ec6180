import type { PaymentRequired } from '../envelope.ts';
import { gate } from './article.ts';
import { escapeHtml, page } from './layout.ts';

/** The page that x402 core up to 2.10 sends a browser instead of the header: the offer is in it twice (docs/WIRE.md §1.1). */
export function paywall(required: PaymentRequired): string {
  const offer = JSON.stringify(required);
  return page(
    'Payment Required',
    `<h1>Payment Required</h1>
<div id="paywall" data-requirements="${escapeHtml(offer)}">${gate(required)}</div>
<script>window.x402 = { paymentRequired: ${offer.replaceAll('<', '\\u003c')} };</script>`,
  );
}
