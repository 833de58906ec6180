import type { Fault } from '../../fault.ts';
import type { ActivityView } from '../../messages/activity.ts';
import type { BlockHash } from '../../nano/block.ts';
import { type AnyPayment, siteOnDisk } from '../../payments/private-record.ts';
import type { Activity } from '../../storage/activity.ts';
import { blockOf } from '../../wallet/transfer.ts';
import { paymentView } from './payment.ts';

/**
 * @param handedOver as for `paymentView`
 * @param refunded the payment of which a receive is a refund
 * @param trouble as for `paymentView`
 */
export function activityView(
  activity: Activity,
  handedOver: ReadonlySet<BlockHash>,
  refunded: AnyPayment | null,
  trouble: Fault | null,
): ActivityView {
  if (activity.kind === 'payment') return paymentView(activity.payment, handedOver, trouble);
  const { transfer } = activity;
  const { kind, id, at, amount, counterparty, network, state } = transfer;
  return {
    kind,
    id,
    at,
    state: state?.kind ?? 'done',
    fault: state?.kind === 'refused' ? { key: 'fault_nodeRefused', args: [state.said] } : null,
    amount: amount.toString(),
    counterparty,
    blockHash: blockOf(transfer),
    network: network.id,
    testMoney: network.testMoney,
    refundOf: refunded && { id: refunded.intent.id, site: siteOnDisk(refunded.intent) },
  };
}
