/**
 * `npm run test:mutants`: puts small faults into the pure modules, one at a time, and runs the tests of the module and of
 * its folder on each. A fault that no test notices is a survivor. Every survivor has to stand in `survivors.json` with
 * the reason why no test can or should notice it, and at least 85 % must be noticed. Options: `--only TEXT` (files whose
 * path contains it), `--lanes N`, `--json FILE` (all survivors, in the form of `survivors.json`).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { type Mutant, mutantsOf } from './mutate.ts';
import { explainSurvivors, SurvivorsSchema } from './survivors.ts';

const LEAST_KILLED = 0.85;
/** Time for the tests of a file without a mutant (ms). */
const UNHARMED_TIMEOUT = 300_000;
/** Time for the tests of a mutant, in times of those without it; and at least so many ms. It ends endless loops. */
const SLOWDOWN = 10;
const LEAST_TIMEOUT = 60_000;
/** After so many mutants a file without one is tried: its tests have to pass. */
const CONTROL_EVERY = 25;

/** Pure modules: of a folder all, or those that are named; and the folders, or beginnings of paths, of their tests. */
const AREAS: readonly {
  readonly folder: string;
  readonly modules?: readonly string[];
  readonly tests: readonly string[];
}[] = [
  { folder: 'src/policy', tests: ['src/policy'] },
  ...['wire', 'offer', 'mechanisms', 'proof', 'response'].map((part) => ({
    folder: `src/protocol/${part}`,
    tests: ['src/protocol', 'test/vectors'],
  })),
  { folder: 'src/exchanges', tests: ['src/exchanges'] },
  {
    folder: 'src/interception',
    modules: ['bounded-map', 'headers', 'most-crowded', 'observed-request', 'patience', 'urls'],
    tests: ['src/interception'],
  },
  {
    folder: 'src/nano',
    modules: ['account', 'amount', 'noms'],
    tests: ['src/nano/account', 'src/nano/amount', 'src/nano/noms', 'test/vectors'],
  },
  {
    folder: 'src/wallet',
    modules: ['account-order', 'conflict-decision', 'own-block', 'receive-plan', 'send-order'],
    tests: ['src/wallet'],
  },
  {
    folder: 'src/work',
    modules: ['difficulty', 'engine-speed', 'next-search', 'rules'],
    tests: ['src/work'],
  },
  {
    folder: 'src',
    modules: ['base64', 'concurrency', 'site'],
    tests: ['src/base64', 'src/concurrency', 'src/site', 'src/policy'],
  },
];

interface Trial {
  readonly file: string;
  readonly tests: readonly (readonly string[])[];
  readonly mutant: Mutant | null;
}

function trialsOf(only: string): readonly Trial[] {
  return AREAS.flatMap(({ folder, modules, tests }) => {
    const files = readdirSync(folder)
      .filter((name) => /^[a-z0-9-]+\.ts$/.test(name))
      .filter((name) => modules === undefined || modules.includes(name.replace('.ts', '')))
      .map((name) => `${folder}/${name}`)
      .filter((file) => file.includes(only))
      .sort();
    return files.flatMap((file) => {
      const own = file.replace(/\.ts$/, '.test.ts');
      const groups = existsSync(own) ? [[own], tests] : [tests];
      return mutantsOf(readFileSync(file, 'utf8')).map((mutant) => ({ file, tests: groups, mutant }));
    });
  });
}

/** The result of one trial. A mutant that never ends is noticed as well. */
type Verdict = 'killed' | 'survived' | 'timed out';

/** One process that tries mutants. It is ended, and another begun, when a mutant never ends. */
class Lane {
  #child: ChildProcess | undefined;

  async verdictOn(trial: Trial, timeoutMs: number): Promise<Verdict> {
    const child = this.#child ?? (await this.#begin());
    child.send(trial);
    const answer = await nextMessage(child, timeoutMs);
    if (answer === 'silent') {
      this.end();
      return 'timed out';
    }
    return v.parse(v.object({ killed: v.boolean() }), answer).killed ? 'killed' : 'survived';
  }

