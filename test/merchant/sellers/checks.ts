import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { readAddress, toAddress } from '../../devnet/address.ts';
import { hashBlock, isSigned, readBlock, type StateBlock } from '../../devnet/block.ts';
import { difficultyOf } from '../../devnet/work.ts';
import { standingOf } from '../mechanisms/signed-block.ts';
import type { NanoNode } from '../node.ts';
import { parsed } from './recording.ts';

/** Why a proof is not settled: the codes of a live facilitator, in the order of its checks. */
export type FlawCode =
  | 'unsupported_x402_version'
  | 'requirements_mismatch'
  | 'invalid_block'
  | 'invalid_signature'
  | 'invalid_payto'
  | 'account_not_found'
  | 'frontier_moved'
  | 'frontier_unconfirmed'
  | 'amount_mismatch'
  | 'invalid_work'
  | 'block_already_exists'
  | 'process_failed'
  | 'confirmation_timeout';

/** The Nano entry of an offer. */
const Entry = v.looseObject({ network: v.string(), amount: v.string(), payTo: v.string() });
export type Entry = Readonly<v.InferOutput<typeof Entry>>;

const Offer = v.looseObject({ accepts: v.array(v.looseObject({ network: v.string() })) });
const Proof = v.looseObject({
  x402Version: v.number(),
  accepted: v.record(v.string(), v.unknown()),
  payload: v.looseObject({ block: v.unknown() }),
});

/** The fields that a block has in a proof: one more, and it is none. */
const Block = v.strictObject({
  type: v.literal('state'),
  account: v.string(),
  previous: v.string(),
  representative: v.string(),
  balance: v.string(),
  link: v.string(),
  link_as_account: v.string(),
  work: v.string(),
  signature: v.string(),
});

/** The entry for a network in a `PAYMENT-REQUIRED`, where there is one that can be paid. */
export function entryIn(paymentRequired: string, network: string): Entry | undefined {
  const offer = v.safeParse(Offer, parsed(paymentRequired));
  if (!offer.success) return undefined;
  const found = v.safeParse(
    Entry,
    offer.output.accepts.find((entry) => entry.network === network),
  );
  return found.success ? found.output : undefined;
}

/** A proof as it came, whatever it is worth. */
export interface Presented {
  readonly version: number;
  readonly accepted: Readonly<Record<string, unknown>>;
  readonly linkAsAccount: string;
  readonly block: StateBlock;
  readonly hash: string;
}

/** Reads a `PAYMENT-SIGNATURE` in standard base64; undefined where no block is in it. */
export function presentedIn(header: string): Presented | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(header)) return undefined;
  try {
    const { x402Version, accepted, payload } = v.parse(Proof, parsed(header));
    const json = v.parse(Block, payload.block);
    const block = readBlock(json);
    if (block === undefined) return undefined;
    return {
      version: x402Version,
      accepted,
      linkAsAccount: json.link_as_account,
      block,
      hash: hashBlock(block),
    };
  } catch {
    return undefined;
  }
}

export interface CheckParts {
  readonly node: NanoNode;
  readonly sendThreshold: bigint;
}

/**
 * The nine checks of `scheme_exact_nano` (x402 pull request 3432), in its order, with a ledger of its own and crypto that
 * is not the purse's. Undefined for a proof that may be settled.
 */
export async function flawOf(
  { node, sendThreshold }: CheckParts,
  { version, accepted, block, linkAsAccount, hash }: Presented,
  issued: readonly Entry[],
): Promise<FlawCode | undefined> {
  if (version !== 2) return 'unsupported_x402_version';
  const entry = issued.find((one) => isDeepStrictEqual(one, accepted));
  if (entry === undefined) return 'requirements_mismatch';
  if (!isSigned(block)) return 'invalid_signature';
  if (linkAsAccount !== entry.payTo || block.link !== readAddress(entry.payTo)) return 'invalid_payto';
  const known = await node.blockInfo(hash);
  if (known?.confirmed === true) return 'block_already_exists';
  const { head, spends, onFrontier } = await standingOf(node, block);
  if (head === undefined) return 'account_not_found';
  if (!onFrontier) return 'frontier_moved';
  if ((await node.blockInfo(head.frontier))?.confirmed !== true) return 'frontier_unconfirmed';
  if (spends !== BigInt(entry.amount)) return 'amount_mismatch';
  if (difficultyOf(block.work, block.previous) < sendThreshold) return 'invalid_work';
  return undefined;
}

/** The account that pays. */
export const payerOf = ({ block }: Presented): string => toAddress(block.account);
