import * as v from 'valibot';
import type { OfferTerms } from '../offer/terms.ts';
import { handedOverBlock } from './handed-over-block.ts';
import type { HandOver } from './mechanism.ts';
import { paidPerApproval, storedTerms, withExtensions } from './stored-offer.ts';

/** x402nano/exact (docs/WIRE.md §3.9): a signed block, handed over and not published, without an expiry of its own. */
export interface SignedBlockOffer extends OfferTerms {
  readonly mechanism: 'signedBlock';
  readonly oncePer: undefined;
}

/**
 * x402nano/exact (docs/WIRE.md §3.9), recognised by an empty `extra`: any key belongs to an unknown mechanism. The server
 * names no expiry, so the block can be published until another one is confirmed on its frontier.
 */
export const signedBlock: HandOver<SignedBlockOffer, 'X402NANO_EXACT'> = {
  name: 'signedBlock',
  code: 'X402NANO_EXACT',
  rule: { number: 8, source: 'x402nano/exact' },
  label: 'ui_mechanism_signedBlock',
  mark: null,
  way: 'handOver',
  stored: v.pipe(
    v.strictObject({ ...storedTerms, mechanism: v.literal('signedBlock') }),
    v.transform(withExtensions),
    v.transform(paidPerApproval),
  ),

  recognise(extra, terms) {
    if (Object.keys(extra).length > 0) return 'UNSUPPORTED_MECHANISM';
    return { ...terms, mechanism: 'signedBlock', oncePer: undefined };
  },

  prove: (offer, block) => ({
    resource: offer.resourceEcho,
    payload: { block: handedOverBlock(offer, block) },
  }),
};
