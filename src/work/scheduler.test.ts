import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../fault.ts';
import type { WorkCache, WorkIntent } from './cache.ts';
import {
  meets,
  nonceOf,
  parseThreshold,
  parseWorkNonce,
  parseWorkRoot,
  type WorkNonce,
} from './difficulty.ts';
import type { WorkEngine } from './engine.ts';
import { CpuPool } from './engines/cpu-pool.ts';
import { spawnNodeWorker } from './engines/cpu-worker.node.ts';
import { checked, memoryHistory } from './engines.fixture.ts';
import { assembleKernel } from './kernel/assemble.ts';
import { WorkScheduler } from './scheduler.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const otherRoot = parseWorkRoot('A'.repeat(64));
const thirdRoot = parseWorkRoot('B'.repeat(64));
const send = parseThreshold('ffc0000000000000');
const receive = parseThreshold('f000000000000000');
const sendWork = parseWorkNonce('00000000000005a2');
const receiveWork = parseWorkNonce('0000000000000001');
const wrongWork = parseWorkNonce('0000000000000000');
const otherSendWork = parseWorkNonce('8861e54f16b2e62a');

/** A cache in memory that several schedulers can use in turn, like the database over restarts of the worker. */
function memoryCache() {
  const entries = new Map<string, unknown>();
  const intents = new Map<string, unknown>();
  return {
    entries,
    intentions: intents,
    get: async (of) => entries.get(of),
    put: async (entry) => void entries.set(entry.root, entry),
    drop: async (of) => void entries.delete(of),
    intents: {
      list: async () => [...intents.values()],
      put: async (intent) => void intents.set(intent.root, intent),
      drop: async (of) => void intents.delete(of),
    },
  } satisfies WorkCache & Record<string, unknown>;
}

type Asked = Parameters<WorkEngine['solve']>;

/** An engine whose answers the test gives, and which counts its searches. */
function steeredEngine(name = 'steered') {
  const searches: {
    readonly root: Asked[0];
    readonly threshold: Asked[1];
    readonly urgency: Asked[2]['urgency'];
    readonly signal: AbortSignal;
    answer(nonce: WorkNonce): void;
    fail(cause: unknown): void;
  }[] = [];
  const solve: WorkEngine['solve'] = (of, threshold, { signal, urgency }) =>
    new Promise((answer, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason));
      searches.push({ root: of, threshold, urgency, signal, answer, fail });
    });
  /** The search of this number, counted from 0, once it has begun. */
  const search = (number: number) =>
    vi.waitFor(
      () => {
        const begun = searches[number];
        if (begun === undefined) throw new Error(`search ${number} has not begun`);
        return begun;
      },
      { timeout: 60_000, interval: 1 },
    );
  return { name, solve, searches, search };
}

function house({ cache = memoryCache(), engines = [steeredEngine()] as readonly WorkEngine[] } = {}) {
  const problems: unknown[] = [];
  const report = (problem: unknown) => problems.push(problem);
  let now = 1_700_000_000_000;
  const scheduler = new WorkScheduler({
    engines: checked(engines, {
      history: memoryHistory({ leader: 'first', searches: 0, engines: {} }),
      report,
    }),
    cache,
    clock: { now: () => now++ },
    report,
  });
  return { scheduler, cache, problems };
}

function steeredHouse(cache = memoryCache()) {
  const engine = steeredEngine();
  return { engine, ...house({ cache, engines: [engine] }) };
}

describe('obtaining precomputed work', () => {
  it('starts no search', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await cache.put({ root, nonce: sendWork, foundAt: 0 });
    expect(await scheduler.obtain(root, send)).toBe(sendWork);
    expect(await scheduler.obtain(root, receive)).toBe(sendWork);
    await scheduler.prepare(root, send);
    expect(engine.searches).toHaveLength(0);
    expect(cache.intentions.size).toBe(0);
  });

  it('no search runs where none was asked for', async () => {
    const { scheduler, engine } = steeredHouse();
    await scheduler.resume();
    await scheduler.forget(root);
    expect(engine.searches).toHaveLength(0);
  });

  it.each([
    ['a forged nonce', { root, nonce: wrongWork, foundAt: 0 }],
    ['another root’s nonce', { root, nonce: otherSendWork, foundAt: 0 }],
    ['a malformed nonce', { root, nonce: 'ready', foundAt: 0 }],
    ['a malformed entry', 17],
    ['work below the threshold', { root, nonce: receiveWork, foundAt: 0 }],
  ])('%s in the cache is searched anew and replaced', async (_, entry) => {
    const { scheduler, engine, cache } = steeredHouse();
    cache.entries.set(root, entry);
    const work = scheduler.obtain(root, send);
    (await engine.search(0)).answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(cache.entries.get(root)).toMatchObject({ root, nonce: sendWork });
  });
});

