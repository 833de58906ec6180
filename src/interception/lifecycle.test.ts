import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { givenBack } from './challenge.ts';
import { lifecycleWith, type Reported } from './lifecycle.fixture.ts';
import { STANDS_AFTER } from './patience.ts';
import { observedOf } from './samples.fixture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const hold = { documentId: 'document', id: '1' };

/** The events as texts: name and challenge id each. */
const textsOf = (reported: readonly Reported[]) => reported.map(([event, { id }]) => `${event} ${id}`);

describe('a challenge', () => {
  test('is open once it is admitted, and is announced apart from that', async () => {
    const { lifecycle, reported, open } = lifecycleWith();
    expect(await lifecycle.admit(observedOf('a', 1), hold)).toBe(true);
    expect(textsOf(reported)).toEqual([]);
    expect(await open.get('a')).toMatchObject({ hold });
    lifecycle.announce(observedOf('a', 1).challenge);
    expect(textsOf(reported)).toEqual(['challenge a']);
  });

  test('beyond the limits is not admitted, which is reported', async () => {
    const { lifecycle, reported, open } = lifecycleWith();
    const header = 'x'.repeat(600_000);
    expect(await lifecycle.admit(observedOf('big', 1, header), null)).toBe(false);
    expect(textsOf(reported)).toEqual(['over limit big']);
    expect(await open.all()).toEqual([]);
  });

  test('that is withdrawn while it is stored is not admitted', async () => {
    const { lifecycle, reported } = lifecycleWith();
    const admitted = lifecycle.admit(observedOf('a', 1), null);
    await lifecycle.withdrawWhere(() => true);
    expect(await admitted).toBe(false);
    expect(textsOf(reported)).toEqual(['withdrawn a']);
  });

  test('that a page holds is announced when it has held it for a quarter of a second', async () => {
    const { lifecycle, reported } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, hold);
    const announcing = lifecycle.announceSettled(observed, false);
    await vi.advanceTimersByTimeAsync(STANDS_AFTER - 1);
    expect(textsOf(reported)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await announcing;
    expect(textsOf(reported)).toEqual(['challenge a']);
  });

  test('that its page cannot take back is announced at once', async () => {
    const { lifecycle, reported } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, hold);
    await lifecycle.announceSettled(observed, true);
    expect(textsOf(reported)).toEqual(['challenge a']);
  });

  test('that its page was given back is withdrawn once its document gets the same without a proof', async () => {
    const { lifecycle, reported } = lifecycleWith();
    const observed = observedOf('a', 1);
    const challenge = givenBack(observed.challenge);
    await lifecycle.admit({ ...observed, challenge }, null);
    await lifecycle.admit(observedOf('held', 1), hold);
    const { documentId, method, url } = challenge;
    await lifecycle.servedWithout({ documentId: 'another', method, url });
    await lifecycle.servedWithout({ documentId, method: 'POST', url });
    await lifecycle.servedWithout({ documentId, method, url: `${url}?more` });
    expect(textsOf(reported)).toEqual([]);
    await lifecycle.servedWithout({ documentId, method, url });
    expect(textsOf(reported)).toEqual(['withdrawn a']);
  });

  test('that is withdrawn while it settles is never announced', async () => {
    const { lifecycle, reported } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, null);
    const announcing = lifecycle.announceSettled(observed, false);
    await lifecycle.withdraw({ observed, hold: null });
    await vi.advanceTimersByTimeAsync(STANDS_AFTER);
    await announcing;
    expect(textsOf(reported)).toEqual(['withdrawn a']);
  });

  test('is withdrawn once, and its page gets the 402 that it holds', async () => {
    const { lifecycle, reported, holds } = lifecycleWith();
    const observed = observedOf('a', 1);
    await lifecycle.admit(observed, hold);
    const answer = holds.begin('a');
    await Promise.all([lifecycle.withdraw({ observed, hold }), lifecycle.withdraw({ observed, hold })]);
    expect(await answer).toBe('release');
    expect(textsOf(reported)).toEqual(['withdrawn a']);
  });
});

test('of the open challenges those are withdrawn that are over, but for one that awaits a load of its page', async () => {
  const { lifecycle, reported, open } = lifecycleWith({ awaitsReload: (id) => id === 'loads' });
  for (const id of ['over', 'loads', 'stays']) await lifecycle.admit(observedOf(id, 1), null);
  await lifecycle.withdrawWhere(({ observed }) => observed.challenge.id !== 'stays');
  expect(textsOf(reported)).toEqual(['withdrawn over']);
  expect((await open.all()).map(({ observed }) => observed.challenge.id)).toEqual(['loads', 'stays']);
});

test('an abort is remembered for the requests of scripts alone, and not for an EventSource, which the browser ends itself', () => {
  const { lifecycle } = lifecycleWith();
  const script = observedOf('a', 1);
  const page = { ...script, challenge: { ...script.challenge, kind: 'main_frame' as const } };
  expect(lifecycle.isAborted(script)).toBe(false);
  lifecycle.noteAborted('1');
  expect(lifecycle.isAborted(script)).toBe(true);
  expect(lifecycle.isAborted(page)).toBe(false);
  expect(lifecycle.isAborted({ ...script, trait: 'stream' })).toBe(false);
});
