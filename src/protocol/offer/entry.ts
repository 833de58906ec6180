import { BURN_ADDRESS, readAddress } from '../../nano/account.ts';
import type { Envelope } from '../wire/envelope.ts';
import { isObject, type Json, type JsonObject, own, ownText } from '../wire/json.ts';
import { readAmount } from './amounts.ts';
import type { EntryRefusalCode } from './codes.ts';
import { readTimeout } from './expiry.ts';
import type { Resource } from './resource.ts';
import type { OfferTerms, OfferWarning } from './terms.ts';

/** The context in which the terms of an entry are read. */
export interface EntryContext {
  readonly envelope: Envelope;
  /** The envelope's resource, read once for all entries. */
  readonly resource: Resource;
  /** CAIP-2 id of the active network. */
  readonly network: string;
  /** As in `ClassifyContext`. */
  readonly alsoNamed?: string | undefined;
  /** The warnings for every entry of this envelope. */
  readonly warnings: readonly OfferWarning[];
}

/** An entry whose terms are sound, and the part of it that names its mechanism. */
export interface SoundEntry {
  /** All terms but the expiry, which depends on the mechanism. */
  readonly terms: Omit<OfferTerms, 'expiresAt'>;
  /** `maxTimeoutSeconds`; undefined where it is absent. */
  readonly timeout: number | undefined;
  readonly extra: JsonObject;
}

/** The CAIP-2 namespace of Nano. */
const NANO = 'nano:';

/** Own keys that a careless merge would turn into a prototype. */
const POLLUTING = ['__proto__', 'constructor', 'prototype'];

/** Reads what all mechanisms share: rules 1 and 2 of docs/WIRE.md §3.10, first match wins. */
export function readEntry(entry: Json, index: number, context: EntryContext): SoundEntry | EntryRefusalCode {
  if (!isObject(entry)) return 'MALFORMED_ENTRY';
  return foreign(entry, context) ?? readTerms(entry, index, context);
}

/** Whether an entry names a Nano network, this one or another. */
export function isForNano(entry: Json): boolean {
  return isObject(entry) && ownText(entry, 'network')?.startsWith(NANO) === true;
}

/** Rule 1: whether the entry is for another network, scheme or asset. */
function foreign(
  entry: JsonObject,
  { network: active, alsoNamed }: EntryContext,
): EntryRefusalCode | undefined {
  const scheme = ownText(entry, 'scheme');
  const network = ownText(entry, 'network');
  if (scheme === undefined || network === undefined) return 'MALFORMED_ENTRY';
  if (!network.startsWith(NANO)) return 'IGNORE_NOT_NANO';
  if (network !== active && network !== alsoNamed) return 'UNSUPPORTED_NETWORK';
  if (scheme === 'nano-session') return 'LEGACY_UNSUPPORTED';
  if (scheme !== 'exact') return 'UNSUPPORTED_SCHEME';
  if (ownText(entry, 'asset')?.toUpperCase() !== 'XNO') return 'UNSUPPORTED_ASSET';
  return undefined;
}

/** Rule 2: the amount, the payee, the timeout and the form of `extra`. */
function readTerms(entry: JsonObject, index: number, context: EntryContext): SoundEntry | EntryRefusalCode {
  const amount = readAmount(own(entry, 'amount'));
  if (!amount) return 'BAD_AMOUNT';
  const payTo = readAddress(own(entry, 'payTo'));
  if (!payTo || payTo.address === BURN_ADDRESS) return 'BAD_PAYTO';
  const timeout = readTimeout(entry);
  if (timeout === 'BAD_TIMEOUT') return timeout;
  const extra = own(entry, 'extra') ?? {};
  if (!isObject(extra) || POLLUTING.some((key) => Object.hasOwn(extra, key))) return 'MALFORMED_EXTRA';

  const { envelope, resource, network, warnings } = context;
  const terms: SoundEntry['terms'] = {
    index,
    network,
    amount,
    payTo: payTo.address,
    accepted: entry,
    resource,
    resourceEcho: envelope.resource,
    extensions: envelope.extensions,
    warnings: payTo.legacyPrefix ? [...warnings, 'legacyPayTo'] : warnings,
  };
  return { terms, timeout, extra };
}
