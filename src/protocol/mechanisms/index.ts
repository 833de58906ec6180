import { Fault } from '../../fault.ts';
import type { JsonObject } from '../json.ts';
import type { KnownMechanism, Paid, ProofBody } from '../mechanism.ts';
import type { Mechanism, Offer } from '../offer.ts';
import { nanoSession } from './nano-session.ts';
import { nanoSignature } from './nano-signature.ts';
import { nymChallenge } from './nym-challenge.ts';
import { trackA } from './track-a.ts';
import { trackB } from './track-b.ts';
import { x402nano } from './x402nano.ts';

/** The mechanisms the purse can pay with. */
export const payableMechanisms: ReadonlySet<Mechanism> = new Set([nanoSession.name, nanoSignature.name]);

/** Which to choose when a server takes several, best first: no cheque leaves the house where a payment will do. */
export const preference: readonly Mechanism[] = [
  'nanoSession',
  'nymChallenge',
  'trackB',
  'nanoSignature',
  'trackA',
  'x402nano',
];

/** The keys of `extra` that each stand for one mechanism alone. */
const marked: readonly (readonly [mark: string, mechanism: KnownMechanism])[] = [
  ['nanoSession', nanoSession],
  ['nanoSignature', nanoSignature],
  ['challenge', nymChallenge],
];

/** Which mechanism an entry is for, told by the shape of `extra` alone (protocol.md 3.10 rules 3 to 8). */
export function mechanismOf(extra: JsonObject): KnownMechanism | 'AMBIGUOUS_MECHANISM' {
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
 * Makes the mechanism's part of the proof of a payment.
 *
 * @throws Fault `fault_noProof` for an offer of a mechanism the purse cannot pay with.
 */
export function proveWith(offer: Offer, paid: Paid): ProofBody | Promise<ProofBody> {
  switch (offer.mechanism) {
    case 'nanoSession':
      return nanoSession.makeProof(offer, paid);
    case 'nanoSignature':
      return nanoSignature.makeProof(offer, paid);
    case 'nymChallenge':
    case 'trackB':
    case 'trackA':
    case 'x402nano':
      throw new Fault('fault_noProof');
  }
}
