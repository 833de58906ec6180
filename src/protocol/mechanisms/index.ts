import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import type { SignedBlock } from '../../nano/block.ts';
import type { Threshold } from '../../work/difficulty.ts';
import type {
  BearerOffer,
  EntryMechanism,
  EntryOffer,
  HandOverOffer,
  Mechanism,
  Offer,
  PayFirstOffer,
} from '../offer/offer.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Bearer, HandOver, PayFirst, ProofBody, Sent, Unsigned } from './mechanism.ts';
import { type MechanismCode, mechanisms } from './registry.ts';
import { type SignedBlockOffer, signedBlock } from './signed-block.ts';

/** Any mechanism of entries. The type does not say which one. */
export type EntryKind = PayFirst<PayFirstOffer, MechanismCode> | HandOver<HandOverOffer, MechanismCode>;

/** Any entry of the registry. The type does not say which one. */
export type MechanismKind = EntryKind | Bearer<BearerOffer, MechanismCode>;

const kinds: readonly MechanismKind[] = mechanisms;
const entryKinds: readonly EntryKind[] = kinds.filter((kind) => kind.way !== 'bearer');

/** The name of every mechanism. */
export const mechanismNames: readonly Mechanism[] = kinds.map(({ name }) => name);

/** The mechanisms of entries in the order of preference, for a user who has not chosen another one. */
export const defaultPreference: readonly EntryMechanism[] = entryKinds.map(({ name }) => name);

/** The mechanisms in which the wallet publishes what it signs. */
export const payFirstMechanisms: ReadonlySet<Mechanism> = new Set(
  kinds.filter(({ way }) => way !== 'handOver').map(({ name }) => name),
);

/** Reads an offer of any mechanism that was written to a backup as JSON. */
export const StoredOffer: v.GenericSchema<unknown, Offer> = v.union(kinds.map(({ stored }) => stored));

/** The fields of a payload that may name the block, in the order of preference. */
export const hashFields: readonly string[] = [
  ...new Set(kinds.flatMap((kind) => (kind.way === 'payFirst' ? [kind.hashField] : []))),
];

/** True for an offer whose server is given the signed block to publish. */
export function isHandOver(offer: Offer): offer is HandOverOffer;
export function isHandOver(offer: Pick<Offer, 'mechanism'>): boolean;
export function isHandOver(offer: Pick<Offer, 'mechanism'>): boolean {
  return !payFirstMechanisms.has(offer.mechanism);
}

/** Whether the account of an offer's payee must have been opened: see `needsOpenedPayee` of a mechanism. */
export const needsOpenedPayee = ({ mechanism }: Pick<Offer, 'mechanism'>): boolean =>
  mechanismNamed(mechanism)?.needsOpenedPayee === true;

/** The work that an offer wants of its block, where that is more than the network asks of a send (docs/WIRE.md §7.24). */
export const harderWorkOf = (
  offer: Pick<Offer, 'mechanism'> & Pick<SignedBlockOffer, 'workThreshold'>,
): Threshold | undefined => offer.workThreshold;

/** True for an offer in plain headers, whose proof is the block hash alone (docs/WIRE.md §3.11). */
export function isBearer(offer: Offer): offer is BearerOffer;
export function isBearer(offer: Pick<Offer, 'mechanism'>): boolean;
export function isBearer(offer: Pick<Offer, 'mechanism'>): boolean {
  return mechanismNamed(offer.mechanism)?.way === 'bearer';
}

/** The entry of the registry for a mechanism's name; undefined for any other text. */
export function mechanismNamed(name: string): MechanismKind | undefined {
  return kinds.find((kind) => kind.name === name);
}

/** Tells by the keys of `extra` which mechanism an entry is for (docs/WIRE.md §3.10 rules 3 to 8). */
export function mechanismOf(extra: JsonObject): EntryKind | 'AMBIGUOUS_MECHANISM' {
  const named = entryKinds.filter(({ mark }) => mark !== null && Object.hasOwn(extra, mark));
  const besides = named.flatMap((kind) => kind.besides ?? []);
  const [first, second] = named.filter(({ mark }) => mark !== null && !besides.includes(mark));
  return second ? 'AMBIGUOUS_MECHANISM' : (first ?? signedBlock);
}

/**
 * Makes the mechanism's part of a proof from a confirmed send, as far as it goes without a signature.
 *
 * @throws Fault `fault_noProof` for an offer that is proven by the block itself
 */
export function proveSend(offer: EntryOffer, sent: Sent): ProofBody | Unsigned {
  const kind = mechanismNamed(offer.mechanism);
  if (isHandOver(offer) || kind?.way !== 'payFirst') throw new Fault('fault_noProof');
  return kind.prove(offer, sent);
}

/**
 * Makes the mechanism's part of a proof from a signed block that the server will publish.
 *
 * @throws Fault `fault_noProof` for an offer that is proven by a confirmed send
 * @throws RangeError for a block that does not pay the offer's payee
 */
export function proveBlock(offer: EntryOffer, block: SignedBlock): ProofBody {
  const kind = mechanismNamed(offer.mechanism);
  if (!isHandOver(offer) || kind?.way !== 'handOver') throw new Fault('fault_noProof');
  return kind.prove(offer, block);
}
