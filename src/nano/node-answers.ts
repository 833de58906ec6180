/** The shapes of a Nano node's answers, and of the proxies in front of them. docs/WIRE.md §6, §7, §9. */
import * as v from 'valibot';
import { AddressText, type NanoAddress } from './account.ts';
import { BalanceText, type Raw } from './amount.ts';
import { type BlockHash, BlockHashText, type SignedBlock, SignedBlockText, ZERO_HASH } from './block.ts';

/** The contents of a block, in one of the two formats of the ledger. */
type BlockContents =
  | { readonly kind: 'state'; readonly block: SignedBlock }
  | { readonly kind: 'legacy'; readonly block: LegacyBlock };

/** A block from before state blocks (2018). Only a legacy send states a balance. */
export type LegacyBlock = v.InferOutput<typeof LegacyBlockText>;

/** Nodes write "true", some proxies write true. */
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

/** An object, or a string with its JSON, because a proxy may drop `json_block`. */
const contents = v.union([ContentsText, v.pipe(v.string(), v.parseJson(), ContentsText)]);

/** `account_info` of an account that has blocks. All of it is the node's claim. */
export const AccountInfo = v.pipe(
  v.object({ frontier: BlockHashText, open_block: v.optional(BlockHashText), balance: BalanceText }),
  v.transform(({ frontier, open_block = null, balance }) => ({ frontier, openBlock: open_block, balance })),
);
export type AccountInfo = v.InferOutput<typeof AccountInfo>;

/** `block_info`. All fields but the contents are the node's claim; null where it does not state one. */
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
    /** The next block of the account; null at the head. */
    successor: successor === undefined || successor === '' || successor === ZERO_HASH ? null : successor,
  })),
);
export type BlockInfo = v.InferOutput<typeof BlockInfo>;

/** `blocks_info`: those of the requested blocks that the node has. */
export const BlocksInfo = v.pipe(
  v.object({ blocks: v.union([v.record(v.string(), v.unknown()), v.literal('')]) }),
  v.transform(({ blocks }) => (blocks === '' ? {} : blocks)),
  v.record(BlockHashText, BlockInfo),
);

/** A send that, according to the node, the account has not received yet; null where the node states no value. */
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

/**
 * Reads one entry on its own, so that an unreadable entry hides no other. The amount is the node's claim;
 * `verifySource` proves it.
 */
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

/** `process` of a block that the node accepted. */
export const Processed = v.object({ hash: BlockHashText });

/** A refusal. Nodes send it with HTTP status 200. */
export const Refusal = v.object({ error: v.string() });
