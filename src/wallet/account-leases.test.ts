import { describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import { freshKeys } from '../nano/nodes.fixture.ts';
import { AccountLeases } from './account-leases.ts';

const [one, other] = [freshKeys().address, freshKeys().address];

describe('AccountLeases', () => {
  test('sums what the payments of each account take, until each lease is done', () => {
    const leases = new AccountLeases();
    const first = leases.lease(one, 5n as Raw);
    const second = leases.lease(one, 7n as Raw);
    expect([leases.usageOf(one), leases.usageOf(other)]).toEqual([
      { count: 2, held: 12n },
      { count: 0, held: 0n },
    ]);
    first.done();
    first.done();
    expect([leases.usageOf(one), leases.isEmpty]).toEqual([{ count: 1, held: 7n }, false]);
    second.done();
    expect(leases.isEmpty).toBe(true);
  });
});
