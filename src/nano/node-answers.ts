/** The shapes of a Nano node's answers, and of the proxies in front of them. docs/WIRE.md §6, §7, §9. */
import * as v from 'valibot';
import { AddressText, type NanoAddress } from './account.ts';
import { BalanceText, type Raw } from './amount.ts';
import { type BlockHash, BlockHashText, type SignedBlock, SignedBlockText, ZERO_HASH } from './block.ts';

/** What a block says, as far as the purse can read it. */
type BlockContents =
  | { readonly kind: 'state'; readonly block: SignedBlock }
  | { readonly kind: 'legacy'; readonly block: LegacyBlock };

/** A block from before state blocks (2018). Only a legacy send says a balance. */
export type LegacyBlock = v.InferOutput<typeof LegacyBlockText>;

/** Nodes write "true", some proxies true. */
const BooleanText = v.pipe(
  v.union([v.picklist(['true', 'false']), v.boolean()]),
  v.transform((value) => value === 'true' || value === true),
);

const LegacyBlockText = v.variant('type', [
  v.object({
    type: v.literal('send'),
    previous: BlockHashText,
    destination: AddressText,
    /** 32 hex digits, unlike every other balance. */
    balance: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{32}$/)),
  }),
  v.object({ type: v.literal('receive'), previous: BlockHashText, source: BlockHashText }),
  v.object({
    type: v.literal('open'),
    source: BlockHashText,
    representative: AddressText,
    account: AddressText,
  }),
  v.object({ type: v.literal('change'), previous: BlockHashText, representative: AddressText }),
]);

const ContentsText = v.union([
  v.pipe(
    SignedBlockText,
    v.transform((block): BlockContents => ({ kind: 'state', block })),
  ),
  v.pipe(
    LegacyBlockText,
    v.transform((block): BlockContents => ({ kind: 'legacy', block })),
  ),
]);

/** An object, or the text of one: a proxy may drop `json_block`. */
const contents = v.union([ContentsText, v.pipe(v.string(), v.parseJson(), ContentsText)]);

/** `account_info` of an account that has blocks. All of it is the node's word. */
export const AccountInfo = v.pipe(
  v.object({ frontier: BlockHashText, open_block: v.optional(BlockHashText), balance: BalanceText }),
  v.transform(({ frontier, open_block = null, balance }) => ({ frontier, openBlock: open_block, balance })),
);
export type AccountInfo = v.InferOutput<typeof AccountInfo>;

/** `block_info`. What the node says beside the contents is its word alone; null is what it does not say. */
export const BlockInfo = v.pipe(
  v.object({
    contents,
    block_account: v.optional(AddressText),
    balance: v.optional(BalanceText),
    amount: v.optional(BalanceText),
    confirmed: v.optional(BooleanText, false),
    successor: v.optional(v.union([BlockHashText, v.literal('')])),
  }),
  v.transform(({ contents, block_account = null, balance = null, amount = null, confirmed, successor }) => ({
    contents,
    account: block_account,
    balance,
    amount,
    confirmed,
    /** The block above this one; null at the head. */
    successor: successor === undefined || successor === '' || successor === ZERO_HASH ? null : successor,
  })),
);
export type BlockInfo = v.InferOutput<typeof BlockInfo>;

/** `blocks_info`: what the node has of the blocks asked for. */
export const BlocksInfo = v.pipe(
  v.object({ blocks: v.union([v.record(v.string(), v.unknown()), v.literal('')]) }),
  v.transform(({ blocks }) => (blocks === '' ? {} : blocks)),
  v.record(BlockHashText, BlockInfo),
);

/** A send to an account that the node says is not received yet; null is what it did not say. */
export interface ReceivableEntry {
  readonly hash: BlockHash;
  readonly amount: Raw | null;
  readonly source: NanoAddress | null;
}

const AmountTold = v.union([
  v.pipe(
    BalanceText,
    v.transform((amount) => ({ amount, source: null })),
  ),
  v.pipe(
    v.object({ amount: BalanceText, source: v.optional(AddressText) }),
    v.transform(({ amount, source = null }) => ({ amount, source })),
  ),
]);
const noneReceivable = v.pipe(
  v.union([v.literal(''), v.null()]),
  v.transform((): ReceivableEntry[] => []),
);
const hashesReceivable = v.pipe(
  v.array(v.unknown()),
  v.transform((hashes) => hashes.map((hash): readonly [unknown, unknown] => [hash, undefined])),
);
const amountsReceivable = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((amounts): (readonly [string, unknown])[] => Object.entries(amounts)),
);
const someReceivable = v.pipe(
  v.union([hashesReceivable, amountsReceivable]),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const entries = value.flatMap(([name, told]) => readReceivable(name, told));
    if (value.length === 0 || entries.length > 0) return entries;
    addIssue({ message: 'no entry that can be read' });
    return NEVER;
  }),
);

/** One entry by itself: one that cannot be read hides no other. What it is worth, its blocks prove. */
function readReceivable(name: unknown, told: unknown): readonly ReceivableEntry[] {
  const hash = v.safeParse(BlockHashText, name);
  if (!hash.success) return [];
  const read = v.safeParse(AmountTold, told);
  return [{ hash: hash.output, ...(read.success ? read.output : { amount: null, source: null }) }];
}

/** `receivable` in each of its shapes: "" for none, hashes, hash to amount, hash to `{amount, source}`. */
export const Receivable = v.pipe(
  v.object({ blocks: v.union([noneReceivable, someReceivable]) }),
  v.transform(({ blocks }) => blocks),
);

/** `process` of a block the node took. */
export const Processed = v.object({ hash: BlockHashText });

/** A refusal: HTTP 200 all the same. */
export const Refusal = v.object({ error: v.string() });
