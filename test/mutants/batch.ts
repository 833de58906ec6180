/**
 * Runs in vitest as a file of tests: the same tests for each mutant of a batch, one after the other, each with all modules
 * loaded anew. A process for each mutant would cost ten times as much as its tests.
 */
import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, inject, type RunnerTask, test, vi } from 'vitest';
import { getCurrentSuite } from 'vitest/suite';
import type { Progress } from './progress.ts';

const { tests, labels, log } = inject('batch');
const tell = (progress: Progress) => appendFileSync(log, `${JSON.stringify(progress)}\n`);

// Whether a test notices is known with its first counterexample.
fc.configureGlobal({ endOnFailure: true });

/** Whether a promise was rejected without a handler: a fault that no test sees, but the process does. */
let isStray = false;
process.on('unhandledRejection', () => {
  isStray = true;
});

/** Whether one of these tests did not pass, or there is none. */
const isKilled = (tasks: readonly RunnerTask[]): boolean =>
  tasks.length === 0 ||
  tasks.some((task) =>
    task.type === 'suite' ? isKilled(task.tasks) : task.mode === 'run' && task.result?.state !== 'pass',
  );

for (const label of labels) {
  describe(label, async () => {
    const { suite } = getCurrentSuite();
    beforeAll(() => {
      isStray = false;
      tell({ kind: 'begins', label, at: Date.now() });
    });
    afterAll(() => {
      const tasks = suite?.tasks ?? [];
      tell({ kind: 'ends', label, at: Date.now(), isKilled: isStray || isKilled(tasks) });
    });
    tell({ kind: 'loads', label, at: Date.now() });
    Object.assign(globalThis, { mutant: label });
    vi.resetModules();
    // Each in a group of its own, so that its hooks are for its own tests.
    for (const path of tests) describe(path, () => load(path));
  });
}

/** Loads a file of tests. What it changes, it does not leave behind. */
async function load(path: string): Promise<void> {
  afterAll(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
  try {
    await import(/* @vite-ignore */ path);
  } catch (failure) {
    test('the modules are loaded', () => {
      throw failure;
    });
  }
}
