import * as v from 'valibot';
import { readAddress, toAddress } from './address.ts';
import { blake2b256, sign, verify } from './crypto.ts';
import { type AccountKey, fromHex, type Hash, type Hex32, readHex, readHex32, ZERO } from './hex.ts';
import { hex64 } from './work.ts';

/** A state block as the ledger keeps it: exact values, no text to interpret. */
export interface StateBlock {
  readonly account: AccountKey;
  readonly previous: Hash;
  readonly representative: AccountKey;
  /** The balance after this block, in raw. */
  readonly balance: bigint;
  /** Destination key of a send, source hash of a receive, zero for a change. */
  readonly link: Hex32;
  /** 128 upper-case hex digits. */
  readonly signature: string;
  readonly work: bigint;
}

/** What of a block is hashed, and so signed. */
export type UnsignedBlock = Omit<StateBlock, 'signature' | 'work'>;

/** A state block as the node writes it. */
export interface BlockJson {
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

const PREAMBLE = fromHex('6'.padStart(64, '0'));
const MAX_BALANCE = (1n << 128n) - 1n;

/** Blake2b-256 over the 176 bytes of preamble, account, previous, representative, balance and link. */
export function hashBlock(block: UnsignedBlock): Hash {
  const balance = block.balance.toString(16).padStart(32, '0');
  const fields = [block.account, block.previous, block.representative, balance, block.link];
  return blake2b256(PREAMBLE, ...fields.map(fromHex));
}

/** The block signed with this key and given this work. */
export function signBlock(block: UnsignedBlock, privateKey: string, work: bigint): StateBlock {
  return { ...block, signature: sign(fromHex(hashBlock(block)), privateKey), work };
}

/** Whether the block's own account signed it. */
export function isSigned(block: StateBlock): boolean {
  return verify(block.signature, fromHex(hashBlock(block)), block.account);
}

/** What the block's work was computed for: the previous block, or the account that it opens. */
export function workRoot(block: Pick<StateBlock, 'account' | 'previous'>): Hex32 {
  return block.previous === ZERO ? block.account : block.previous;
}

/** The block as the node writes it, in the node's order of fields. */
export function blockToJson(block: StateBlock): BlockJson {
  return {
    type: 'state',
    account: toAddress(block.account),
    previous: block.previous,
    representative: toAddress(block.representative),
    balance: block.balance.toString(),
    link: block.link,
    link_as_account: toAddress(block.link),
    signature: block.signature,
    work: hex64(block.work),
  };
}

/** A decimal number below 2^128 without leading zeros; undefined for anything else. */
export function readRaw(text: string): bigint | undefined {
  if (!/^(?:0|[1-9]\d{0,38})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value <= MAX_BALANCE ? value : undefined;
}

/** A field that is text which `read` understands. */
function field<Value>(read: (text: string) => Value | undefined) {
  return v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = read(dataset.value);
      if (value !== undefined) return value;
      addIssue();
      return NEVER;
    }),
  );
}

const blockSchema = v.object({
  type: v.literal('state'),
  account: field(readAddress),
  previous: field(readHex32),
  representative: field(readAddress),
  balance: field(readRaw),
  link: field((text) => readAddress(text) ?? readHex32(text)),
  signature: field((text) => readHex(text, 128)),
  work: field((text) => (readHex(text, 16) === undefined ? undefined : BigInt(`0x${text}`))),
});

/** Reads a state block from the JSON of a `process` request; undefined when a node would call it invalid. */
export function readBlock(json: unknown): StateBlock | undefined {
  const result = v.safeParse(blockSchema, json);
  return result.success ? result.output : undefined;
}
