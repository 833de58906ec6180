import { describe, expect, test } from 'vitest';
import { type Raw, ZERO } from '../nano/amount.ts';
import { type BlockHash, hashBlock, type OpenHead, type UnopenedHead, ZERO_HASH } from '../nano/block.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import { deriveKeys } from '../nano/seed.ts';
import { headAfterUnsigned, headToPrepare, planReceives } from './receive-plan.ts';

const addressAt = (index: number) => deriveKeys({ kind: 'legacy', hex: '0'.repeat(64) }, index).address;
const [account, representative, sender] = [addressAt(0), addressAt(1), addressAt(2)];
const raw = (amount: bigint) => amount as Raw;

const unopened: UnopenedHead = { kind: 'unopened', account };
const open: OpenHead = {
  kind: 'open',
  account,
  hash: 'EE'.repeat(32) as BlockHash,
  balance: raw(100n),
  representative: sender,
  confirmed: true,
};
const source = (byte: string, amount: bigint): VerifiedSource => ({
  hash: byte.repeat(32) as BlockHash,
  amount: raw(amount),
  from: sender,
});
const sources = [source('A1', 7n), source('B2', 30n)];

describe('planned receives', () => {
  test('stand on one another, the first on the head, and each adds its amount', () => {
    const [first, second, ...others] = planReceives(open, sources, representative);
    if (first === undefined || second === undefined) throw new Error('two were planned');
    expect(others).toEqual([]);
    expect(first).toEqual({
      source: sources[0],
      head: open,
      subtype: 'receive',
      block: { account, previous: open.hash, representative: sender, balance: 107n, link: 'A1'.repeat(32) },
    });
    expect(second).toEqual({
      source: sources[1],
      head: {
        kind: 'open',
        account,
        hash: hashBlock(first.block),
        balance: 107n,
        representative: sender,
        confirmed: false,
      },
      subtype: 'receive',
      block: {
        account,
        previous: hashBlock(first.block),
        representative: sender,
        balance: 137n,
        link: 'B2'.repeat(32),
      },
    });
  });

  test('open an account with their first, which names the representative', () => {
    const planned = planReceives(unopened, sources, representative);
    expect(planned.map(({ subtype }) => subtype)).toEqual(['open', 'receive']);
    expect(planned[0]?.block).toEqual({
      account,
      previous: ZERO_HASH,
      representative,
      balance: 7n,
      link: 'A1'.repeat(32),
    });
    expect(planned[1]?.block).toMatchObject({ representative, balance: 37n });
  });
});

describe('the work that waits for planned receives', () => {
  test('is that for the head after the last one', () => {
    const planned = planReceives(open, sources, representative);
    const last = planned.at(-1);
    if (last === undefined) throw new Error('two were planned');
    expect(headToPrepare(open, planned)).toEqual(headAfterUnsigned(last));
    expect(headAfterUnsigned(last)).toMatchObject({ hash: hashBlock(last.block), balance: 137n });
  });

  test.each([
    ['where nothing is planned', open, []],
    ['on an account without blocks', unopened, sources],
    ['on an account without money', { ...open, balance: ZERO }, sources],
  ])('is none %s', (_, head, received) => {
    expect(headToPrepare(head, planReceives(head, received, representative))).toBeNull();
  });
});