describe('preparing', () => {
  it('searches in the background, and keeps the intent until the work is stored', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await scheduler.prepare(root, send);
    expect(cache.intentions.get(root)).toEqual({ root, threshold: send, askedAt: 1_700_000_000_000 });
    const search = await engine.search(0);
    expect(search).toMatchObject({ root, threshold: send, urgency: 'background' });
    search.answer(sendWork);
    await expect.poll(() => cache.intentions.size).toBe(0);
    expect(await scheduler.obtain(root, send)).toBe(sendWork);
    expect(engine.searches).toHaveLength(1);
  });

  it('the same root twice is one search, at the higher threshold', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await scheduler.prepare(root, send);
    await scheduler.prepare(root, receive);
    await scheduler.prepare(root, send);
    expect(engine.searches).toHaveLength(1);
    expect(cache.intentions.get(root)).toMatchObject({ threshold: send });
  });

  it('several roots are searched one after the other, in the order of the calls', async () => {
    const { scheduler, engine } = steeredHouse();
    await scheduler.prepare(otherRoot, send);
    await scheduler.prepare(root, send);
    const first = await engine.search(0);
    expect(engine.searches).toHaveLength(1);
    first.answer(otherSendWork);
    expect(await engine.search(1)).toMatchObject({ root, urgency: 'background' });
  });

  it('goes on after a restart of the worker', async () => {
    const { cache, ...first } = steeredHouse();
    await first.scheduler.prepare(root, send);
    await first.scheduler.prepare(otherRoot, receive);

    const second = steeredHouse(cache);
    await second.scheduler.resume();
    const search = await second.engine.search(0);
    expect(search).toMatchObject({ root, threshold: send, urgency: 'background' });
    search.answer(sendWork);
    (await second.engine.search(1)).answer(otherSendWork);
    await expect.poll(() => cache.intentions.size).toBe(0);
    expect(second.problems).toEqual([]);
  });

  it('drops an intent whose work was stored just before the worker ended', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    cache.intentions.set(root, { root, threshold: send, askedAt: 1 } satisfies WorkIntent);
    await cache.put({ root, nonce: sendWork, foundAt: 2 });
    await scheduler.resume();
    expect(cache.intentions.size).toBe(0);
    expect(engine.searches).toHaveLength(0);
  });

  it('skips an unreadable intent and reports it', async () => {
    const { scheduler, engine, cache, problems } = steeredHouse();
    cache.intentions.set('x', { root: 'x', threshold: send, askedAt: 1 });
    cache.intentions.set(root, { root, threshold: send, askedAt: 2 } satisfies WorkIntent);
    await scheduler.resume();
    expect(await engine.search(0)).toMatchObject({ root });
    expect(problems).toHaveLength(1);
  });
});

describe('readiness', () => {
  it('is none, then working, then ready up to the threshold that the nonce reaches', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    expect(await scheduler.readiness(root, receive)).toBe('none');
    await scheduler.prepare(root, receive);
    expect(await scheduler.readiness(root, receive)).toBe('working');
    (await engine.search(0)).answer(receiveWork);
    await expect.poll(() => cache.intentions.size).toBe(0);
    expect(await scheduler.readiness(root, receive)).toBe('ready');
    expect(await scheduler.readiness(root, send)).toBe('none');
    expect(engine.searches).toHaveLength(1);
  });
});

