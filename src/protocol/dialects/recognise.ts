import type { Recognised, Recogniser } from './dialect.ts';
import { hashBearerInBody } from './hash-bearer.ts';
import { earlyNanoSession } from './nano-session.ts';
import { deposit, invoice, order } from './one-time-account.ts';
import { otherProtocol, version1 } from './others.ts';
import { readable, type UnpricedResponse } from './response.ts';

/** The ways in which Nano is asked for come before those of others, and headers before the body. */
const RECOGNISERS: readonly Recogniser[] = [
  earlyNanoSession,
  invoice,
  deposit,
  order,
  hashBearerInBody,
  version1,
  otherProtocol,
];

/**
 * Recognises a 402 without PAYMENT-REQUIRED that asks for money in a way the wallet does not follow, so that the log can
 * say so by name (docs/WIRE.md §1.5). Undefined for any other response, and for one with that header. Pure and total.
 */
export function recogniseDialect(response: UnpricedResponse): Recognised | undefined {
  const read = readable(response);
  if (read.has('payment-required')) return undefined;
  for (const recognise of RECOGNISERS) {
    const found = recognise(read);
    if (found !== undefined) return found;
  }
  return undefined;
}
