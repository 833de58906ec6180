import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../fault.ts';
import { parseThreshold, parseWorkNonce, parseWorkRoot, type WorkNonce } from './difficulty.ts';
import type { SearchOptions, Urgency, WorkEngine } from './engine.ts';
import { searchTime, UNKNOWN_SPEED } from './engine-speed.ts';
import { checked, memoryHistory } from './engines.fixture.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const send = parseThreshold('ffc0000000000000');
const work = parseWorkNonce('00000000000005a2');
const wrong = parseWorkNonce('0000000000000000');

/** An engine that answers with `answer`, and counts its searches. */
function engine(name: string, answer: (options: SearchOptions) => Promise<WorkNonce>) {
  const ended: unknown[] = [];
  const solve = vi.fn<WorkEngine['solve']>((_, __, options) => {
    options.signal.addEventListener('abort', () => ended.push(options.signal.reason));
    return answer(options);
  });
  return { name, solve, ended };
}
const good = (name: string) => engine(name, async () => work);
const failing = (name: string) => engine(name, () => Promise.reject(new Error(`${name} is lost`)));
const lying = (name: string) => engine(name, async () => wrong);
const endless = (name: string) =>
  engine(
    name,
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );

const asked = (urgency: Urgency = 'foreground', signal = new AbortController().signal) => ({
  signal,
  urgency,
});
/** The stored state of a device that has timed its engines: this one is the fastest. */
const led = (leader: string) =>
  memoryHistory({
    ...UNKNOWN_SPEED,
    leader,
    engines: Object.fromEntries(
      ['gpu', 'cpu'].map((name) => [
        name,
        { proofs: 16, spent: name === leader ? 0.1 : 10, works: true, tested: true },
      ]),
    ),
  });
const unavailable = new Fault('fault_workUnavailable');

describe('the race of engines', () => {
  it('is the first search: the winner is preferred and the other search is ended', async () => {
    const history = memoryHistory();
    const [gpu, cpu] = [endless('gpu'), good('cpu')];
    const engines = checked([gpu, cpu], { history });
    expect(await engines.solve(root, send, asked())).toBe(work);
    expect(gpu.ended).toHaveLength(1);
    expect(history.kept.speed.leader).toBe('cpu');
  });

  it('is repeated until the preferred engine was tested, because luck may decide one race', async () => {
    const history = memoryHistory();
    const [gpu, cpu] = [endless('gpu'), good('cpu')];
    const engines = checked([gpu, cpu], { history });
    const calls = () => [gpu, cpu].map(({ solve }) => solve.mock.calls.length);
    for (const _ of [1, 2]) await engines.solve(root, send, asked());
    expect(calls()).toEqual([2, 2]);
    history.kept.speed = led('cpu').kept.speed;
    await checked([gpu, cpu], { history }).solve(root, send, asked());
    expect(calls()).toEqual([2, 3]);
  });

  it('has a result that outlives the worker', async () => {
    const history = led('cpu');
    const [gpu, cpu] = [good('gpu'), good('cpu')];
    await checked([gpu, cpu], { history }).solve(root, send, asked());
    expect([gpu, cpu].map(({ solve }) => solve.mock.calls.length)).toEqual([0, 1]);
  });

  it('is run again at intervals, where one lucky win does not make the slower engine preferred', async () => {
    const history = led('cpu');
    const [gpu, cpu] = [good('gpu'), endless('cpu')];
    history.kept.speed = { ...history.kept.speed, searches: 24 };
    await checked([gpu, cpu], { history }).solve(root, send, asked());
    expect(gpu.solve).toHaveBeenCalledTimes(1);
    expect(history.kept.speed).toMatchObject({ leader: 'cpu', searches: 0 });
  });

  it('makes an engine preferred that has become the fastest', async () => {
    const history = led('cpu');
    const [gpu, cpu] = [good('gpu'), endless('cpu')];
    const { engines } = led('gpu').kept.speed;
    history.kept.speed = { ...history.kept.speed, engines, searches: 24 };
    await checked([gpu, cpu], { history }).solve(root, send, asked());
    expect(history.kept.speed).toMatchObject({ leader: 'gpu', searches: 0 });
  });

  it('makes the winner preferred where the fastest engine no longer works', async () => {
    const history = led('gpu');
    history.kept.speed = { ...history.kept.speed, searches: 24 };
    await checked([failing('gpu'), good('cpu')], { history, report: () => undefined }).solve(
      root,
      send,
      asked(),
    );
    expect(history.kept.speed.leader).toBe('cpu');
  });

  it('is won by the last engine when the others fail', async () => {
    const history = memoryHistory();
    await checked([failing('gpu'), good('cpu')], { history, report: () => undefined }).solve(
      root,
      send,
      asked(),
    );
    expect(history.kept.speed.leader).toBe('cpu');
    expect(history.kept.speed.engines.gpu?.works).toBe(false);
  });
});

