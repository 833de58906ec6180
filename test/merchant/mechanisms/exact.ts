import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { readAddress, toAddress } from '../../devnet/address.ts';
import { hashBlock, isSigned, readBlock, type StateBlock } from '../../devnet/block.ts';
import { difficultyOf } from '../../devnet/work.ts';
import type { AcceptsEntry, Presented } from '../envelope.ts';
import { type Faults, forNothing } from '../faults.ts';
import type { Habits } from '../flavour.ts';
import type { HandedOverBlocks } from '../handed-over-blocks.ts';
import type { NanoNode } from '../node.ts';
import { Quotes } from '../quotes.ts';
import type { SpentBlocks } from '../spent.ts';
import type { Terms } from '../terms.ts';
import { type Mechanism, noSuchOffer, type Refusal, type Resource, refused } from './mechanism.ts';
import { notConfirmed } from './send-proof.ts';
import { standingOf } from './signed-block.ts';

const address = v.pipe(v.string(), v.regex(/^(?:nano|xrb)_[13][13456789abcdefghijkmnopqrstuwxyz]{59}$/));
const hex64 = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{64}$/));

/** Exactly these keys: one more and the block is none. */
const Block = v.strictObject({
  type: v.literal('state'),
  account: address,
  previous: hex64,
  representative: address,
  balance: v.pipe(v.string(), v.regex(/^[0-9]+$/)),
  link: hex64,
  link_as_account: v.exactOptional(v.string()),
  work: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{16}$/)),
  signature: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{128}$/)),
});

export interface SignedBlockParts {
  readonly networkId: string;
  readonly payTo: string;
  readonly node: NanoNode;
  readonly spent: SpentBlocks;
  readonly handedOverBlocks: HandedOverBlocks;
  /** The work a send must have. */
  readonly sendThreshold: bigint;
  readonly now: () => number;
  readonly faults: Faults;
}

/**
 * x402nano/exact (docs/WIRE.md §3.9): one offer for everybody, without an expiry; a signed block is handed over, and
 * published without waiting for its confirmation.
 */
export function signedBlock(parts: SignedBlockParts): Mechanism {
  const { networkId, payTo, node, spent, handedOverBlocks, sendThreshold, now, faults } = parts;
  const quotes = new Quotes();
  return {
    name: 'signedBlock',
    unconfirmed: notConfirmed,
    reference,

    offer: ({ url }, { priceRaw, expirySeconds, extra }) =>
      quotes.issue(url, {
        ...ENTRY,
        network: networkId,
        amount: String(priceRaw),
        payTo,
        maxTimeoutSeconds: expirySeconds,
        extra: EXTRAS[extra](sendThreshold),
      }),

    recognises: ({ extra }) => Object.keys(extra).every((key) => KEYS.includes(key)),

    async redeem({ accepted, payload }, resource, _delivery, terms) {
      const quote = quoteFor(resource.url, accepted);
      if (quote === undefined) return noSuchOffer;
      const given = v.is(Block, payload.block) ? payload.block : undefined;
      const block = readBlock(given);
      if (given === undefined || block === undefined) {
        if (!faults.has('any-block')) return invalidBlock;
        return { kind: 'settled', payment: forNothing('signedBlock', resource.url, resource.route) };
      }

      const hash = hashBlock(block);
      if (spent.has(hash)) return alreadyUsed;
      if (handedOverBlocks.takenFor(hash) !== resource.url) {
        const payee = readAddress(quote.payTo);
        const shown = given.link_as_account ?? (terms.flavour === 'reference' ? '' : payTo);
        const link = faults.has('cheque-link') ? payee : block.link;
        if (shown !== quote.payTo || link !== payee) return refused('error_payto_link_mismatch');
        const flaw = await flawOf(block, quote);
        if (flaw !== undefined) return flaw;
        if (!handedOverBlocks.take(block, resource)) return frontierInUse;
      }
      return settle(block, hash, quote, resource, terms);
    },
  };

  /** What was offered for a URL, as far as this merchant compares it with what the client says back. */
  function quoteFor(url: string, accepted: Presented['accepted']): AcceptsEntry | undefined {
    const asset = faults.has('any-asset') ? { asset: 'XNO' } : {};
    const quote = quotes.find(url, { ...accepted, ...asset });
    if (quote !== undefined || !faults.has('echoed-terms')) return quote;
    const { amount, payTo: to } = v.parse(v.looseObject({ amount: v.string(), payTo: v.string() }), accepted);
    return { ...ENTRY, network: networkId, amount, payTo: to, maxTimeoutSeconds: 60, extra: {} };
  }

  async function flawOf(block: StateBlock, { amount, extra }: AcceptsEntry): Promise<Refusal | undefined> {
    const { workThreshold } = extra;
    const threshold = typeof workThreshold === 'string' ? BigInt(`0x${workThreshold}`) : sendThreshold;
    const { head, spends, onFrontier } = await standingOf(node, block);
    if (head === undefined) return faults.has('unopened-account') ? undefined : unopened;
    if (BigInt(head.balance) < BigInt(amount)) return refused('error_not_enough_balance');
    const stale = !onFrontier && !faults.has('stale-frontier');
    const weak = difficultyOf(block.work, block.previous) < threshold && !faults.has('weak-work');
    if (stale || weak) {
      return refused('error_invalid_work');
    }
    if (!isSigned(block) && !faults.has('cheque-signature')) return invalidBlock;
    if (spends === BigInt(amount) || faults.has('cheque-amount')) return undefined;
    return refused(`[error_facilitator] - Amount mismatch: expected ${amount}, got ${spends}`);
  }

  async function settle(
    block: StateBlock,
    hash: string,
    { amount: amountRaw }: AcceptsEntry,
    { url, route }: Resource,
    { publishing }: Terms,
  ) {
    if (publishing === 'at-once' && (await handedOverBlocks.publish(hash)).kind === 'bounced')
      return notSettled;
    const payer = toAddress(block.account);
    const payment = { mechanism: 'signedBlock', url, route, amountRaw, payTo, payer, hash, at: now() };
    if (!spent.claim(payment)) return alreadyUsed;
    if (publishing === 'late') handedOverBlocks.publishLate(hash);
    return { kind: 'settled', payment } as const;
  }
}

