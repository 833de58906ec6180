/** `npm run bench -- [suite] [--json FILE]`: measures. Only the start, the first run, the fuzzing and the simulation can fail. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../scripts/browser.ts';
import { benchBurst } from './burst.ts';
import { benchDust } from './dust.ts';
import { benchFirstRun } from './first-run.ts';
import { benchFuzz } from './fuzz.ts';
import { benchKdf } from './kdf.ts';
import { benchPage } from './page.ts';
import { benchPay } from './pay.ts';
import { type Row, table } from './rows.ts';
import { benchSignatures } from './signatures.ts';
import { benchSim } from './sim.ts';
import { benchStart } from './start.ts';
import { benchWork } from './work.ts';

const USAGE = `Usage: npm run bench -- [pay|page|burst|dust|work|start|first-run|kdf|fuzz|signatures|sim] [options]
  pay          a fetch paid inside a budget: from the 402 to the answer; and whether a long journal makes it dearer
  page         what a page that asks for nothing pays for the purse: with it and without, in turns
  burst        a hundred fetches at once, against one at a time
  dust         payments while a stranger sends tiny amounts, against the same purse left alone
  work         the proof-of-work kernels and engines, beside nano-pow
  first-run    from the first money to the first content, at the live network's thresholds; fails where its user is asked twice
               or something is thrown away. A run takes minutes: it runs only when asked for by name
  start        from the installation to the practice payment, and to the first paid content on test money: time and clicks;
               fails above eight clicks. It runs only when asked for by name
  kdf          unlocking, at several costs of guessing the password; runs only when asked for by name
  fuzz         1,000 cases of whatever holds for any offer and answer; fails with the smallest case against it.
               It runs only when asked for by name
  signatures   our signatures, verifications and derivations against nanocurrency-web's; fails with the first case on
               which they differ. It runs only when asked for by name
  sim          exchanges at random, with lost, late, lying and missing answers and killed workers; fails with the first course
               of events after which a request is paid twice or never served. It runs only when asked for by name
  --n N        samples for each row (20; of pay 200, of page 10, of work 40, of burst 3, of dust 24, of start 5, of first-run 10, of fuzz 100,000 cases,
               of signatures 1,000, of sim 1,000 exchanges)
  --json FILE  writes {suite, rows: [{name, n, p50, p95, unit}]}`;

const SUITES: Readonly<Record<string, (samples: number | undefined) => Promise<readonly Row[]>>> = {
  pay: (samples = 200) => {
    ensureChromium();
    return benchPay(samples);
  },
  page: (samples = 10) => {
    ensureChromium();
    return benchPage(samples);
  },
  burst: (samples = 3) => {
    ensureChromium();
    return benchBurst(samples);
  },
  dust: (samples = 24) => {
    ensureChromium();
    return benchDust(samples);
  },
  work: (samples = 40) => {
    ensureChromium();
    return benchWork(samples);
  },
  'first-run': (samples = 10) => {
    ensureChromium();
    return benchFirstRun(samples);
  },
  start: (samples = 5) => {
    ensureChromium();
    return benchStart(samples);
  },
  kdf: (samples = 20) => benchKdf(samples),
  fuzz: (samples = 100) => benchFuzz(samples),
  signatures: (samples = 1_000) => benchSignatures(samples),
  sim: (samples = 1_000) => benchSim(samples),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [suite = 'all'] = positionals;
const chosen =
  suite === 'all' ? [SUITES.pay, SUITES.page, SUITES.burst, SUITES.dust, SUITES.work] : [SUITES[suite]];
const samples = values.n === undefined ? undefined : Number(values.n);
const isCount = samples === undefined || (Number.isInteger(samples) && samples >= 1);

if (values.help || chosen.includes(undefined) || !isCount) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const rows: Row[] = [];
  for (const measure of chosen) rows.push(...((await measure?.(samples)) ?? []));
  console.log(table(rows));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ suite, rows }, null, 2)}\n`);
}
