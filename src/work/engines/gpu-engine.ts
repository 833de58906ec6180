import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import {
  type Threshold,
  toU64,
  type WorkNonce,
  WorkNonceSchema,
  type WorkRoot,
  WorkRootSchema,
} from '../difficulty.ts';
import type { SearchOptions, Urgency, WorkEngine } from '../engine.ts';

/** What a GPU worker is told: one search. It is in the worker's own terms, which take no hex. */
export interface GpuCommand {
  readonly root: bigint;
  readonly threshold: bigint;
  /** 1 to 32; the card tries 64 × (256 × effort)² nonces between two looks at what it found. */
  readonly effort: number;
}

/** A worker with nano-pow in it. It cannot be told to stop, only ended. */
export interface GpuWorker {
  post(command: GpuCommand): void;
  /** Called once, before anything is posted. */
  listen(listener: { report(report: unknown): void; failed(cause: unknown): void }): void;
  terminate(): void;
}

/** What the browser says of a graphics card; a `GPUAdapter` is one. */
export interface Adapter {
  readonly info: { readonly isFallbackAdapter?: boolean };
}

/** What the engine needs of where it runs. */
export interface GpuPorts {
  requestAdapter(): Promise<Adapter | null>;
  /** Whether the adapter is one to compute with. @default a card, and no program that acts as one */
  accepts?(adapter: Adapter): boolean;
  spawn(): GpuWorker;
  /** How long one search may take (ms), below the 60 s at which nano-pow throws where nobody can catch it. */
  readonly patienceMs?: number;
}

const PATIENCE = 50_000;
/** nano-pow refuses thresholds above a send's on the main network. */
const HIGHEST = 0xfffffff800000000n;
/** Long turns of the card make a desktop stutter: only a user who waits is worth them. */
const EFFORT: Readonly<Record<Urgency, number>> = { background: 1, foreground: 4 };

const ReportSchema = v.variant('kind', [
  v.object({ kind: v.literal('found'), nonce: WorkNonceSchema }),
  v.object({ kind: v.literal('failed'), reason: v.string() }),
]);

const isCard = ({ info }: Adapter): boolean => info.isFallbackAdapter !== true;

/**
 * The engine on the graphics card: nano-pow over WebGPU, in a worker that is ended whenever a search is called off,
 * fails or takes too long, because nano-pow itself can neither be stopped nor trusted to come to an end. The worker has
 * no storage for the results that nano-pow would keep there.
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
    const command = {
      root: BigInt(`0x${v.parse(WorkRootSchema, root)}`),
      threshold: toU64(threshold),
      effort: EFFORT[urgency],
    };
    if (command.threshold > HIGHEST)
      throw unavailable(new RangeError(`${threshold} is out of nano-pow's range`));
    await this.#findCard();
    signal.throwIfAborted();

    const worker = this.#idle ?? this.#hire();
    this.#idle = undefined;
    const patience = AbortSignal.timeout(this.#ports.patienceMs ?? PATIENCE);
    const end = AbortSignal.any([signal, patience]);
    try {
      const nonce = await this.#search(worker, command, end);
      if (this.#idle === undefined) this.#idle = worker;
      else worker.terminate();
      return nonce;
    } catch (cause) {
      worker.terminate();
      signal.throwIfAborted();
      throw unavailable(cause);
    }
  }

  /** Ends the worker that waits for the next search. */
  close(): void {
    this.#idle?.terminate();
    this.#idle = undefined;
  }

  /** A card may come and go with a driver or a dock, so it is looked for each time. */
  async #findCard(): Promise<void> {
    const { requestAdapter, accepts = isCard } = this.#ports;
    const adapter = await requestAdapter().catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (adapter === null || !accepts(adapter))
      throw unavailable(new Error('there is no graphics card to compute with'));
  }

  #hire(): GpuWorker {
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
