import { expect, it } from 'vitest';
import { playSteps } from './report.ts';

const hash = 'AB'.repeat(32);

it('reports what each step showed, amounts as decimal text', async () => {
  const lines: string[] = [];
  const report = await playSteps(
    [
      { name: 'pays', play: async () => ({ amountRaw: 10n ** 28n + 7n, blockHash: hash, status: 200 }) },
      { name: 'rests', play: async () => ({}) },
    ],
    (line) => lines.push(line),
  );
  expect(report).toEqual({
    ok: true,
    steps: [
      {
        name: 'pays',
        ok: true,
        ms: expect.any(Number),
        amountRaw: '10000000000000000000000000007',
        blockHash: hash,
        status: 200,
      },
      { name: 'rests', ok: true, ms: expect.any(Number) },
    ],
  });
  expect(lines.join('\n')).toContain('0.010000000000000000000000000007 XNO  ·  block ABABABAB…  ·  HTTP 200');
});

it('tries nothing after a step that failed, and is not ok', async () => {
  let tried = false;
  const report = await playSteps(
    [
      { name: 'falls', play: () => Promise.reject(new Error('the records differ')) },
      {
        name: 'follows',
        play: async () => {
          tried = true;
          return {};
        },
      },
    ],
    () => undefined,
  );
  expect(tried).toBe(false);
  expect(report).toMatchObject({
    ok: false,
    steps: [
      { name: 'falls', ok: false, error: 'the records differ' },
      { name: 'follows', ok: false, ms: 0, error: 'not tried' },
    ],
  });
});
