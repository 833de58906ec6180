import 'fake-indexeddb/auto';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { parseRaw } from '../../src/nano/amount.ts';
import { BlockHashText, buildSend, signBlock } from '../../src/nano/block.ts';
import { MAINNET } from '../../src/nano/network.ts';
import { deriveKeys, readSeedHex } from '../../src/nano/seed.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { storedWorkCache } from '../../src/storage/work-cache.ts';
import { nonceOf, parseThreshold, parseWorkRoot, workValue } from '../../src/work/difficulty.ts';
import { checked } from '../../src/work/engines.fixture.ts';
import { assembleKernel } from '../../src/work/kernel/assemble.ts';
import { kernelNames } from '../../src/work/kernel/source.ts';
import { WorkScheduler } from '../../src/work/scheduler.ts';
import type { RateOrder } from '../e2e/work/extension/rate-worker.ts';
import { type LabBrowser, nanoPowKernel, startLab } from '../e2e/work/lab.ts';
import { type Row, row } from './rows.ts';

/** Nonces of one sample. */
const TRIES = 2 ** 21;
/** Hashes of one sample in the browser: one call of nano-pow's kernel. */
const CALL = 11_184_812;
const RECEIVE = 'fffffe0000000000';
const ANY = '0000000000000000';

/**
 * How fast the proof of work is, alone and beside nano-pow and nanocurrency; all are taken in turn, so that a busy machine
 * is fair.
 */
export async function benchWork(samples: number): Promise<readonly Row[]> {
  const rows: Row[] = [...(await warmRows(samples))];
  for (const name of kernelNames) {
    const times = await timesOf(assembleKernel(name), Math.min(20, samples));
    rows.push(
      row(
        `work: ${name} kernel, one thread of Node`,
        times.map((ms) => TRIES / ms / 1000),
        'MH/s',
      ),
    );
  }
  const lab = await startLab();
  try {
    rows.push(...(await kernelRows(lab, Math.min(15, samples))));
    rows.push(...(await receiveRows(lab, samples)));
    rows.push(...(await startRows(lab, Math.min(20, samples))));
    rows.push(...(await memoryRows(lab)));
  } finally {
    await lab.close();
  }
  return rows;
}

/** Kernels on a core of their own, in Chromium. */
async function kernelRows(lab: LabBrowser, samples: number): Promise<readonly Row[]> {
  const nanoPow = nanoPowKernel();
  const run = async (kernel: RateOrder['kernel'], workers: number): Promise<Rate> => {
    const before = await lab.cpuTime();
    const { hashes, ms } = await lab.ask('rate', { kernel, hashes: CALL, nanoPow }, workers);
    const spent = (await lab.cpuTime()) - before;
    return { wall: hashes / ms / 1e3, perCpu: hashes / spent / 1e6 };
  };
  // The first calls of a module run in its baseline code.
  for (const workers of [2, 2])
    for (const kernel of ['own', 'nano-pow', 'nanocurrency'] as const) await run(kernel, workers);
  const [own, theirs, old, both]: [Rate[], Rate[], Rate[], Rate[]] = [[], [], [], []];
  for (let index = 0; index < samples; index++) {
    own.push(await run('own', 1));
    theirs.push(await run('nano-pow', 1));
    old.push(await run('nanocurrency', 1));
    both.push(await run('own', 2));
  }
  const wall = (rates: readonly Rate[]) => rates.map((rate) => rate.wall);
  const perCpu = (rates: readonly Rate[]) => rates.map((rate) => rate.perCpu);
  return [
    row('work: own kernel, one worker of Chromium', wall(own), 'MH/s'),
    row("work: nano-pow's kernel, one worker of Chromium", wall(theirs), 'MH/s'),
    row('work: nanocurrency 2.5.0, one worker of Chromium', wall(old), 'MH/s'),
    row('work: own kernel, two workers of Chromium', wall(both), 'MH/s'),
    row("work: own ÷ nano-pow's kernel (≥ 1.3)", ratios(wall(own), wall(theirs)), '×'),
    row("work: own ÷ nano-pow's kernel, by processor time (≥ 1.3)", ratios(perCpu(own), perCpu(theirs)), '×'),
    row('work: own ÷ nanocurrency 2.5.0 (≥ 3.5)', ratios(wall(own), wall(old)), '×'),
    row('work: own ÷ nanocurrency 2.5.0, by processor time (≥ 3.5)', ratios(perCpu(own), perCpu(old)), '×'),
    row('work: two workers ÷ one (≥ 1.9)', ratios(wall(both), wall(own)), '×'),
    row(
      'work: two workers ÷ one, by processor time (≥ 1.9)',
      ratios(perCpu(both), perCpu(own)).map((ratio) => 2 * ratio),
      '×',
    ),
  ];
}

