import * as v from 'valibot';
import { readAddress, toAddress } from '../../devnet/address.ts';
import { hashBlock, isSigned, readBlock, type StateBlock } from '../../devnet/block.ts';
import { isConfirmed, type Patience } from '../confirmation.ts';
import type { AcceptsEntry } from '../envelope.ts';
import type { Faults } from '../faults.ts';
import type { HandedOverBlocks } from '../handed-over-blocks.ts';
import type { NanoNode } from '../node.ts';
import { Quotes } from '../quotes.ts';
import type { SpentBlocks } from '../spent.ts';
import type { Terms } from '../terms.ts';
import { type Mechanism, noSuchOffer, type Refusal, type Resource, refused } from './mechanism.ts';
import { standingOf } from './signed-block.ts';
import { malformedPayload, paymentExpired, trackHabits } from './tracks.ts';

const ValidBeforeExtra = v.strictObject({ validBefore: v.number() });
const address = v.pipe(
  v.string(),
  v.check((text) => readAddress(text) !== undefined),
);
const digits = (shape: RegExp) => v.pipe(v.string(), v.regex(shape));

/** All of the specification's fields; its text wants lower-case hex, its own example is upper case (docs/WIRE.md §4.9). */
const Block = v.object({
  type: v.literal('state'),
  account: address,
  previous: digits(/^[0-9a-fA-F]{64}$/),
  representative: address,
  balance: digits(/^(0|[1-9][0-9]*)$/),
  link: digits(/^[0-9a-fA-F]{64}$/),
  link_as_account: v.string(),
  signature: digits(/^[0-9a-fA-F]{128}$/),
  work: v.string(),
});

export interface TrackAParts {
  readonly networkId: string;
  readonly payTo: string;
  readonly node: NanoNode;
  readonly spent: SpentBlocks;
  readonly handedOverBlocks: HandedOverBlocks;
  readonly patience: Patience;
  readonly now: () => number;
  readonly faults: Faults;
}

/**
 * x402.Nano Track A (docs/WIRE.md §3.7): the payer hands over a signed block, the merchant publishes it and waits for its
 * confirmation. A block that was taken and is not confirmed yet may be brought again: it is settled, not judged anew.
 */
export function trackA(parts: TrackAParts): Mechanism {
  const { networkId, payTo, node, spent, handedOverBlocks, patience, now, faults } = parts;
  const payee = readAddress(payTo);
  const quotes = new Quotes();
  return {
    name: 'trackA',
    unconfirmed: refused('CONFIRMATION_TIMEOUT'),
    reference: trackHabits('a', {
      MALFORMED_PAYLOAD: [400, 'payload must contain blockHash'],
      PAYMENT_EXPIRED: [410, 'Challenge expired'],
      DUPLICATE_FRONTIER: [409, 'Session already settled'],
      DUPLICATE_BLOCK_HASH: [409, 'Session already settled'],
      CONFIRMATION_TIMEOUT: [408, 'CONFIRMATION_TIMEOUT'],
    }),

    offer: ({ url }, { priceRaw, expirySeconds }) =>
      quotes.issue(url, {
        scheme: 'exact',
        network: networkId,
        asset: 'XNO',
        amount: String(priceRaw),
        payTo,
        maxTimeoutSeconds: expirySeconds,
        extra: { validBefore: Math.floor(now() / 1000) + expirySeconds },
      }),

    recognises: (accepted) => v.is(ValidBeforeExtra, accepted.extra),

    async redeem({ accepted, payload }, resource, _delivery, terms) {
      const block = v.is(Block, payload.block) && fitsCase(payload.block, terms) ? payload.block : undefined;
      if (block === undefined) return malformedPayload;
      const quote = quotes.find(resource.url, accepted);
      if (quote === undefined) return noSuchOffer;
      const { validBefore } = v.parse(ValidBeforeExtra, quote.extra);
      if (validBefore <= Math.floor(now() / 1000) && !faults.has('expiry')) return paymentExpired;

      const worked = /^[0-9a-fA-F]{16}$/.test(block.work);
      const read = readBlock(worked ? block : { ...block, work: '0' });
      if (read === undefined) return malformedPayload;
      const hash = hashBlock(read);
      if (spent.has(hash)) return duplicate;
      if (handedOverBlocks.takenFor(hash) !== resource.url) {
        const flaw = await flawOf(read, block.link_as_account, quote);
        if (flaw !== undefined) return flaw;
        if (!worked) return refused('INVALID_WORK');
        if (!handedOverBlocks.take(read, resource)) return refused('DUPLICATE_FRONTIER');
      }
      return settle(read, hash, quote, resource, terms);
    },
  };

  /** The checks in the order of the specification, from the destination on. */
  async function flawOf(
    block: StateBlock,
    shown: string,
    { amount }: AcceptsEntry,
  ): Promise<Refusal | undefined> {
    const link = faults.has('cheque-link') ? readAddress(shown) : block.link;
    if (link !== payee) return refused('WRONG_DESTINATION');
    const { spends, onFrontier } = await standingOf(node, block);
    if (spends !== BigInt(amount) && !faults.has('cheque-amount')) return refused('INSUFFICIENT_AMOUNT');
    if (!onFrontier && !faults.has('stale-frontier')) return refused('STALE_FRONTIER');
    return isSigned(block) || faults.has('cheque-signature') ? undefined : refused('INVALID_SIGNATURE');
  }

  async function settle(
    block: StateBlock,
    hash: string,
    { amount: amountRaw }: AcceptsEntry,
    { url, route }: Resource,
    { publishing }: Terms,
  ) {
    if (publishing === 'at-once') {
      const outcome = await handedOverBlocks.publish(hash);
      if (outcome.kind === 'bounced') {
        return refused(outcome.moved ? 'FRONTIER_CHANGED' : `BROADCAST_FAILED: ${outcome.reason}`);
      }
      if (!(await isConfirmed(node, hash, patience))) return refused('CONFIRMATION_TIMEOUT');
    }
    const payer = toAddress(block.account);
    const payment = { mechanism: 'trackA', url, route, amountRaw, payTo, payer, hash, at: now() };
    if (!spent.claim(payment)) return duplicate;
    if (publishing === 'late') handedOverBlocks.publishLate(hash);
    return { kind: 'settled', payment } as const;
  }
}

const duplicate = refused('DUPLICATE_BLOCK_HASH');

/** With `?hex=lower` the specification is taken at its word. */
function fitsCase({ previous, link, signature }: v.InferOutput<typeof Block>, { hex }: Terms): boolean {
  return hex === 'any' || !/[A-F]/.test(previous + link + signature);
}
