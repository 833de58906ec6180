/** The pool's worker under Node, for tests and benchmarks. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, Worker } from 'node:worker_threads';
import type { CpuWorker } from './cpu-pool.ts';
import { cpuSearch } from './cpu-search.ts';

if (parentPort !== null) {
  const port = parentPort;
  const handle = cpuSearch({ report: (report) => port.postMessage(report), turn: setImmediate });
  port.on('message', handle);
}

/** Node loads TypeScript on the main thread only, so the worker first loads tsx. */
const bootstrap = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(import.meta.url)}, 'file:///'))`;

/** Starts a worker thread. */
export function spawnNodeWorker(): CpuWorker {
  const worker = new Worker(bootstrap, { eval: true });
  return {
    post: (command) => worker.postMessage(command),
    listen({ report, failed }) {
      worker.on('message', report);
      worker.on('error', failed);
    },
    terminate: () => void worker.terminate(),
  };
}