/** Million hashes a second, by the clock and by the processor time that was spent. */
interface Rate {
  readonly wall: number;
  readonly perCpu: number;
}

/** Whole searches at the live difficulty of a receive, as a caller sees them. */
async function receiveRows(lab: LabBrowser, samples: number): Promise<readonly Row[]> {
  const [own, theirs]: [number[], number[]] = [[], []];
  for (let index = -1; index < samples; index++) {
    const mine = await solved(lab.ask('solve', 'pair', randomRoot(), RECEIVE));
    const other = await solved(lab.ask('nanoPow', randomRoot(), RECEIVE));
    if (index < 0) continue;
    own.push(mine);
    theirs.push(other);
  }
  const ratio = mean(own) / mean(theirs);
  return [
    row('work: a receive, two workers', own, 'ms'),
    row("work: a receive, nano-pow's wasm with its default effort", theirs, 'ms'),
    { ...row('work: mean of ours ÷ mean of theirs (≤ 0.4)', [ratio], '×'), n: samples },
  ];
}

/** What it takes to begin and to stop. */
async function startRows(lab: LabBrowser, samples: number): Promise<readonly Row[]> {
  const [cold, warm, stop]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < samples; index++) {
    await lab.fresh();
    cold.push(await solved(lab.ask('solve', 'pair', randomRoot(), ANY)));
    warm.push(await solved(lab.ask('solve', 'pair', randomRoot(), ANY)));
    await lab.ask('cancel');
    stop.push(await lab.ask('cancel'));
  }
  return [
    row('work: first search of a page, nothing to search', cold, 'ms'),
    row('work: the next one', warm, 'ms'),
    row('work: a cancelled search, until the next may begin (p95 ≤ 20)', stop, 'ms'),
  ];
}

/** What a worker of the pool holds. */
async function memoryRows(lab: LabBrowser): Promise<readonly Row[]> {
  await lab.fresh();
  const workers = 2;
  await solved(lab.ask('solve', 'cpu', randomRoot(), RECEIVE));
  const one = await lab.memory();
  await solved(lab.ask('solve', 'pair', randomRoot(), RECEIVE));
  return [row('work: memory of a worker more (≤ 4)', [((await lab.memory()) - one) / workers], 'MiB')];
}

/** The way of a payment whose work is there: read, check, sign. No search may begin on it. */
async function warmRows(samples: number): Promise<readonly Row[]> {
  let searches = 0;
  const cache = storedWorkCache(await openDatabase('work-bench'));
  const scheduler = new WorkScheduler({
    engines: checked([
      {
        name: 'cpu',
        solve: () => {
          searches++;
          return Promise.reject(new Error('a warm payment searched for work'));
        },
      },
    ]),
    cache,
    clock: { now: Date.now },
    report: console.error,
  });
  const keys = deriveKeys(readSeedHex('5'.repeat(64)), 0);
  const times: number[] = [];
  for (let index = -5; index < samples; index++) {
    const root = parseWorkRoot(randomRoot());
    const nonce = nonceOf(BigInt(index + 5));
    const threshold = parseThreshold(workValue(root, nonce).toString(16).padStart(16, '0'));
    await cache.put({ root, nonce, foundAt: Date.now() });
    const began = performance.now();
    const work = await scheduler.obtain(root, threshold);
    const head = {
      kind: 'open' as const,
      account: keys.address,
      hash: v.parse(BlockHashText, root),
      representative: MAINNET.representative,
      balance: parseRaw('1000'),
      confirmed: true,
    };
    signBlock(buildSend(head, { to: MAINNET.representative, amount: parseRaw('1') }), keys.privateKey);
    if (work !== nonce) throw new Error('another work than was kept');
    if (index >= 0) times.push(performance.now() - began);
  }
  if (searches > 0) throw new Error(`${searches} searches on the way of warm payments`);
  return [
    {
      name: 'work: searches on the way of a warm payment (0)',
      n: samples,
      p50: searches,
      p95: searches,
      unit: 'jobs',
    },
    row('work: read, check and sign, in Node (p50 ≤ 10)', times, 'ms'),
  ];
}

const solved = async (search: Promise<{ readonly ms: number }>): Promise<number> => (await search).ms;
const mean = (samples: readonly number[]): number =>
  samples.reduce((sum, one) => sum + one, 0) / samples.length;
const ratios = (above: readonly number[], below: readonly number[]): readonly number[] =>
  above.map((one, index) => one / (below[index] ?? Number.NaN));
const randomRoot = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(32)))
    .toString('hex')
    .toUpperCase();

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
