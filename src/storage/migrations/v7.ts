import type { Upgrade } from '../schema.ts';
import { type Change, everyIn, isRecord } from './records.ts';

/** The setting of version 6: whether every lock of the purse closes the pocket. */
const BEFORE = 'pocketLocks';
const NAME = 'pocketCloses';

const choiceOf = (locks: unknown) => (locks === true ? 'lock' : 'later');

/**
 * From version 6 to 7: the setting when the pocket closes has three values, and another name. A user who had it closed by
 * every lock keeps that.
 */
export async function choosePocketCloses(transaction: Upgrade): Promise<void> {
  const settings = transaction.objectStore('settings');
  const locks = await settings.get(BEFORE);
  if (locks === undefined) return;
  await settings.put(choiceOf(locks), NAME);
  await settings.delete(BEFORE);
}

const renameSetting: Change = (setting) =>
  isRecord(setting) && setting.name === BEFORE
    ? { ...setting, name: NAME, value: choiceOf(setting.value) }
    : setting;

/** The records of a backup of version 6 or 7, by store, with the settings of version 7. */
export const renamePocketSetting: Change = everyIn('settings', renameSetting);
