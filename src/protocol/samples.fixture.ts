import { encodeBase64 } from '../base64.ts';
import { parseAddress, publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import type { ClassifyContext } from './offer/classify.ts';

/** 2030-03-17T17:46:40Z, the moment at which the samples arrive. */
export const ARRIVED = 1_900_000_000_000;
export const PAGE = 'https://example.com/api/protected?x=1';
export const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
export const PAYER = parseAddress('nano_3i1aq1cchnmbn9x5rsbap8b15akfh7wj7pwskuzi7ahz8oq6cobd99d4r3b7');

export const context: ClassifyContext = {
  url: PAGE,
  network: 'nano:mainnet',
  arrivedAt: ARRIVED,
  now: ARRIVED,
};

export const session = {
  id: 'a03ba415f67e2bba20a00fc5353c4961',
  tag: 4518140,
  resourceAmountRaw: '10000000000000000000000000000',
  tagAmountRaw: '4518140',
  expiresAt: '2030-03-17T17:49:40.000Z',
};

const entry = {
  scheme: 'exact',
  network: 'nano:mainnet',
  asset: 'XNO',
  amount: '10000000000000000000004518140',
  payTo: PAYEE,
  maxTimeoutSeconds: 180,
};

export const sessionEntry = { ...entry, extra: { nanoSession: session } };
export const signatureEntry = {
  ...entry,
  extra: { nanoSignature: { url: PAGE, messageToSign: 'block_hash+url' } },
};
export const challengeEntry = {
  ...entry,
  extra: {
    challenge: {
      challengeId: 'ab3d8794ba2f64b5f8c0b2a21d0de931',
      mechanism: 'nano-nym-exact',
      version: 'ns8',
      payToKind: 'address',
      destination: PAYEE,
      amount: entry.amount,
      resourceAmountRaw: session.resourceAmountRaw,
      tagAmountRaw: session.tagAmountRaw,
      expiresAt: session.expiresAt,
      settlementPolicy: 'send_confirmed',
    },
  },
};
export const trackBEntry = { ...entry, extra: { nonce: 'a9'.repeat(32), validBefore: 1_900_000_120 } };
export const trackAEntry = { ...entry, extra: { validBefore: 1_900_000_180 } };
export const signedBlockEntry = { ...entry, extra: {} };

/** A signed send to the payee, in the wallet's format. */
export const block: SignedBlock = {
  account: PAYER,
  previous: '8EDD8E49C285A5302E896E2A981D4D086AEDE2903F129E70AEC47846AAAF1788' as BlockHash,
  representative: parseAddress(PAYEE),
  balance: 4988999999999999999999995481860n as Raw,
  link: publicKeyOf(parseAddress(PAYEE)),
  signature: 'A5'.repeat(64),
  work: '0123456789abcdef',
};

/** An envelope around entries, with parts of it replaced. */
export function envelopeOf(accepts: readonly unknown[], parts: object = {}): object {
  return { x402Version: 2, resource: { url: PAGE }, accepts, ...parts };
}

/** The header that a server sends for a value. */
export function headerOf(value: unknown): string {
  return encodeBase64(new TextEncoder().encode(JSON.stringify(value)));
}
