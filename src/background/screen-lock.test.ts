import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PocketCloses } from '../messages/settings.ts';
import type { StoredSettings } from '../storage/settings.ts';
import { pocketClosesHere, ScreenLock, tellsScreenLock } from './screen-lock.ts';

beforeEach(() => vi.stubGlobal('chrome', { idle: {} }));
afterEach(() => vi.unstubAllGlobals());

test.each<[PocketCloses, number]>([
  ['later', 0],
  ['screen', 1],
  ['lock', 0],
])('a locked screen, where the pocket closes with %s, locks everything: %i times', async (closes, times) => {
  const read = vi.fn().mockResolvedValue(closes);
  const lockEverything = vi.fn(async () => undefined);
  const settings: Pick<StoredSettings, 'read'> = { read };
  await new ScreenLock({ settings, lockEverything }).locked();
  expect(read).toHaveBeenCalledExactlyOnceWith('pocketCloses');
  expect(lockEverything).toHaveBeenCalledTimes(times);
});

test('a pocket that is to close with the screen closes with every lock where the browser does not tell of the screen', () => {
  const choices: readonly PocketCloses[] = ['later', 'screen', 'lock'];
  expect([tellsScreenLock(), choices.map(pocketClosesHere)]).toEqual([true, ['later', 'screen', 'lock']]);
  vi.stubGlobal('chrome', {});
  expect([tellsScreenLock(), choices.map(pocketClosesHere)]).toEqual([false, ['later', 'lock', 'lock']]);
});
