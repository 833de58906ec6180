import { expect, test, vi } from 'vitest';
import type { Wallet } from '../wallet/wallet.ts';
import { Maintenance } from './maintenance.ts';

function maintenanceOf(settle: Wallet['settle']): Maintenance {
  const wallet = { settle, refresh: async () => undefined } as Wallet;
  const openWallets = {
    canPay: async () => true,
    current: async () => wallet,
    all: async () => [wallet],
    close: async () => undefined,
    layOutPocket: async () => undefined,
  };
  return new Maintenance({
    openWallets,
    delivery: { resume: async () => undefined },
    recall: { maintain: async () => undefined },
    work: { maintain: async () => undefined },
    abandoned: { check: () => undefined },
    notifyPages: () => undefined,
  });
}

test('maintenance settles the accounts again after a round that failed', async () => {
  const settle = vi
    .fn<Wallet['settle']>()
    .mockRejectedValueOnce(new Error('no node'))
    .mockResolvedValue('settled');
  const maintenance = maintenanceOf(settle);
  await expect(maintenance.run()).rejects.toThrow('no node');
  await maintenance.run();
  expect(settle).toHaveBeenCalledTimes(2);
});

test('a refill that the user wishes fills the pocket whole until it is settled, and no longer', async () => {
  vi.useFakeTimers();
  const settle = vi.fn<Wallet['settle']>().mockResolvedValueOnce('moved').mockResolvedValue('settled');
  const maintenance = maintenanceOf(settle);
  await maintenance.refillPocket();
  await vi.advanceTimersByTimeAsync(1_000);
  await maintenance.run();
  expect(settle.mock.calls).toEqual([[true], [true], [false]]);
  vi.useRealTimers();
});
