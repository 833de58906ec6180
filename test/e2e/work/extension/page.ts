/** The engines of the product, and those they are compared with, in a page of an extension under the product's own CSP. */
import { NanoPow } from 'nano-pow';
import { gpuWorker, pageGpu } from '../../../../src/pages/offscreen/gpu.ts';
import { parseThreshold, parseWorkRoot } from '../../../../src/work/difficulty.ts';
import type { WorkEngine } from '../../../../src/work/engine.ts';
import { pageEngine } from '../../../../src/work/engines/page-engine.ts';
import { randomRoot } from './random-root.ts';
import type { RateAnswer, RateOrder } from './rate-worker.ts';

export interface Solved {
  readonly nonce: string;
  readonly ms: number;
}

/** What tests and benches ask of the page. Roots and thresholds are hex. */
export interface Lab {
  /** What the browser has for a graphics card: a real one, a program, or none. */
  card(): Promise<'card' | 'program' | 'none'>;
  solve(
    engine: 'cpu' | 'pair' | 'gpu' | 'smallGpu' | 'mortalGpu',
    root: string,
    threshold: string,
  ): Promise<Solved>;
  /** nano-pow's WebAssembly with its default effort; forgets what it kept. */
  nanoPow(root: string, threshold: string): Promise<Solved>;
  /** From the order to stop to the moment when every worker would have heard it, in ms. */
  cancel(): Promise<number>;
  /** What these many workers at once have tried, and in how many ms. */
  rate(order: RateOrder, workers: number): Promise<RateAnswer & { readonly ms: number }>;
  /** Ends every worker that a search left behind. */
  close(): void;
}

declare global {
  var lab: Lab;
}

/** nano-pow on whatever the browser has for a card. */
const smallGpu = (name: string) =>
  pageGpu({
    accepts: () => true,
    spawn: () =>
      gpuWorker(new Worker(new URL('./small-gpu-worker.ts', import.meta.url), { type: 'module', name })),
  });
const cpu = pageEngine();
const pair = pageEngine(3);
const engines: Readonly<Record<Parameters<Lab['solve']>[0], WorkEngine>> = {
  cpu,
  /** Two workers, whatever the processor has. */
  pair,
  gpu: pageGpu(),
  smallGpu: smallGpu('lasting'),
  mortalGpu: smallGpu('mortal'),
};

async function timed(search: () => Promise<string>): Promise<Solved> {
  const began = performance.now();
  const nonce = await search();
  return { nonce, ms: performance.now() - began };
}

const foreground = () => ({ signal: new AbortController().signal, urgency: 'foreground' }) as const;
const rateWorkers: Worker[] = [];

globalThis.lab = {
  async card() {
    const adapter = (await navigator.gpu?.requestAdapter()) ?? null;
    return adapter === null ? 'none' : adapter.info.isFallbackAdapter ? 'program' : 'card';
  },
  solve: (engine, root, threshold) =>
    timed(() => engines[engine].solve(parseWorkRoot(root), parseThreshold(threshold), foreground())),
  nanoPow: (root, threshold) =>
    timed(async () => {
      localStorage.clear();
      const answer = await NanoPow.work_generate(BigInt(`0x${root}`), {
        api: 'wasm',
        difficulty: BigInt(`0x${threshold}`),
      });
      if ('error' in answer) throw new Error(answer.error);
      return answer.work;
    }),
  async cancel() {
    const abort = new AbortController();
    const never = parseThreshold('ffffffffffffffff');
    const search = cpu
      .solve(randomRoot(), never, { ...foreground(), signal: abort.signal })
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const began = performance.now();
    abort.abort();
    // The same worker answers the next search as soon as it has heard that the last one is over.
    const easiest = parseThreshold('0000000000000000');
    await cpu.solve(randomRoot(), easiest, foreground());
    await search;
    return performance.now() - began;
  },
  async rate(order, workers) {
    while (rateWorkers.length < workers)
      rateWorkers.push(new Worker(new URL('./rate-worker.ts', import.meta.url), { type: 'module' }));
    const began = performance.now();
    const answers = await Promise.all(rateWorkers.slice(0, workers).map((worker) => run(worker, order)));
    const hashes = answers.reduce((sum, answer) => sum + answer.hashes, 0);
    return { hashes, ms: performance.now() - began };
  },
  close() {
    cpu.close();
    pair.close();
    for (const worker of rateWorkers.splice(0)) worker.terminate();
  },
};

const run = (worker: Worker, order: RateOrder): Promise<RateAnswer> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<RateAnswer>) => resolve(data);
    worker.onerror = reject;
    worker.postMessage(order);
  });
