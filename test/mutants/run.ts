/**
 * `npm run test:mutants`: puts small faults into the pure modules, one at a time, and runs the tests of the module on each,
 * and then, where none of them notices, those of its folder and of its area. A fault that no test notices is a survivor.
 * Every survivor has to stand in `survivors.json` with the reason why no test can or should notice it, and at least 85 %
 * must be noticed. Options: `--only TEXT` (files whose path contains it, or one of several), `--lanes N`, `--json FILE`
 * (all survivors, in the form of `survivors.json`).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { type Mutant, mutantsOf } from './mutate.ts';
import { type Progress, ProgressSchema } from './progress.ts';
import { explainSurvivors, SurvivorsSchema } from './survivors.ts';

const LEAST_KILLED = 0.85;
/** Time for the tests of a module to load and pass without a mutant (ms). */
const UNHARMED_TIMEOUT = 300_000;
/** Time for tests with a mutant, in times of those without one; and at least so many ms. It ends endless loops. */
const SLOWDOWN = 10;
const LEAST_TIMEOUT = 20_000;
/** Mutants of a module that are tried in one process. Before and after them its tests have to pass without a mutant. */
const BATCH = 100;

const PROTOCOL = ['wire', 'offer', 'mechanisms', 'dialects', 'proof', 'response'];

/**
 * The tests of the parts of the protocol run on each other's mutants. The fuzz test and that with a merchant are not among
 * them: they take longer than all others together, and what they alone would notice should have an example.
 */
const PROTOCOL_TESTS = [
  ...[...PROTOCOL, 'explain'].map((part) => `src/protocol/${part}/`),
  'src/protocol/vectors',
  'test/vectors',
];

/** Modules of a folder whose own tests are enough: those of the whole folder take minutes. */
const withOwnTests = (folder: string, modules: readonly string[]) => ({
  folder,
  modules,
  tests: modules.map((name) => `${folder}/${name}.`),
});

/** Pure modules: of a folder all, or those that are named; and the beginnings of the paths of their tests. */
const AREAS: readonly {
  readonly folder: string;
  readonly modules?: readonly string[];
  readonly tests: readonly string[];
}[] = [
  { folder: 'src/policy', tests: ['src/policy'] },
  ...PROTOCOL.map((part) => ({ folder: `src/protocol/${part}`, tests: PROTOCOL_TESTS })),
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
  withOwnTests('src/wallet', [
    'account-order',
    'conflict-decision',
    'own-block',
    'receive-plan',
    'send-order',
  ]),
  withOwnTests('src/work', ['difficulty', 'engine-speed', 'next-search', 'rules']),
  withOwnTests('src', ['base64', 'concurrency', 'site']),
];

/** Mutants of one file. */
interface Batch {
  readonly file: string;
  /** The files of tests that should notice: groups, each of which runs only when those before it have passed. */
  readonly tests: readonly (readonly string[])[];
  readonly mutants: readonly Mutant[];
}

interface Survived extends Mutant {
  readonly file: string;
}

