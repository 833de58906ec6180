import * as v from 'valibot';
import { Refusal } from './node-answers.ts';

/** What a node said to a request: what was asked for, or its own words why not. */
export type NodeAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refusal'; readonly text: string };

export interface RpcRequest {
  readonly action: string;
  readonly [field: string]: unknown;
}

export interface EndpointOptions {
  readonly fetch: typeof fetch;
  /** How long one node may take for one answer, in ms. */
  readonly timeoutMs: number;
  /** What time it is, in ms. */
  readonly now: () => number;
}

/** What came is no answer to the question: no JSON, or of another shape, or larger than any answer can be. */
export class Nonsense extends Error {
  override readonly name = 'Nonsense';
}

/** The node wants to be asked less often, and is not asked before it is rested. */
export class Busy extends Error {
  override readonly name = 'Busy';
}

const MOST_BYTES = 4 * 1024 * 1024;
/** How long a node rests that was asked too often and does not say how long, and how long at most (ms). */
const REST = 2_000;
const LONGEST_REST = 60_000;
const TOO_MANY_REQUESTS = 429;

/** One node, or a proxy in front of some, that speaks Nano's JSON-RPC. */
export class Endpoint {
  readonly #url: string;
  /** A `?key=` is sent in the body, where proxies want it. */
  readonly #key: string | null;
  readonly #options: EndpointOptions;
  #restsUntil = 0;

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
    if (now() < this.#restsUntil) throw new Busy('asked too often a moment ago');
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(this.#key === null ? request : { ...request, key: this.#key }),
      signal: AbortSignal.timeout(timeoutMs),
      // A node has no business sending our accounts elsewhere, nor setting cookies.
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    if (!response.ok) {
      await response.body?.cancel();
      const rest = restAfter(response);
      this.#restsUntil = now() + rest;
      throw rest > 0 ? new Busy(`HTTP ${response.status}`) : new Error(`HTTP ${response.status}`);
    }
    const json = parse(await readBytes(response));
    const refused = v.safeParse(Refusal, json);
    if (refused.success) return { kind: 'refusal', text: plain(refused.output.error) };
    const read = v.safeParse(schema, json);
    if (!read.success) throw new Nonsense('another shape', { cause: new v.ValiError(read.issues) });
    return { kind: 'answer', value: read.output };
  }
}

/** For how long a node wants to be let alone (ms): its word in seconds (RFC 9110, `Retry-After`), within reason. */
function restAfter({ status, headers }: Response): number {
  const told = headers.get('retry-after') ?? '';
  if (/^\d{1,9}$/.test(told)) return Math.min(Number(told) * 1_000, LONGEST_REST);
  return status === TOO_MANY_REQUESTS ? REST : 0;
}

/** Words of a stranger that a page may show: no control or direction characters, no essay. */
const plain = (text: string): string => text.replace(/\p{C}/gu, '').slice(0, 200);

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Nonsense('no JSON', { cause });
  }
}

/** The body, given up on where it is larger than any answer can be. */
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
  let place = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, place);
    place += chunk.length;
  }
  return bytes;
}
