import { readAddress } from '../../nano/account.ts';
import { isCanonicalRaw } from '../../nano/amount.ts';
import { isArray, isObject, type Json, own } from '../wire/json.ts';
import { named, type Recogniser } from './dialect.ts';
import { type Readable, readObject } from './response.ts';

/**
 * x402.NanoSession Rev 1 to 5 (docs/WIRE.md §3.1, §3.2). None is ever paid: their servers and specifications do not
 * agree on what to send.
 */
export const earlyNanoSession: Recogniser = (response) => {
  const { one, body } = response;
  const accepts = own(body, 'accepts');
  const entries = isArray(accepts) ? accepts : [];
  const isEarly =
    hasPlainHeaders(response) ||
    isSession(readObject(one('x-payment-required'))) ||
    own(body, 'payment_required') === 'x402.NanoSession' ||
    entries.some(isSession);
  return isEarly ? named('LEGACY_UNSUPPORTED') : undefined;
};

/**
 * Rev 1 to 4 name the payee in X-402-Address. Rev 5 names it in X-PAYMENT-ADDRESS, as other protocols do, so it is
 * recognised by its tag or session, together with an amount of raw.
 */
function hasPlainHeaders({ one, has }: Readable): boolean {
  const names = (header: string) => readAddress(one(header)) !== undefined;
  if (names('x-402-address') && has('x-402-price-raw')) return true;
  const isTagged = has('x-payment-tag') || has('x-payment-session');
  return names('x-payment-address') && isTagged && isCanonicalRaw(one('x-payment-amount'));
}

function isSession(entry: Json | undefined): boolean {
  return isObject(entry) && own(entry, 'scheme') === 'nano-session';
}
