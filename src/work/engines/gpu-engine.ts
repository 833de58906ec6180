import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import {
  meets,
  parseThreshold,
  type Threshold,
  toU64,
  type WorkNonce,
  WorkNonceSchema,
  type WorkRoot,
  WorkRootSchema,
} from '../difficulty.ts';
import type { SearchOptions, Urgency, WorkEngine } from '../engine.ts';

/** A message to a GPU worker: one search. nano-pow takes numbers, not hex digits. */
export interface GpuCommand {
  readonly root: bigint;
  readonly threshold: bigint;
  /** 1 to 32; the card tries 64 × (256 × effort)² nonces between two checks for a result. */
  readonly effort: number;
}

/** A worker that runs nano-pow. A search in it cannot be stopped, so the worker is terminated instead. */
export interface GpuWorker {
  post(command: GpuCommand): void;
  /** Called once, before anything is posted. */
  listen(listener: { report(report: unknown): void; failed(cause: unknown): void }): void;
  terminate(): void;
}

/** The part of a `GPUAdapter` that is used here. */
export interface Adapter {
  readonly info: { readonly isFallbackAdapter?: boolean };
}

/** The context in which the engine runs. */
export interface GpuPorts {
  requestAdapter(): Promise<Adapter | null>;
  /** Whether the engine uses the adapter. @default true for hardware, false for a software fallback */
  accepts?(adapter: Adapter): boolean;
  spawn(): GpuWorker;
  /** The time limit of one search of nano-pow (ms), below the 60 s at which nano-pow throws an error that cannot be caught. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 50_000;
/**
 * nano-pow refuses thresholds above that of a send on the main network, so a harder one is searched for at this one again and
 * again. Each search starts at random nonces and a search has no memory, so this takes as many hashes as one harder search.
 */
const HIGHEST = parseThreshold('fffffff800000000');
/** A high effort makes the desktop stutter, so it is used only while a user waits. */
const EFFORT: Readonly<Record<Urgency, number>> = { background: 1, foreground: 4 };

const ReportSchema = v.variant('kind', [
  v.object({ kind: v.literal('found'), nonce: WorkNonceSchema }),
  v.object({ kind: v.literal('failed'), reason: v.string() }),
]);

const isCard = ({ info }: Adapter): boolean => info.isFallbackAdapter !== true;

/**
 * The engine on the graphics card: nano-pow over WebGPU, in a worker. The worker is terminated when a search is
 * aborted, fails or takes too long, because nano-pow cannot be stopped and may never end. The worker has no storage, so
 * that nano-pow cannot cache results.
 */
export class GpuEngine implements WorkEngine {
  readonly name = 'gpu';
  readonly #ports: GpuPorts;
  #idle: GpuWorker | undefined;
  readonly #listeners = new WeakMap<GpuWorker, (outcome: unknown) => void>();

  constructor(ports: GpuPorts) {
    this.#ports = ports;
  }

  async solve(root: WorkRoot, threshold: Threshold, { signal, urgency }: SearchOptions): Promise<WorkNonce> {
    signal.throwIfAborted();
    const reached = threshold > HIGHEST ? HIGHEST : threshold;
    const command = {
      root: BigInt(`0x${v.parse(WorkRootSchema, root)}`),
      threshold: toU64(reached),
      effort: EFFORT[urgency],
    };
    await this.#findCard();
    signal.throwIfAborted();

    const worker = this.#idle ?? this.#spawn();
    this.#idle = undefined;
    try {
      let nonce = await this.#searchOnce(worker, command, signal);
      // A nonce below what nano-pow was asked for is wrong. The caller finds that out, and asks this engine no more.
      while (reached !== threshold && meets(root, nonce, reached) && !meets(root, nonce, threshold)) {
        signal.throwIfAborted();
        nonce = await this.#searchOnce(worker, command, signal);
      }
      if (this.#idle === undefined) this.#idle = worker;
      else worker.terminate();
      return nonce;
    } catch (cause) {
      worker.terminate();
      signal.throwIfAborted();
      throw unavailable(cause);
    }
  }

  /** Terminates the idle worker. */
  close(): void {
    this.#idle?.terminate();
    this.#idle = undefined;
  }

  /** Checks that there is a card. Done before each search, because a driver or a dock can add or remove it. */
  async #findCard(): Promise<void> {
    const { requestAdapter, accepts = isCard } = this.#ports;
    const adapter = await requestAdapter().catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (adapter === null || !accepts(adapter))
      throw unavailable(new Error('there is no graphics card to compute with'));
  }

  #spawn(): GpuWorker {
    const worker = this.#ports.spawn();
    worker.listen({
      report: (report) => this.#listeners.get(worker)?.(report),
      failed: (cause) => {
        if (this.#idle === worker) this.close();
        this.#listeners.get(worker)?.({ kind: 'failed', reason: String(cause) });
      },
    });
    return worker;
  }

  /** One search of nano-pow, within the time limit. */
  #searchOnce(worker: GpuWorker, command: GpuCommand, signal: AbortSignal): Promise<WorkNonce> {
    const timeout = AbortSignal.timeout(this.#ports.timeoutMs ?? TIMEOUT_MS);
    return this.#search(worker, command, AbortSignal.any([signal, timeout]));
  }

  #search(worker: GpuWorker, command: GpuCommand, end: AbortSignal): Promise<WorkNonce> {
    return new Promise<WorkNonce>((resolve, reject) => {
      end.addEventListener('abort', () => reject(end.reason), { once: true });
      this.#listeners.set(worker, (report) => {
        const read = v.safeParse(ReportSchema, report);
        if (!read.success) reject(new v.ValiError(read.issues));
        else if (read.output.kind === 'failed') reject(new Error(read.output.reason));
        else resolve(read.output.nonce);
      });
      worker.post(command);
    }).finally(() => this.#listeners.delete(worker));
  }
}

const unavailable = (cause: unknown): Fault => new Fault('fault_workUnavailable', [], { cause });
