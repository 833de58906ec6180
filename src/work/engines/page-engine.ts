import scalarUrl from '../../../.build/kernel/scalar.wasm?url';
import simdUrl from '../../../.build/kernel/simd.wasm?url';
import { CpuPool, type CpuWorker } from './cpu-pool.ts';

/**
 * The engine on the processor for a context that has `Worker`: the offscreen document in Chromium, the event page in
 * Firefox. Kernels and worker are files of the extension.
 */
export const pageEngine = (cores: number = navigator.hardwareConcurrency): CpuPool =>
  new CpuPool({ kernel: compileKernel, spawn: spawnWorker, cores });

/** Compiles the vector kernel, or the scalar one on a processor without vector instructions. */
async function compileKernel(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(simdUrl));
  } catch (cause) {
    if (!(cause instanceof WebAssembly.CompileError)) throw cause;
    return WebAssembly.compileStreaming(fetch(scalarUrl));
  }
}

function spawnWorker(): CpuWorker {
  const worker = new Worker(new URL('./cpu-worker.ts', import.meta.url), { type: 'module' });
  return {
    post: (command) => worker.postMessage(command),
    listen({ report, failed }) {
      worker.addEventListener('message', ({ data }) => report(data));
      worker.addEventListener('messageerror', failed);
      worker.addEventListener('error', failed);
    },
    terminate: () => worker.terminate(),
  };
}
