import type { Habits } from '../flavour.ts';
import { noSuchOffer, type Refusal, refused } from './mechanism.ts';

/** A payload that is not one, in the words of the tracks' specification. */
export const malformedPayload: Refusal = { kind: 'refused', status: 400, error: 'MALFORMED_PAYLOAD' };

/** A challenge whose `validBefore` has come. */
export const paymentExpired = refused('PAYMENT_EXPIRED');

/** The status and the words for each code of the specification. */
type Wordings = Readonly<Record<string, readonly [status: number, error: string]>>;

/**
 * The demo server of x402.Nano, its track routes (docs/WIRE.md §3.8): never a 402 for a proof, never a second offer. Only
 * the code counts: what follows a colon is kept as it is.
 */
export function trackHabits(track: 'a' | 'b', wordings: Wordings): Habits {
  return {
    encoding: 'base64url',
    demand: (required) => ({
      x402Version: 2,
      track,
      deposit: required.accepts[0]?.payTo,
      isResume: false,
      paymentRequired: required,
    }),
    receipt: ({ payTo, hash, payer }) => ({
      x402Version: 2,
      result: {
        version: '1.0',
        track,
        mode: 'settled',
        deposit: payTo,
        blockHash: track === 'b' ? hash.toLowerCase() : hash,
        ...(track === 'b' ? { payerAccount: payer } : {}),
      },
      success: true,
    }),
    refusal(refusal, presented) {
      const plain = (status: number, error: string) => ({ status, body: { error }, offersAgain: false });
      if (presented === undefined) return plain(400, 'Invalid PAYMENT-SIGNATURE encoding');
      if (refusal === noSuchOffer) return plain(404, 'No active session for this deposit and track');
      const [status, error] = wordings[refusal.error.split(':')[0] ?? ''] ?? [400, refusal.error];
      return plain(status, error);
    },
  };
}
