import { beforeEach, describe, expect, test } from 'vitest';
import { type Deferred, deferred } from '../concurrency.ts';
import { RefreshLoop } from './refresh-loop.ts';

let steps: string[];
let looking: Deferred<void> | undefined;
/** What `received` resolves with, in order; then false. */
let received: Promise<boolean>[];
let closing: AbortController;
let loop: RefreshLoop;

beforeEach(() => {
  steps = [];
  looking = undefined;
  received = [];
  closing = new AbortController();
  loop = new RefreshLoop({
    look: async () => {
      steps.push('look');
      await looking?.promise;
    },
    received: () => received.shift() ?? Promise.resolve(false),
    prepare: async () => {
      steps.push('prepare');
    },
    signal: closing.signal,
  });
});

describe('RefreshLoop', () => {
  test('looks once, and has the next work searched for', async () => {
    await loop.refresh();
    expect(steps).toEqual(['look', 'prepare']);
  });

  test('looks once more for all calls while it looks', async () => {
    looking = deferred();
    const first = loop.refresh();
    const others = [loop.refresh(), loop.refresh(), loop.look()];
    looking.resolve();
    await Promise.all([first, ...others]);
    expect(steps).toEqual(['look', 'look', 'prepare']);
  });

  test('resolves a look while what it found is being received, and does not wait for it to look again', async () => {
    received = [deferred<boolean>().promise];
    await loop.look();
    expect(steps).toEqual(['look']);
    await loop.refresh();
    expect(steps).toEqual(['look', 'look', 'prepare']);
  });

  test('looks again when another look may find more to receive', async () => {
    received = [Promise.resolve(true)];
    await loop.refresh();
    expect(steps).toEqual(['look', 'look', 'prepare']);
  });

  test('looks again after a run has ended', async () => {
    await loop.refresh();
    await loop.refresh();
    expect(steps).toEqual(['look', 'prepare', 'look', 'prepare']);
  });

  test('looks no more once its signal is aborted', async () => {
    closing.abort();
    await loop.look();
    expect(steps).toEqual([]);
  });
});