describe('obtaining', () => {
  it('at a harder threshold takes cached work only where it reaches that', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await cache.put({ root, nonce: receiveWork, foundAt: 0 });
    const work = scheduler.obtain(root, send);
    (await engine.search(0)).answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(await scheduler.obtain(root, receive)).toBe(sendWork);
    expect(engine.searches).toHaveLength(1);
  });

  it('searches in the foreground and stores the work for the next call', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    const work = scheduler.obtain(root, send);
    const search = await engine.search(0);
    expect(search).toMatchObject({ root, threshold: send, urgency: 'foreground' });
    search.answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(cache.entries.get(root)).toMatchObject({ nonce: sendWork });
    expect(cache.intentions.size).toBe(0);
  });

  it('many calls at once share one search', async () => {
    const { scheduler, engine } = steeredHouse();
    const all = Promise.all([
      scheduler.obtain(root, send),
      scheduler.obtain(root, receive),
      scheduler.obtain(root, send),
    ]);
    const search = await engine.search(0);
    expect(engine.searches.filter(({ signal }) => !signal.aborted)).toHaveLength(1);
    search.answer(sendWork);
    expect(await all).toEqual([sendWork, sendWork, sendWork]);
  });

  it('replaces the background search of its root by a foreground one at its own threshold', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await scheduler.prepare(root, receive);
    const background = await engine.search(0);
    const work = scheduler.obtain(root, send);
    const foreground = await engine.search(1);
    expect(background.signal.aborted).toBe(true);
    expect(foreground).toMatchObject({ root, threshold: send, urgency: 'foreground' });
    foreground.answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(cache.intentions.size).toBe(0);
    expect(engine.searches).toHaveLength(2);
  });

  it('of less than was to be prepared for its root leaves that to be prepared', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await scheduler.prepare(root, send);
    await engine.search(0);
    const work = scheduler.obtain(root, receive, { need: 'receive' });
    (await engine.search(1)).answer(receiveWork);
    expect(await work).toBe(receiveWork);
    expect(await engine.search(2)).toMatchObject({ root, threshold: send, urgency: 'background' });
    expect(cache.intentions.size).toBe(1);
    (await engine.search(2)).answer(sendWork);
    await expect.poll(() => cache.intentions.size).toBe(0);
    expect(cache.entries.get(root)).toMatchObject({ nonce: sendWork });
  });

  it('at a harder threshold lets a later payment at an easier one go first, and starts again after it', async () => {
    const { scheduler, engine } = steeredHouse();
    const hard = scheduler.obtain(root, send);
    await engine.search(0);
    const easy = scheduler.obtain(otherRoot, receive);
    expect(await engine.search(1)).toMatchObject({ root: otherRoot, threshold: receive });
    expect(engine.searches[0]?.signal.aborted).toBe(true);
    engine.searches[1]?.answer(otherSendWork);
    expect(await easy).toBe(otherSendWork);
    expect(await engine.search(2)).toMatchObject({ root, threshold: send, urgency: 'foreground' });
    engine.searches[2]?.answer(sendWork);
    expect(await hard).toBe(sendWork);
  });

  it('for a payment pushes a receive aside, which is searched for again before anything ahead of need', async () => {
    const { scheduler, engine } = steeredHouse();
    await scheduler.prepare(thirdRoot, send);
    await engine.search(0);
    const received = scheduler.obtain(otherRoot, receive, { need: 'receive' });
    expect(await engine.search(1)).toMatchObject({ root: otherRoot, urgency: 'foreground' });
    const paid = scheduler.obtain(root, send);
    const search = await engine.search(2);
    expect(engine.searches[1]?.signal.aborted).toBe(true);
    expect(search).toMatchObject({ root, threshold: send });
    search.answer(sendWork);
    expect(await paid).toBe(sendWork);
    const again = await engine.search(3);
    expect(again).toMatchObject({ root: otherRoot, threshold: receive });
    again.answer(otherSendWork);
    expect(await received).toBe(otherSendWork);
    expect(await engine.search(4)).toMatchObject({ root: thirdRoot, urgency: 'background' });
  });

  it('for the need ahead waits in the background, before preparations, until precomputing is paused', async () => {
    const { scheduler, engine } = steeredHouse();
    await scheduler.prepare(otherRoot, send);
    await engine.search(0);
    const work = scheduler.obtain(root, send, { need: 'ahead' });
    expect(await engine.search(1)).toMatchObject({ root, urgency: 'background' });
    expect(engine.searches[0]?.signal.aborted).toBe(true);
    scheduler.pausePrecomputing(true);
    await expect(work).rejects.toThrow(new Fault('fault_workRests'));
    await expect(scheduler.obtain(root, send, { need: 'ahead' })).rejects.toThrow(
      new Fault('fault_workRests'),
    );
    expect(engine.searches.filter(({ signal }) => !signal.aborted)).toHaveLength(0);
  });

  it('for the need ahead fails with fault_workRests when an engine pauses for the battery', async () => {
    const { scheduler, engine } = steeredHouse();
    const work = scheduler.obtain(root, send, { need: 'ahead' });
    (await engine.search(0)).fail(new Fault('fault_workRests'));
    await expect(work).rejects.toThrow(new Fault('fault_workRests'));
    expect(await scheduler.readiness(root, send)).toBe('none');
  });

  it('pushes another root’s background search aside, which starts again after', async () => {
    const { scheduler, engine, problems } = steeredHouse();
    await scheduler.prepare(otherRoot, send);
    await engine.search(0);
    const work = scheduler.obtain(root, send);
    (await engine.search(1)).answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(engine.searches[0]?.signal.aborted).toBe(true);
    expect(await engine.search(2)).toMatchObject({ root: otherRoot, urgency: 'background' });
    expect(problems).toEqual([]);
  });

  it('is not pushed aside by a later call', async () => {
    const { scheduler, engine } = steeredHouse();
    const work = scheduler.obtain(root, send);
    const search = await engine.search(0);
    const later = scheduler.obtain(otherRoot, send);
    await scheduler.prepare(otherRoot, send);
    expect(engine.searches).toHaveLength(1);
    search.answer(sendWork);
    await work;
    (await engine.search(1)).answer(otherSendWork);
    expect(await later).toBe(otherSendWork);
  });

  it('when aborted, leaves the search to the other callers, and then to the background', async () => {
    const { scheduler, engine } = steeredHouse();
    await scheduler.prepare(root, send);
    await engine.search(0);
    const abort = new AbortController();
    const gone = scheduler.obtain(root, send, { signal: abort.signal });
    await engine.search(1);
    abort.abort(new Error('the page was closed'));
    await expect(gone).rejects.toThrow('the page was closed');
    expect(await engine.search(2)).toMatchObject({ root, threshold: send, urgency: 'background' });
    expect(engine.searches[1]?.signal.aborted).toBe(true);
  });

  it('when aborted by every caller, ends the search', async () => {
    const { scheduler, engine } = steeredHouse();
    const abort = new AbortController();
    const gone = scheduler.obtain(root, send, { signal: abort.signal });
    const search = await engine.search(0);
    abort.abort(new Error('declined'));
    await expect(gone).rejects.toThrow('declined');
    expect(search.signal.aborted).toBe(true);
    await expect(scheduler.obtain(root, send, { signal: abort.signal })).rejects.toThrow('declined');
    expect(engine.searches).toHaveLength(1);
  });

  it('returns the work even when it cannot be stored', async () => {
    const cache = memoryCache();
    const { scheduler, engine, problems } = steeredHouse({
      ...cache,
      put: () => Promise.reject(new Error('the disk is full')),
    });
    const work = scheduler.obtain(root, send);
    (await engine.search(0)).answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(problems).toEqual([new Error('the disk is full')]);
  });
});

