/** A backup as one encrypted file: the seed, and the records that {@link takeRecords} returns. */
import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { type SeedSource, SeedSourceText, seedOf } from '../../nano/seed.ts';
import type { KdfParameters } from '../../vault/key-derivation.ts';
import { refuseShortPassword } from '../../vault/password.ts';
import { openFile, sealFile } from '../../vault/sealed-file.ts';
import type { Database } from '../schema.ts';
import { readRecords, takeRecords } from './backup.ts';

/** The contents of a backup file. */
export interface Backup {
  readonly source: SeedSource;
  /** Writes every record and the sealed seed, in one transaction. @throws Fault `fault_vaultExists` */
  readonly write: (database: Database, sealed: unknown) => Promise<void>;
}

const ContentsText = v.strictObject({ source: SeedSourceText, records: v.unknown() });

/** The largest size of the contents (bytes): a hundred times the usual size, but much less than the memory. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Writes the seed and the records into a file under a password. Amounts are decimal digits, as in messages. The
 * contents are read again before the file is returned, so that every file can be restored.
 *
 * @throws Fault `fault_shortPassword`; `fault_backupFailed` when the contents could not be read again
 */
export async function writeBackup(
  database: Database,
  source: SeedSource,
  password: string,
  parameters?: KdfParameters,
): Promise<string> {
  refuseShortPassword(password);
  const contents = { source, records: await takeRecords(database) };
  const text = JSON.stringify(contents, (_, value) => (typeof value === 'bigint' ? value.toString() : value));
  const plain = new Blob([text]);
  try {
    if (plain.size > MOST_BYTES) throw new RangeError('too large for a backup');
    readContents(text);
  } catch (cause) {
    throw new Fault('fault_backupFailed', [], { cause: problemOf(cause) });
  }
  return sealFile(await zipped(plain), password, parameters);
}

/**
 * Reads a file of {@link writeBackup}, and checks every record. Writes nothing.
 *
 * @throws Fault those of `openFile`
 */
export async function readBackup(file: string, password: string): Promise<Backup> {
  const data = await openFile(file, password);
  try {
    return readContents(await unzipped(data));
  } catch (cause) {
    throw new Fault('fault_backupUnreadable', [], { cause: problemOf(cause) });
  }
}

function readContents(text: string): Backup {
  const { source, records } = v.parse(ContentsText, JSON.parse(text));
  seedOf(source);
  return { source, write: readRecords(records) };
}

/** The path and kind of the first issue, without the value: it may be the seed. */
function problemOf(failure: unknown): string {
  if (!(failure instanceof v.ValiError)) return 'not the contents of a backup';
  const [issue] = failure.issues;
  return issue === undefined ? '' : `${v.getDotPath(issue) ?? 'the contents'}: ${issue.type}`;
}

async function zipped(plain: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const stream = plain.stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @throws RangeError for contents above the size limit; TypeError for data that is no gzip */
async function unzipped(data: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieces: string[] = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > MOST_BYTES) {
      await reader.cancel();
      throw new RangeError('too large for a backup');
    }
    pieces.push(decoder.decode(part.value, { stream: true }));
  }
  return pieces.join('') + decoder.decode();
}
