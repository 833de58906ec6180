import { MAINNET } from '../../nano/network.ts';
import { defaultPreference, mechanismOf } from '../mechanisms/index.ts';
import type { MechanismCode } from '../mechanisms/registry.ts';
import { decodeEnvelope } from '../wire/envelope.ts';
import type { Json } from '../wire/json.ts';
import {
  type EntryRefusalCode,
  type EnvelopeCode,
  entryRefusalCodes,
  type PayabilityCode,
  payabilityCodes,
  type RefusalCode,
} from './codes.ts';
import { type EntryContext, isForNano, readEntry } from './entry.ts';
import { type Arrival, endOf, skewOf } from './life.ts';
import type { EntryOffer, Mechanism } from './offer.ts';
import { isSecure } from './origin.ts';
import { compareResource, type Resource, type ResourceFit, readResource } from './resource.ts';
import type { OfferWarning } from './terms.ts';
import { proofUrlOf } from './track-demo.ts';

/** How many entries for Nano are read, from the first one. Entries of other chains are limited by the header's size alone. */
const MOST_OF_NANO = 32;

/** The context in which a header is classified. */
export interface ClassifyContext extends Arrival {
  /** Final URL of the 402, after redirects, without its fragment. */
  readonly url: string;
  /** CAIP-2 id of the active network: offers of any other are refused. */
  readonly network: string;
  /** Another id that offers may use for that network: test servers write `nano:mainnet` on a test network. */
  readonly alsoNamed?: string | undefined;
  /** The work that a send has on that network: 16 hex digits. @default that of the live network */
  readonly sendThreshold?: string | undefined;
  /** The current time (ms). */
  readonly now: number;
  /** The user's preferred mechanisms, best first. The others follow in the order of docs/WIRE.md §3.10. */
  readonly preference?: readonly Mechanism[];
}

/** What an entry is by docs/WIRE.md §3.10 alone. */
export type EntryCode = MechanismCode | EntryRefusalCode;

/** An entry by docs/WIRE.md §3.10 alone; the offer stands beside every mechanism's code. */
export type ClassifiedEntry =
  | { readonly code: MechanismCode; readonly offer: EntryOffer }
  | { readonly code: EntryRefusalCode; readonly offer?: undefined };

export interface RefusedEntry {
  /** Place in `accepts`, from 0. */
  readonly index: number;
  readonly code: RefusalCode;
}

export type Classification =
  | {
      readonly kind: 'offers';
      /** What can be paid, the best first; empty when nothing can. At most one of them may ever be paid. */
      readonly offers: readonly EntryOffer[];
      /** Every other entry, in the server's order, and why. */
      readonly refused: readonly RefusedEntry[];
      /** Every entry in the server's order. */
      readonly entries: readonly ClassifiedEntry[];
      readonly resource: Resource;
    }
  | { readonly kind: 'refused'; readonly code: EnvelopeCode };

/**
 * Says what the value of a PAYMENT-REQUIRED header offers (docs/WIRE.md §3.10, §7). Pure and total: any text
 * gives a result, none throws.
 */
export function classify(header: string, context: ClassifyContext): Classification {
  const decoded = decodeEnvelope(header);
  if (!decoded.ok) return { kind: 'refused', code: decoded.code };
  const { envelope } = decoded;

  const resource = readResource(envelope.resource);
  const fit = compareResource(envelope.resource, context.url);
  const warnings = warningsOf(context.url, fit);
  const { network, alsoNamed } = context;
  const common: EntryContext = { envelope, resource, network, alsoNamed, warnings };
  let ofNano = 0;
  const entries = envelope.accepts.map((entry, index): ClassifiedEntry => {
    if (isForNano(entry)) ofNano += 1;
    return ofNano > MOST_OF_NANO && isForNano(entry)
      ? { code: 'TOO_MANY_ENTRIES' }
      : classifyEntry(entry, index, common, context);
  });

  const offers: EntryOffer[] = [];
  const refused: RefusedEntry[] = [];
  for (const [index, { code, offer }] of entries.entries()) {
    if (offer === undefined) {
      refused.push({ index, code });
      continue;
    }
    const reason = obstacle(offer, fit, context);
    if (reason === undefined) offers.push(offer);
    else refused.push({ index, code: reason });
  }
  const order: readonly Mechanism[] = [...(context.preference ?? []), ...defaultPreference];
  offers.sort((a, b) => order.indexOf(a.mechanism) - order.indexOf(b.mechanism));
  return { kind: 'offers', offers, refused, entries, resource };
}

/** The reason to show when nothing can be paid: that of the entry which passed the most rules. */
export function tellingReason(refused: readonly RefusedEntry[]): RefusalCode | undefined {
  const closeness: readonly RefusalCode[] = [...entryRefusalCodes, ...payabilityCodes];
  const codes = refused.map(({ code }) => code);
  return codes.sort((a, b) => closeness.indexOf(b) - closeness.indexOf(a))[0];
}

function classifyEntry(
  entry: Json,
  index: number,
  common: EntryContext,
  { url, now, sendThreshold = MAINNET.thresholds.send, ...arrival }: ClassifyContext,
): ClassifiedEntry {
  const sound = readEntry(entry, index, common);
  if (typeof sound === 'string') return { code: sound };
  const mechanism = mechanismOf(sound.extra);
  if (typeof mechanism === 'string') return { code: mechanism };
  const end = endOf(mechanism.timeout ?? 'life', sound.timeout, arrival.arrivedAt);
  if (typeof end === 'string') return { code: end };
  // What the server names is a time by its own clock: the two are compared there, and the earlier is carried over to ours.
  const skew = skewOf(arrival);
  const terms = { ...sound.terms, expiresAt: end + skew };
  const offered = mechanism.recognise(sound.extra, terms, { url, sendThreshold });
  if (typeof offered === 'string') return { code: offered };
  const offer = { ...offered, expiresAt: offered.expiresAt - skew };
  return offer.expiresAt <= now ? { code: 'EXPIRED' } : { code: mechanism.code, offer };
}

/** Why a well-formed offer is not payable (docs/WIRE.md §7.12, §7.13, §4.13). */
function obstacle(offer: EntryOffer, fit: ResourceFit, { url }: ClassifyContext): PayabilityCode | undefined {
  if (fit === 'other') return 'RESOURCE_MISMATCH';
  if (isTrackDemo(offer, url)) return 'PROOF_ELSEWHERE';
  if (offer.mechanism === 'nanoSignature' && !isSecure(offer.urlToSign)) return 'INSECURE_URL';
  return undefined;
}

/** The demo of x402.Nano takes proofs at another URL, and there calls every one of them expired. */
function isTrackDemo({ mechanism }: EntryOffer, url: string): boolean {
  const isTrack = mechanism === 'trackA' || mechanism === 'trackB';
  return isTrack && proofUrlOf(url) !== undefined;
}

/** The warnings about the URL that answered 402. */
export function warningsOf(url: string, fit: ResourceFit): readonly OfferWarning[] {
  const warnings: OfferWarning[] = [];
  if (fit === 'scheme') warnings.push('resourceScheme');
  if (!isSecure(url)) warnings.push('insecurePage');
  return warnings;
}