describe('forgetting', () => {
  it('ends the search, rejects the waiting calls, and removes work and intent', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    await scheduler.prepare(root, send);
    await engine.search(0);
    const work = scheduler.obtain(root, send);
    const search = await engine.search(1);
    const told = expect(work).rejects.toThrow(new Fault('fault_workOvertaken'));
    await scheduler.forget(root);
    await told;
    expect(search.signal.aborted).toBe(true);
    expect([cache.entries.size, cache.intentions.size]).toEqual([0, 0]);
    expect(engine.searches).toHaveLength(2);
  });

  it('also drops an intent that is being written at that moment', async () => {
    const { scheduler, engine, cache } = steeredHouse();
    const preparing = scheduler.prepare(root, send);
    const work = expect(scheduler.obtain(root, send)).rejects.toThrow(new Fault('fault_workOvertaken'));
    await scheduler.forget(root);
    await Promise.all([preparing, work]);
    expect(cache.intentions.size).toBe(0);
    expect(engine.searches).toHaveLength(0);
  });

  it('lets the root be asked for again', async () => {
    const { scheduler, engine } = steeredHouse();
    await scheduler.prepare(root, send);
    await engine.search(0);
    await scheduler.forget(root);
    await scheduler.prepare(root, send);
    expect(await engine.search(1)).toMatchObject({ root, threshold: send });
  });
});

