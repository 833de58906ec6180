import * as v from 'valibot';
import { type Devnet, type DevnetOptions, startDevnet } from '../../devnet/devnet.ts';
import { type AcceptsEntry, encodeHeader, type PaymentRequired } from '../envelope.ts';
import { type Merchant, type MerchantOptions, startMerchant } from '../merchant.ts';
import { fundedPayer, type Payer } from './payer.ts';

/** A devnet, a merchant on it, and somebody who can pay. */
export interface TestBed {
  readonly devnet: Devnet;
  readonly merchant: Merchant;
  readonly payer: Payer;
  /** Moves the merchant's clock forward. */
  passTime(ms: number): void;
  close(): Promise<void>;
}

export const XNO = 10n ** 30n;

export async function openTestBed(
  options: Omit<MerchantOptions, 'network' | 'now'> & { readonly devnet?: DevnetOptions } = {},
): Promise<TestBed> {
  const { devnet: devnetOptions, ...merchantOptions } = options;
  const devnet = await startDevnet({ confirmationDelayMs: 20, ...devnetOptions });
  let ahead = 0;
  const merchant = await startMerchant({
    network: devnet.profile,
    now: () => Date.now() + ahead,
    patience: { attempts: 300, intervalMs: 10 },
    ...merchantOptions,
  });
  return {
    devnet,
    merchant,
    payer: await fundedPayer(devnet, 100n * XNO),
    passTime(ms) {
      ahead += ms;
    },
    async close() {
      await merchant.close();
      await devnet.close();
    },
  };
}

const Entry = v.object({
  scheme: v.literal('exact'),
  network: v.string(),
  asset: v.literal('XNO'),
  amount: v.string(),
  payTo: v.string(),
  maxTimeoutSeconds: v.number(),
  extra: v.record(v.string(), v.unknown()),
});
const Offer = v.object({
  x402Version: v.literal(2),
  error: v.string(),
  resource: v.object({ url: v.string(), description: v.string(), mimeType: v.string() }),
  accepts: v.array(Entry),
  extensions: v.exactOptional(v.record(v.string(), v.unknown())),
});

/** The offer in a 402. */
export function offerIn(response: Response): PaymentRequired {
  return v.parse(Offer, decodeHeader(response, 'PAYMENT-REQUIRED'));
}

/** What `PAYMENT-RESPONSE` says. */
export const receiptIn = (response: Response): unknown => decodeHeader(response, 'PAYMENT-RESPONSE');

function decodeHeader(response: Response, name: string): unknown {
  const header = response.headers.get(name);
  if (header === null) throw new Error(`${response.status} without ${name}`);
  return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
}

/** Asks on a connection of its own, which no restart of the merchant can have closed. */
export function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, headers: { ...init.headers, Connection: 'close' } });
}

/** Asks without paying; gives the only entry of the offer. */
export async function quote(url: string, init?: RequestInit): Promise<AcceptsEntry> {
  const response = await ask(url, init);
  await response.arrayBuffer();
  const [entry, ...others] = offerIn(response).accepts;
  if (response.status !== 402 || entry === undefined || others.length > 0) throw new Error('not one offer');
  return entry;
}

/** The base64 of a payment payload. */
export function signed(accepted: unknown, payload: Readonly<Record<string, unknown>>): string {
  return encodeHeader({ x402Version: 2, accepted, payload });
}

/** Asks with a proof. */
export function present(url: string, paymentSignature: string, init: RequestInit = {}): Promise<Response> {
  return ask(url, { ...init, headers: { ...init.headers, 'PAYMENT-SIGNATURE': paymentSignature } });
}

/** What a JSON answer says went wrong. */
export async function errorIn(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
}
