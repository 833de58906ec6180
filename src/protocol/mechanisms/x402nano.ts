import type { X402NanoOffer } from '../offer/offer.ts';
import { chequeFor } from './handed-over-block.ts';
import type { HandOver } from './mechanism.ts';

/**
 * x402nano/exact (docs/WIRE.md §3.9): known by an empty `extra`; any key at all is some mechanism's we do not know. The
 * server names no expiry: what was handed over stays good until the frontier moves.
 */
export const x402nano: HandOver<X402NanoOffer> = {
  name: 'x402nano',
  code: 'X402NANO_EXACT',
  way: 'handOver',

  recognise(extra, terms) {
    if (Object.keys(extra).length > 0) return 'UNSUPPORTED_MECHANISM';
    return { ...terms, mechanism: 'x402nano', oncePer: undefined };
  },

  prove: (offer, block) => ({ resource: offer.resourceEcho, payload: { block: chequeFor(offer, block) } }),
};