describe('engines that fail', () => {
  const wrong = { name: 'wrong', solve: vi.fn<WorkEngine['solve']>(async () => wrongWork) };

  it('a wrong nonce is neither used nor stored, and its engine is not asked again', async () => {
    wrong.solve.mockClear();
    const { scheduler, cache, problems } = house({ engines: [wrong] });
    await expect(scheduler.obtain(root, send)).rejects.toThrow(new Fault('fault_workUnavailable'));
    await expect(scheduler.obtain(root, send)).rejects.toThrow(new Fault('fault_workUnavailable'));
    expect(wrong.solve).toHaveBeenCalledTimes(1);
    expect(cache.entries.size).toBe(0);
    expect(problems).toEqual([new Error('the engine wrong took a wrong nonce for proof of work')]);
  });

  it('the next engine takes over', async () => {
    wrong.solve.mockClear();
    const crashing = {
      name: 'crashing',
      solve: vi.fn<WorkEngine['solve']>().mockRejectedValue(new Error('device lost')),
    };
    const good = { name: 'good', solve: vi.fn<WorkEngine['solve']>(async () => sendWork) };
    const { scheduler, cache, problems } = house({ engines: [crashing, wrong, good] });
    expect(await scheduler.obtain(root, send)).toBe(sendWork);
    cache.entries.clear();
    expect(await scheduler.obtain(root, send)).toBe(sendWork);
    expect(crashing.solve).toHaveBeenCalledTimes(2);
    expect(wrong.solve).toHaveBeenCalledTimes(1);
    expect(problems).toHaveLength(3);
  });

  it('a failed preparation is kept for the next start, and is not retried before', async () => {
    const crashing = {
      name: 'crashing',
      solve: vi.fn<WorkEngine['solve']>().mockRejectedValue(new Error('device lost')),
    };
    const { scheduler, cache, problems } = house({ engines: [crashing] });
    await scheduler.prepare(root, send);
    await expect.poll(() => problems).toEqual([new Error('device lost')]);
    expect(cache.intentions.size).toBe(1);
    const good = steeredHouse(cache);
    await good.scheduler.resume();
    (await good.engine.search(0)).answer(sendWork);
    await expect.poll(() => cache.entries.size).toBe(1);
    expect(crashing.solve).toHaveBeenCalledTimes(1);
  });

  it('no engine is a fault', async () => {
    await expect(house({ engines: [] }).scheduler.obtain(root, send)).rejects.toThrow(
      new Fault('fault_workUnavailable'),
    );
  });
});

describe('with the real pool', () => {
  it('each block of a chain finds its work precomputed', async () => {
    const module = new WebAssembly.Module(assembleKernel('simd'));
    const pool = new CpuPool({ kernel: async () => module, spawn: spawnNodeWorker, cores: 2 });
    const solve = vi.spyOn(pool, 'solve');
    const { scheduler, cache } = house({ engines: [pool] });
    try {
      for (const index of [1n, 2n, 3n]) {
        const frontier = parseWorkRoot(nonceOf(index).repeat(4));
        await scheduler.prepare(frontier, send);
        await expect.poll(() => cache.entries.has(frontier), { timeout: 60_000 }).toBe(true);
        const searched = solve.mock.calls.length;
        const nonce = await scheduler.obtain(frontier, send);
        expect(meets(frontier, nonce, send)).toBe(true);
        expect(solve).toHaveBeenCalledTimes(searched);
        await scheduler.forget(frontier);
      }
      expect(cache.entries.size).toBe(0);
    } finally {
      pool.close();
    }
  });
});
