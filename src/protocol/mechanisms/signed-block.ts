import * as v from 'valibot';
import { type Threshold, ThresholdSchema } from '../../work/difficulty.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { handedOverBlock } from './handed-over-block.ts';
import type { HandOver } from './mechanism.ts';
import { readSignedBlockTerms } from './signed-block-terms.ts';
import { paidPerApproval, storedTerms, withExtensions } from './stored-offer.ts';

/** x402 `exact` on Nano (docs/WIRE.md §3.9): a signed block, handed over and not published, without an expiry of its own. */
export interface SignedBlockOffer extends OfferTerms {
  readonly mechanism: 'signedBlock';
  readonly oncePer: undefined;
  /** The work that the block must have, where that is more than the network asks of a send (docs/WIRE.md §7.24). */
  readonly workThreshold?: Threshold;
}

/**
 * x402 `exact` on Nano (docs/WIRE.md §3.9): what most sellers take. It has no mark of its own: it is every entry that no
 * other mechanism marks, whose `extra` has nothing but texts. The block can be published until another one is confirmed on
 * its frontier.
 */
export const signedBlock: HandOver<SignedBlockOffer, 'X402NANO_EXACT'> = {
  name: 'signedBlock',
  code: 'X402NANO_EXACT',
  rule: { number: 8, source: 'scheme_exact_nano' },
  label: 'ui_mechanism_signedBlock',
  mark: null,
  timeout: 'confirmation',
  way: 'handOver',
  stored: v.pipe(
    v.strictObject({
      ...storedTerms,
      mechanism: v.literal('signedBlock'),
      workThreshold: v.exactOptional(ThresholdSchema),
    }),
    v.transform(withExtensions),
    v.transform(paidPerApproval),
  ),

  recognise(extra, terms, { sendThreshold }) {
    const own = readSignedBlockTerms(extra, sendThreshold);
    if (typeof own === 'string') return own;
    const { hasUnknown, ...work } = own;
    const warnings = hasUnknown ? [...terms.warnings, 'unknownTerms' as const] : terms.warnings;
    return { ...terms, mechanism: 'signedBlock', oncePer: undefined, warnings, ...work };
  },

  prove: (offer, block) => ({
    resource: offer.resourceEcho,
    payload: { block: handedOverBlock(offer, block) },
  }),
};
