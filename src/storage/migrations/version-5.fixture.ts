/** For tests: the records of a backup that version 5 of the database wrote, and the same records in versions 6 and 7. */
import recordsOf5 from './version-5.fixture.json' with { type: 'json' };

/** The records by store, as in JSON: amounts are texts. */
export type JsonRecords = Readonly<Record<string, readonly unknown[]>>;

const TEXT_OF_5 = JSON.stringify(recordsOf5);

const NEW_NAMES = [
  ['moved', 'delta'],
  ['cheque', 'handedOver'],
  ['revokes', 'replaces'],
  ['term', 'period'],
  ['firstTerm', 'firstPeriod'],
  ['ofWorker', 'fromServiceWorker'],
] as const;

/** Renames by text, and not by the code that is tested. */
const TEXT_OF_6 = NEW_NAMES.reduce((text, [before, after]) => {
  if (!text.includes(`"${before}":`)) throw new Error(`no record has ${before}`);
  return text.replaceAll(`"${before}":`, `"${after}":`);
}, TEXT_OF_5);

export const RECORDS_OF_5: JsonRecords = JSON.parse(TEXT_OF_5);
export const RECORDS_OF_6: JsonRecords = JSON.parse(TEXT_OF_6, (_, value) =>
  value?.method === 'a test' ? { kind: 'test', url: value.url } : value,
);

const BEFORE_7 = '"mechanism":"x402nano"';
if (!JSON.stringify(RECORDS_OF_6).includes(BEFORE_7))
  throw new Error('no payment is of the renamed mechanism');

const { blockTakers: _, ...kept }: JsonRecords = JSON.parse(
  JSON.stringify(RECORDS_OF_6).replaceAll(BEFORE_7, '"mechanism":"signedBlock"'),
);
export const RECORDS_OF_7: JsonRecords = kept;
