import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import { meets, type Threshold, type WorkNonce, type WorkRoot } from '../difficulty.ts';
import type { Limits, Urgency, WorkEngine } from '../engine.ts';
import { type Answer, type Request, RequestSchema, type WirePort } from './messages.ts';

/** What the host needs of the context it runs in. */
export interface WorkHostPorts {
  readonly engines: readonly WorkEngine[];
  /** Called when a proof was found that nobody is there to take: the other side should come and ask again. */
  wake(): void;
  /** Called when nothing has been searched for `idleMs`: the context may go. */
  rest(): void;
  readonly idleMs: number;
  /** How often, in ms, one that waits in the foreground hears that the search goes on. */
  readonly pulseMs: number;
}

/** Who waits for a search at the other end of the wire. */
interface Asker {
  readonly port: WirePort;
  readonly id: number;
}

/** What is searched for, and how. */
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
  /** Undefined once the asker's context has died: the search goes on and is handed to the next who asks for it. */
  asker: Asker | undefined;
  nonce: WorkNonce | undefined;
}

/**
 * The engine's end of the wire. It outlives the asker: a search goes on when the other side dies, and one that comes
 * back and asks for the same again gets the running search, or the proof at once if it has been found meanwhile. One
 * that comes back for something else has its dead predecessor's unfinished searches ended.
 */
export class WorkHost {
  readonly #ports: WorkHostPorts;
  readonly #searches = new Set<Search>();
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: WorkHostPorts) {
    this.#ports = ports;
    this.#countIdleTime();
  }

  /** Takes requests from this port, whose other end the caller has made sure of. */
  attach(port: WirePort): void {
    port.onMessage.addListener((message) => {
      const request = v.safeParse(RequestSchema, message);
      if (request.success) this.#answer(port, request.output);
      else port.disconnect();
    });
    port.onDisconnect.addListener(() => {
      for (const search of this.#searches) if (search.asker?.port === port) search.asker = undefined;
    });
  }

  #answer(port: WirePort, request: Request): void {
    switch (request.kind) {
      case 'solve':
        this.#solve({ port, id: request.id }, request);
        return;
      case 'stop':
        for (const search of this.#searches) {
          if (search.asker?.port === port && search.asker.id === request.id) this.#end(search);
        }
        return;
    }
  }

  #solve(asker: Asker, { engine, root, threshold, urgency, limits }: Task): void {
    const orphans = [...this.#searches].filter(
      (search) => search.asker === undefined && search.engine === engine,
    );

    const found = orphans.find(
      (search) => search.root === root && search.nonce !== undefined && meets(root, search.nonce, threshold),
    );
    if (found?.nonce !== undefined) {
      this.#end(found);
      tell(asker, { kind: 'solved', id: asker.id, nonce: found.nonce });
      return;
    }

    const unfinished = orphans.filter(({ nonce }) => nonce === undefined);
    const same = unfinished.find(
      (search) => search.root === root && search.threshold === threshold && search.urgency === urgency,
    );
    for (const search of unfinished) if (search !== same) this.#end(search);
    const task = { engine, root, threshold, urgency, limits };
    if (same === undefined)
      void this.#run({ ...task, abort: new AbortController(), asker, nonce: undefined });
    else same.asker = asker;
  }

  async #run(search: Search): Promise<void> {
    const { root, threshold, urgency, limits, abort } = search;
    this.#searches.add(search);
    this.#countIdleTime();
    const pulse = setInterval(() => {
      const { asker } = search;
      if (asker !== undefined && urgency === 'foreground') tell(asker, { kind: 'searching', id: asker.id });
    }, this.#ports.pulseMs);
    try {
      const engine = this.#ports.engines.find(({ name }) => name === search.engine);
      if (engine === undefined) throw new Fault('fault_workUnavailable');
      const options = { signal: abort.signal, urgency, ...(limits !== undefined && { limits }) };
      search.nonce = await engine.solve(root, threshold, options);
      if (!this.#searches.has(search)) return;
      if (search.asker === undefined) this.#ports.wake();
      else {
        this.#searches.delete(search);
        tell(search.asker, { kind: 'solved', id: search.asker.id, nonce: search.nonce });
      }
    } catch (cause) {
      const wanted = this.#searches.delete(search);
      if (wanted && search.asker !== undefined) {
        const { id } = search.asker;
        const rests = cause instanceof Fault && cause.key === 'fault_workRests';
        tell(search.asker, rests ? { kind: 'resting', id } : { kind: 'failed', id, reason: String(cause) });
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

const tell = ({ port }: Asker, answer: Answer): void => port.postMessage(answer);
