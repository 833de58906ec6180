import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { PrivateIntent } from './private-record.ts';

/** How long an offer must still live when its block is signed (ms): it is confirmed and delivered after that. */
export const SIGNING_MARGIN = 10_000;
/** How long an offer must still live when a network first learns of its block (ms). */
export const PUBLISHING_MARGIN = 5_000;

/**
 * The last look before money moves: the block pays what was approved, to whom, from where, and not too late
 * (invariant 3).
 *
 * @throws Fault `fault_offerExpired`; `fault_unexpected` for a block that pays something else
 */
export function assertMatchesApproval(
  { network, account, amount, offer }: Pick<PrivateIntent, 'network' | 'account' | 'amount' | 'offer'>,
  own: OwnBlock,
  at: number,
): void {
  const paysAsApproved =
    own.network === network.id &&
    own.account === account &&
    own.subtype === 'send' &&
    own.moved === amount &&
    (own.cheque !== undefined) === isHandOver(offer) &&
    own.block.link === publicKeyOf(offer.payTo);
  if (!paysAsApproved) {
    throw new Fault('fault_unexpected', [], { cause: 'a block that pays something else than was approved' });
  }
  if (offer.expiresAt - at < SIGNING_MARGIN) throw new Fault('fault_offerExpired');
}
