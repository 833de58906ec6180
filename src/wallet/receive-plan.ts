import type { NanoAddress } from '../nano/account.ts';
import { ZERO } from '../nano/amount.ts';
import {
  buildReceive,
  type ChainHead,
  hashBlock,
  type OpenHead,
  receiveSubtypeOn,
  type StateBlock,
  type Subtype,
} from '../nano/block.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import { headAfter } from './own-block.ts';

/** A block to be signed, and the head that it stands on. */
export interface Unsigned {
  readonly head: ChainHead;
  readonly subtype: Subtype;
  readonly block: StateBlock;
}

/** A receive to be signed. */
export type PlannedReceive = Unsigned & { readonly source: VerifiedSource };

/** Plans the receives of these sends, each on the one before it, the first on `head`. */
export function planReceives(
  head: ChainHead,
  sources: readonly VerifiedSource[],
  representative: NanoAddress,
): readonly PlannedReceive[] {
  const planned: PlannedReceive[] = [];
  for (const source of sources) {
    const last = planned.at(-1);
    const below = last === undefined ? head : headAfterUnsigned(last);
    planned.push({
      source,
      head: below,
      subtype: receiveSubtypeOn(below),
      block: buildReceive(below, { source: source.hash, amount: source.amount, representative }),
    });
  }
  return planned;
}

/** The head after a block that is not signed yet: a signature is not part of the hash. */
export const headAfterUnsigned = ({ block }: Unsigned): OpenHead =>
  headAfter({ account: block.account, hash: hashBlock(block), block });

/**
 * The head after planned receives, for whose work they are to wait. Null where nothing can be paid meanwhile anyway: an
 * account without money waits for no such work.
 */
export function headToPrepare(head: ChainHead, planned: readonly PlannedReceive[]): ChainHead | null {
  const last = planned.at(-1);
  return head.kind === 'unopened' || head.balance === ZERO || last === undefined
    ? null
    : headAfterUnsigned(last);
}
