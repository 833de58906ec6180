import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { readStart } from '../interception/price-probe.ts';
import { RATE_DECIMALS, type RateSource, rateText } from '../messages/settings.ts';
import { isArray, isObject, type Json, own, parseJson } from '../protocol/wire/json.ts';

/** How long a source may take for its whole answer (ms). */
const WITHIN = 10_000;
/** A number that a source writes as a string. */
const PLAIN_NUMBER = /^\d{1,20}(\.\d{1,40})?$/;

/**
 * Asks a source for its rate. The request says nothing of its user: no cookies, no referrer, and no redirect to another server.
 *
 * @throws Fault `fault_rateUnanswered`, `fault_rateStatus`, `fault_rateUnreadable`
 */
export async function askSource({ url, path }: RateSource): Promise<string> {
  const { host } = new URL(url);
  let text: string;
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(WITHIN),
    });
    if (!response.ok) throw new Fault('fault_rateStatus', [host, String(response.status)]);
    // An answer that is too long is cut off, and so is no JSON.
    text = await readStart(response);
  } catch (failure) {
    throw failure instanceof Fault ? failure : new Fault('fault_rateUnanswered', [host], { cause: failure });
  }
  const rate = rateIn(text, path);
  if (rate === null) throw new Fault('fault_rateUnreadable', [host, path]);
  return rate;
}

/**
 * Returns the positive number at a path of a JSON text (`nano.eur`, `0.price`), or the same as a string, as decimal digits; null
 * where there is none.
 */
export function rateIn(text: string, path: string): string | null {
  let found = parseJson(text);
  for (const name of path.split('.')) found = childOf(found, name);
  const number = typeof found === 'string' && PLAIN_NUMBER.test(found) ? Number(found) : found;
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return null;
  const rate = number.toFixed(RATE_DECIMALS).replace(/\.?0+$/, '');
  return v.is(rateText, rate) ? rate : null;
}

function childOf(value: Json | undefined, name: string): Json | undefined {
  if (isArray(value)) return /^\d{1,6}$/.test(name) ? value[Number(name)] : undefined;
  return isObject(value) ? own(value, name) : undefined;
}

/** Whether the user lets the purse ask the server of a source. */
export const mayAsk = ({ url }: RateSource): Promise<boolean> =>
  chrome.permissions.contains({ origins: [`https://${new URL(url).hostname}/*`] });
