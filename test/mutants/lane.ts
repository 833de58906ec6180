/** A process that tries mutants one after the other, in one vitest that keeps all other modules transformed. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { createVitest, type TestSpecification } from 'vitest/node';
import { mutate } from './mutate.ts';

/**
 * What the parent sends: a file as it is, or with a mutant in it, and the tests that should notice: groups, each of which
 * runs only when those before it have passed.
 */
export const TrialSchema = v.object({
  file: v.string(),
  tests: v.array(v.array(v.string())),
  mutant: v.nullable(
    v.object({
      start: v.number(),
      end: v.number(),
      original: v.string(),
      replacement: v.string(),
      line: v.number(),
    }),
  ),
});

let current: { readonly path: string; readonly source: string } | undefined;

const vitest = await createVitest(
  'test',
  {
    config: false,
    watch: false,
    // Processes, since a test that moves between time zones sets TZ, which threads share.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    // The parent decides when a mutant takes too long.
    testTimeout: 0,
    hookTimeout: 0,
    expect: { poll: { timeout: 60_000 } },
    setupFiles: ['test/unit-setup.ts'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    reporters: [{}],
    silent: true,
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        load: (id) => (id === current?.path ? current.source : undefined),
      },
    ],
  },
);

async function isKilled({ file, tests, mutant }: v.InferOutput<typeof TrialSchema>): Promise<boolean> {
  const path = resolve(file);
  const source = readFileSync(path, 'utf8');
  // The file of the mutant before is as it was again.
  if (current !== undefined) vitest.invalidateFile(current.path);
  current = mutant === null ? undefined : { path, source: mutate(source, mutant) };
  vitest.invalidateFile(path);
  const tried = new Set<string>();
  for (const group of tests) {
    const specifications = await vitest.globTestSpecifications(group.map((test) => resolve(test)));
    if (specifications.length === 0) throw new Error(`no tests at ${group.join(', ')}`);
    for (const specification of specifications.filter(({ moduleId }) => !tried.has(moduleId))) {
      tried.add(specification.moduleId);
      if (await fails(specification)) return true;
    }
  }
  return false;
}

async function fails(specification: TestSpecification): Promise<boolean> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
  vitest.state.clearErrors();
  // The result names the files of earlier runs, too.
  const own = testModules.filter(({ moduleId }) => moduleId === specification.moduleId);
  if (own.length === 0) throw new Error(`no result of ${specification.moduleId}`);
  return unhandledErrors.length > 0 || own.some((module) => !module.ok());
}

process.on('message', async (message) => {
  process.send?.({ killed: await isKilled(v.parse(TrialSchema, message)) });
});
process.send?.('ready');
