import { type IDBPDatabase, unwrap } from 'idb';
import type { PurseSchema } from '../schema.ts';
import { type Change, changeAll, each, inTurn, isRecord, type Upgrade, within } from './change.ts';

/** The mechanism whose name changed. */
const BEFORE = 'x402nano';
const AFTER = 'signedBlock';

const renameMechanism: Change = (name) => (name === BEFORE ? AFTER : name);
const renamePayment = within('intent', within('offer', within('mechanism', renameMechanism)));
const renamePreference = each(renameMechanism);

/** From version 6 to 7: the mechanism `x402nano` is called `signedBlock`, in payments and in the user's order of preference. */
export async function renameSignedBlock(transaction: Upgrade): Promise<void> {
  await changeAll(transaction, 'payments', within('payment', renamePayment));
  const settings = transaction.objectStore('settings');
  const preference = await settings.get('preference');
  if (preference !== undefined) await settings.put(renamePreference(preference), 'preference');
}

/** The setting of version 6: whether every lock of the purse closes the pocket. */
const LOCKS = 'pocketLocks';
const CLOSES = 'pocketCloses';

const choiceOf = (locks: unknown) => (locks === true ? 'lock' : 'later');

/**
 * From version 6 to 7: the setting when the pocket closes has three values, and another name. A user who had it closed by
 * every lock keeps that.
 */
export async function choosePocketCloses(transaction: Upgrade): Promise<void> {
  const settings = transaction.objectStore('settings');
  const locks = await settings.get(LOCKS);
  if (locks === undefined) return;
  await settings.put(choiceOf(locks), CLOSES);
  await settings.delete(LOCKS);
}

/** The names, over the versions, of the store of sites that could ask for signed blocks: now every site can. */
const SITES: readonly string[] = ['blockTakers', 'handOverSites'];

/** The codes whose sentences are gone. */
const GONE: readonly string[] = ['_HAND_OVER_OFF', '_V1_IGNORE', '_V1_NANO_FAREMETER'];

/** Deletes what was stored of that permission, and the lines of the log that have no sentence any more. */
export async function forgetHandOverSites(
  database: IDBPDatabase<PurseSchema>,
  transaction: Upgrade,
): Promise<void> {
  // The schema does not have the old names, so that no other code can use them.
  const before = unwrap(database);
  for (const name of SITES) if (before.objectStoreNames.contains(name)) before.deleteObjectStore(name);
  let cursor = await transaction.objectStore('log').openCursor();
  for (; cursor !== null; cursor = await cursor.continue()) {
    const { key } = cursor.value;
    if (GONE.some((code) => key.endsWith(code))) await cursor.delete();
  }
}

const forgetSites: Change = (records) =>
  isRecord(records)
    ? Object.fromEntries(Object.entries(records).filter(([store]) => !SITES.includes(store)))
    : records;

const changeSetting: Change = (record) => {
  if (!isRecord(record)) return record;
  if (record.name === 'preference') return within('value', renamePreference)(record);
  return record.name === LOCKS ? { ...record, name: CLOSES, value: choiceOf(record.value) } : record;
};

/** The records of a backup of version 6 or 7, by store, as version 7 has them. */
export const recordsOf7: Change = inTurn(
  within('payments', each(renamePayment)),
  within('settings', each(changeSetting)),
  forgetSites,
);
