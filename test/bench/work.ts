import { Worker } from 'node:worker_threads';
import { assembleKernel } from '../../src/work/kernel/assemble.ts';
import { kernelNames } from '../../src/work/kernel/source.ts';
import { type Row, row } from './rows.ts';

/** Nonces of one sample. */
const TRIES = 2 ** 21;

/** How many million nonces a second each kernel tries, alone on a thread of its own. */
export async function benchWork(samples: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const name of kernelNames) {
    const times = await timesOf(assembleKernel(name), samples);
    rows.push(
      row(
        `work: ${name} kernel, one thread`,
        times.map((ms) => TRIES / ms / 1000),
        'MH/s',
      ),
    );
  }
  return rows;
}

/** Runs a kernel on its thread: plain JavaScript there, so that nothing but the kernel is measured. */
const THREAD = `
const { parentPort, workerData: { bytes, samples, tries } } = require('node:worker_threads');
const { search } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
const root = crypto.getRandomValues(new BigUint64Array(4));
const unreachable = 2n ** 64n - 1n;
const times = [];
for (let sample = -1; sample < samples; sample++) {
  const began = performance.now();
  search(BigInt(sample + 1) << 40n, tries, unreachable, ...root);
  if (sample >= 0) times.push(performance.now() - began);
}
parentPort.postMessage(times);`;

function timesOf(bytes: Uint8Array, samples: number): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { eval: true, workerData: { bytes, samples, tries: TRIES } });
    worker.once('message', resolve).once('error', reject);
  });
}
