/**
 * `npm test`: everything that says whether the purse is sound, on a machine that has only `npm ci` behind it. Steps
 * that leave each other alone run side by side and say what they have to say when they are done; the browser has the
 * machine to itself, and the build that it runs is made there, when a source is newer. The last line is the total, and nothing else: `N passed, M failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './browser.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** A run of one tool. */
interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** What its run counts for: by default nothing when it went well. */
  readonly count?: (output: string) => Tally;
}

const NONE: Tally = { passed: 0, failed: 0 };
const scratch = mkdtempSync(join(tmpdir(), 'nano-purse-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

const kernel: Step = { name: 'kernel', command: ['tsx', 'scripts/build-kernel.ts'] };
const firefox: Step = {
  name: 'build for Firefox',
  command: ['vite', 'build', '--mode', 'firefox', '--logLevel', 'warn'],
};
const types: Step = { name: 'types', command: ['tsc', '--noEmit'] };
const lint: Step = { name: 'lint', command: ['biome', 'check', '.'] };
const vectors: Step = {
  name: 'vectors',
  command: ['tsx', 'test/vectors/run.ts', 'test/vectors/data'],
  count: (output) => {
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
    return { passed: Number(passed ?? 0), failed: Number(failed ?? 0) };
  },
};

function vitest(project: 'unit' | 'e2e'): Step {
  const file = join(scratch, `${project}.json`);
  return {
    name: project,
    command: [
      'vitest',
      'run',
      `--project=${project}`,
      '--allowOnly=false',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    count: () => {
      const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8'));
      return { passed: numPassedTests, failed: numFailedTests };
    },
  };
}

/** Runs a step; `live` lets it speak while it works. A step that goes wrong without saying how often counts as one failure. */
async function run({ name, command, count }: Step, live = false): Promise<Tally> {
  const began = performance.now();
  const { code, output } = await spoken(command, live);
  const verdict = code === 0 ? 'ok' : `failed (${code})`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (!live) process.stdout.write(output);
  console.log(`── ${name}: ${verdict}, ${seconds} s\n`);
  const tally = count === undefined ? NONE : counted(count, output);
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function counted(count: (output: string) => Tally, output: string): Tally {
  try {
    return count(output);
  } catch (cause) {
    console.error(cause);
    return { passed: 0, failed: 1 };
  }
}

/** Runs a program of the project's own dependencies, and resolves with everything it said. */
function spoken(
  [program, ...args]: Step['command'],
  live: boolean,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(join('node_modules', '.bin', program), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (live) process.stdout.write(text);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function inOrder(...steps: readonly Step[]): Promise<readonly Tally[]> {
  const tallies: Tally[] = [];
  for (const step of steps) tallies.push(await run(step));
  return tallies;
}

console.log(`The browser is ${ensureChromium()}\n`);
const tallies = [
  ...(await Promise.all([inOrder(vitest('unit')), inOrder(types, lint, vectors, kernel, firefox)])).flat(),
  await run(vitest('e2e'), true),
];
const sum = (of: keyof Tally) => tallies.reduce((total, tally) => total + tally[of], 0);
if (sum('failed') > 0) process.exitCode = 1;
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
