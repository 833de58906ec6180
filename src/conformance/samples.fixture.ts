import type { Sentence } from '../fault.ts';
import type { Clock } from '../nano/clock.ts';
import { encodeProof } from '../protocol/wire/envelope.ts';
import type { JsonObject } from '../protocol/wire/json.ts';
import type { HttpResponse } from './ports.ts';
import { sentence } from './sentence.ts';
import type { Target } from './target.ts';

export const URL_ASKED = 'https://shop.example/data';

/** Some reason for a verdict. */
export const BECAUSE: Sentence = sentence('probe_T28_one');

export const TARGET: Target = { method: 'GET', url: URL_ASKED, headers: {}, body: null, failingUrl: null };

/** A payee with a right checksum. */
export const PAYEE = 'nano_3t6k35gi95xu6tergt6p69ck76ogmitsa8mnijtpxm9fkcm736xtoncuohr3';

/** An entry of x402nano/exact: the plainest offer there is. */
export const ENTRY: JsonObject = {
  scheme: 'exact',
  network: 'nano:mainnet',
  asset: 'XNO',
  amount: '1000',
  payTo: PAYEE,
  maxTimeoutSeconds: 60,
  extra: {},
};

/** A 402 that offers these entries. */
export const demandOf = (...accepts: readonly JsonObject[]): HttpResponse => ({
  status: 402,
  headers: {
    'payment-required': encodeProof({ x402Version: 2, resource: { url: URL_ASKED }, accepts }),
    'cache-control': 'no-store',
  },
  body: '',
});

/** A clock that each pause moves forward, and that records the pauses (ms). */
export function ownClock(): Clock & { readonly waits: readonly number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async pause(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
    },
  };
}
