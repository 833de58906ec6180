import type { ServerResponse } from 'node:http';
import type { Paywall } from '../interception/paywall.ts';
import { PRICE, type TestBed } from '../setup.ts';

/** What a dishonest shop says, at the moment it is asked. */
export interface Terms {
  readonly amount?: bigint;
  readonly description?: string;
  readonly error?: string;
  /** Any further members of the entry, the resource and the envelope. */
  readonly entry?: object;
  readonly resource?: object;
  readonly envelope?: object;
}

export interface Shop {
  readonly url: string;
  /** How many proofs were brought. */
  proofs(): number;
}

let shops = 0;

/** The PAYMENT-REQUIRED header of a shop at this URL, which takes the money to the merchant's account. */
export function demandOf({ merchant, devnet }: TestBed, url: string, terms: Terms = {}): string {
  const { amount = PRICE, description = 'A thing', error = '', ...more } = terms;
  const offer = {
    x402Version: 2,
    error,
    resource: { url, description, ...more.resource },
    accepts: [
      {
        scheme: 'exact',
        network: devnet.profile.id,
        asset: 'XNO',
        payTo: merchant.payTo,
        maxTimeoutSeconds: 180,
        amount: String(amount),
        extra: { nanoSignature: { url, messageToSign: 'block_hash+url' } },
        ...more.entry,
      },
    ],
    ...more.envelope,
  };
  return Buffer.from(JSON.stringify(offer)).toString('base64');
}

/**
 * Opens a dishonest shop of one page: it asks for what `terms` says at that moment, takes the
 * money to the merchant's account, and answers a proof as `onProof` does (with the page, unless told).
 */
export function openShop(
  testBed: TestBed,
  server: Paywall,
  terms: () => Terms,
  onProof: (response: ServerResponse) => void = (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><p id="paid">Paid');
  },
): Shop {
  const path = `/shop-${++shops}`;
  let proofs = 0;
  const url = server.serve(path, ({ headers }, response) => {
    if (headers['payment-signature'] !== undefined) {
      proofs += 1;
      return onProof(response);
    }
    response.setHeader('PAYMENT-REQUIRED', demandOf(testBed, url, terms()));
    response.writeHead(402, { 'Content-Type': 'text/html' }).end('<!doctype html><p>Pay first');
  });
  return { url, proofs: () => proofs };
}