const allTests = ['src', 'test/vectors'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`)
    .sort(),
);

/** The tests of a module: its own, then the others of its folder, and then those of its area. */
function testsOf(file: string, folder: string, beginnings: readonly string[]): Batch['tests'] {
  const ofArea = allTests.filter((test) => beginnings.some((beginning) => test.startsWith(beginning)));
  const own = file.replace(/\.ts$/, '.test.ts');
  const distances = [0, 1, 2].map((distance) =>
    ofArea.filter((test) => (test === own ? 0 : test.startsWith(`${folder}/`) ? 1 : 2) === distance),
  );
  return distances.filter((group) => group.length > 0);
}

function batchesOf(only: readonly string[]): readonly Batch[] {
  return AREAS.flatMap(({ folder, modules, tests }) => {
    const files = readdirSync(folder)
      .filter((name) => /^[a-z0-9-]+\.ts$/.test(name))
      .filter((name) => modules === undefined || modules.includes(name.replace('.ts', '')))
      .map((name) => `${folder}/${name}`)
      .filter((file) => only.some((text) => file.includes(text)))
      .sort();
    return files.flatMap((file) => {
      const groups = testsOf(file, folder, tests);
      if (groups.length === 0) throw new Error(`no tests of ${file}`);
      const all = mutantsOf(readFileSync(file, 'utf8'));
      const starts = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, at) => at * BATCH);
      return starts.map((start) => ({ file, tests: groups, mutants: all.slice(start, start + BATCH) }));
    });
  });
}

/** A label of a mutant that no other of its file has. */
const labelOf = ({ start, end, replacement }: Mutant): string =>
  `${start}-${end}-${Buffer.from(replacement).toString('base64url').slice(0, 40)}`;

/** One process that tries mutants. It is ended, and another begun, when a mutant never ends. */
class Lane {
  readonly #log = join(mkdtempSync(join(tmpdir(), 'mutants-')), 'progress');
  #child: ChildProcess | undefined;

  /**
   * Resolves with the mutants that none of these tests notices. One that never ends, or with which the tests cannot be
   * loaded, is noticed.
   *
   * @throws Error where the tests fail without a mutant: then the other verdicts mean nothing
   */
  async survivorsOf(file: string, tests: readonly string[], mutants: readonly Mutant[]): Promise<Mutant[]> {
    const survived: Mutant[] = [];
    let open = [...mutants];
    while (open.length > 0) {
      const progress = await this.#try(file, tests, open);
      const verdicts = verdictsIn(progress);
      if (verdicts.get('before') === true || verdicts.get('after') === true)
        throw new Error(`the tests of ${file} fail without a mutant, or after one: ${tests.join(', ')}`);
      survived.push(...open.filter((mutant) => verdicts.get(labelOf(mutant)) === false));
      // A batch that is not tried to its end was ended by the mutant that was last.
      const last = progress.at(-1);
      const ending = verdicts.has('after') ? undefined : open.find((one) => labelOf(one) === last?.label);
      if (ending !== undefined) console.log(`ended its batch: ${file}: ${JSON.stringify(ending)}`);
      const left = open.filter((mutant) => mutant !== ending && !verdicts.has(labelOf(mutant)));
      if (left.length === open.length) throw new Error(`no verdict on ${file}`);
      open = left;
    }
    return survived;
  }

  /** Runs the tests for each mutant, and before and after them without one. Resolves with how far they got. */
  async #try(
    file: string,
    tests: readonly string[],
    mutants: readonly Mutant[],
  ): Promise<readonly Progress[]> {
    writeFileSync(this.#log, '');
    const child = this.#child ?? (await this.#begin());
    const labelled = mutants.map((mutant) => [labelOf(mutant), mutant]);
    child.send({ file, tests, mutants: [['before', null], ...labelled, ['after', null]], log: this.#log });
    const done = nextMessage(child);
    for (;;) {
      const progress = this.#progress();
      const isDone = await Promise.race([done, setTimeout(500, false)]);
      if (isDone !== false) return this.#progress();
      if (Date.now() - (progress.at(-1)?.at ?? Date.now()) > timeoutFor(progress)) {
        this.end();
        done.catch(() => undefined);
        return progress;
      }
    }
  }

  #progress(): readonly Progress[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => v.parse(ProgressSchema, JSON.parse(line)));
  }

  async #begin(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'lane.ts'), {
      execArgv: ['--import', 'tsx'],
      // A group of its own, which is ended whole: the process of the tests may be in an endless loop.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    await nextMessage(child);
    return child;
  }

  end(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    this.#child = undefined;
  }
}

/** Whether the tests noticed each mutant that they have been tried on. */
function verdictsIn(progress: readonly Progress[]): ReadonlyMap<string, boolean> {
  const last = progress.at(-1)?.label;
  // What began and did not end was ended by a hook that failed, unless it is the last.
  const begun = progress.filter(({ kind, label }) => kind === 'begins' && label !== last);
  const ended = progress.flatMap((one) => (one.kind === 'ends' ? [[one.label, one.isKilled] as const] : []));
  return new Map([...begun.map(({ label }) => [label, true] as const), ...ended]);
}

/** The longest time without progress (ms): many times that of the tests without a mutant, once that is known. */
function timeoutFor(progress: readonly Progress[]): number {
  const [begins, ends] = progress.filter(({ label, kind }) => label === 'before' && kind !== 'loads');
  if (begins === undefined || ends === undefined) return UNHARMED_TIMEOUT;
  return Math.max(LEAST_TIMEOUT, SLOWDOWN * (ends.at - begins.at));
}

/** What a process says next. @throws Error when it ends */
function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const hears = (message: unknown) => {
      child.off('exit', ends);
      resolve(message);
    };
    const ends = (code: number | null) => {
      child.off('message', hears);
      reject(new Error(`a lane ended with ${code}`));
    };
    child.once('message', hears).once('exit', ends);
  });
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    lanes: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'string' },
  },
});

const queue = [...batchesOf(values.only)];
const all = queue.reduce((sum, { mutants }) => sum + mutants.length, 0);
const survivors: Survived[] = [];
let tried = 0;
console.log(`${all} mutants in ${new Set(queue.map(({ file }) => file)).size} files`);

async function work(): Promise<void> {
  const lane = new Lane();
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    const { file, tests, mutants } = batch;
    let survived = mutants;
    for (const group of tests) survived = await lane.survivorsOf(file, group, survived);
    survivors.push(...survived.map((mutant) => ({ file, ...mutant })));
    tried += mutants.length;
    for (const mutant of survived) console.log(`survived: ${file}: ${JSON.stringify(mutant)}`);
    console.log(`${tried} of ${all} tried, ${survivors.length} survived: ${file}`);
  }
  lane.end();
}

await Promise.all(Array.from({ length: Number(values.lanes) }, work));

const found = survivors.map(({ file, line, original, replacement }) => ({
  file,
  line: (readFileSync(file, 'utf8').split('\n')[line - 1] ?? '').trim(),
  original,
  replacement,
}));
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, null, 2));
const listed = v
  .parse(SurvivorsSchema, JSON.parse(readFileSync(join(import.meta.dirname, 'survivors.json'), 'utf8')))
  .filter(({ file }) => values.only.some((text) => file.includes(text)));
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
