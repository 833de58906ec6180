import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import type { Threshold, WorkNonce, WorkRoot } from '../difficulty.ts';
import type { SearchOptions, WorkEngine } from '../engine.ts';
import { AnswerSchema, type Request, type WirePort } from './messages.ts';

/** How often in a row the port may close without a message before the searches fail. */
const MAX_LOSSES = 5;
const FIRST_PAUSE_MS = 25;

interface Pending {
  readonly request: Request;
  resolve(nonce: WorkNonce): void;
  reject(reason: unknown): void;
}

/**
 * The engine of another context, reached over a port. The port is opened when first needed. When it closes during a
 * search, it is opened again and the request is repeated.
 */
export class PortEngine implements WorkEngine {
  readonly name: string;
  readonly #connect: () => Promise<WirePort>;
  readonly #pending = new Map<number, Pending>();
  #port: WirePort | undefined;
  #opening = false;
  #losses = 0;
  #nextId = 0;

  /**
   * @param name the engine's name in the other context
   * @param connect starts the other context if necessary, and opens a port to it
   */
  constructor(name: string, connect: () => Promise<WirePort>) {
    this.name = name;
    this.#connect = connect;
  }

  async solve(
    root: WorkRoot,
    threshold: Threshold,
    { signal, urgency, limits }: SearchOptions,
  ): Promise<WorkNonce> {
    signal.throwIfAborted();
    const id = this.#nextId++;
    const stop = (): void => {
      this.#pending.get(id)?.reject(signal.reason);
      this.#pending.delete(id);
      this.#port?.postMessage({ kind: 'stop', id } satisfies Request);
    };
    try {
      return await new Promise((resolve, reject) => {
        const what = { engine: this.name, root, threshold, urgency };
        const request: Request = { kind: 'solve', id, ...what, ...(limits !== undefined && { limits }) };
        this.#pending.set(id, { request, resolve, reject });
        signal.addEventListener('abort', stop);
        if (this.#port === undefined) void this.#open();
        else this.#port.postMessage(request);
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    try {
      if (this.#losses > 0) await pause(FIRST_PAUSE_MS * 2 ** this.#losses);
      const port = await this.#connect();
      port.onMessage.addListener((message) => this.#hear(message));
      port.onDisconnect.addListener(() => this.#lost());
      this.#port = port;
      for (const { request } of this.#pending.values()) port.postMessage(request);
    } catch (cause) {
      this.#giveUp(cause);
    } finally {
      this.#opening = false;
    }
  }

  #hear(message: unknown): void {
    this.#losses = 0;
    const read = v.safeParse(AnswerSchema, message);
    if (!read.success) {
      this.#giveUp(new v.ValiError(read.issues));
      return;
    }
    const answer = read.output;
    if (answer.kind === 'searching') return;
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.kind === 'solved') pending?.resolve(answer.nonce);
    else if (answer.kind === 'resting') pending?.reject(new Fault('fault_workRests'));
    else pending?.reject(new Fault('fault_workUnavailable', [], { cause: new Error(answer.reason) }));
  }

  #lost(): void {
    this.#port = undefined;
    if (this.#pending.size === 0) return;
    this.#losses++;
    if (this.#losses < MAX_LOSSES) void this.#open();
    else this.#giveUp(new Error('the context of the engine keeps closing its port'));
  }

  #giveUp(cause: unknown): void {
    this.#losses = 0;
    for (const { reject } of this.#pending.values())
      reject(new Fault('fault_workUnavailable', [], { cause }));
    this.#pending.clear();
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
