import type { KnownMechanism } from '../mechanism.ts';
import type { X402NanoOffer } from '../offer.ts';

/** x402nano/exact (protocol.md 3.9): known by an empty `extra`; any key at all is some mechanism's we do not know. */
export const x402nano: KnownMechanism<X402NanoOffer> = {
  name: 'x402nano',
  code: 'X402NANO_EXACT',

  recognise(extra, terms) {
    if (Object.keys(extra).length > 0) return 'UNSUPPORTED_MECHANISM';
    return { ...terms, mechanism: 'x402nano', oncePer: undefined };
  },
};
