/** `npm run bench -- [suite] [--json FILE]`: measures, and judges nothing. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../../scripts/browser.ts';
import { benchPay } from './pay.ts';
import { type Row, table } from './rows.ts';
import { benchWork } from './work.ts';

const USAGE = `Usage: npm run bench -- [pay|work] [options]
  pay          a fetch paid inside a budget: from the 402 to the answer
  work         the proof-of-work kernels
  --n N        samples for each row (20)
  --json FILE  writes {suite, rows: [{name, n, p50, p95, unit}]}`;

const SUITES: Readonly<Record<string, (samples: number) => Promise<readonly Row[]>>> = {
  pay: (samples) => {
    ensureChromium();
    return benchPay(samples);
  },
  work: benchWork,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    n: { type: 'string', default: '20' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [suite = 'all'] = positionals;
const chosen = suite === 'all' ? Object.values(SUITES) : [SUITES[suite]];
const samples = Number(values.n);

if (values.help || chosen.includes(undefined) || !Number.isInteger(samples) || samples < 1) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const rows: Row[] = [];
  for (const measure of chosen) rows.push(...((await measure?.(samples)) ?? []));
  console.log(table(rows));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ suite, rows }, null, 2)}\n`);
}
