/** A process that tries batches of mutants, in one vitest that keeps all other modules transformed. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { parseSync } from 'vite';
import { createVitest } from 'vitest/node';
import { type Mutant, mutate } from './mutate.ts';
// Tells the type of what is provided.
import './progress.ts';

/** What the parent sends: a file, its mutants by label, of which one may be none, and the tests that should notice. */
const TrialSchema = v.object({
  file: v.string(),
  tests: v.array(v.string()),
  mutants: v.array(
    v.tuple([
      v.string(),
      v.nullable(
        v.object({
          start: v.number(),
          end: v.number(),
          original: v.string(),
          replacement: v.string(),
          line: v.number(),
        }),
      ),
    ]),
  ),
  log: v.string(),
});

interface Current {
  readonly path: string;
  readonly source: string;
  readonly mutants: ReadonlyMap<string, Mutant | null>;
}

let current: Current | undefined;

const BATCH = join(import.meta.dirname, 'batch.ts');
/** Marks the ids of a module that has a mutant: `src/site.ts?mutant=LABEL`. */
const MARK = '?mutant=';

const vitest = await createVitest(
  'test',
  {
    config: false,
    watch: false,
    // Processes, since a test that moves between time zones sets TZ, which threads share.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    // Far above what any test takes on a busy machine: the parent ends a mutant with which nothing goes on.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    diff: { truncateThreshold: 10 },
    setupFiles: ['test/unit-setup.ts'],
    include: ['test/mutants/batch.ts'],
    reporters: [{}],
    silent: true,
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        resolveId: (id) => (id.includes(MARK) ? id : undefined),
        load(id) {
          if (current === undefined) return;
          const { path, source, mutants } = current;
          if (id === path) return chooserOf(path, source);
          if (!id.startsWith(path + MARK)) return;
          const mutant = mutants.get(id.slice(path.length + MARK.length));
          return mutant ? mutate(source, mutant) : source;
        },
      },
    ],
  },
);

/** A module that has the exports of that mutant of a file whose label is set when it is loaded. */
function chooserOf(path: string, source: string): string {
  const { module } = parseSync(path, source);
  const names = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ isType, exportName }) =>
      isType || exportName.name === null ? [] : [exportName.name],
    ),
  );
  // An overloaded function is exported once for each of its signatures.
  const unique = [...new Set(names)];
  const chosen = `await import(/* @vite-ignore */ ${JSON.stringify(path + MARK)} + globalThis.mutant)`;
  return `const chosen = ${chosen};\n${unique.map((name) => `export const ${name} = chosen.${name};`).join('\n')}`;
}

async function tryAll({ file, tests, mutants, log }: v.InferOutput<typeof TrialSchema>): Promise<void> {
  const path = resolve(file);
  // The file of the batch before is as it was again.
  if (current !== undefined) vitest.invalidateFile(current.path);
  current = { path, source: readFileSync(path, 'utf8'), mutants: new Map(mutants) };
  vitest.invalidateFile(path);
  const labels = mutants.map(([label]) => label);
  vitest.provide('batch', { tests: tests.map((test) => resolve(test)), labels, log });
  const specifications = await vitest.globTestSpecifications([BATCH]);
  // A mutant with which the tests cannot be loaded ends its batch: what it threw is shown, since it may be a fault of the tests.
  const { unhandledErrors, testModules } = await vitest.runTestSpecifications(specifications);
  for (const failure of [...unhandledErrors, ...testModules.flatMap((module) => module.errors())])
    console.error(failure);
  vitest.state.clearErrors();
}

process.on('message', (message) => {
  tryAll(v.parse(TrialSchema, message)).then(
    () => process.send?.('done'),
    (failure: unknown) => {
      console.error(failure);
      process.exit(1);
    },
  );
});
process.send?.('ready');
