/** The whole purse as one encrypted file: the seed, and every record that {@link takeRecords} takes. */
import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { type SeedSource, SeedSourceText, seedOf } from '../../nano/seed.ts';
import type { KdfParameters } from '../../vault/key-derivation.ts';
import { refuseShortPassword } from '../../vault/password.ts';
import { openFile, sealFile } from '../../vault/sealed-file.ts';
import type { Database } from '../schema.ts';
import { readRecords, takeRecords } from './backup.ts';

/** A purse as it was read from a file. */
export interface Backup {
  readonly source: SeedSource;
  /** Writes every record and the sealed seed, in one transaction. @throws Fault `fault_vaultExists` */
  readonly write: (database: Database, sealed: unknown) => Promise<void>;
}

const ContentsText = v.strictObject({ source: SeedSourceText, records: v.unknown() });

/** How much a file may hold (bytes): a hundred times what is usual, and not all the machine's memory. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Writes the whole purse into a file under a password. Amounts stand in it as decimal digits, like on the wire. What
 * is written is read before it is given out: a file that could not be restored is none.
 *
 * @throws Fault `fault_shortPassword`; `fault_backupFailed` when the purse could not be read from what was written
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
 * Reads what {@link writeBackup} wrote, every record of it. Nothing is written yet.
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

/** Where it went wrong, and in no case what stood there: that may be the seed. */
function problemOf(failure: unknown): string {
  if (!(failure instanceof v.ValiError)) return 'not the contents of a backup';
  const [issue] = failure.issues;
  return issue === undefined ? '' : `${v.getDotPath(issue) ?? 'the contents'}: ${issue.type}`;
}

async function zipped(plain: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const stream = plain.stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @throws RangeError for what grows beyond all measure; TypeError for what is no gzip */
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
