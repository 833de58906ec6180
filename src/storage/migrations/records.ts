/** What migrations share that change the records of the database and those of a backup alike. */

export type Fields = Readonly<Record<string, unknown>>;

/** Changes a record of an earlier version. Returns one of the later version as it is, and anything that is no record. */
export type Change = (record: unknown) => unknown;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Changes one field of a record that has it. */
export const within =
  (field: string, change: Change): Change =>
  (record) =>
    isRecord(record) && Object.hasOwn(record, field) ? { ...record, [field]: change(record[field]) } : record;

/** Changes every record of one store, of the records of a backup by store. */
export const everyIn = (store: string, change: Change): Change =>
  within(store, (list) => (Array.isArray(list) ? list.map(change) : list));
