import { nonceOf, type Threshold, type WorkNonce, type WorkRoot } from '../difficulty.ts';
import { type Kernel, openKernel, type Search } from '../kernel/kernel.ts';

/** A message of the pool to a worker. The kernel is sent first, once. */
export type Command =
  | { readonly kind: 'kernel'; readonly module: WebAssembly.Module }
  | { readonly kind: 'search'; readonly job: number; readonly root: WorkRoot; readonly threshold: Threshold }
  | { readonly kind: 'stop'; readonly job: number };

/** A message of a worker to the pool: the nonce that it found, or null as a sign that it still searches. */
export interface Report {
  readonly job: number;
  readonly nonce: WorkNonce | null;
}

const MIN_CHUNK = 2 ** 14;
const MAX_CHUNK = 2 ** 17;
/** The target duration of one chunk (ms). Commands are handled between chunks, so this bounds the delay of a stop. */
const CHUNK_MS = 6;
/** The interval at which a worker reports that it has not hung (ms). */
const BEAT_MS = 1_000;

/** The worker in which a search runs. */
export interface CpuSearchPorts {
  report(report: Report): void;
  /** Resolves once the commands that have arrived meanwhile were handled. */
  turn(): Promise<void>;
}

/**
 * The code of a search worker, independent of the kind of worker. Returns the handler of its commands. Every search
 * starts at a random nonce, so that workers on the same root need not divide the range among them.
 */
export function cpuSearch({ report, turn }: CpuSearchPorts): (command: Command) => void {
  const running = new Set<number>();
  let kernel: Kernel | undefined;

  const run = async (job: number, search: Search): Promise<void> => {
    const [start = 0n] = crypto.getRandomValues(new BigUint64Array(1));
    let nonce = start;
    let chunk = MIN_CHUNK;
    let beat = performance.now();
    while (running.has(job)) {
      const began = performance.now();
      const found = search(nonce, chunk);
      if (found !== undefined) {
        running.delete(job);
        report({ job, nonce: nonceOf(found) });
        return;
      }
      nonce = BigInt.asUintN(64, nonce + BigInt(chunk));
      const now = performance.now();
      chunk = nextChunk(chunk, now - began);
      if (now - beat > BEAT_MS) {
        beat = now;
        report({ job, nonce: null });
      }
      await turn();
    }
  };

  return (command) => {
    switch (command.kind) {
      case 'kernel':
        kernel = openKernel(command.module);
        return;
      case 'search':
        if (kernel === undefined) throw new TypeError('a search came before its kernel');
        running.add(command.job);
        void run(command.job, kernel(command.root, command.threshold));
        return;
      case 'stop':
        running.delete(command.job);
        return;
    }
  };
}

function nextChunk(chunk: number, tookMs: number): number {
  if (tookMs > CHUNK_MS) return Math.max(MIN_CHUNK, chunk / 2);
  if (tookMs < CHUNK_MS / 2) return Math.min(MAX_CHUNK, chunk * 2);
  return chunk;
}
