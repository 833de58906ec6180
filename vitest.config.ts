import { defineConfig } from 'vitest/config';

/** How long a test waits for a fact (ms): a bound for machines that are busy with other things, not an expectation. */
const expectation = { poll: { timeout: 15_000 } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'src/**/*.test.ts',
            'test/{devnet,merchant,conformance,vectors,demo,bench,kill}/**/*.test.ts',
            'test/*.test.ts',
          ],
          environment: 'node',
          expect: expectation,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          expect: expectation,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
