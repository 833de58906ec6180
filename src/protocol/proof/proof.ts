import { Fault } from '../../fault.ts';
import { type BlockHash, hashBlock } from '../../nano/block.ts';
import { isBearer, proveBlock, proveSend } from '../mechanisms/index.ts';
import type { HandedOver, Paid, ProofBody } from '../mechanisms/mechanism.ts';
import type { EntryOffer, HandOverOffer, Offer } from '../offer/offer.ts';
import { encodeProof } from '../wire/envelope.ts';
import type { JsonObject } from '../wire/json.ts';
import { answerExtensions, paymentIdOf } from './payment-identifier.ts';

/** What the proof of an offer is made of. */
export type PaidFor<O extends Offer> = O extends HandOverOffer ? HandedOver : Paid;

/**
 * Makes the proof of an offer from the confirmed send, or from the signed block where that is handed over. For an entry it
 * is the value of PAYMENT-SIGNATURE (x402 v2, docs/WIRE.md §1.1), which echoes the entry as the server wrote it, key for
 * key; for an offer in plain headers the block hash (docs/WIRE.md §3.11). Make it once and keep it: every delivery sends the
 * same bytes (docs/WIRE.md §7.8).
 *
 * `paymentId` goes to servers that take a payment identifier; it is made from the block hash unless given.
 *
 * @throws Fault `fault_noProof` for a send where the block is to be handed over, and the other way round
 * @throws RangeError when `paymentId` is no payment identifier, or a block does not pay the offer's payee
 */
export async function makeProof<O extends Offer>(
  offer: O,
  paid: PaidFor<O>,
  paymentId: string = paymentIdOf(hashOf(paid)),
): Promise<string> {
  if (isBearer(offer)) {
    if ('block' in paid) throw new Fault('fault_noProof');
    return paid.hash;
  }
  const { payload, resource } = await prove(offer, paid);
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

async function prove(offer: EntryOffer, paid: Paid | HandedOver): Promise<ProofBody> {
  if ('block' in paid) return proveBlock(offer, paid.block);
  const proof = proveSend(offer, paid);
  return 'payload' in proof ? proof : proof.signed(await paid.sign(proof.message));
}

function hashOf(paid: Paid | HandedOver): BlockHash {
  return 'block' in paid ? hashBlock(paid.block) : paid.hash;
}
