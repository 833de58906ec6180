import { describe, expect, test } from 'vitest';
import type { Raw } from '../../nano/amount.ts';
import { MAINNET } from '../../nano/network.ts';
import { searchTime } from '../../work/engine-speed.ts';
import { type Funds, nextPaymentView } from './next-payment.ts';

/** A device that takes 8 s for a send on average, and an eighth of a second for a receive. */
const RATE = 2 ** 26;
const device: Parameters<typeof nextPaymentView>[1] = async (threshold) => searchTime(threshold, RATE);

const raw = (amount: bigint) => amount as Raw;
const funds = (some: Partial<Funds>): Funds => ({
  balance: raw(0n),
  incoming: raw(0n),
  isReady: false,
  thresholds: MAINNET.thresholds,
  ...some,
});

describe('the time until the next payment is prepared', () => {
  test('counts from the first money, which has to be received first, while there is none', async () => {
    expect(await nextPaymentView(funds({}), device)).toEqual({ state: 'unfunded', meanMs: 8_125 });
  });

  test('counts one block where the work to receive is found already', async () => {
    const prepared = funds({ isReady: true });
    expect(await nextPaymentView(prepared, device)).toEqual({ state: 'unfunded', meanMs: 8_000 });
  });

  test('counts both blocks while money arrives', async () => {
    const arriving = funds({ incoming: raw(5n) });
    expect(await nextPaymentView(arriving, device)).toEqual({ state: 'preparing', meanMs: 8_125 });
  });

  test('is that of one block once there is money', async () => {
    const funded = funds({ balance: raw(5n) });
    expect(await nextPaymentView(funded, device)).toEqual({ state: 'preparing', meanMs: 8_000 });
  });

  test('is none where its work is found already', async () => {
    const ready = funds({ balance: raw(5n), isReady: true });
    expect(await nextPaymentView(ready, device)).toEqual({ state: 'ready', meanMs: 0 });
  });

  test('is unknown, and not that of an empty wallet, until a node was asked', async () => {
    const unasked = funds({ balance: null });
    expect(await nextPaymentView(unasked, device)).toEqual({ state: 'preparing', meanMs: null });
  });

  test('is unknown on a device whose speed is unknown', async () => {
    expect(await nextPaymentView(funds({}), async () => null)).toEqual({ state: 'unfunded', meanMs: null });
  });
});
