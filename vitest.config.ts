import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Browser tests that need the processor to themselves: they send floods of requests, search for proof-of-work, kill the worker at
 * chosen moments, or compare a browser with the purse to one without it, event by event.
 */
const ALONE = [
  'test/e2e/{bursts,kill,preparing,request-floods,work}.test.ts',
  'test/e2e/interception/{fidelity,traces}.test.ts',
];

/** What only Firefox does. */
const IN_FIREFOX = 'test/e2e/firefox/**';

/** Tests of the browser tests that run in Firefox, too. */
const IN_BOTH = ['test/e2e/paying.test.ts'];

/**
 * How long a test, and one fact in it, may take (ms). They end what hangs, on machines that are busy with other things
 * too: no test expects to come near them.
 */
const common = {
  environment: 'node',
  expect: { poll: { timeout: 60_000 } },
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

const cores = availableParallelism();

const browser = { ...common, globalSetup: 'test/e2e/global-setup.ts' };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'test/{devnet,merchant,conformance,vectors,demo,bench,kill,mutants,sim}/**/*.test.ts',
            'test/*.test.ts',
          ],
          setupFiles: 'test/unit-setup.ts',
          // Loading the modules anew for each file costs as much as half of the tests.
          isolate: false,
          maxWorkers: cores,
        },
      },
      {
        test: {
          ...browser,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...ALONE, IN_FIREFOX],
          // A browser test waits more than it computes: three on two cores end soonest.
          maxWorkers: cores + 1,
          sequence: { groupOrder: 1 },
        },
      },
      // A group starts when the one before it has ended.
      {
        test: { ...browser, name: 'e2e-alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        test: {
          ...common,
          globalSetup: 'test/e2e/firefox-setup.ts',
          name: 'e2e-firefox',
          include: [`${IN_FIREFOX}/*.test.ts`, ...IN_BOTH],
          env: { PURSE_BROWSER: 'firefox' },
          maxWorkers: cores,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
