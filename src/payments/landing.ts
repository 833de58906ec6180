import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { type BlockHash, hashBlock, verifySignature, ZERO_HASH } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { publishBlock } from '../nano/publish.ts';
import type { OwnBlock } from './own-block.ts';

/**
 * What the ledger says of an own block. `pending`: no node took it yet, and nothing stands in its way for good.
 * `replaced`: the network has confirmed another block in its place; it can never land.
 */
export type Landing = 'landed' | 'pending' | 'replaced';

/**
 * Sees to it that an own block is on the ledger: publishes it, and tells a block that only waits from one that can
 * never land. Safe to repeat.
 *
 * @throws Fault `fault_nodeRefused` when a node refuses the block, does not have it, and has no other in its place
 */
export async function landBlock(node: NodeClient, own: OwnBlock): Promise<Landing> {
  const published = await publishBlock(node, own.block, own.subtype).catch(asRefusal);
  if (published.kind === 'on-ledger') return 'landed';
  if (published.kind === 'unknown') return 'pending';
  // A node judges the balance before it sees a fork, so a refusal may mean one (protocol.md section 9).
  const rival = await rivalOf(node, own);
  if (rival === null && published.kind === 'refused') throw published.fault;
  return rival?.confirmed ? 'replaced' : 'pending';
}

function asRefusal(failure: unknown): { readonly kind: 'refused'; readonly fault: Fault } {
  if (failure instanceof Fault && failure.key === 'fault_nodeRefused')
    return { kind: 'refused', fault: failure };
  throw failure;
}

/**
 * The other block in the place of `own`, or null; of several that nodes name, one that is confirmed. It is shown to be
 * one: our own key signed it, on the same previous. A node that only says so would have a payment given up that it can
 * still publish.
 */
export async function rivalOf(node: NodeClient, own: OwnBlock): Promise<Rival | null> {
  const told = await Promise.all(node.each().map((one) => rivalAt(one, own).catch(unlessReached)));
  const rivals = told.filter((rival) => rival !== null);
  return rivals.find(({ confirmed }) => confirmed) ?? rivals[0] ?? null;
}

interface Rival {
  readonly hash: BlockHash;
  readonly confirmed: boolean;
}

async function rivalAt(node: NodeClient, { account, hash, block }: OwnBlock): Promise<Rival | null> {
  const rival =
    block.previous === ZERO_HASH
      ? (await node.accountInfo(account))?.openBlock
      : (await node.blockInfo(block.previous))?.successor;
  if (rival === undefined || rival === null || rival === hash) return null;
  const told = await node.blockInfo(rival);
  if (told?.contents.kind !== 'state') return null;
  const other = told.contents.block;
  const isRival =
    hashBlock(other) === rival &&
    other.account === account &&
    other.previous === block.previous &&
    verifySignature(other, publicKeyOf(account));
  return isRival ? { hash: rival, confirmed: told.confirmed } : null;
}

/** A node that gives no answer names no rival. */
function unlessReached(failure: unknown): null {
  if (failure instanceof Fault) return null;
  throw failure;
}
