import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { EntryRefusalCode, MechanismCode } from './codes.ts';
import type { JsonObject } from './json.ts';
import type { Offer, OfferTerms } from './offer.ts';

/** An offer of one mechanism, or why the entry is none. */
export type Recognition<O extends Offer> = O | EntryRefusalCode;

/** A way to pay, as far as telling it apart goes. */
export interface KnownMechanism<O extends Offer = Offer> {
  readonly name: O['mechanism'];
  /** What the classifier calls its entries (protocol.md 3.10). */
  readonly code: MechanismCode;
  /**
   * Reads the mechanism's own part of an entry, `extra`, when what all entries share is sound. `page` is the final
   * URL that answered 402. Does not look at the clock: whether the offer has expired is asked once, for all.
   */
  recognise(extra: JsonObject, terms: OfferTerms, page: string): Recognition<O>;
}

/** What a proof is made of. */
export interface Paid {
  /** The confirmed send. */
  readonly hash: BlockHash;
  /** The account it was sent from. */
  readonly account: NanoAddress;
  /** Signs Blake2b-256 of a text's UTF-8 bytes with that account's key, in hex; never anything else. */
  sign(text: string): string | Promise<string>;
}

/** The part of a PAYMENT-SIGNATURE that is the mechanism's own. */
export interface ProofBody {
  readonly payload: JsonObject;
  /** The envelope's `resource`, for servers that want it back. */
  readonly resource?: JsonObject;
}

/** A way to pay that the purse can walk to the end. */
export interface MechanismKind<O extends Offer = Offer> extends KnownMechanism<O> {
  /** True when the send is confirmed before the proof is made; false when the signed block itself is handed over. */
  readonly payFirst: boolean;
  makeProof(offer: O, paid: Paid): ProofBody | Promise<ProofBody>;
}
