/**
 * State blocks, the only kind of block that the wallet writes. docs/WIRE.md §6.3; docs.nano.org, "Blocks
 * specifications".
 */
import { blake2b } from '@noble/hashes/blake2.js';
import * as v from 'valibot';
import {
  AddressText,
  addressOf,
  BURN_ADDRESS,
  type NanoAddress,
  type PublicKey,
  publicKeyOf,
} from './account.ts';
import { addRaw, BalanceText, parseBalance, type Raw, subtractRaw } from './amount.ts';
import { type PrivateKey, signHashAnew, signHashOf, verifyHashOf } from './ed25519.ts';
import { bytesOfHex, hexOf } from './hex.ts';

/** The hash of a block: 64 hex digits in upper case. */
export type BlockHash = string & v.Brand<'BlockHash'>;

/** The subtypes of state blocks that the wallet writes. */
export const SUBTYPES = ['send', 'receive', 'open', 'change'] as const;

/** What a block does, as a node names it in the field `subtype`. */
export type Subtype = (typeof SUBTYPES)[number];

export interface StateBlock {
  readonly account: NanoAddress;
  /** The block below this one; all zeros in the first block of an account. */
  readonly previous: BlockHash;
  readonly representative: NanoAddress;
  /** The balance of the account after this block. */
  readonly balance: Raw;
  /** 64 hex digits in upper case: the payee's key (send), the hash of the send (receive, open) or zeros (change). */
  readonly link: string;
}

export interface SignedBlock extends StateBlock {
  /** 128 hex digits in upper case. */
  readonly signature: string;
  /** Proof of work for {@link workRootOf}: 16 hex digits in lower case. */
  readonly work: string;
}

/** An account that has no block yet, and therefore no balance. */
export interface UnopenedHead {
  readonly kind: 'unopened';
  readonly account: NanoAddress;
}

/** The newest block of an account. */
export interface OpenHead {
  readonly kind: 'open';
  readonly account: NanoAddress;
  readonly hash: BlockHash;
  readonly balance: Raw;
  readonly representative: NanoAddress;
  /** Whether the network has confirmed it, according to the node. */
  readonly confirmed: boolean;
}

/** The block of an account that its next block is built on. */
export type ChainHead = UnopenedHead | OpenHead;

/** A block in the format of a node's `process` and `block_info`. */
interface RpcBlock {
  readonly type: 'state';
  readonly account: string;
  readonly previous: string;
  readonly representative: string;
  readonly balance: string;
  readonly link: string;
  readonly link_as_account: string;
  readonly signature: string;
  readonly work: string;
}

/** 32 zero bytes: no previous block, or no link. */
export const ZERO_HASH = '0'.repeat(64) as BlockHash;

/** Schema of a block hash in hex digits of either case. */
export const BlockHashText = v.pipe(
  v.string(),
  v.regex(/^[0-9a-fA-F]{64}$/),
  v.transform((text) => text.toUpperCase() as BlockHash),
);

/** Schema of a signed state block as nodes and stores write it. Its output is a {@link SignedBlock}. */
export const SignedBlockText = v.pipe(
  v.object({
    type: v.literal('state'),
    account: AddressText,
    previous: BlockHashText,
    representative: AddressText,
    balance: BalanceText,
    link: BlockHashText,
    signature: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{128}$/), v.toUpperCase()),
    work: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{16}$/), v.toLowerCase()),
  }),
  v.transform(({ type: _, ...block }): SignedBlock => block),
);

/** The 176 bytes that are hashed and signed: all fields but the signature and the work. */
export function preimageOf(block: StateBlock): Uint8Array<ArrayBuffer> {
  return bytesOfHex(
    [
      '6'.padStart(64, '0'),
      publicKeyOf(block.account),
      block.previous,
      publicKeyOf(block.representative),
      block.balance.toString(16).padStart(32, '0'),
      block.link,
    ].join(''),
  );
}

/** The hash of a block: Blake2b-256 of the bytes of {@link preimageOf}. */
export const hashBlock = (block: StateBlock): BlockHash =>
  hexOf(blake2b(preimageOf(block), { dkLen: 32 })) as BlockHash;

/** Adds the signature of the account's key to a block. */
export const signBlock = <B extends StateBlock>(
  block: B,
  privateKey: PrivateKey,
): B & { readonly signature: string } => ({ ...block, signature: signHashOf(privateKey, preimageOf(block)) });

/**
 * Signs a block with a random nonce instead of the deterministic one. Each call returns another valid signature. Two
 * wallets with the same key that sign the same block can so tell whose signature a node shows.
 */
export const signBlockAnew = <B extends StateBlock>(
  block: B,
  privateKey: PrivateKey,
): B & { readonly signature: string } => ({
  ...block,
  signature: signHashAnew(privateKey, preimageOf(block)),
});

/** Whether the block's signature is by this key. */
export const verifySignature = (
  block: StateBlock & Pick<SignedBlock, 'signature'>,
  publicKey: PublicKey,
): boolean => verifyHashOf(publicKey, preimageOf(block), block.signature);

/** Builds a send of `amount` on a head. @throws Fault `fault_insufficient`, with the missing XNO */
export const buildSend = (
  head: OpenHead,
  { to, amount }: { readonly to: NanoAddress; readonly amount: Raw },
): StateBlock => ({
  account: head.account,
  previous: head.hash,
  representative: head.representative,
  balance: subtractRaw(head.balance, amount),
  link: publicKeyOf(to),
});

/**
 * Builds a receive of the send `source`. `representative` is used only where the head has none: in the first block of
 * an account, and on an account that was opened by an epoch block of the network.
 */
export function buildReceive(
  head: ChainHead,
  {
    source,
    amount,
    representative,
  }: { readonly source: BlockHash; readonly amount: Raw; readonly representative: NanoAddress },
): StateBlock {
  if (head.kind === 'unopened') {
    return { account: head.account, previous: ZERO_HASH, representative, balance: amount, link: source };
  }
  return {
    account: head.account,
    previous: head.hash,
    representative: head.representative === BURN_ADDRESS ? representative : head.representative,
    balance: parseBalance(addRaw(head.balance, amount).toString()),
    link: source,
  };
}

/** Builds a block that changes the account's representative and nothing else. */
export const buildChange = (head: OpenHead, representative: NanoAddress): StateBlock => ({
  account: head.account,
  previous: head.hash,
  representative,
  balance: head.balance,
  link: ZERO_HASH,
});

/** The subtype of a receive on this head: `open` for the first block of an account. */
export const receiveSubtypeOn = (head: ChainHead): Subtype => (head.kind === 'unopened' ? 'open' : 'receive');

/** The value over which the next block's proof of work is computed: 64 hex digits in upper case. */
export const workRootOf = (head: ChainHead): BlockHash | PublicKey =>
  head.kind === 'open' ? head.hash : publicKeyOf(head.account);

/** Writes a block in the format of a node's `process`. */
export const toRpc = (block: SignedBlock): RpcBlock => ({
  type: 'state',
  account: block.account,
  previous: block.previous,
  representative: block.representative,
  balance: block.balance.toString(),
  link: block.link,
  link_as_account: addressOf(block.link as PublicKey),
  signature: block.signature,
  work: block.work,
});
