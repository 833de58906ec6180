import { describe, expect, it, vi } from 'vitest';
import { meets, nonceOf, parseThreshold, parseWorkRoot } from '../difficulty.ts';
import { assembleKernel } from '../kernel/assemble.ts';
import { cpuSearch, type Report } from './cpu-search.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const devSend = parseThreshold('ffc0000000000000');
const never = parseThreshold('ffffffffffffffff');
const module = new WebAssembly.Module(assembleKernel('simd'));

/** A search that waits after every chunk until the test continues it. */
function stepped() {
  const reports: Report[] = [];
  const waiting: (() => void)[] = [];
  const obey = cpuSearch({
    report: (report) => reports.push(report),
    turn: () => new Promise((resolve) => waiting.push(resolve)),
  });
  obey({ kind: 'kernel', module });
  const step = async (): Promise<void> => {
    for (const go of waiting.splice(0)) go();
    await Promise.resolve();
    await Promise.resolve();
  };
  /** The proofs, without the reports that a search still runs, which depend on the speed of the machine. */
  const found = () => reports.filter(({ nonce }) => nonce !== null);
  return { obey, reports, found, waiting, step };
}

describe('a search', () => {
  it('handles commands after every chunk, and stops at a stop', async () => {
    const { obey, found, waiting, step } = stepped();
    obey({ kind: 'search', job: 1, root, threshold: never });
    for (let chunk = 0; chunk < 4; chunk++) {
      expect(waiting).toHaveLength(1);
      await step();
    }
    obey({ kind: 'stop', job: 1 });
    await step();
    expect(waiting).toHaveLength(0);
    expect(found()).toEqual([]);
  });

  it('ends with one report of a nonce', async () => {
    const { obey, found, waiting, step } = stepped();
    obey({ kind: 'search', job: 7, root, threshold: devSend });
    while (waiting.length > 0) await step();
    expect(found()).toHaveLength(1);
    expect(
      found().every(({ job, nonce }) => job === 7 && nonce !== null && meets(root, nonce, devSend)),
    ).toBe(true);
  });

  it('starts each chunk where the last one ended', async () => {
    const published = 0x776707n;
    const start = vi
      .spyOn(crypto, 'getRandomValues')
      .mockReturnValueOnce(new BigUint64Array([published - 40_000n]));
    const { obey, found, step } = stepped();
    obey({ kind: 'search', job: 1, root, threshold: parseThreshold('fffffe0000000000') });
    start.mockRestore();
    for (let chunk = 1; chunk <= Math.ceil(40_001 / 2 ** 14); chunk++) await step();
    expect(found()).toEqual([{ job: 1, nonce: nonceOf(published) }]);
  });

  it('alternates with a search for another root, and finds the proof of its own', async () => {
    const published = 0x776707n;
    const start = vi
      .spyOn(crypto, 'getRandomValues')
      .mockImplementation(() => new BigUint64Array([published - 40_000n]));
    const { obey, found, waiting, step } = stepped();
    const threshold = parseThreshold('fffffe0000000000');
    obey({ kind: 'search', job: 1, root, threshold });
    obey({ kind: 'search', job: 2, root: parseWorkRoot('0'.repeat(64)), threshold });
    start.mockRestore();
    for (let chunk = 1; chunk <= Math.ceil(40_001 / 2 ** 14); chunk++) await step();
    expect(found()).toEqual([{ job: 1, nonce: nonceOf(published) }]);
    expect(waiting).toHaveLength(1);
    obey({ kind: 'stop', job: 2 });
  });

  it('reports every second that it has not hung', async () => {
    const now = vi.spyOn(performance, 'now');
    const { obey, reports, step } = stepped();
    const at = (ms: number) => now.mockReturnValue(ms);
    try {
      at(0);
      obey({ kind: 'search', job: 3, root, threshold: never });
      for (const ms of [400, 900, 1_100, 1_900, 2_200]) {
        at(ms);
        await step();
      }
    } finally {
      now.mockRestore();
    }
    expect(reports).toEqual([
      { job: 3, nonce: null },
      { job: 3, nonce: null },
    ]);
  });

  it('goes on when another is stopped', async () => {
    const { obey, waiting, step } = stepped();
    obey({ kind: 'search', job: 1, root, threshold: never });
    obey({ kind: 'search', job: 2, root, threshold: never });
    expect(waiting).toHaveLength(2);
    obey({ kind: 'stop', job: 1 });
    await step();
    expect(waiting).toHaveLength(1);
    obey({ kind: 'stop', job: 2 });
    await step();
    expect(waiting).toHaveLength(0);
  });

  it('starts at another nonce every time', () => {
    const nonces = Array.from({ length: 8 }, () => {
      const { obey, reports } = stepped();
      obey({ kind: 'search', job: 1, root, threshold: parseThreshold('0000000000000000') });
      return reports[0]?.nonce;
    });
    expect(new Set(nonces).size).toBe(8);
  });

  it('throws without a kernel', () => {
    const obey = cpuSearch({ report: () => {}, turn: () => Promise.resolve() });
    expect(() => obey({ kind: 'search', job: 1, root, threshold: devSend })).toThrow(TypeError);
  });
});
