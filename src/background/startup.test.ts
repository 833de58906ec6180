import { expect, test, vi } from 'vitest';
import { Fault } from '../fault.ts';
import { reportFailure, Startup } from './startup.ts';

test('the background is built once, however many events need it', async () => {
  const background = { ready: async () => undefined };
  const build = vi.fn(async () => background);
  const startup = new Startup(build);
  const all = await Promise.all([startup.background(), startup.background()]);
  expect(all).toEqual([background, background]);
  expect(await startup.background()).toBe(background);
  expect(build).toHaveBeenCalledOnce();
});

test('a build that failed is tried again by the next event', async () => {
  const background = { ready: async () => undefined };
  const build = vi
    .fn<() => Promise<typeof background>>()
    .mockRejectedValueOnce(new Error('no database'))
    .mockResolvedValue(background);
  const startup = new Startup(build);
  await expect(startup.background()).rejects.toThrow('no database');
  expect(await startup.background()).toBe(background);
});

test('each event waits for a usable database, and fails while the disk is full', async () => {
  let isFull = true;
  const ready = async () => {
    if (isFull) throw new Fault('fault_storageFull');
  };
  const startup = new Startup(async () => ({ ready }));
  await expect(startup.background()).rejects.toMatchObject({ key: 'fault_storageFull' });
  isFull = false;
  expect(await startup.background()).toEqual({ ready });
});

test('a failure is reported to developers, but for a full disk', () => {
  const report = vi.spyOn(console, 'error').mockReturnValue(undefined);
  reportFailure(new Fault('fault_storageFull'));
  expect(report).not.toHaveBeenCalled();
  const failure = new Error('unexpected');
  reportFailure(failure);
  expect(report).toHaveBeenCalledExactlyOnceWith(failure);
});
