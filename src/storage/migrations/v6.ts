import type { StoreNames } from 'idb';
import { isTest } from '../../payments/private-record.ts';
import { rowOf } from '../payment-row.ts';
import type { PaymentRow, PurseSchema } from '../schema.ts';
import { type Change, changeAll, each, inTurn, isRecord, renamed, type Upgrade, within } from './change.ts';

const renameHandedOver = renamed(['moved', 'delta'], ['cheque', 'handedOver']);
const renameOwnBlock = inTurn(
  renameHandedOver,
  renamed(['revokes', 'replaces']),
  within('replaces', renameHandedOver),
);
const renameBudget = renamed(['term', 'period'], ['firstTerm', 'firstPeriod']);

/** Earlier versions recorded a test as a request with a method that no request has. */
const asTest: Change = (challenge) =>
  isRecord(challenge) && challenge.method === 'a test' ? { kind: 'test', url: challenge.url } : challenge;

const renamePayment = within(
  'intent',
  inTurn(
    within('windows', renamed(['term', 'period'])),
    within('challenge', inTurn(renamed(['ofWorker', 'fromServiceWorker']), asTest)),
  ),
);

/** The stores whose records have fields with new names. In the database a payment is a field of its row. */
const CHANGES = {
  budgets: renameBudget,
  chains: renameOwnBlock,
  blocks: renameOwnBlock,
  payments: renamePayment,
} as const satisfies Partial<Record<StoreNames<PurseSchema>, Change>>;

/**
 * From version 5 to 6: fields that had kept the names of earlier code get the names of today's, and so does one store. No
 * value changes: the name of a budget's first period is a key of the sums that were spent in it. A payment for a test of a
 * server is marked as a test; earlier versions recorded a made-up request.
 */
export async function renameFields(transaction: Upgrade): Promise<void> {
  await changeAll(transaction, 'budgets', CHANGES.budgets);
  await changeAll(transaction, 'chains', CHANGES.chains);
  await changeAll(transaction, 'blocks', CHANGES.blocks);
  await changeAll(transaction, 'payments', changePaymentRow);
}

/** The index keys of a row stay, but for those by which a request would find the payment of a test. */
function changePaymentRow(row: unknown): PaymentRow {
  const after = within('payment', CHANGES.payments)(row) as PaymentRow;
  return isTest(after.payment) ? rowOf(after.payment) : after;
}

/** The records of a backup of any version, by store, with the names of version 6. */
export function renameRecords(records: unknown): unknown {
  return Object.entries(CHANGES).reduce<unknown>(
    (before, [store, change]) => within(store, each(change))(before),
    records,
  );
}
