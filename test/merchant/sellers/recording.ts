import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { hashBlock, readBlock } from '../../devnet/block.ts';
import type { Reply } from '../http.ts';

/** One HTTP message of a seller as it stands in the corpus, neutral names and all. */
export interface RecordedMessage {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of a live seller: its 402, and what it answered to proofs, by number. */
export interface Recording {
  readonly method: string;
  /** The URL that was asked for. */
  readonly url: URL;
  readonly challenge: RecordedMessage;
  readonly answers: ReadonlyMap<number, RecordedMessage>;
  /** The block that was paid with, and whose it was; undefined where the corpus has no proof. */
  readonly paid: { readonly hash: string; readonly payer: string } | undefined;
}

/** What stands in a reply in the place of the names in its recording. */
export type Names = Iterable<readonly [recorded: string, now: string]>;

const message = {
  status: v.number(),
  headers: v.record(v.string(), v.string()),
  body: v.exactOptional(v.nullable(v.string())),
};
const Corpus = v.object({
  records: v.array(
    v.object({
      id: v.string(),
      request: v.object({ method: v.string(), url: v.string() }),
      challenge: v.object(message),
      proof: v.nullish(v.object({ example: v.nullish(v.object({ value: v.string() })) })),
      answers: v.array(v.object({ n: v.number(), ...message })),
    }),
  ),
});
const Paid = v.object({ payload: v.object({ block: v.looseObject({ account: v.string() }) }) });

const FILE = new URL('../../vectors/data/market.json', import.meta.url);
const corpus = v.parse(Corpus, JSON.parse(readFileSync(FILE, 'utf8'))).records;

/** The recording with this id in `test/vectors/data/market.json`. */
export function recordingOf(id: string): Recording {
  const record = corpus.find((one) => one.id === id);
  if (record === undefined) throw new Error(`There is no record ${id} in the corpus`);
  const proof = record.proof?.example?.value;
  return {
    method: record.request.method,
    url: new URL(record.request.url),
    challenge: withBody(record.challenge),
    answers: new Map(record.answers.map(({ n, ...answer }) => [n, withBody(answer)])),
    paid: proof === undefined ? undefined : paidWith(proof),
  };
}

const withBody = ({ status, headers, body }: Omit<RecordedMessage, 'body'> & { body?: string | null }) => ({
  status,
  headers,
  body: body ?? '',
});

function paidWith(proof: string): Recording['paid'] {
  const { payload } = v.parse(Paid, parsed(proof));
  const block = readBlock(payload.block);
  if (block === undefined) throw new Error('The corpus has a proof without a block');
  return { hash: hashBlock(block), payer: payload.block.account };
}

/** The JSON in a base64 text. */
export function parsed(base64: string): unknown {
  return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
}

/** A recorded message with other names; inside base64 as well, where the spacing and the escapes of its writer stay. */
export function retold({ status, headers, body }: RecordedMessage, names: Names): Reply {
  const renamed = (text: string) => rename(text, names);
  const value = (header: string) =>
    renamed(header.replace(BASE64, (run) => (isJson(run) ? encoded(renamed(decoded(run))) : run)));
  return {
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, value(header)])),
    body: renamed(body),
  };
}

const BASE64 = /[A-Za-z0-9+/]{24,}={0,2}/g;
const decoded = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');
const encoded = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const isJson = (base64: string) => /^[{[]/.test(decoded(base64));

function rename(text: string, names: Names): string {
  let renamed = text;
  for (const [recorded, now] of names) renamed = renamed.replaceAll(recorded, now);
  return renamed;
}
