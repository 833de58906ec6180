import { isSigned, type StateBlock, workRoot } from './block.ts';
import type { ProcessError } from './errors.ts';
import { type AccountKey, type Hash, ZERO } from './hex.ts';
import { difficultyOf, type Thresholds } from './work.ts';

/** What a block does to its account. Opening an account is a receive, as in the node's own `subtype`. */
export type Subtype = 'send' | 'receive' | 'change';

/** A block that keeps the rules: what it does, and how many raw it moves. */
export interface Effect {
  readonly subtype: Subtype;
  readonly amount: bigint;
}

/** What the rules need to know of a ledger. */
export interface Facts {
  readonly thresholds: Thresholds;
  entry(hash: Hash): object | undefined;
  head(account: AccountKey): { readonly hash: Hash; readonly block: StateBlock } | undefined;
  receivable(account: AccountKey, send: Hash): { readonly amount: bigint } | undefined;
}

/**
 * The rules of the node's ledger processor (nano-node V27, state blocks, epoch 2), checked in the node's order, so
 * that a block that breaks two of them gets the same answer here as there. The work of a trusted block is not looked at.
 */
export function judge(block: StateBlock, hash: Hash, facts: Facts, trusted: boolean): ProcessError | Effect {
  if (facts.entry(hash) !== undefined) return 'Old block';
  if (!isSigned(block)) return 'Bad signature';
  if (block.account === ZERO) return 'Block attempts to open the burn account';
  const positionError = judgePosition(block, facts);
  if (positionError !== undefined) return positionError;
  const effect = effectOf(block, facts);
  if (typeof effect === 'string' || trusted) return effect;
  const threshold = effect.subtype === 'receive' ? facts.thresholds.receive : facts.thresholds.send;
  return difficultyOf(block.work, workRoot(block)) < threshold ? 'Block work is insufficient' : effect;
}

/** A block follows its account's head; the first follows nothing and has a source. */
function judgePosition({ account, previous, link }: StateBlock, facts: Facts): ProcessError | undefined {
  const head = facts.head(account);
  if (head === undefined) {
    if (previous !== ZERO) return 'Gap previous block';
    return link === ZERO ? 'Gap source block' : undefined;
  }
  if (previous === ZERO) return 'Fork';
  if (facts.entry(previous) === undefined) return 'Gap previous block';
  return previous === head.hash ? undefined : 'Fork';
}

/** A lower balance is a send; otherwise a link is a source and has to account for every raw. */
function effectOf({ account, balance, link }: StateBlock, facts: Facts): ProcessError | Effect {
  const delta = balance - (facts.head(account)?.block.balance ?? 0n);
  if (delta < 0n) return { subtype: 'send', amount: -delta };
  if (link === ZERO) {
    return delta === 0n ? { subtype: 'change', amount: 0n } : 'Balance and amount delta do not match';
  }
  if (facts.entry(link) === undefined) return 'Gap source block';
  const receivable = facts.receivable(account, link);
  if (receivable === undefined) return 'Unreceivable';
  if (receivable.amount !== delta) return 'Balance and amount delta do not match';
  return { subtype: 'receive', amount: delta };
}
