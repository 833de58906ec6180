import { toAddress } from '../../devnet/address.ts';
import type { StateBlock } from '../../devnet/block.ts';
import type { AccountInfo, NanoNode } from '../node.ts';

/** What the ledger says about a block that is not on it yet. Amounts in raw. */
export interface Standing {
  /** The head of the payer's chain; undefined when the account is not opened. */
  readonly head: AccountInfo | undefined;
  /** What the block takes from the balance of the block it stands on. */
  readonly spends: bigint;
  /** Whether it stands on the head. */
  readonly onFrontier: boolean;
}

/**
 * Looks up where a signed block would stand. What it spends is counted from its own predecessor where the ledger has
 * that, so that a block on an old frontier is called stale and not too small.
 */
export async function standingOf(node: NanoNode, block: StateBlock): Promise<Standing> {
  const head = await node.accountInfo(toAddress(block.account));
  const onFrontier = head?.frontier.toUpperCase() === block.previous;
  const before = onFrontier ? undefined : await node.blockInfo(block.previous);
  const spends = BigInt(before?.balance ?? head?.balance ?? 0) - block.balance;
  return { head, spends, onFrontier };
}
