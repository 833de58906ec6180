import type * as v from 'valibot';
import type { PlainMessageKey } from '../../fault.ts';
import type { NanoAddress } from '../../nano/account.ts';
import type { BlockHash, SignedBlock } from '../../nano/block.ts';
import type { EntryRefusalCode, Rule } from '../offer/codes.ts';
import type { TimeoutMeaning } from '../offer/expiry.ts';
import type { MechanismTerms, OfferTerms } from '../offer/terms.ts';
import type { JsonObject } from '../wire/json.ts';

/** An offer of one mechanism, or why the entry is none. */
export type Recognition<O extends MechanismTerms> = O | EntryRefusalCode;

/** Where an entry is recognised. */
export interface RecognitionContext {
  /** The final URL that answered 402. */
  readonly url: string;
  /** The work that a send has on the active network: 16 hex digits. */
  readonly sendThreshold: string;
}

/** The fields that every mechanism has. */
interface Kind<O extends MechanismTerms, Code extends string> {
  readonly name: O['mechanism'];
  /** The classifier's code for its entries (docs/WIRE.md §3.10). */
  readonly code: Code;
  /** The rule of classification that recognises it. */
  readonly rule: Rule;
  /** The locale key of the sentence that tells the user how it pays. */
  readonly label: Extract<PlainMessageKey, `ui_mechanism_${O['mechanism']}`>;
  /**
   * Whether the server receives the money while it checks the proof, for which its account must have been opened
   * (docs/WIRE.md §7.25). @default false
   */
  readonly needsOpenedPayee?: true;
  /** Reads an offer that was written to a backup as JSON. */
  readonly stored: v.GenericSchema<unknown, O>;
}

/** A mechanism whose offers are entries of `accepts`, and whose proof is a PAYMENT-SIGNATURE. */
interface OfEntries<O extends MechanismTerms, Code extends string> extends Kind<O, Code> {
  /** The key of `extra` that names it; null for the one that takes the entries which no key names. */
  readonly mark: string | null;
  /** The marks of other mechanisms that its own entries have too. */
  readonly besides?: readonly string[];
  /** What `maxTimeoutSeconds` means for it. @default `life` */
  readonly timeout?: TimeoutMeaning;
  /**
   * Reads the mechanism's own part of an entry, `extra`, after the terms that all entries share. Does not look at the
   * clock: the classifier compares the expiry of every offer.
   */
  recognise(extra: JsonObject, terms: OfferTerms, context: RecognitionContext): Recognition<O>;
}

/** A mechanism whose send is confirmed on the ledger before the server is shown anything. */
export interface PayFirst<O extends MechanismTerms = MechanismTerms, Code extends string = string>
  extends OfEntries<O, Code> {
  readonly way: 'payFirst';
  /** The field of its payload that holds the block hash. */
  readonly hashField: string;
  /** Makes the proof of the payment: from its hash alone, or from a message that the payer signs. */
  prove(offer: O, sent: Sent): ProofBody | Unsigned;
}

/** A mechanism whose server gets the signed block and publishes it (docs/WIRE.md §7.16). */
export interface HandOver<O extends MechanismTerms = MechanismTerms, Code extends string = string>
  extends OfEntries<O, Code> {
  readonly way: 'handOver';
  /** @throws RangeError when the block does not pay the offer's payee */
  prove(offer: O, block: SignedBlock): ProofBody;
}

/**
 * A mechanism whose offer stands in plain headers (`readHashOffer`). Its send is confirmed first, and its block hash alone
 * is the proof (docs/WIRE.md §3.11).
 */
export interface Bearer<O extends MechanismTerms = MechanismTerms, Code extends string = string>
  extends Kind<O, Code> {
  readonly way: 'bearer';
}

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

/** The input of a proof where the send is published first. */
export interface Paid extends Sent {
  /** Signs one message with the key of `account`, in hex. Asked at most once. */
  sign(message: Message): string | Promise<string>;
}

/** The input of a proof where the block is handed over: the signed block with its work, which is not published. */
export interface HandedOver {
  readonly block: SignedBlock;
}
