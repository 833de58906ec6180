import type { Encoding } from './envelope.ts';
import { FLAVOURS, type Flavour } from './flavour.ts';
import type { Publishing } from './handed-over-blocks.ts';
import { BadRequest } from './http.ts';
import { isMechanismName, type MechanismName } from './mechanisms/mechanism.ts';

/** What one visit would cost and how it may be paid: the merchant's defaults, changed by the request's own query. */
export interface Terms {
  readonly priceRaw: bigint;
  /** One entry of `accepts[]` each, in this order. */
  readonly mechanisms: readonly MechanismName[];
  readonly expirySeconds: number;
  /** How long the first offer at a URL lives instead, as one that was kept too long. */
  readonly firstExpirySeconds: number | undefined;
  /** The alphabet of the offer; by default x402's own, or that of the reference server where that is the flavour. */
  readonly encoding: Encoding | undefined;
  readonly description: string;
  readonly flavour: Flavour;
  /** When a signed block that is handed over goes to the network. */
  readonly publishing: Publishing;
  /** Whether a signed block may be spelled in upper-case hex. */
  readonly hex: 'any' | 'lower';
  /**
   * What a signed block's entry says in `extra`: nothing, what live sellers write, a text that no wallet knows too, or four
   * times the network's work.
   */
  readonly extra: 'none' | 'live' | 'unknown' | 'harder';
  /** Whether the offer asks for x402's payment identifier. */
  readonly paymentIdentifier: 'none' | 'optional' | 'required';
  /** Whether a browser's navigation gets its 402 as HTML without a header, as from older x402 servers. */
  readonly paywall: 'header' | 'html';
  /** Whether the session of a good proof is forgotten just then, so that it has to come again by POST. */
  readonly losesSession: boolean;
  readonly refuses: Reluctance;
  /** What the merchant says to keep as credit on the block hash of a payment (raw), in X-Nano-Credit-Remaining-Raw. */
  readonly creditRaw: bigint | undefined;
}

/** How often a proof is turned away before it is looked at, and how. */
export interface Reluctance {
  readonly first: number;
  readonly with: 'unconfirmed' | 'pending' | '500' | '503' | '409' | '429' | 'lost';
}

/** The query parameters that change the terms of a paid route. */
export const TERM_PARAMETERS = [
  'price',
  'mechanism',
  'expiry',
  'first-expiry',
  'encoding',
  'description',
  'flavour',
  'publish',
  'hold',
  'hex',
  'extra',
  'paymentIdentifier',
  'paywall',
  'lose-session',
  'refuse-first',
  'refuse-with',
  'credit',
] as const;

/** Reads the terms a query asks for. Throws a `BadRequest` that names the parameter which makes no sense. */
export function readTerms(query: URLSearchParams, defaults: Terms): Terms {
  return {
    priceRaw: readRaw(query, 'price') ?? defaults.priceRaw,
    mechanisms: readMechanisms(query.get('mechanism')) ?? defaults.mechanisms,
    expirySeconds: readExpiry(query, 'expiry') ?? defaults.expirySeconds,
    firstExpirySeconds: readExpiry(query, 'first-expiry') ?? defaults.firstExpirySeconds,
    encoding: readEncoding(query.get('encoding')) ?? defaults.encoding,
    description: query.get('description') ?? defaults.description,
    flavour: choice(query, 'flavour', FLAVOURS) ?? defaults.flavour,
    publishing: readPublishing(query) ?? defaults.publishing,
    hex: choice(query, 'hex', ['any', 'lower']) ?? defaults.hex,
    extra: choice(query, 'extra', ['none', 'live', 'unknown', 'harder']) ?? defaults.extra,
    paymentIdentifier:
      choice(query, 'paymentIdentifier', ['none', 'optional', 'required']) ?? defaults.paymentIdentifier,
    paywall: choice(query, 'paywall', ['header', 'html']) ?? defaults.paywall,
    losesSession: isOn(query, 'lose-session') ?? defaults.losesSession,
    refuses: readReluctance(query) ?? defaults.refuses,
    creditRaw: readRaw(query, 'credit') ?? defaults.creditRaw,
  };
}

function readRaw(query: URLSearchParams, name: 'price' | 'credit'): bigint | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9][0-9]{0,38}$/.test(text)) throw new BadRequest(`${name}: raw, a whole number above zero`);
  return BigInt(text);
}

function readMechanisms(text: string | null): readonly MechanismName[] | undefined {
  if (text === null) return undefined;
  const names = text.split(',');
  if (!names.every(isMechanismName)) throw new BadRequest('mechanism: names joined by commas');
  if (names.includes('hashBearer') && names.length > 1)
    throw new BadRequest('mechanism: hashBearer by itself');
  return names;
}

function readExpiry(query: URLSearchParams, name: 'expiry' | 'first-expiry'): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new BadRequest(`${name}: whole seconds above zero`);
  return Number(text);
}

function readEncoding(text: string | null): Encoding | undefined {
  if (text === null) return undefined;
  if (text !== 'base64' && text !== 'base64url') throw new BadRequest('encoding: base64 or base64url');
  return text;
}

function readPublishing(query: URLSearchParams): Publishing | undefined {
  const publish = choice(query, 'publish', ['at-once', 'late', 'never']);
  return isOn(query, 'hold') === true ? 'never' : publish;
}

function readReluctance(query: URLSearchParams): Reluctance | undefined {
  const first = query.get('refuse-first');
  if (first === null) return undefined;
  if (!/^[0-9]{1,3}$/.test(first)) throw new BadRequest('refuse-first: how many deliveries');
  const how =
    choice(query, 'refuse-with', ['unconfirmed', 'pending', '500', '503', '409', '429', 'lost']) ??
    'unconfirmed';
  return { first: Number(first), with: how };
}

function isOn(query: URLSearchParams, name: (typeof TERM_PARAMETERS)[number]): boolean | undefined {
  const text = choice(query, name, ['0', '1']);
  return text === undefined ? undefined : text === '1';
}

function choice<Choice extends string>(
  query: URLSearchParams,
  name: (typeof TERM_PARAMETERS)[number],
  choices: readonly Choice[],
): Choice | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const chosen = choices.find((known) => known === text);
  if (chosen === undefined) throw new BadRequest(`${name}: ${choices.join(', ')}`);
  return chosen;
}
