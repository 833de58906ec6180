import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Challenge } from './challenge.ts';
import { Holds } from './holds.ts';
import { ChallengeLifecycle } from './lifecycle.ts';
import { OpenChallenges } from './open-challenges.ts';
import { Patience, STANDS_AFTER } from './patience.ts';
import { memoryStore, observedOf } from './samples.fixture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const hold = { documentId: 'document', id: '1' };

/** A lifecycle, and the events it reported: name and challenge id each. */
function lifecycleWith(options: { readonly awaitsReload?: (id: string) => boolean } = {}) {
  const events: string[] = [];
  const told = (name: string) => (about: Pick<Challenge, 'id'>) => void events.push(`${name} ${about.id}`);
  const open = new OpenChallenges(memoryStore());
  const holds = new Holds();
  const lifecycle = new ChallengeLifecycle({
    open,
    holds,
    patience: new Patience(() => Date.now()),
    events: () => ({
      onChallenge: told('challenge'),
      onUnheld: told('unheld'),
      onOverLimit: told('over limit'),
      onUnpriced: () => void events.push('unpriced'),
      onWithdrawn: told('withdrawn'),
    }),
    awaitsReload: options.awaitsReload ?? (() => false),
  });
  return { lifecycle, events, open, holds };
}

describe('a challenge', () => {
  test('is open once it is admitted, and is announced apart from that', async () => {
    const { lifecycle, events, open } = lifecycleWith();
    expect(await lifecycle.admit(observedOf('a', 1), hold)).toBe(true);
    expect(events).toEqual([]);
    expect(await open.get('a')).toMatchObject({ hold });
    lifecycle.announce(observedOf('a', 1).challenge);
    expect(events).toEqual(['challenge a']);
  });

  test('beyond the limits is not admitted, which is reported', async () => {
    const { lifecycle, events, open } = lifecycleWith();
    const header = 'x'.repeat(600_000);
    expect(await lifecycle.admit(observedOf('big', 1, header), null)).toBe(false);
    expect(events).toEqual(['over limit big']);
    expect(await open.all()).toEqual([]);
  });

  test('that is withdrawn while it is stored is not admitted', async () => {
    const { lifecycle, events } = lifecycleWith();
    const admitted = lifecycle.admit(observedOf('a', 1), null);
    await lifecycle.withdrawWhere(() => true);
    expect(await admitted).toBe(false);
    expect(events).toEqual(['withdrawn a']);
  });

  test('that a page holds is announced when it has held it for a quarter of a second', async () => {
    const { lifecycle, events } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, hold);
    const announcing = lifecycle.announceSettled(observed, false);
    await vi.advanceTimersByTimeAsync(STANDS_AFTER - 1);
    expect(events).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await announcing;
    expect(events).toEqual(['challenge a']);
  });

  test('that its page cannot take back is announced at once', async () => {
    const { lifecycle, events } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, hold);
    await lifecycle.announceSettled(observed, true);
    expect(events).toEqual(['challenge a']);
  });

  test('that is withdrawn while it settles is never announced', async () => {
    const { lifecycle, events } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, null);
    const announcing = lifecycle.announceSettled(observed, false);
    await lifecycle.withdraw({ observed, hold: null });
    await vi.advanceTimersByTimeAsync(STANDS_AFTER);
    await announcing;
    expect(events).toEqual(['withdrawn a']);
  });

  test('is withdrawn once, and its page gets the 402 that it holds', async () => {
    const { lifecycle, events, holds } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, hold);
    const answer = holds.begin('a');
    await Promise.all([lifecycle.withdraw({ observed, hold }), lifecycle.withdraw({ observed, hold })]);
    expect(await answer).toBe('release');
    expect(events).toEqual(['withdrawn a']);
  });
});

test('of the open challenges those are withdrawn that are over, but for one that awaits a load of its page', async () => {
  const { lifecycle, events, open } = lifecycleWith({ awaitsReload: (id) => id === 'loads' });
  for (const id of ['over', 'loads', 'stays']) await lifecycle.admit(observedOf(id, 1), null);
  await lifecycle.withdrawWhere(({ observed }) => observed.challenge.id !== 'stays');
  expect(events).toEqual(['withdrawn over']);
  expect((await open.all()).map(({ observed }) => observed.challenge.id)).toEqual(['loads', 'stays']);
});

test('an abort is remembered for the requests of scripts alone', () => {
  const { lifecycle } = lifecycleWith();
  const script = observedOf('a', 1);
  const page = { ...script, challenge: { ...script.challenge, kind: 'main_frame' as const } };
  expect(lifecycle.isAborted(script)).toBe(false);
  lifecycle.noteAborted('1');
  expect(lifecycle.isAborted(script)).toBe(true);
  expect(lifecycle.isAborted(page)).toBe(false);
});
