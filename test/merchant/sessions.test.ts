import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Sessions } from './sessions.ts';

test('no amount is quoted twice, not even after a restart or when the session is over', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'merchant-sessions-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  let now = 0;
  const open = () => new Sessions(dataDir, () => now, 11);
  const quote = (sessions: Sessions) => sessions.issue('http://x/', 1000n, 'nano_payee', 60).amountRaw;

  const first = open();
  const amounts = Array.from({ length: 5 }, () => quote(first));
  now = 3_600_000;
  const second = open();
  for (let more = 0; more < 5; more++) amounts.push(quote(second));
  expect(amounts.sort()).toEqual([
    '1001',
    '1002',
    '1003',
    '1004',
    '1005',
    '1006',
    '1007',
    '1008',
    '1009',
    '1010',
  ]);
  expect(() => quote(second)).toThrow('Every tag near 1000 raw is taken');
});
