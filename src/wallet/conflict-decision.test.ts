import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import type { BlockHash } from '../nano/block.ts';
import { type Confirmed, isDecided } from './conflict-decision.ts';
import type { Conflict } from './publication.ts';

const conflict: Conflict = { own: 'AB'.repeat(32) as BlockHash, other: 'CD'.repeat(32) as BlockHash };

interface Wait {
  readonly confirm: () => void;
  readonly fail: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

/** Waits for confirmations that end as the test says. */
function network() {
  const waits = new Map<BlockHash, Wait>();
  const confirmed: Confirmed = (hash, signal) =>
    new Promise((confirm, fail) => waits.set(hash, { confirm, fail, signal }));
  const waitFor = (hash: BlockHash): Wait => {
    const wait = waits.get(hash);
    if (wait === undefined) throw new Error(`nobody waits for ${hash}`);
    return wait;
  };
  /** Whether the waits for the own and for the other block were told to end. */
  const ended = () => [conflict.own, conflict.other].map((hash) => waitFor(hash).signal?.aborted);
  return { confirmed, waitFor, ended };
}

describe('a conflict of two blocks', () => {
  test.each(['own', 'other'] as const)(
    'is decided once the network confirms the %s block, and both waits end',
    async (which) => {
      const { confirmed, waitFor, ended } = network();
      const decided = isDecided(confirmed, conflict);
      expect(ended()).toEqual([false, false]);
      waitFor(conflict[which]).confirm();
      expect(await decided).toBe(true);
      expect(ended()).toEqual([true, true]);
    },
  );

  test('is not decided where the time for a confirmation is over, and both waits end', async () => {
    const { confirmed, waitFor, ended } = network();
    const decided = isDecided(confirmed, conflict);
    waitFor(conflict.own).fail(new Fault('fault_notConfirmed'));
    expect(await decided).toBe(false);
    expect(ended()).toEqual([true, true]);
  });

  test.each([
    ['a fault of the node', new Fault('fault_nodeRefused', ['Bad signature'])],
    ['an unexpected error', new TypeError('no such method')],
  ])('passes on %s', async (_, failure) => {
    const { confirmed, waitFor, ended } = network();
    const decided = isDecided(confirmed, conflict);
    waitFor(conflict.other).fail(failure);
    await expect(decided).rejects.toBe(failure);
    expect(ended()).toEqual([true, true]);
  });

  test('is waited for no longer than its caller wants', async () => {
    const { confirmed, waitFor, ended } = network();
    const caller = new AbortController();
    const decided = isDecided(confirmed, conflict, caller.signal);
    expect(ended()).toEqual([false, false]);
    caller.abort(new Error('the wallet is locked'));
    expect(ended()).toEqual([true, true]);
    const { fail, signal } = waitFor(conflict.own);
    fail(signal?.reason);
    await expect(decided).rejects.toThrow('the wallet is locked');
  });

  test('ends both waits once it is decided, also where its caller could end them', async () => {
    const { confirmed, waitFor, ended } = network();
    const decided = isDecided(confirmed, conflict, new AbortController().signal);
    waitFor(conflict.other).confirm();
    expect(await decided).toBe(true);
    expect(ended()).toEqual([true, true]);
  });
});
