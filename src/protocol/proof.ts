import { encodeProof } from './envelope.ts';
import type { JsonObject } from './json.ts';
import type { Paid } from './mechanism.ts';
import { proveWith } from './mechanisms/index.ts';
import type { Offer } from './offer.ts';
import { answerExtensions, paymentIdOf } from './payment-identifier.ts';

/**
 * Makes the value of PAYMENT-SIGNATURE for a paid offer (x402 v2, protocol.md 1.1). It echoes the accepted entry as
 * the server wrote it, key for key. Make it once and keep it: every delivery sends the same bytes (rule 8).
 *
 * `paymentId` goes to servers that take a payment identifier; it is made from the block hash unless given.
 *
 * @throws Fault `fault_noProof` for an offer of a mechanism the purse cannot pay with
 * @throws RangeError when `paymentId` is no payment identifier
 */
export async function makeProof(
  offer: Offer,
  paid: Paid,
  paymentId: string = paymentIdOf(paid.hash),
): Promise<string> {
  const { payload, resource } = await proveWith(offer, paid);
  const extensions = answerExtensions(offer.extensions, paymentId);
  const proof: JsonObject = {
    x402Version: 2,
    ...(resource && { resource }),
    accepted: offer.accepted,
    payload,
    ...(extensions && { extensions }),
  };
  return encodeProof(proof);
}
