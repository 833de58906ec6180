import * as v from 'valibot';
import { readBlock, type StateBlock, workRoot } from '../block.ts';
import { NodeError, type NodeErrorText } from '../errors.ts';
import { ZERO } from '../hex.ts';
import type { Ledger } from '../ledger.ts';
import * as read from '../request.ts';
import { difficultyOf } from '../work.ts';
import { type Action, action, type Node } from './action.ts';

/** An object only with `json_block`; otherwise JSON in a string, and anything else is an invalid block. */
function readGivenBlock(given: unknown, jsonBlock: boolean): StateBlock {
  const block = readBlock(jsonBlock ? given : parse(given));
  if (block === undefined) throw new NodeError('Block is invalid');
  return block;
}

function parse(given: unknown): unknown {
  if (typeof given !== 'string') return undefined;
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

/** The node's guard against a block that does not do what its sender means; it comes before everything else. */
function subtypeError(subtype: string, block: StateBlock, ledger: Ledger): NodeErrorText | undefined {
  if (subtype === '') return undefined;
  if (block.previous !== ZERO && ledger.entry(block.previous) === undefined) return 'Gap previous block';
  const balance = ledger.head(block.account)?.block.balance ?? 0n;
  const byBalance = (fits: boolean) => (fits ? undefined : 'Invalid block balance for given subtype');
  const byPrevious = (fits: boolean) => (fits ? undefined : 'Invalid previous block for given subtype');
  switch (subtype) {
    case 'send':
      return byBalance(block.balance < balance);
    case 'receive':
      return byBalance(block.balance >= balance);
    case 'open':
      return byPrevious(block.previous === ZERO);
    case 'change':
      return byBalance(block.balance === balance) ?? byPrevious(block.previous !== ZERO);
    case 'epoch':
      return byBalance(block.balance === balance) ?? 'Invalid epoch link';
    default:
      return 'Invalid block subtype';
  }
}

/** At the door only the lowest threshold counts: what the block does is not known yet. */
function entryError(block: StateBlock, { thresholds }: Ledger): NodeErrorText | undefined {
  const difficulty = difficultyOf(block.work, workRoot(block));
  return difficulty < thresholds.receive ? 'Block work is less than threshold' : undefined;
}

function publish(block: StateBlock, { ledger, elections, stats, faults }: Node): string {
  const outcome = ledger.process(block);
  if (!outcome.accepted) throw new NodeError(outcome.error);
  const { entry } = outcome;
  if (faults.take('confirm_never_seen', 'process', block.account) === undefined) {
    stats.accepted += 1;
    elections.start(entry);
  } else {
    ledger.rollback(entry.hash);
    elections.announce(entry, 'active_quorum');
  }
  return entry.hash;
}

const process = action(
  read.fields({ block: v.unknown(), json_block: read.flag(false), subtype: v.optional(read.text, '') }),
  (request, node) => {
    const block = readGivenBlock(request.block, request.json_block);
    const error = subtypeError(request.subtype, block, node.ledger) ?? entryError(block, node.ledger);
    if (error !== undefined) throw new NodeError(error);
    return { hash: publish(block, node) };
  },
);

/** The one action that changes the ledger. */
export const processActions: Readonly<Record<string, Action>> = { process };
