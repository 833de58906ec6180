import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { SIGNING_MARGIN } from '../policy/expiry-margins.ts';
import { harderWorkOf, isHandOver } from '../protocol/mechanisms/index.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import { meets, parseWorkNonce, parseWorkRoot } from '../work/difficulty.ts';
import type { PrivateIntent } from './private-record.ts';

/**
 * Checks that a block pays the approved amount from the approved account to the approved payee, in time (invariant 3), with
 * the work that the payee wants. It is the last check before money moves.
 *
 * @param at the time (ms since the epoch)
 * @throws Fault `fault_offerExpired`; `fault_unexpected` for a block that differs from the approval
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
    own.delta === amount &&
    (own.handedOver !== undefined) === isHandOver(offer) &&
    own.block.link === publicKeyOf(offer.payTo) &&
    hasWork(offer, own);
  if (!paysAsApproved) {
    throw new Fault('fault_unexpected', [], { cause: 'the block differs from the approval' });
  }
  if (offer.expiresAt - at < SIGNING_MARGIN) throw new Fault('fault_offerExpired');
}

/** Whether the block has the harder work that the offer wants, if any (docs/WIRE.md §7.24). */
function hasWork(offer: PrivateIntent['offer'], { block: { previous, work } }: OwnBlock): boolean {
  const threshold = harderWorkOf(offer);
  return threshold === undefined || meets(parseWorkRoot(previous), parseWorkNonce(work), threshold);
}
