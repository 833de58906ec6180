/** Writes the activity as a file for other programs: exact amounts, and times in UTC. */
import type { ActivityView, TransferView } from '../../messages/activity.ts';
import type { FaultView } from '../../messages/fault-view.ts';
import type { PaymentView } from '../../messages/payment.ts';
import { exactXno } from '../../ui/format.ts';
import { csvLine } from './csv.ts';

/** The columns of the CSV file in order. A value that an activity lacks is empty. */
const COLUMNS = [
  'time',
  'kind',
  'state',
  'changed',
  'amount_raw',
  'amount_xno',
  'network',
  'test_money',
  'site',
  'asked_by',
  'method',
  'url',
  'account',
  'mechanism',
  'approval',
  'http_status',
  'block_hash',
  'description',
  'title',
  'reason',
  'server_said',
  'id',
] as const;

/** Replaces the site of a payment from a private window. No origin has this form. */
const PRIVATE = 'private window';

type Line = Partial<Record<(typeof COLUMNS)[number], string>>;

/** The header line of the CSV file. */
export const csvHead = (): string => csvLine(COLUMNS);

/** Returns one activity as a line of the CSV file. */
export function csvOf(item: ActivityView): string {
  const line = lineOf(item);
  return csvLine(COLUMNS.map((column) => line[column] ?? ''));
}

/** Returns one activity for the JSON file, with times as text and amounts in XNO and raw. */
export function jsonOf(item: ActivityView): string {
  const { amount, ...rest } = item;
  const story = 'story' in item && {
    story: item.story.map((step) => ({ ...step, at: isoTime(step.at) })),
  };
  const refunds = 'refunds' in item && {
    refunds: item.refunds.map((refund) => ({ ...refund, at: isoTime(refund.at) })),
  };
  return JSON.stringify({
    ...rest,
    at: isoTime(item.at),
    ...story,
    ...refunds,
    amountRaw: amount,
    amountXno: exactXno(amount),
  });
}

const isoTime = (at: number): string => new Date(at).toISOString();

function lineOf(item: ActivityView): Line {
  const shared: Line = {
    time: isoTime(item.at),
    kind: item.kind,
    amount_raw: item.amount,
    amount_xno: exactXno(item.amount),
    network: item.network,
    test_money: item.testMoney ? 'yes' : 'no',
    block_hash: item.blockHash ?? '',
    id: item.id,
  };
  return { ...shared, ...(item.kind === 'payment' ? paymentColumns(item) : transferColumns(item)) };
}

function paymentColumns(payment: PaymentView): Line {
  return {
    state: payment.state,
    changed: isoTime(payment.story.at(-1)?.at ?? payment.at),
    site: payment.site ?? PRIVATE,
    asked_by: payment.askedBy ?? '',
    method: payment.method ?? '',
    url: payment.url ?? '',
    account: payment.payTo,
    mechanism: payment.mechanism,
    approval: payment.approval,
    http_status: payment.status?.toString() ?? '',
    description: payment.description ?? '',
    title: payment.title ?? '',
    reason: reasonOf(payment.fault),
    server_said: payment.serverSaid ?? '',
  };
}

const transferColumns = ({ counterparty, state, fault, refundOf }: TransferView): Line => ({
  state: refundOf !== null && state === 'done' ? 'refund' : state,
  ...(refundOf !== null && { site: refundOf.site ?? PRIVATE }),
  account: counterparty,
  reason: reasonOf(fault),
});

const reasonOf = (fault: FaultView | null): string =>
  fault === null ? '' : [fault.key, ...fault.args].join(' ');
