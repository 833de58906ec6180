import type { NanoAddress } from '../../nano/account.ts';
import type { BlockHash, SignedBlock } from '../../nano/block.ts';
import type { EntryRefusalCode, MechanismCode } from '../offer/codes.ts';
import type { HandOverOffer, Offer, OfferTerms, PayFirstOffer } from '../offer/offer.ts';
import type { JsonObject } from '../wire/json.ts';

/** An offer of one mechanism, or why the entry is none. */
export type Recognition<O extends Offer> = O | EntryRefusalCode;

/** What every way to pay is, whichever way the block goes. */
interface Kind<O extends Offer> {
  readonly name: O['mechanism'];
  /** What the classifier calls its entries (docs/WIRE.md §3.10). */
  readonly code: MechanismCode;
  /**
   * Reads the mechanism's own part of an entry, `extra`, when what all entries share is sound. `page` is the final
   * URL that answered 402. Does not look at the clock: whether the offer has expired is asked once, for all.
   */
  recognise(extra: JsonObject, terms: OfferTerms, page: string): Recognition<O>;
}

/** A way to pay in which the send is on the ledger and confirmed before anything is shown to the server. */
export interface PayFirst<O extends PayFirstOffer = PayFirstOffer> extends Kind<O> {
  readonly way: 'payFirst';
  /** What proves the payment: its hash as it stands, or once the payer has signed one message. */
  prove(offer: O, sent: Sent): ProofBody | Unsigned;
}

/** A way to pay in which the server gets the signed block and publishes it: a cheque until the frontier moves. */
export interface HandOver<O extends HandOverOffer = HandOverOffer> extends Kind<O> {
  readonly way: 'handOver';
  /** @throws RangeError when the block does not pay the offer's payee */
  prove(offer: O, block: SignedBlock): ProofBody;
}

/** A way to pay. All of them are pure: what they need of the world is handed to them, and they ask for no more. */
export type MechanismKind<O extends Offer = Offer> =
  | (O extends PayFirstOffer ? PayFirst<O> : never)
  | (O extends HandOverOffer ? HandOver<O> : never);

/** A send that the network has confirmed. */
export interface Sent {
  readonly hash: BlockHash;
  /** The account it was sent from. */
  readonly account: NanoAddress;
}

/**
 * The only two things that the payer's key signs for a proof: Blake2b-256 of a text's UTF-8 bytes (`plain`, Rev 7,
 * `signDigestOfText`) or a message in the NOMS envelope (`noms`, Track B, `signNoms`). Never a digest made elsewhere.
 */
export interface Message {
  readonly kind: 'plain' | 'noms';
  readonly text: string;
}

/** A proof that lacks nothing but the payer's signature over one message. */
export interface Unsigned {
  readonly message: Message;
  /** The proof with that signature, in hex of either case. */
  signed(signature: string): ProofBody;
}

/** The part of a PAYMENT-SIGNATURE that is the mechanism's own. */
export interface ProofBody {
  readonly payload: JsonObject;
  /** The envelope's `resource`, for servers that want it back. */
  readonly resource?: JsonObject;
}

/** What a proof is made of when the send came first. */
export interface Paid extends Sent {
  /** Signs one message with the key of `account`, in hex. Asked at most once. */
  sign(message: Message): string | Promise<string>;
}

/** What a proof is made of when the block itself is handed over: signed, with its work, and not published. */
export interface HandedOver {
  readonly block: SignedBlock;
}

/** What the proof of an offer is made of. */
export type PaidFor<O extends Offer> = O extends HandOverOffer ? HandedOver : Paid;
