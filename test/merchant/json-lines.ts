import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import * as v from 'valibot';

/**
 * An append-only file of JSON records. A record is on the disk before `append` returns, so memory never knows more
 * than a restart would; a last line torn by a crash is cut off when the file is opened.
 */
export class JsonLines<Schema extends v.GenericSchema> {
  readonly #path: string;
  readonly #schema: Schema;

  constructor(path: string, schema: Schema) {
    this.#path = path;
    this.#schema = schema;
  }

  /** Every whole record, oldest first. Throws on a record that is not of the file's kind. */
  read(): v.InferOutput<Schema>[] {
    if (!existsSync(this.#path)) return [];
    const bytes = readFileSync(this.#path);
    const end = bytes.lastIndexOf('\n') + 1;
    if (end < bytes.length) truncateSync(this.#path, end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return lines.map((line) => v.parse(this.#schema, JSON.parse(line)));
  }

  append(record: v.InferOutput<Schema>): void {
    appendFileSync(this.#path, `${JSON.stringify(record)}\n`, { flush: true });
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }
}