describe('an engine that fails', () => {
  it('in the middle of a search is replaced by the next', async () => {
    const problems: unknown[] = [];
    const engines = checked([failing('gpu'), good('cpu')], {
      history: led('gpu'),
      report: (it) => problems.push(it),
    });
    expect(await engines.solve(root, send, asked())).toBe(work);
    expect(problems).toEqual([new Error('gpu is lost')]);
  });

  it('is asked again the next time', async () => {
    const gpu = failing('gpu');
    const engines = checked([gpu, good('cpu')], { history: led('gpu'), report: () => undefined });
    for (const _ of [1, 2]) await engines.solve(root, send, asked());
    expect(gpu.solve).toHaveBeenCalledTimes(2);
  });

  it('causes a fault when it was the last', async () => {
    const engines = checked([failing('cpu')], { report: () => undefined });
    await expect(engines.solve(root, send, asked())).rejects.toThrow(unavailable);
    await expect(checked([]).solve(root, send, asked())).rejects.toThrow(unavailable);
  });
});

describe('an engine that returns a wrong nonce', () => {
  it('is retired until the browser ends, and reported by name', async () => {
    const history = led('gpu');
    const gpu = lying('gpu');
    const report = () => undefined;
    expect(await checked([gpu, good('cpu')], { history, report }).solve(root, send, asked())).toBe(work);
    const nextLife = checked([gpu, good('cpu')], { history, report });
    expect(await nextLife.solve(root, send, asked())).toBe(work);
    expect(gpu.solve).toHaveBeenCalledTimes(1);
    expect(await nextLife.statuses()).toMatchObject([
      { name: 'gpu', state: 'retired' },
      { name: 'cpu', state: 'works' },
    ]);

    history.names.clear();
    await checked([gpu, good('cpu')], { history, report }).solve(root, send, asked());
    expect(gpu.solve).toHaveBeenCalledTimes(2);
  });

  it.each([['rubbish'], [undefined], [17], [{ nonce: work }]])(
    'is retired for the malformed nonce %j too',
    async (answer) => {
      const history = memoryHistory();
      const engines = checked([engine('cpu', async () => answer as WorkNonce)], {
        history,
        report: () => undefined,
      });
      await expect(engines.solve(root, send, asked())).rejects.toThrow(unavailable);
      expect(history.names).toEqual(new Set(['cpu']));
    },
  );

  it('does not win a race', async () => {
    const slow = engine('cpu', async () => {
      await setImmediate();
      return work;
    });
    const engines = checked([lying('gpu'), slow], { report: () => undefined });
    expect(await engines.solve(root, send, asked())).toBe(work);
  });
});

describe('work servers', () => {
  it('search as well where a user waits', async () => {
    const cpu = endless('cpu');
    const engines = checked([cpu], { servers: async () => [good('https://work.example')] });
    expect(await engines.solve(root, send, asked('foreground'))).toBe(work);
    expect(cpu.ended).toHaveLength(1);
  });

  it('are not asked for work that is precomputed', async () => {
    const server = good('https://work.example');
    await checked([good('cpu')], { servers: async () => [server] }).solve(root, send, asked('background'));
    expect(server.solve).not.toHaveBeenCalled();
  });

  it('do every search where no engine of this device works', async () => {
    const history = memoryHistory();
    history.names.add('cpu');
    const engines = checked([good('cpu')], { history, servers: async () => [good('https://work.example')] });
    expect(await engines.solve(root, send, asked('background'))).toBe(work);
  });

  it('are asked one after the other when they fail or return a wrong nonce', async () => {
    const servers = [failing('https://a'), lying('https://b'), good('https://c')];
    const engines = checked([endless('cpu')], { servers: async () => servers, report: () => undefined });
    expect(await engines.solve(root, send, asked())).toBe(work);
    expect(servers.map(({ solve }) => solve.mock.calls.length)).toEqual([1, 1, 1]);
  });

  it('are cancelled when this device was faster', async () => {
    const server = endless('https://work.example');
    await checked([good('cpu')], { servers: async () => [server] }).solve(root, send, asked());
    expect(server.ended).toHaveLength(1);
  });

  it('do not become preferred in a race of this device’s engines', async () => {
    const history = memoryHistory();
    await checked([endless('cpu')], { history, servers: async () => [good('https://a')] }).solve(
      root,
      send,
      asked(),
    );
    expect(history.kept.speed.leader).toBeNull();
  });
});