  async #begin(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'lane.ts'), {
      execArgv: ['--import', 'tsx'],
      // A group of its own, which is ended whole: the process of the tests may be in an endless loop.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    await nextMessage(child, UNHARMED_TIMEOUT);
    return child;
  }

  end(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    this.#child = undefined;
  }
}

/** What a process says next; `silent` when it says nothing in time. @throws Error when it ends */
function nextMessage(child: ChildProcess, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const over = () => {
      clearTimeout(timer);
      child.off('message', hears).off('exit', ends);
    };
    const hears = (message: unknown) => {
      over();
      resolve(message);
    };
    const ends = (code: number | null) => {
      over();
      reject(new Error(`a lane ended with ${code}`));
    };
    const timer = setTimeout(hears, timeoutMs, 'silent');
    child.once('message', hears).once('exit', ends);
  });
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    lanes: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'string' },
  },
});

const queue = [...trialsOf(values.only)];
const all = queue.length;
/** One trial of each file. */
const firsts = [...new Map(queue.map((trial) => [trial.file, trial])).values()];
const survivors: Trial[] = [];
/** Time for the tests of a mutant of each file (ms). */
const timeouts = new Map<string, number>();
console.log(`${all} mutants in ${firsts.length} files`);

/** Tries a file without a mutant. @throws Error where its tests fail: then the other verdicts mean nothing */
async function expectUnharmed(lane: Lane, unharmed: Trial): Promise<void> {
  const verdict = await lane.verdictOn({ ...unharmed, mutant: null }, UNHARMED_TIMEOUT);
  if (verdict !== 'survived') throw new Error(`${unharmed.file} without a mutant: ${verdict}`);
}

async function work(): Promise<void> {
  const lane = new Lane();
  for (let trial = firsts.pop(); trial !== undefined; trial = firsts.pop()) {
    const began = performance.now();
    await expectUnharmed(lane, trial);
    timeouts.set(trial.file, Math.max(LEAST_TIMEOUT, SLOWDOWN * (performance.now() - began)));
  }
  for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
    const verdict = await lane.verdictOn(trial, timeouts.get(trial.file) ?? UNHARMED_TIMEOUT);
    if (verdict === 'survived') survivors.push(trial);
    if (queue.length % CONTROL_EVERY === 0) await expectUnharmed(lane, trial);
    if (verdict === 'timed out') console.log(`timed out: ${trial.file}: ${JSON.stringify(trial.mutant)}`);
    if (queue.length % 100 === 0) console.log(`${all - queue.length} tried, ${survivors.length} survived`);
  }
  lane.end();
}

await Promise.all(Array.from({ length: Number(values.lanes) }, work));

const found = survivors.map(({ file, mutant }) => {
  if (mutant === null) throw new Error('a file without a mutant is no survivor');
  const line = readFileSync(file, 'utf8').split('\n')[mutant.line - 1] ?? '';
  return { file, line: line.trim(), original: mutant.original, replacement: mutant.replacement };
});
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, null, 2));
const listed = v
  .parse(SurvivorsSchema, JSON.parse(readFileSync(join(import.meta.dirname, 'survivors.json'), 'utf8')))
  .filter(({ file }) => file.includes(values.only));
const { unexplained, gone } = explainSurvivors(found, listed);
for (const { file, line, original, replacement } of unexplained) {
  console.log(`survived, without a reason: ${file}\n  ${line}\n  ${original} → ${replacement}`);
}
for (const { file, line } of gone) console.log(`listed, but noticed now: ${file}\n  ${line}`);

const score = all === 0 ? 1 : (all - found.length) / all;
console.log(
  `${all - found.length} of ${all} mutants noticed (${(100 * score).toFixed(1)} %), ${found.length} survived`,
);
if (score < LEAST_KILLED || unexplained.length > 0 || gone.length > 0) process.exitCode = 1;
