import { Fault } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { AccountWallet } from './account-wallet.ts';

/** How much one account gives when money is gathered: an amount (raw), or all that it has. */
export interface Gift {
  readonly from: AccountWallet;
  readonly amount: Raw | 'everything';
}

/**
 * Moves money from several accounts to one, and resolves once that one has received it. A crash in between loses nothing:
 * what was sent is received at the next refresh.
 *
 * @throws Fault as `AccountWallet.send` and `arrival`; what was sent by then is received later
 */
export async function gather(to: AccountWallet, gifts: readonly Gift[]): Promise<void> {
  await Promise.all(
    gifts.map(async ({ from, amount }) => from.confirmed(await from.send(to.account, amount))),
  );
  await received(to);
}

/** Resolves once an account has received a send of another one. @throws Fault as `AccountWallet.confirmed` */
export async function arrival(hash: BlockHash, from: AccountWallet, to: AccountWallet): Promise<void> {
  await from.confirmed(hash);
  await received(to);
}

/**
 * Looks at an account once the network has confirmed the newest block of another one, so that the look finds all that is on
 * its way from there, also what the worker sent before it was restarted. Resolves with whether it does: not where that block
 * is not confirmed within the time limit, where another one follows it meanwhile, or where the look fails.
 *
 * @throws Fault as `AccountWallet.confirmed`, but for `fault_notConfirmed`
 */
export async function findsAllSent(from: AccountWallet, to: AccountWallet): Promise<boolean> {
  const newest = newestOf(from);
  if (newest === null) return false;
  try {
    await from.confirmed(newest);
  } catch (failure) {
    if (failure instanceof Fault && failure.key === 'fault_notConfirmed') return false;
    throw failure;
  }
  await to.look();
  return to.failure === null && newestOf(from) === newest;
}

/** The newest block of an account; null where there is none, or no node has told. */
const newestOf = ({ chain: { head } }: AccountWallet): BlockHash | null =>
  head?.kind === 'open' ? head.hash : null;

async function received(to: AccountWallet): Promise<void> {
  await to.receivePending();
  if (to.failure !== null) throw to.failure;
}
