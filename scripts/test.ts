/**
 * `npm test`: types, lint, vectors, unit tests and browser tests, on a machine that has only `npm ci` behind it. Unit
 * tests and browser tests run side by side; those browser tests that need the processor to themselves run at the end.
 * `--fast` leaves out the slow unit tests and most browser tests. At the end stands what failed, with the first lines of
 * why, since the end of a long log is what everybody reads. The last line is the total: `N passed, M failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from './browser.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What failed: titles and reasons, for the end of the log. */
  readonly failures: readonly string[];
}

/** One tool to run. */
interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Reads the number of tests from the output; left out, a step that succeeds counts as no test. */
  readonly count?: (output: string) => Tally;
}

const NONE: Tally = { passed: 0, failed: 0, failures: [] };
/** Lines of a failure that are repeated at the end. */
const REASON_LINES = 12;
const scratch = mkdtempSync(join(tmpdir(), 'nano-purse-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** The unit tests that `--fast` leaves out: those of the test tools, and the slowest files, most of the CPU time of all. */
const SLOW = [
  'test/{conformance,devnet,merchant,sim}/**',
  'src/nano/confirmation.test.ts',
  'src/nano/node-client.test.ts',
  'src/pages/onboarding/second-address.test.ts',
  'src/payments/bursts.test.ts',
  'src/payments/challenge-handler.test.ts',
  'src/payments/kill.test.ts',
  'src/payments/lying-node.test.ts',
  'src/payments/network.test.ts',
  'src/payments/one-seed.test.ts',
  'src/payments/payment-runner.test.ts',
  'src/payments/private-windows.test.ts',
  'src/payments/redelivery.test.ts',
  'src/payments/released.test.ts',
  'src/payments/signed-block.test.ts',
  'src/payments/withdrawal.test.ts',
  'src/protocol/explain/explain.test.ts',
  'src/protocol/fuzz.test.ts',
  'src/protocol/merchant.test.ts',
  'src/storage/backup/backup.test.ts',
  'src/storage/spending.test.ts',
  'src/ui/password/strength.test.ts',
  'src/vault/seed-copies.test.ts',
  'src/vault/vault.test.ts',
  'src/wallet/account-chain-conflicts.test.ts',
  'src/wallet/account-chain.test.ts',
  'src/wallet/account-wallet.test.ts',
  'src/wallet/branch.test.ts',
  'src/wallet/conservation.test.ts',
  'src/wallet/open-transfers.test.ts',
  'src/wallet/pocket.test.ts',
  'src/wallet/receive-pending.test.ts',
  'src/wallet/wallet.test.ts',
];
/** Browser tests of the whole way of a payment, for pages, scripts and images. */
const SMOKE = [
  'test/e2e/paying.test.ts',
  'test/e2e/interception/images.test.ts',
  'test/e2e/interception/xhr.test.ts',
];

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
    return { passed: Number(passed ?? 0), failed: Number(failed ?? 0), failures: [] };
  },
};

/** What is read of vitest's JSON report. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly VitestFile[];
}
interface VitestFile {
  readonly name: string;
  /** Why the file as a whole failed, if it did: it could not be loaded, or a hook of it threw. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

function failuresOf({ name, message, assertionResults }: VitestFile): readonly string[] {
  const file = relative(process.cwd(), name);
  const tests = assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${file}: ${fullName}\n${failureMessages.join('\n')}`);
  return [...(message === '' ? [] : [`${file}\n${message}`]), ...tests].map((failure) =>
    failure.split('\n').slice(0, REASON_LINES).join('\n  '),
  );
}

function vitest(project: 'unit' | 'e2e' | 'e2e-alone', ...args: readonly string[]): Step {
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
      ...args,
    ],
    count: () => {
      const report: VitestReport = JSON.parse(readFileSync(file, 'utf8'));
      return {
        passed: report.numPassedTests,
        failed: report.numFailedTests,
        failures: report.testResults.flatMap(failuresOf),
      };
    },
  };
}

/** Runs a step; `live` prints its output at once. A step that fails without a count of failures counts as one failure. */
async function run({ name, command, count }: Step, live = false): Promise<Tally> {
  const began = performance.now();
  const { code, output } = await outputOf(command, live);
  const verdict = code === 0 ? 'ok' : `failed (${code})`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (!live) process.stdout.write(output);
  console.log(`── ${name}: ${verdict}, ${seconds} s\n`);
  const tally = count === undefined ? NONE : counted(count, output);
  if (code === 0 || tally.failed > 0) return tally;
  return { ...tally, failed: 1, failures: [...tally.failures, `${name}: exit code ${code}`] };
}

function counted(count: (output: string) => Tally, output: string): Tally {
  try {
    return count(output);
  } catch (cause) {
    return { passed: 0, failed: 1, failures: [String(cause)] };
  }
}

/** Runs a program of the project's own dependencies, and resolves with its exit code and output. */
function outputOf(
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

async function everything(): Promise<readonly Tally[]> {
  const sideBySide = await Promise.all([
    inOrder(types, lint, vectors, vitest('unit')),
    run(vitest('e2e'), true),
  ]);
  const alone = await run(vitest('e2e-alone'), true);
  return [...sideBySide.flat(), alone, await run(firefox)];
}

async function fast(): Promise<readonly Tally[]> {
  const unit = vitest('unit', ...SLOW.map((file) => `--exclude=${file}`));
  return (await Promise.all([inOrder(types, lint, unit), inOrder(vitest('e2e', ...SMOKE))])).flat();
}

const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } });
console.log(`The browser is ${ensureChromium()}\n`);
const tallies = await (values.fast ? fast() : everything());
const sum = (of: 'passed' | 'failed') => tallies.reduce((total, tally) => total + tally[of], 0);
for (const failure of tallies.flatMap(({ failures }) => failures)) console.log(`✗ ${failure}\n`);
if (sum('failed') > 0) process.exitCode = 1;
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
