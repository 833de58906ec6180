import type * as v from 'valibot';
import { Fault } from '../fault.ts';
import {
  Busy,
  Endpoint,
  type EndpointOptions,
  type NodeAnswer,
  Nonsense,
  type RpcRequest,
} from './node-endpoint.ts';

export interface NodeRpcOptions extends EndpointOptions {
  /** The nodes, in order of preference. */
  readonly rpcUrls: readonly string[];
}

/** Error texts that concern the endpoint and not the request, so that another endpoint may answer. */
const ENDPOINTS_OWN =
  /unsupported|not supported|unknown (action|command)|not allowed|disabled|rate limit|too many|api key|stopped/i;

/** Nano's JSON-RPC over several endpoints. The endpoint that answered last is asked first. */
export class NodeRpc {
  readonly #endpoints: readonly Endpoint[];
  #preferred = 0;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** The RPC of these nodes. */
  static over({ rpcUrls, ...options }: NodeRpcOptions): NodeRpc {
    return new NodeRpc(rpcUrls.map((url) => new Endpoint(url, options)));
  }

  /** One RPC for each endpoint. */
  each(): readonly NodeRpc[] {
    return this.#endpoints.map((endpoint) => new NodeRpc([endpoint]));
  }

  /**
   * Asks one endpoint after another until one gives a final answer: a result or a refusal for which `isFinal` is true.
   * An answer that is not final is returned only where no endpoint gives a final one.
   *
   * @throws Fault `fault_nodeUnreachable`; `fault_nodeNonsense` when every response had a wrong shape;
   * `fault_nodeBusy` when every endpoint asks for fewer requests
   */
  async ask<TSchema extends v.GenericSchema<unknown, unknown>>(
    request: RpcRequest,
    schema: TSchema,
    isFinal: (answer: NodeAnswer<v.InferOutput<TSchema>>) => boolean = () => true,
  ): Promise<NodeAnswer<v.InferOutput<TSchema>>> {
    const failures: unknown[] = [];
    let provisional: NodeAnswer<v.InferOutput<TSchema>> | undefined;
    let refusal: NodeAnswer<never> | undefined;
    const first = this.#preferred;
    for (const [turn] of this.#endpoints.entries()) {
      const index = (first + turn) % this.#endpoints.length;
      try {
        const answer = await this.#endpoints[index]?.ask(request, schema);
        if (answer === undefined) continue;
        if (isEndpointsOwn(answer)) refusal = answer;
        else if (isFinal(answer)) {
          this.#preferred = index;
          return answer;
        } else provisional ??= answer;
      } catch (cause) {
        failures.push(cause);
      }
    }
    const answer = provisional ?? refusal;
    if (answer !== undefined) return answer;
    throw faultOf(failures);
  }

  /**
   * Sends the request to every endpoint at once. Resolves with the answers so far as soon as one is enough, without
   * waiting for the other endpoints; with all answers when none is.
   *
   * @throws Fault as `ask`
   */
  async tell<TSchema extends v.GenericSchema<unknown, unknown>>(
    request: RpcRequest,
    schema: TSchema,
    isEnough: (answer: NodeAnswer<v.InferOutput<TSchema>>) => boolean,
  ): Promise<readonly NodeAnswer<v.InferOutput<TSchema>>[]> {
    const answers: NodeAnswer<v.InferOutput<TSchema>>[] = [];
    const refusals: NodeAnswer<never>[] = [];
    const failures: unknown[] = [];
    await new Promise<void>((resolve) => {
      const all = this.#endpoints.map(async (endpoint) => {
        try {
          const answer = await endpoint.ask(request, schema);
          if (isEndpointsOwn(answer)) refusals.push(answer);
          else answers.push(answer);
          if (isEnough(answer)) resolve();
        } catch (cause) {
          failures.push(cause);
        }
      });
      void Promise.all(all).then(() => resolve());
    });
    if (answers.length > 0) return answers;
    if (refusals.length > 0) return refusals;
    throw faultOf(failures);
  }
}

function isEndpointsOwn(answer: NodeAnswer<unknown>): answer is NodeAnswer<never> {
  return answer.kind === 'refusal' && ENDPOINTS_OWN.test(answer.text);
}

/** The fault for a request that no node answered. */
function faultOf(failures: readonly unknown[]): Fault {
  const cause = new AggregateError(failures);
  const areAll = (kind: typeof Nonsense | typeof Busy) =>
    failures.length > 0 && failures.every((failure) => failure instanceof kind);
  if (areAll(Nonsense)) return new Fault('fault_nodeNonsense', [], { cause });
  if (areAll(Busy)) return new Fault('fault_nodeBusy', [], { cause });
  return new Fault('fault_nodeUnreachable', [], { cause });
}
