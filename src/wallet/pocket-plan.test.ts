import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseXno, type Raw } from '../nano/amount.ts';
import { excessOver, lackOf, levelOf, planOf, shareOf, typedLevelOf } from './pocket-plan.ts';

const raw = (amount: number): Raw => BigInt(amount) as Raw;
const amount = fc.bigInt({ min: 0n, max: 10n ** 32n }).map((value) => value as Raw);

describe('the plan of a pocket', () => {
  test('has four accounts beside the first, with equal shares', () => {
    expect(planOf(raw(400))).toEqual({ accounts: 5, each: 100n });
  });

  test('states the level that was typed, over however many accounts it is spread', () => {
    const level = parseXno('0.1');
    const stated = [1, 2, 3, 4, 5, 6, 7].map((count) =>
      typedLevelOf({ accounts: count + 1, each: (level / BigInt(count)) as Raw }),
    );
    expect(stated).toEqual(Array(7).fill(level));
  });

  test('never holds more than its level, and less by no more than three raw', () => {
    fc.assert(
      fc.property(amount, (level) => {
        const rest = level - levelOf(planOf(level));
        expect([rest >= 0n, rest <= 3n]).toEqual([true, true]);
      }),
    );
  });

  test('gives no share to accounts beyond it', () => {
    const plan = { accounts: 3, each: raw(5) };
    expect([1, 2, 3, 7].map((index) => shareOf(plan, index))).toEqual([5n, 5n, 0n, 0n]);
    expect(levelOf({ accounts: 1, each: raw(5) })).toBe(0n);
  });
});

describe('an account of the pocket', () => {
  test('has too much only above nine eighths of its share, and everything where it has none', () => {
    expect([100, 112, 113].map((balance) => excessOver(raw(100), raw(balance)))).toEqual([0n, 0n, 13n]);
    expect(excessOver(raw(0), raw(1))).toBe(1n);
  });

  test('lacks money only below half its share, or below all of it where the user wants it full', () => {
    expect([49, 50, 99].map((balance) => lackOf(raw(100), raw(balance), false))).toEqual([51n, 0n, 0n]);
    expect([99, 100, 101].map((balance) => lackOf(raw(100), raw(balance), true))).toEqual([1n, 0n, 0n]);
  });

  test('never has too much and too little at once, and is at its share after a move', () => {
    fc.assert(
      fc.property(amount, amount, fc.boolean(), (share, balance, isWished) => {
        const [excess, lack] = [excessOver(share, balance), lackOf(share, balance, isWished)];
        expect(excess === 0n || lack === 0n).toBe(true);
        if (excess + lack > 0n) expect(balance - excess + lack).toBe(share);
      }),
    );
  });
});
