/** What the migrations that change stored records are made of. */
import type { IDBPTransaction, StoreNames } from 'idb';
import type { PurseSchema } from '../schema.ts';

export type Upgrade = IDBPTransaction<PurseSchema, StoreNames<PurseSchema>[], 'versionchange'>;
type Fields = Readonly<Record<string, unknown>>;

/** Changes a record of an earlier version. Returns a later one as it is, and anything that is no record. */
export type Change = (record: unknown) => unknown;

/** Whether a value is an object with fields: neither null nor a list. */
export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Gives fields their new names. Where a record has the new name already, a field of the old name stays beside it: neither
 * is lost, and a backup with both is refused for the unknown field.
 */
export const renamed =
  (...names: readonly (readonly [before: string, after: string])[]): Change =>
  (record) => {
    if (!isRecord(record)) return record;
    const after = new Map(names.filter(([, name]) => !Object.hasOwn(record, name)));
    return Object.fromEntries(
      Object.entries(record).map(([name, value]) => [after.get(name) ?? name, value]),
    );
  };

/** Changes one field of a record that has it. */
export const within =
  (field: string, change: Change): Change =>
  (record) =>
    isRecord(record) && Object.hasOwn(record, field) ? { ...record, [field]: change(record[field]) } : record;

/** Changes every item of a list. */
export const each =
  (change: Change): Change =>
  (list) =>
    Array.isArray(list) ? list.map(change) : list;

export const inTurn =
  (...changes: readonly Change[]): Change =>
  (record) =>
    changes.reduce((before, change) => change(before), record);

/** Changes every row of a store. */
export async function changeAll<Name extends StoreNames<PurseSchema>>(
  transaction: Upgrade,
  name: Name,
  change: Change,
): Promise<void> {
  let cursor = await transaction.objectStore(name).openCursor();
  for (; cursor !== null; cursor = await cursor.continue()) {
    await cursor.update(change(cursor.value) as PurseSchema[Name]['value']);
  }
}
