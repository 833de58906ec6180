import { type Change, changeAll, each, inTurn, isRecord, type Upgrade, within } from './change.ts';

/** The mechanism whose name changed. */
const BEFORE = 'x402nano';
const AFTER = 'signedBlock';

const renameMechanism: Change = (name) => (name === BEFORE ? AFTER : name);
const renamePayment = within('intent', within('offer', within('mechanism', renameMechanism)));
const renamePreference = each(renameMechanism);

/** From version 6 to 7: the mechanism `x402nano` is called `signedBlock`, in payments and in the order that the user likes. */
export async function renameSignedBlock(transaction: Upgrade): Promise<void> {
  await changeAll(transaction, 'payments', within('payment', renamePayment));
  const settings = transaction.objectStore('settings');
  const preference = await settings.get('preference');
  if (preference !== undefined) await settings.put(renamePreference(preference), 'preference');
}

const renameSetting: Change = (record) =>
  isRecord(record) && record.name === 'preference' ? within('value', renamePreference)(record) : record;

/** The records of a backup of any version from 6 on, by store, with the names of version 7. */
export const recordsOf7: Change = inTurn(
  within('payments', each(renamePayment)),
  within('settings', each(renameSetting)),
);
