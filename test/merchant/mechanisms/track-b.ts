import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { readAddress } from '../../devnet/address.ts';
import type { AccountKey } from '../../devnet/hex.ts';
import type { Patience } from '../confirmation.ts';
import type { AcceptsEntry, Presented } from '../envelope.ts';
import type { Faults } from '../faults.ts';
import type { NanoNode } from '../node.ts';
import { isNomsSigned } from '../noms.ts';
import { Quotes } from '../quotes.ts';
import type { SpentBlocks } from '../spent.ts';
import { type Mechanism, noSuchOffer, refused } from './mechanism.ts';
import { type Flaw, inspectSend } from './send-proof.ts';
import { malformedPayload, paymentExpired, trackHabits } from './tracks.ts';

const NonceExtra = v.strictObject({ nonce: v.string(), validBefore: v.number() });
const blockHash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const Proof = v.object({
  blockHash,
  account: v.string(),
  signature: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
});

export interface TrackBParts {
  readonly networkId: string;
  readonly payTo: string;
  readonly node: NanoNode;
  readonly spent: SpentBlocks;
  readonly patience: Patience;
  readonly now: () => number;
  readonly faults: Faults;
}

/**
 * x402.Nano Track B (docs/WIRE.md §3.8): the payer signs block, nonce and deadline as an off-chain message. More than the
 * price will do, and a nonce serves for as many payments as its deadline leaves time for: the block is what is spent.
 */
export function trackB(parts: TrackBParts): Mechanism {
  const { networkId, payTo, spent, patience, now, faults } = parts;
  const quotes = new Quotes();
  return {
    name: 'trackB',
    unconfirmed: refused('UNCONFIRMED_BLOCK'),
    reference: trackHabits('b', {
      MALFORMED_PAYLOAD: [400, 'payload must contain blockHash'],
      PAYMENT_EXPIRED: [410, 'Challenge expired'],
      INVALID_SIGNATURE: [400, 'Invalid NOMS signature'],
      DUPLICATE_BLOCK_HASH: [409, 'Block hash already spent (receipt reuse prevented)'],
      BLOCK_NOT_FOUND: [400, 'Block not found or not confirmed'],
      WRONG_BLOCK_TYPE: [400, 'Destination mismatch'],
      SENDER_MISMATCH: [400, 'On-chain sender does not match signed account'],
      WRONG_DESTINATION: [400, 'Destination mismatch'],
      INSUFFICIENT_AMOUNT: [400, 'Insufficient amount'],
      UNCONFIRMED_BLOCK: [400, 'Block not found or not confirmed'],
    }),

    offer({ url }, { priceRaw, expirySeconds }) {
      const nonce = randomBytes(32).toString('hex');
      const validBefore = Math.floor(now() / 1000) + expirySeconds;
      return quotes.issue(url, {
        scheme: 'exact',
        network: networkId,
        asset: 'XNO',
        amount: String(priceRaw),
        payTo,
        maxTimeoutSeconds: expirySeconds,
        extra: { nonce, validBefore },
      });
    },

    recognises: (accepted) => v.is(NonceExtra, accepted.extra),

    async redeem({ accepted, payload }, { url, route }, _delivery, { flavour }) {
      const proof = readProof(payload, faults);
      if (proof === undefined) return malformedPayload;
      const quote = quotes.find(url, accepted);
      if (quote === undefined) return noSuchOffer;
      if (termsOf(quote).validBefore <= Math.floor(now() / 1000) && !faults.has('expiry'))
        return paymentExpired;

      if (!isSigned(proof, quote)) return refused('INVALID_SIGNATURE');
      const debt = { payTo, amountRaw: quote.amount, atLeast: true, ...proof.payer };
      const wait = flavour === 'reference' ? { attempts: 0, intervalMs: 0 } : patience;
      const verdict = await inspectSend({ ...parts, patience: wait }, proof.blockHash, debt);
      if (verdict.kind !== 'paid') return refused(CODES[verdict.kind]);
      const { hash, payer, amountRaw } = verdict;
      const payment = { mechanism: 'trackB', url, route, amountRaw, payTo, payer, hash, at: now() };
      return spent.claim(payment) ? { kind: 'settled', payment } : refused(CODES.spent);
    },
  };

  function isSigned({ blockHash, signed }: ReadProof, quote: AcceptsEntry): boolean {
    const { nonce, validBefore } = termsOf(quote);
    if (signed === undefined || faults.has('nonce-binding')) return true;
    return isNomsSigned(`${blockHash}:${nonce}:${validBefore}`, signed.signature, signed.account);
  }
}

interface ReadProof {
  readonly blockHash: string;
  /** Absent only where a faulty merchant does without. */
  readonly signed?: { readonly signature: string; readonly account: AccountKey };
  readonly payer?: { readonly payer: string };
}

function readProof(payload: Presented['payload'], faults: Faults): ReadProof | undefined {
  if (!v.is(Proof, payload)) {
    return faults.has('unsigned') && v.is(v.object({ blockHash }), payload) ? payload : undefined;
  }
  const account = readAddress(payload.account);
  if (account === undefined) return undefined;
  const { blockHash: hash, signature, account: payer } = payload;
  return { blockHash: hash, signed: { signature, account }, payer: { payer } };
}

const termsOf = ({ extra }: AcceptsEntry) => v.parse(NonceExtra, extra);

const CODES: Readonly<Record<Flaw['kind'], string>> = {
  spent: 'DUPLICATE_BLOCK_HASH',
  unknown: 'BLOCK_NOT_FOUND',
  'no send': 'WRONG_BLOCK_TYPE',
  'other payer': 'SENDER_MISMATCH',
  'other payee': 'WRONG_DESTINATION',
  'other amount': 'INSUFFICIENT_AMOUNT',
  unconfirmed: 'UNCONFIRMED_BLOCK',
};
