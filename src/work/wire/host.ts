import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { meets, type Threshold, type WorkNonce, type WorkRoot } from '../difficulty.ts';
import type { Limits, Urgency, WorkEngine } from '../engine.ts';
import { type Answer, type Request, RequestSchema, type WirePort } from './messages.ts';

/** The context in which the host runs. */
export interface WorkHostPorts {
  readonly engines: readonly WorkEngine[];
  /** Called when a proof was found after the requester's context had closed. It wakes that context to ask again. */
  wake(): void;
  /** Called when no search has run for `idleMs`, so that the context can be closed. */
  rest(): void;
  readonly idleMs: number;
  /** The interval at which a foreground request gets the message `searching` (ms). */
  readonly pulseMs: number;
}

/** A request that waits for a search. */
interface Requester {
  readonly port: WirePort;
  readonly id: number;
}

/** The parameters of a search. */
interface Task {
  /** The engine's name. */
  readonly engine: string;
  readonly root: WorkRoot;
  readonly threshold: Threshold;
  readonly urgency: Urgency;
  readonly limits?: Limits | undefined;
}

interface Search extends Task {
  readonly abort: AbortController;
  /** Undefined once the requester's context has closed: the search goes on, for the next request for the same. */
  requester: Requester | undefined;
  nonce: WorkNonce | undefined;
}

/**
 * The engine's side of the port. It outlives the requester's context: a search goes on when that context closes. A
 * later request for the same root joins the running search, or gets the proof at once if it was found meanwhile. A
 * later request for something else ends the searches that the closed context left unfinished.
 */
export class WorkHost {
  readonly #ports: WorkHostPorts;
  readonly #searches = new Set<Search>();
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: WorkHostPorts) {
    this.#ports = ports;
    this.#countIdleTime();
  }

  /** Handles the requests of a port. The caller has checked that its other end is a page of this extension. */
  attach(port: WirePort): void {
    port.onMessage.addListener((message) => {
      const request = v.safeParse(RequestSchema, message);
      if (request.success) this.#answer(port, request.output);
      else port.disconnect();
    });
    port.onDisconnect.addListener(() => {
      for (const search of this.#searches) if (search.requester?.port === port) search.requester = undefined;
    });
  }

  #answer(port: WirePort, request: Request): void {
    switch (request.kind) {
      case 'solve':
        this.#solve({ port, id: request.id }, request);
        return;
      case 'stop':
        for (const search of this.#searches) {
          if (search.requester?.port === port && search.requester.id === request.id) this.#end(search);
        }
        return;
    }
  }

  #solve(requester: Requester, { engine, root, threshold, urgency, limits }: Task): void {
    const orphans = [...this.#searches].filter(
      (search) => search.requester === undefined && search.engine === engine,
    );

    const found = orphans.find(
      (search) => search.root === root && search.nonce !== undefined && meets(root, search.nonce, threshold),
    );
    if (found?.nonce !== undefined) {
      this.#end(found);
      send(requester, { kind: 'solved', id: requester.id, nonce: found.nonce });
      return;
    }

    const unfinished = orphans.filter(({ nonce }) => nonce === undefined);
    const same = unfinished.find(
      (search) => search.root === root && search.threshold === threshold && search.urgency === urgency,
    );
    for (const search of unfinished) if (search !== same) this.#end(search);
    const task = { engine, root, threshold, urgency, limits };
    if (same === undefined)
      void this.#run({ ...task, abort: new AbortController(), requester, nonce: undefined });
    else same.requester = requester;
  }

  async #run(search: Search): Promise<void> {
    const { root, threshold, urgency, limits, abort } = search;
    this.#searches.add(search);
    this.#countIdleTime();
    const pulse = setInterval(() => {
      const { requester } = search;
      if (requester !== undefined && urgency === 'foreground')
        send(requester, { kind: 'searching', id: requester.id });
    }, this.#ports.pulseMs);
    try {
      const engine = this.#ports.engines.find(({ name }) => name === search.engine);
      if (engine === undefined) throw new Fault('fault_workUnavailable');
      const options = { signal: abort.signal, urgency, ...(limits !== undefined && { limits }) };
      search.nonce = await engine.solve(root, threshold, options);
      if (!this.#searches.has(search)) return;
      if (search.requester === undefined) this.#ports.wake();
      else {
        this.#searches.delete(search);
        send(search.requester, { kind: 'solved', id: search.requester.id, nonce: search.nonce });
      }
    } catch (cause) {
      const wanted = this.#searches.delete(search);
      if (wanted && search.requester !== undefined) {
        const { id } = search.requester;
        const rests = cause instanceof Fault && cause.key === 'fault_workRests';
        send(
          search.requester,
          rests ? { kind: 'resting', id } : { kind: 'failed', id, reason: String(cause) },
        );
      }
    } finally {
      clearInterval(pulse);
      this.#countIdleTime();
    }
  }

  #end(search: Search): void {
    this.#searches.delete(search);
    search.abort.abort();
    this.#countIdleTime();
  }

  #countIdleTime(): void {
    clearTimeout(this.#idle);
    const searching = [...this.#searches].some(({ nonce }) => nonce === undefined);
    this.#idle = searching ? undefined : setTimeout(() => this.#ports.rest(), this.#ports.idleMs);
  }
}

const send = ({ port }: Requester, answer: Answer): void => port.postMessage(answer);
