import { Fault } from '../../fault.ts';
import type { SignedBlock } from '../../nano/block.ts';
import type { HandOverOffer, Mechanism, Offer } from '../offer/offer.ts';
import type { JsonObject } from '../wire/json.ts';
import type { MechanismKind, ProofBody, Sent, Unsigned } from './mechanism.ts';
import { nanoSession } from './nano-session.ts';
import { nanoSignature } from './nano-signature.ts';
import { nymChallenge } from './nym-challenge.ts';
import { trackA } from './track-a.ts';
import { trackB } from './track-b.ts';
import { x402nano } from './x402nano.ts';

/** Every way to pay, the best first (docs/WIRE.md §3.10): where a payment will do, no cheque leaves the house. */
const kinds: readonly MechanismKind[] = [nanoSession, nymChallenge, trackB, nanoSignature, trackA, x402nano];

/** Which to choose when a server takes several and the user has not said otherwise, best first. */
export const defaultPreference: readonly Mechanism[] = kinds.map(({ name }) => name);

/** The mechanisms in use unless the user says otherwise: those in which the purse itself publishes what it signs. */
export const payFirstMechanisms: ReadonlySet<Mechanism> = new Set(
  kinds.filter(({ way }) => way === 'payFirst').map(({ name }) => name),
);

/** True for an offer whose server is given the signed block to publish. */
export function isHandOver(offer: Offer): offer is HandOverOffer;
export function isHandOver(offer: Pick<Offer, 'mechanism'>): boolean;
export function isHandOver(offer: Pick<Offer, 'mechanism'>): boolean {
  return !payFirstMechanisms.has(offer.mechanism);
}

/** The keys of `extra` that each stand for one mechanism alone. */
const marked: readonly (readonly [mark: string, mechanism: MechanismKind])[] = [
  ['nanoSession', nanoSession],
  ['nanoSignature', nanoSignature],
  ['challenge', nymChallenge],
];

/** Which mechanism an entry is for, told by the shape of `extra` alone (docs/WIRE.md §3.10 rules 3 to 8). */
export function mechanismOf(extra: JsonObject): MechanismKind | 'AMBIGUOUS_MECHANISM' {
  const found = marked.filter(([mark]) => Object.hasOwn(extra, mark)).map(([, mechanism]) => mechanism);
  const [first, second] = found;
  const nonce = Object.hasOwn(extra, 'nonce');
  const timed = Object.hasOwn(extra, 'validBefore');
  if (second || (first && (nonce || timed))) return 'AMBIGUOUS_MECHANISM';
  if (first) return first;
  if (nonce) return trackB;
  return timed ? trackA : x402nano;
}

/**
 * Makes the mechanism's part of a proof, as far as it goes without a signature, of a confirmed send.
 *
 * @throws Fault `fault_noProof` for an offer that is proven by the block itself
 */
export function proveSend(offer: Offer, sent: Sent): ProofBody | Unsigned {
  switch (offer.mechanism) {
    case 'nanoSession':
      return nanoSession.prove(offer, sent);
    case 'nanoSignature':
      return nanoSignature.prove(offer, sent);
    case 'nymChallenge':
      return nymChallenge.prove(offer, sent);
    case 'trackB':
      return trackB.prove(offer, sent);
    case 'trackA':
    case 'x402nano':
      throw new Fault('fault_noProof');
  }
}

/**
 * Makes the mechanism's part of a proof of a signed block that the server will publish.
 *
 * @throws Fault `fault_noProof` for an offer that is proven by a confirmed send
 * @throws RangeError for a block that does not pay the offer's payee
 */
export function proveBlock(offer: Offer, block: SignedBlock): ProofBody {
  switch (offer.mechanism) {
    case 'trackA':
      return trackA.prove(offer, block);
    case 'x402nano':
      return x402nano.prove(offer, block);
    case 'nanoSession':
    case 'nanoSignature':
    case 'nymChallenge':
    case 'trackB':
      throw new Fault('fault_noProof');
  }
}
