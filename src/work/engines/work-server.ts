import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import {
  type Threshold,
  type WorkNonce,
  WorkNonceSchema,
  type WorkRoot,
  WorkRootSchema,
} from '../difficulty.ts';
import type { SearchOptions, WorkEngine } from '../engine.ts';

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);
const MOST_SERVERS = 4;

/**
 * Whether a URL keeps requests secret on the way. Roots are public once they are used, but a request for their work
 * shows which user they belong to.
 */
const isGuarded = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && LOCAL.has(hostname)));
};

/** Schema of the user's work servers: https, or http on this machine. */
export const WorkServersSchema = v.pipe(
  v.array(v.pipe(v.string(), v.maxLength(512), v.check(isGuarded, 'neither https nor on this machine'))),
  v.maxLength(MOST_SERVERS),
);

export interface WorkServerPorts {
  readonly fetch: typeof fetch;
  /** The time limit of one answer (ms). */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
/** The size limit of an answer, which is one line of JSON. */
const MOST_BYTES = 4096;

const AnswerSchema = v.object({ work: WorkNonceSchema, hash: v.optional(WorkRootSchema) });

/**
 * A remote server that computes work, with the RPC `work_generate` and `work_cancel` of a Nano node (docs.nano.org,
 * "RPC protocol"). It learns the root, and thereby which account is about to send or receive.
 */
export class WorkServer implements WorkEngine {
  /** The URL of the server. */
  readonly name: string;
  readonly #ports: WorkServerPorts;

  /** @param url a URL that `WorkServersSchema` accepts */
  constructor(url: string, ports: WorkServerPorts) {
    this.name = url;
    this.#ports = ports;
  }

  async solve(root: WorkRoot, threshold: Threshold, { signal }: SearchOptions): Promise<WorkNonce> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(this.#ports.timeoutMs ?? TIMEOUT_MS);
    const end = AbortSignal.any([signal, timeout]);
    try {
      const response = await this.#post({ action: 'work_generate', hash: root, difficulty: threshold }, end);
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`HTTP ${response.status}`);
      }
      const { work, hash = root } = v.parse(AnswerSchema, JSON.parse(await readText(response)));
      if (hash !== root) throw new Error('work for another root');
      return work;
    } catch (cause) {
      if (end.aborted) this.#cancel(root);
      signal.throwIfAborted();
      throw new Fault('fault_workUnavailable', [], { cause });
    }
  }

  /** Asks the server to cancel a search. Failures are ignored, because nothing depends on the answer. */
  #cancel(root: WorkRoot): void {
    this.#post({ action: 'work_cancel', hash: root }, AbortSignal.timeout(TIMEOUT_MS)).then(
      (response) => response.body?.cancel(),
      () => undefined,
    );
  }

  #post(request: unknown, signal: AbortSignal): Promise<Response> {
    const { fetch } = this.#ports;
    return fetch(this.name, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
      signal,
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (let length = 0; reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      throw new Error('too large an answer');
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
