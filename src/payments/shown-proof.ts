import type { Proof } from '../interception/headers.ts';
import { isBearer } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { ProgressAt } from './payment.ts';

/** How the kept proof of an offer is shown to the server: in which header, and with what beside it. */
export function shownProof(
  offer: Pick<Offer, 'mechanism'>,
  { proof, represent }: Pick<ProgressAt<'delivered'>, 'proof' | 'represent'>,
): Proof {
  return {
    header: isBearer(offer) ? 'X-Nano-Payment' : 'PAYMENT-SIGNATURE',
    value: proof,
    ...(represent !== undefined && { represent }),
  };
}
