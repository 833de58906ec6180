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

async function received(to: AccountWallet): Promise<void> {
  await to.receivePending();
  if (to.failure !== null) throw to.failure;
}
