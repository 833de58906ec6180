import { type Adapter, GpuEngine, type GpuPorts, type GpuWorker } from '../../work/engines/gpu-engine.ts';

/** The GPU engine for a context that has `Worker` and WebGPU: the offscreen document in Chromium. */
export const pageGpu = (ports: Partial<GpuPorts> = {}): GpuEngine =>
  new GpuEngine({ requestAdapter, spawn, ...ports });

async function requestAdapter(): Promise<Adapter | null> {
  return navigator.gpu === undefined
    ? null
    : navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}

const spawn = (): GpuWorker =>
  gpuWorker(new Worker(new URL('./gpu-worker.ts', import.meta.url), { type: 'module' }));

/** Adapts a `Worker` to the engine's port. */
export function gpuWorker(worker: Worker): GpuWorker {
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
