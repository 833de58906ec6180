import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { formatXno, type Raw } from '../nano/amount.ts';
import { buildSend, type ChainHead, type OpenHead, type StateBlock } from '../nano/block.ts';

/** Whom to pay, and how much (raw). */
export interface Order {
  readonly to: NanoAddress;
  readonly amount: Raw;
}

/** Builds the block of a send on a head. @throws Fault `fault_insufficient` with the missing XNO */
export const buildSendOf =
  (order: Order) =>
  (head: ChainHead): { readonly subtype: 'send'; readonly block: StateBlock } => ({
    subtype: 'send',
    block: buildSend(assertOpen(head, order.amount), order),
  });

/**
 * The head of an account that has blocks.
 *
 * @param needed what an account without blocks lacks (raw)
 * @throws Fault `fault_insufficient` with `needed` in XNO for an account without blocks
 */
export function assertOpen(head: ChainHead, needed: Raw): OpenHead {
  if (head.kind === 'unopened') throw new Fault('fault_insufficient', [formatXno(needed)]);
  return head;
}
