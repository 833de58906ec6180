import type { NanoAddress } from '../../nano/account.ts';
import type { Raw } from '../../nano/amount.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Resource } from './resource.ts';

/** Something about an offer that the user should see before paying it; it does not forbid paying. */
export type OfferWarning =
  /** payTo is written with the old `xrb_` prefix: servers that compare text will not find the payment. */
  | 'legacyPayTo'
  /** resource.url has the page's host but the other of http and https. */
  | 'resourceScheme'
  /** The page came without encryption from another machine: whoever sits between can change price and payee. */
  | 'insecurePage';

/** What every offer says, whatever its mechanism. */
export interface OfferTerms {
  /** Place in `accepts`, from 0. */
  readonly index: number;
  /** CAIP-2 id of the network, always the active one. */
  readonly network: string;
  /** What is sent, shown and budgeted: the total in raw, tag included; above 0 and at most the supply. */
  readonly amount: Raw;
  /** The payee in `nano_` form; never the burn account. */
  readonly payTo: NanoAddress;
  /** Until when the server takes it: the earlier of its own expiry and arrival + maxTimeoutSeconds (ms epoch). */
  readonly expiresAt: number;
  /** The entry of `accepts` as the server wrote it: the echo. */
  readonly accepted: JsonObject;
  /** What is paid for, as text fit to be shown. */
  readonly resource: Resource;
  /** The envelope's `resource` as the server wrote it, for mechanisms that echo it. */
  readonly resourceEcho: JsonObject;
  readonly extensions: JsonObject | undefined;
  readonly warnings: readonly OfferWarning[];
}

/** Rev 6 final and Rev 7 track 1 (docs/WIRE.md §3.4): the amount itself, unique by its tag, names the session. */
export interface NanoSessionOffer extends OfferTerms {
  readonly mechanism: 'nanoSession';
  /** The session id: paid at most once. A secret until the proof is delivered. */
  readonly oncePer: string;
  /** The price without the tag, in raw. */
  readonly resourceAmount: Raw;
  /** The part of `amount` that only tells this session's payment from others, in raw. */
  readonly tagAmount: Raw;
}

/** Rev 7 track 2 (docs/WIRE.md §3.5): the payer signs the block hash and the URL. */
export interface NanoSignatureOffer extends OfferTerms {
  readonly mechanism: 'nanoSignature';
  /** The offer carries no id of its own: each approval pays once. */
  readonly oncePer: undefined;
  /** The server's own text, byte for byte, of the page's origin. */
  readonly urlToSign: string;
}

/** Rev 8 draft `ns8` (docs/WIRE.md §3.6 a). */
export interface NymChallengeOffer extends OfferTerms {
  readonly mechanism: 'nymChallenge';
  /** The challenge id. */
  readonly oncePer: string;
  readonly resourceAmount: Raw;
  readonly tagAmount: Raw;
}

/** x402.Nano Track B (docs/WIRE.md §3.8): a NOMS signature over block hash, nonce and time. */
export interface TrackBOffer extends OfferTerms {
  readonly mechanism: 'trackB';
  /** The nonce, 64 lower-case hex digits. */
  readonly oncePer: string;
  /** Unix seconds, as the server wrote it. */
  readonly validBefore: number;
}

/** x402.Nano Track A (docs/WIRE.md §3.7): a signed block, handed over and not published. */
export interface TrackAOffer extends OfferTerms {
  readonly mechanism: 'trackA';
  readonly oncePer: undefined;
  /** Unix seconds, as the server wrote it. */
  readonly validBefore: number;
}

/** x402nano/exact (docs/WIRE.md §3.9): a signed block, handed over and not published, without an expiry of its own. */
export interface X402NanoOffer extends OfferTerms {
  readonly mechanism: 'x402nano';
  readonly oncePer: undefined;
}

/** An offer that is paid, and confirmed, before it is proven. */
export type PayFirstOffer = NanoSessionOffer | NanoSignatureOffer | NymChallengeOffer | TrackBOffer;

/** An offer for which the server is given the signed block and publishes it. */
export type HandOverOffer = TrackAOffer | X402NanoOffer;

/** One entry of `accepts` after strict classification: the only thing about a 402 that money may follow. */
export type Offer = PayFirstOffer | HandOverOffer;

export type Mechanism = Offer['mechanism'];
