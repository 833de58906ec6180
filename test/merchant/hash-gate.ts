import { html, json, type Reply, show, type Visit } from './http.ts';
import { type Outcome, type Refusal, type Resource, refused } from './mechanisms/mechanism.ts';
import { type Assay, inspectSend } from './mechanisms/send-proof.ts';
import { page } from './pages/layout.ts';
import type { Terms } from './terms.ts';

/** The request header in which a hash is shown, as Node spells it. */
const HASH_HEADER = 'x-nano-payment';
const HASH = /^[0-9A-F]{64}$/;

export interface HashGateParts extends Assay {
  readonly networkId: string;
  readonly payTo: string;
  readonly now: () => number;
}

/** Whether these terms are paid first and proven by a bare hash. */
export const isByHash = ({ mechanisms }: Terms): boolean => mechanisms[0] === 'hashBearer';

/** The hash that a visit shows; undefined where it shows none. */
export function shownHash({ headers }: Visit): string | undefined {
  const shown = headers[HASH_HEADER];
  return typeof shown === 'string' ? shown : undefined;
}

/**
 * Takes money by a bare hash (docs/WIRE.md §3.11): the price in plain headers, the hash of a confirmed send in
 * X-Nano-Payment. Who shows a hash first gets what it bought. In the flavour `spec` it says nothing but its price to
 * whatever it does not take yet, as one seller does; in `reference` it has the words of another, also those that tell a
 * client to send again.
 */
export class HashGate {
  readonly #parts: HashGateParts;

  constructor(parts: HashGateParts) {
    this.#parts = parts;
  }

  /** The 402: the price in headers, for programs in the body too. */
  demand({ headers }: Visit, { priceRaw, flavour }: Terms, said: Readonly<Record<string, unknown>>): Reply {
    const { payTo, networkId } = this.#parts;
    const price = { pay_to: payTo, price_raw: String(priceRaw), network: networkId };
    const content = headers.accept?.includes('text/html')
      ? html(
          page('Payment required', '<h1>Payment required</h1>\n<p id="gate">Pay first, show the hash.</p>'),
        )
      : json({
          error: 'payment required',
          ...price,
          ...said,
          retry_with_header: 'X-Nano-Payment: <send block hash>',
        });
    return show(402, content, {
      'x-payment-address': payTo,
      'x-payment-amount-raw': String(priceRaw),
      ...(flavour === 'reference' && { 'x-payment-network': networkId, 'x-payment-asset': 'XNO' }),
      'Cache-Control': 'no-store',
    });
  }

  /** Judges a hash and, when it is good, spends it. Throws when the node cannot tell. */
  async redeem(hash: string, { url, route }: Resource, { priceRaw }: Terms): Promise<Outcome> {
    const { payTo, spent, now } = this.#parts;
    if (!HASH.test(hash)) return refused('invalid_hash');
    const verdict = await inspectSend(this.#parts, hash, { payTo, amountRaw: String(priceRaw) });
    switch (verdict.kind) {
      case 'paid': {
        const { payer, amountRaw } = verdict;
        const payment = { mechanism: 'hashBearer', url, route, amountRaw, payTo, payer, hash, at: now() };
        return spent.claim(payment) ? { kind: 'settled', payment } : alreadyUsed;
      }
      case 'spent':
        return alreadyUsed;
      case 'unknown':
      case 'unconfirmed':
        return notYet;
      case 'no send':
      case 'other payer':
      case 'other payee':
      case 'other amount':
        return refused('nano_payment_mismatch');
    }
  }

  /** A refusal on the wire: a 402 repeats the price. */
  refuse(visit: Visit, terms: Terms, { status, error }: Refusal): Reply {
    if (status !== 402) return show(status, json({ error }), { 'Cache-Control': 'no-store' });
    return this.demand(visit, terms, terms.flavour === 'spec' ? {} : { error, hint: HINTS[error] ?? '' });
  }
}

/** What is said of a hash whose block is not confirmed there yet. */
export const notYet = refused('nano_payment_not_confirmed');
const alreadyUsed = refused('nano_payment_already_used');

/** What sellers tell a client to do. A client that does it pays twice. */
const HINTS: Readonly<Record<string, string>> = {
  [alreadyUsed.error]: 'This payment was used. Send again and retry with the new hash.',
};
