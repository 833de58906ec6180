import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { readAddress } from '../../devnet/address.ts';
import { blake2b256, verify } from '../../devnet/crypto.ts';
import { fromHex } from '../../devnet/hex.ts';
import type { Patience } from '../confirmation.ts';
import type { AcceptsEntry, Presented } from '../envelope.ts';
import type { Faults } from '../faults.ts';
import type { NanoNode } from '../node.ts';
import type { Receiver } from '../receiver.ts';
import type { SpentBlocks } from '../spent.ts';
import { invalidPayload, type Mechanism, presentedHash, refused } from './mechanism.ts';
import { rev7 } from './rev7.ts';
import { alreadySpent, judgeSend, notConfirmed } from './send-proof.ts';

const SignatureExtra = v.strictObject({ nanoSignature: v.looseObject({}) });

export interface NanoSignatureParts {
  readonly networkId: string;
  readonly receiver: Receiver;
  readonly node: NanoNode;
  readonly spent: SpentBlocks;
  readonly patience: Patience;
  readonly now: () => number;
  readonly faults: Faults;
}

/**
 * nanoSignature (Rev 7 track 2, docs/WIRE.md §3.5): the price is clean, the payer signs block hash and URL, and the
 * merchant pockets the send before it answers. The offer carries no id; what makes it ours is that we have quoted this
 * very URL and the quote is not over.
 */
export function nanoSignature(parts: NanoSignatureParts): Mechanism {
  const { networkId, receiver, spent, now, faults } = parts;
  const { payTo } = receiver;
  const quotes = new Map<string, { readonly entry: AcceptsEntry; readonly expiresAt: number }>();
  return {
    name: 'nanoSignature',
    unconfirmed: notConfirmed,
    reference: rev7,

    offer({ url }, { priceRaw, expirySeconds }) {
      const entry = entryOf(url, String(priceRaw), payTo, expirySeconds, networkId);
      quotes.set(url, { entry, expiresAt: now() + expirySeconds * 1000 });
      return entry;
    },

    recognises: (accepted) => v.is(SignatureExtra, accepted.extra),

    async redeem({ accepted, payload }, { url, route }) {
      const proof = presentedHash(payload);
      if (proof === undefined) return invalidPayload;
      const { signature } = payload;
      if (typeof signature !== 'string' && !faults.has('unsigned'))
        return refused('Signature required for nanoSignature verification');

      const quote = quotes.get(url);
      if (quote === undefined || now() >= quote.expiresAt) return refused('Payment requirements expired');
      const { entry } = quote;
      if (!echoes(accepted, entry, faults)) return refused('Requirements mismatch for issued offer');

      const verdict = await judgeSend(parts, proof, { payTo, amountRaw: entry.amount });
      if (verdict.kind === 'refused') return verdict;
      const { hash, payer } = verdict;
      const signed = proof + (faults.has('url-binding') ? urlIn(accepted) : url);
      const checked = typeof signature === 'string' && !faults.has('any-signer');
      if (checked && !isSignedBy(payer, signed, signature))
        return refused('Cryptographic signature is invalid');

      const pocketed = await receiver.pocket(hash, entry.amount);
      if (pocketed.kind === 'failed') return spent.has(hash) ? alreadySpent : refused(pocketed.error);
      const { receiveHash } = pocketed;
      const amountRaw = entry.amount;
      const payment = {
        mechanism: 'nanoSignature',
        url,
        route,
        amountRaw,
        payTo,
        payer,
        hash,
        receiveHash,
        at: now(),
      };
      return spent.claim(payment) ? { kind: 'settled', payment } : alreadySpent;
    },
  };
}

/** Whether a client says back what was issued, as far as this merchant looks. */
function echoes(accepted: Presented['accepted'], entry: AcceptsEntry, faults: Faults): boolean {
  const extra = faults.has('url-binding') ? entry.extra : accepted.extra;
  return isDeepStrictEqual({ ...accepted, extra }, entry);
}

/** The URL that a client says back. */
const urlIn = ({ extra }: Presented['accepted']): string =>
  String(v.parse(v.object({ nanoSignature: v.object({ url: v.string() }) }), extra).nanoSignature.url);

/** Ed25519-Blake2b over the Blake2b-256 of the text, by the account that sent the block. */
function isSignedBy(address: string, text: string, signature: string): boolean {
  const key = readAddress(address);
  if (key === undefined || !/^[0-9a-fA-F]{128}$/.test(signature)) return false;
  return verify(signature, fromHex(blake2b256(new TextEncoder().encode(text))), key);
}

function entryOf(
  url: string,
  amount: string,
  payTo: string,
  maxTimeoutSeconds: number,
  network: string,
): AcceptsEntry {
  return {
    scheme: 'exact',
    network,
    asset: 'XNO',
    amount,
    payTo,
    maxTimeoutSeconds,
    extra: { nanoSignature: { url, messageToSign: 'block_hash+url' } },
  };
}
