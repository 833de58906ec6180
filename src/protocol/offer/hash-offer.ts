import { BURN_ADDRESS, readAddress } from '../../nano/account.ts';
import { bodyAgrees } from '../dialects/hash-bearer.ts';
import { readPrice } from '../dialects/payment-link.ts';
import { type Readable, readable, type UnpricedResponse } from '../dialects/response.ts';
import type { HashBearerOffer } from '../mechanisms/hash-bearer.ts';
import { type ClassifyContext, warningsOf } from './classify.ts';
import { endOf } from './life.ts';
import { readResource } from './resource.ts';

/** Why a 402 that asks for the hash of a payment is not paid. */
export type HashOfferRefusal = 'BAD_HASH_OFFER' | 'UNSUPPORTED_NETWORK' | 'UNSUPPORTED_ASSET' | 'EXPIRED';

/** Headers of other ways to be paid (docs/WIRE.md §3.2, §3.12). Beside one of them, the price may mean something else. */
const OF_OTHER_WAYS = [
  'payment-required',
  'x-payment-amount',
  'x-payment-id',
  'x-payment-tag',
  'x-payment-session',
];

/**
 * Reads the offer of a 402 without PAYMENT-REQUIRED that is paid first and proven by its block hash (docs/WIRE.md §3.11):
 * one payee and one price in plain headers, and nothing that contradicts them. Pure and total.
 */
export function readHashOffer(
  response: UnpricedResponse,
  { url, network, alsoNamed, arrivedAt, now }: ClassifyContext,
): HashBearerOffer | HashOfferRefusal {
  const read = readable(response);
  const { one, has, body } = read;
  const address = readAddress(one('x-payment-address'));
  const amount = readPrice(one('x-payment-amount-raw'));
  if (OF_OTHER_WAYS.some(has) || amount === undefined) return 'BAD_HASH_OFFER';
  if (address === undefined || address.address === BURN_ADDRESS) return 'BAD_HASH_OFFER';

  const networks = [network, ...(alsoNamed === undefined ? [] : [alsoNamed])];
  if (!isAbsentOr(read, 'x-payment-network', (name) => networks.includes(name))) return 'UNSUPPORTED_NETWORK';
  if (!isAbsentOr(read, 'x-payment-asset', (name) => name.toUpperCase() === 'XNO'))
    return 'UNSUPPORTED_ASSET';
  const payTo = address.address;
  if (!bodyAgrees(body, { payTo, amount, networks })) return 'BAD_HASH_OFFER';

  // The offer names no expiry: its price is valid for as long as that of a signed block (docs/WIRE.md §7.6).
  const expiresAt = endOf('confirmation', undefined, arrivedAt);
  if (typeof expiresAt === 'string' || expiresAt <= now) return 'EXPIRED';
  const warnings = warningsOf(url, 'same');
  return {
    mechanism: 'hashBearer',
    oncePer: undefined,
    index: 0,
    network,
    amount,
    payTo,
    expiresAt,
    accepted: {},
    resource: readResource({ url }),
    resourceEcho: {},
    extensions: undefined,
    warnings: address.legacyPrefix ? [...warnings, 'legacyPayTo'] : warnings,
  };
}

/** Whether a header is absent, or is there once with a value that passes. */
function isAbsentOr({ one, has }: Readable, name: string, passes: (value: string) => boolean): boolean {
  const value = one(name);
  return value === undefined ? !has(name) : passes(value);
}
