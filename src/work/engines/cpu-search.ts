import { nonceOf, type Threshold, type WorkNonce, type WorkRoot } from '../difficulty.ts';
import { type Kernel, openKernel, type Search } from '../kernel/kernel.ts';

/** What the pool tells a worker. The kernel comes first, once. */
export type Command =
  | { readonly kind: 'kernel'; readonly module: WebAssembly.Module }
  | { readonly kind: 'search'; readonly job: number; readonly root: WorkRoot; readonly threshold: Threshold }
  | { readonly kind: 'stop'; readonly job: number };

/** What a worker tells the pool: what it found or, now and then, null: that it still searches. */
export interface Report {
  readonly job: number;
  readonly nonce: WorkNonce | null;
}

const MIN_CHUNK = 2 ** 14;
const MAX_CHUNK = 2 ** 17;
/** How long one chunk should take, in ms: commands are heard between chunks, so this bounds how late a stop is. */
const CHUNK_MS = 6;
/** How often a worker shows that it has not hung (ms). */
const BEAT_MS = 1_000;

/** What a search needs of the worker it runs in. */
export interface CpuSearchPorts {
  report(report: Report): void;
  /** Lets the commands in that have arrived meanwhile. */
  turn(): Promise<void>;
}

/**
 * The inside of a search worker, whatever kind of worker it is: give it the commands, it reports what it finds.
 * Every search starts at a random nonce, so that workers on one root need not agree who searches where.
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
