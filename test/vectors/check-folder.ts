import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { CheckerTable, VectorFile } from './checker.ts';
import { marketChallenges } from './market.ts';
import { marketAnswers } from './market-answers.ts';
import { nanoCheckers } from './nano.ts';
import { offersCheckers } from './offers.ts';
import { workCheckers } from './work.ts';

const CHECKERS: CheckerTable = {
  ...nanoCheckers,
  ...workCheckers,
  ...offersCheckers,
  records: (section, file) => [...marketChallenges(section, file), ...marketAnswers(section, file)],
};

/** How many cases went which way. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Checks every section of every JSON file in a folder against the purse's own modules, saying a line for each section
 * and each failure. A section without a checker is a failure, so that no vector is skipped silently.
 */
export async function checkFolder(folder: string, say: (line: string) => void): Promise<Tally> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const files = new Map<string, VectorFile>();
  const tallies: Tally[] = [];
  for (const name of names) {
    try {
      files.set(name, v.parse(VectorFileText, await readFile(join(folder, name), 'utf8')));
    } catch (cause) {
      say(`FAILED ${name}: ${reasonOf(cause)}`);
      tallies.push({ passed: 0, failed: 1 });
    }
  }
  const everything: VectorFile = Object.assign({}, ...files.values());
  for (const [name, file] of files) {
    for (const [section, value] of Object.entries(file)) {
      tallies.push(await checkSection(`${name}/${section}`, section, value, { ...everything, ...file }, say));
    }
  }
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  };
}

const VectorFileText = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));

async function checkSection(
  title: string,
  section: string,
  value: unknown,
  file: VectorFile,
  say: (line: string) => void,
): Promise<Tally> {
  let passed = 0;
  let failed = 0;
  const attempt = async <T>(name: string, action: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (cause) {
      failed++;
      say(`FAILED ${title}: ${name}: ${reasonOf(cause)}`);
      return undefined;
    }
  };
  const cases = await attempt('section', () => {
    const checker = Object.hasOwn(CHECKERS, section) ? CHECKERS[section] : undefined;
    if (checker === undefined) throw new Error('nobody can check this section');
    return checker(value, file);
  });
  for (const { name, run } of cases ?? []) {
    const before = failed;
    await attempt(name, run);
    if (failed === before) passed++;
  }
  say(`${title}: ${passed} passed`);
  return { passed, failed };
}

/** One line of what went wrong. */
const reasonOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ').slice(0, 300);