describe('aborting a search', () => {
  it('ends every engine with the caller’s reason, and retires none', async () => {
    const history = memoryHistory();
    const [gpu, cpu] = [endless('gpu'), endless('cpu')];
    const abort = new AbortController();
    const search = checked([gpu, cpu], { history }).solve(root, send, asked('foreground', abort.signal));
    await expect.poll(() => cpu.solve).toHaveBeenCalled();
    abort.abort(new Error('pushed aside'));
    await expect(search).rejects.toThrow('pushed aside');
    expect([gpu.ended, cpu.ended].flat()).toHaveLength(2);
    await expect.poll(() => history.kept.speed.engines).toMatchObject({ gpu: { works: true, proofs: 0 } });
  });

  it('before it began asks no engine', async () => {
    const cpu = good('cpu');
    const over = AbortSignal.abort(new Error('too late'));
    await expect(checked([cpu]).solve(root, send, asked('foreground', over))).rejects.toThrow('too late');
    expect(cpu.solve).not.toHaveBeenCalled();
  });
});

it('a pause for the battery is passed on, and is no failure of the engine', async () => {
  const history = memoryHistory();
  const resting = engine('cpu', () => Promise.reject(new Fault('fault_workRests')));
  const engines = checked([resting], { history });
  await expect(engines.solve(root, send, asked('background'))).rejects.toThrow(new Fault('fault_workRests'));
  expect(history.kept.speed.engines).toEqual({});
});

it('progress names the engines and the expected time left', async () => {
  const history = led('cpu');
  history.kept.speed = {
    ...history.kept.speed,
    engines: { cpu: { proofs: 16, spent: (16 * 1_000) / 1024, works: true, tested: true } },
  };
  const abort = new AbortController();
  const engines = checked([good('gpu'), endless('cpu')], { history, cores: 9, now: () => 5 });
  expect(await engines.progress()).toBeNull();
  const search = engines.solve(root, send, asked('foreground', abort.signal)).catch(() => undefined);
  await expect.poll(() => engines.progress()).not.toBeNull();
  // A send on the devnet takes 1024 hashes, and eight workers share them.
  expect(await engines.progress()).toEqual({ engines: ['cpu'], since: 5, meanMs: 125 });
  abort.abort();
  await search;
  expect(await engines.progress()).toBeNull();
});

it('every engine gets the user’s limits', async () => {
  const cpu = good('cpu');
  const limits = { workers: 3, batteryFloor: 0.2 };
  await checked([cpu], { limits: async () => limits }).solve(root, send, asked());
  expect(cpu.solve.mock.calls[0]?.[2].limits).toEqual(limits);
});

describe('the self-test', () => {
  it('finds engines that cannot search at all', async () => {
    const history = memoryHistory();
    await checked([failing('gpu')], { history, report: () => undefined }).test(
      50,
      new AbortController().signal,
    );
    expect(history.kept.speed.engines.gpu).toMatchObject({ works: false });
    expect(history.kept.speed.leader).toBeNull();
  });
});

describe('the time that a search takes', () => {
  const server = good('https://work.example');
  /** Hashes per second of the test's stored speeds: proofs over the time per hash. */
  const rate = (16 / 0.1) * 1000;

  it('is that of the engine that is asked first', async () => {
    const engines = checked([good('gpu'), good('cpu')], { history: led('gpu') });
    expect(await engines.searchTime(send)).toEqual(searchTime(send, rate));
  });

  it('counts a work server whose speed is known', async () => {
    const history = led('gpu');
    history.kept.speed = {
      ...history.kept.speed,
      engines: {
        ...history.kept.speed.engines,
        [server.name]: { proofs: 16, spent: 0.1, works: true, tested: false },
      },
    };
    const engines = checked([good('gpu')], { history, servers: async () => [server] });
    expect(await engines.searchTime(send)).toEqual(searchTime(send, 2 * rate));
  });

  it('is unknown on a device that was not timed', async () => {
    expect(
      await checked([good('gpu'), good('cpu')], { servers: async () => [server] }).searchTime(send),
    ).toBeNull();
  });
});
