import { properties } from '../../src/protocol/fuzz.fixture.ts';
import { type Row, row } from './rows.ts';

/** Cases of one sample. */
const CASES = 1000;

/** Tries everything that holds for whatever a server may say, and gives how long 1,000 cases take. @throws as `Property.check` */
export async function benchFuzz(samples: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, check } of properties) {
    const times: number[] = [];
    while (times.length < samples) {
      const began = performance.now();
      await check(CASES);
      times.push(performance.now() - began);
    }
    rows.push(row(`fuzz: ${name}`, times, 'ms'));
  }
  return rows;
}
