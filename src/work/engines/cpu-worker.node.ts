/** The pool's worker under Node, for tests and benches. */
import { setImmediate } from 'node:timers/promises';
import { parentPort, Worker } from 'node:worker_threads';
import type { CpuWorker } from './cpu-pool.ts';
import { cpuSearch } from './cpu-search.ts';

if (parentPort !== null) {
  const port = parentPort;
  const obey = cpuSearch({ report: (report) => port.postMessage(report), turn: setImmediate });
  port.on('message', obey);
}

/** Node reads TypeScript on the main thread only, so the worker first learns it too. */
const bootstrap = `import('tsx/esm/api').then(({ tsImport }) => tsImport(${JSON.stringify(import.meta.url)}, 'file:///'))`;

/** Starts one. */
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
