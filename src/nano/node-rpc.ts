import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { Refusal } from './node-answers.ts';

/** What a node said to a request: what was asked for, or its own words why not. */
export type NodeAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refusal'; readonly text: string };

export interface NodeRpcOptions {
  /** The nodes, in order of preference. A `?key=` is sent in the body, where proxies want it. */
  readonly rpcUrls: readonly string[];
  readonly fetch: typeof fetch;
  /** How long one node may take for one answer, in ms. */
  readonly timeoutMs: number;
}

const MOST_BYTES = 4 * 1024 * 1024;

/** Refusals that are about this endpoint and not about the request: another one may do it. */
const ENDPOINTS_OWN =
  /unsupported|not supported|unknown (action|command)|not allowed|disabled|rate limit|too many|api key|stopped/i;

/** Nano's JSON-RPC over several endpoints: the one that answered last is asked first. */
export class NodeRpc {
  readonly #endpoints: readonly Endpoint[];
  readonly #fetch: typeof fetch;
  readonly #timeoutMs: number;
  #preferred = 0;

  constructor({ rpcUrls, fetch, timeoutMs }: NodeRpcOptions) {
    this.#endpoints = rpcUrls.map(endpointOf);
    this.#fetch = fetch;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Asks one endpoint after another until one gives an answer of the right shape or refuses for good.
   * @throws Fault `fault_nodeUnreachable`; `fault_nodeNonsense` when all that came was of the wrong shape
   */
  async ask<TSchema extends v.GenericSchema<unknown, unknown>>(
    request: { readonly action: string; readonly [field: string]: unknown },
    schema: TSchema,
  ): Promise<NodeAnswer<v.InferOutput<TSchema>>> {
    const failures: unknown[] = [];
    let refusal: NodeAnswer<never> | undefined;
    for (const [turn] of this.#endpoints.entries()) {
      const index = (this.#preferred + turn) % this.#endpoints.length;
      try {
        const answer = await this.#askOne(index, request, schema);
        if (answer.kind === 'refusal' && ENDPOINTS_OWN.test(answer.text)) {
          refusal = answer;
          continue;
        }
        this.#preferred = index;
        return answer;
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (refusal !== undefined) return refusal;
    const nonsense = failures.length > 0 && failures.every((failure) => failure instanceof v.ValiError);
    throw new Fault(nonsense ? 'fault_nodeNonsense' : 'fault_nodeUnreachable', [], {
      cause: new AggregateError(failures),
    });
  }

  async #askOne<TSchema extends v.GenericSchema<unknown, unknown>>(
    index: number,
    request: object,
    schema: TSchema,
  ): Promise<NodeAnswer<v.InferOutput<TSchema>>> {
    const endpoint = this.#endpoints[index];
    if (endpoint === undefined) throw new RangeError('no such endpoint');
    const response = await this.#fetch(endpoint.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(endpoint.key === null ? request : { ...request, key: endpoint.key }),
      signal: AbortSignal.timeout(this.#timeoutMs),
      // A node has no business sending our accounts elsewhere, nor setting cookies.
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    const json: unknown = JSON.parse(await readText(response));
    const refused = v.safeParse(Refusal, json);
    if (refused.success) return { kind: 'refusal', text: plain(refused.output.error) };
    return { kind: 'answer', value: v.parse(schema, json) };
  }
}

interface Endpoint {
  readonly url: string;
  readonly key: string | null;
}

function endpointOf(text: string): Endpoint {
  const url = new URL(text);
  const key = url.searchParams.get('key');
  url.searchParams.delete('key');
  return { url: url.href, key };
}

/** Words of a stranger that a page may show: no control or direction characters, no essay. */
const plain = (text: string): string => text.replace(/\p{C}/gu, '').slice(0, 200);

/** The body as text, given up on where it is larger than any answer can be. */
async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > MOST_BYTES) {
      await reader.cancel();
      throw new Error('the answer is too large');
    }
    text += decoder.decode(value, { stream: true });
  }
}
