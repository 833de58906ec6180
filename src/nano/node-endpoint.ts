import * as v from 'valibot';
import { Refusal } from './node-answers.ts';

/** A node's answer to a request: the result, or the error text of a refusal. */
export type NodeAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refusal'; readonly text: string };

export interface RpcRequest {
  readonly action: string;
  readonly [field: string]: unknown;
}

export interface EndpointOptions {
  readonly fetch: typeof fetch;
  /** The time limit for one answer of one node, in ms. */
  readonly timeoutMs: number;
  /** The current time, in ms. */
  readonly now: () => number;
}

/** A response that is no answer to the request: no JSON, another shape, or too large. */
export class Nonsense extends Error {
  override readonly name = 'Nonsense';
}

/** The node asked for fewer requests, and gets none until a pause is over. */
export class Busy extends Error {
  override readonly name = 'Busy';
}

const MOST_BYTES = 4 * 1024 * 1024;
/** The pause for a node that answers 429 without `Retry-After`, and the longest pause for any node (ms). */
const PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
const TOO_MANY_REQUESTS = 429;

/** One URL with Nano's JSON-RPC: a node, or a proxy in front of nodes. */
export class Endpoint {
  readonly #url: string;
  /** The value of `?key=` in the URL. It is sent in the body, where proxies expect it. */
  readonly #key: string | null;
  readonly #options: EndpointOptions;
  #pausedUntil = 0;

  constructor(text: string, options: EndpointOptions) {
    const url = new URL(text);
    this.#key = url.searchParams.get('key');
    url.searchParams.delete('key');
    this.#url = url.href;
    this.#options = options;
  }

  /** Asks once. @throws Busy, Nonsense, and what `fetch` throws */
  async ask<TSchema extends v.GenericSchema<unknown, unknown>>(
    request: RpcRequest,
    schema: TSchema,
  ): Promise<NodeAnswer<v.InferOutput<TSchema>>> {
    const { fetch, timeoutMs, now } = this.#options;
    if (now() < this.#pausedUntil) throw new Busy('asked too often a moment ago');
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(this.#key === null ? request : { ...request, key: this.#key }),
      signal: AbortSignal.timeout(timeoutMs),
      // A redirect would send the user's accounts to another server, and a cookie would identify the user.
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    if (!response.ok) {
      await response.body?.cancel();
      const pause = pauseAfter(response);
      this.#pausedUntil = now() + pause;
      throw pause > 0 ? new Busy(`HTTP ${response.status}`) : new Error(`HTTP ${response.status}`);
    }
    const json = parse(await readBytes(response));
    const refused = v.safeParse(Refusal, json);
    if (refused.success) return { kind: 'refusal', text: plain(refused.output.error) };
    const read = v.safeParse(schema, json);
    if (!read.success) throw new Nonsense('another shape', { cause: new v.ValiError(read.issues) });
    return { kind: 'answer', value: read.output };
  }
}

/** The pause that a failed response asks for (ms): `Retry-After` in seconds (RFC 9110), up to a limit. */
function pauseAfter({ status, headers }: Response): number {
  const told = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(told)) return Math.min(Number(told) * 1_000, LONGEST_PAUSE);
  return status === TOO_MANY_REQUESTS ? PAUSE : 0;
}

/** Makes a node's text fit to be shown: removes control and direction characters and cuts it at 200 characters. */
const plain = (text: string): string => text.replace(/\p{C}/gu, '').slice(0, 200);

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Nonsense('no JSON', { cause });
  }
}

/** Reads the body. @throws Nonsense where it is larger than {@link MOST_BYTES} */
async function readBytes(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      throw new Nonsense('too large');
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