const ENTRY = { scheme: 'exact', asset: 'XNO' } as const;

/** What stands in `extra`. A session is fresh with each offer: only the entry that is paid comes back with it. */
const EXTRAS = {
  none: () => ({}),
  live: (threshold: bigint) => ({
    asset: 'XNO',
    work: 'required',
    workThreshold: threshold.toString(16),
    session: randomBytes(16).toString('hex'),
  }),
  unknown: (threshold: bigint) => ({ ...EXTRAS.live(threshold), memo: 'order 7' }),
  harder: (threshold: bigint) => EXTRAS.live(2n ** 64n - (2n ** 64n - threshold) / TIMES_HARDER),
} as const;
/** How many times the network's work `harder` asks for. */
const TIMES_HARDER = 4n;
const KEYS: readonly string[] = ['asset', 'work', 'workThreshold', 'session', 'memo'];

const invalidBlock = refused('error_invalid_block');
const unopened = refused('error_no_account_frontier');
const alreadyUsed = refused('[error_facilitator] - Payment already spent');
const frontierInUse = refused('[error_facilitator] - Another block on this frontier is being settled');
/** What the facilitator says when the node did not take the block. */
const notSettled = refused('error_nano_rpc');

/** The example server of x402nano. */
const reference: Habits = {
  encoding: 'base64',
  demand: ({ error }) => ({ error, message: 'This resource is paid for in Nano' }),
  receipt: ({ hash, payer }, network) => ({ success: true, transaction: hash, network, payer }),
  refusal(refusal, presented, network) {
    const again = { status: refusal.status, offersAgain: true };
    if (presented === undefined) return { ...again, status: 402, body: { error: 'Payment Required' } };
    if (refusal !== notSettled) {
      const reason = refusal === unopened ? '[error_nano_rpc]: Account not found' : refusal.error;
      return { ...again, body: { error: 'Invalid Payment', reason } };
    }
    const receipt = {
      success: false,
      network,
      transaction: '',
      errorReason: refusal.error,
      payer: payerIn(presented.payload),
    };
    return { status: 402, body: {}, receipt, offersAgain: false };
  },
};

const payerIn = (payload: object): string =>
  v.is(v.object({ block: v.object({ account: v.string() }) }), payload) ? payload.block.account : '';
