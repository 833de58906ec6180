import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../fault.ts';
import { parseThreshold, parseWorkNonce, parseWorkRoot, type WorkNonce } from '../difficulty.ts';
import type { Urgency, WorkEngine } from '../engine.ts';
import { WorkHost } from './host.ts';
import type { WirePort } from './messages.ts';
import { PortEngine } from './port-engine.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const otherRoot = parseWorkRoot('A'.repeat(64));
const send = parseThreshold('ffc0000000000000');
const receive = parseThreshold('f000000000000000');
const sendWork = parseWorkNonce('00000000000005a2');

const IDLE_MS = 20_000;
const PULSE_MS = 15_000;

/** Both ends of a port that copies, delays and disconnects like a browser's port. */
function line(): readonly [WirePort, WirePort] {
  const end = () => ({ messages: [] as ((message: unknown) => void)[], ends: [] as (() => void)[] });
  const [a, b] = [end(), end()];
  let open = true;
  const port = (mine: typeof a, theirs: typeof a): WirePort => ({
    postMessage(message) {
      if (!open) throw new Error('Attempting to use a disconnected port object');
      const copy: unknown = JSON.parse(JSON.stringify(message));
      queueMicrotask(() => {
        if (open) for (const listener of theirs.messages) listener(copy);
      });
    },
    disconnect() {
      open = false;
      queueMicrotask(() => {
        for (const listener of theirs.ends) listener();
      });
    },
    onMessage: { addListener: (listener) => mine.messages.push(listener) },
    onDisconnect: { addListener: (listener) => mine.ends.push(listener) },
  });
  return [port(a, b), port(b, a)];
}

/** An engine whose answers the test gives. */
function steeredEngine() {
  const searches: {
    readonly root: string;
    readonly urgency: Urgency;
    readonly signal: AbortSignal;
    answer(nonce: WorkNonce): void;
    fail(cause: unknown): void;
  }[] = [];
  const solve: WorkEngine['solve'] = (of, _, { signal, urgency }) =>
    new Promise((answer, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason));
      searches.push({ root: of, urgency, signal, answer, fail });
    });
  return { name: 'far', solve, searches };
}

/** The context with the engine, and a way for successive instances of the other context to reach it. */
function offscreen() {
  const engine = steeredEngine();
  const wake = vi.fn();
  const rest = vi.fn();
  const host = new WorkHost({ engines: [engine], wake, rest, idleMs: IDLE_MS, pulseMs: PULSE_MS });
  const lines: WirePort[] = [];
  const farEnds: WirePort[] = [];
  const heard: unknown[] = [];
  const connect = async (): Promise<WirePort> => {
    const [near, far] = line();
    lines.push(near);
    farEnds.push(far);
    near.onMessage.addListener((message) => heard.push(message));
    host.attach(far);
    return near;
  };
  return { engine, wake, rest, connect, lines, farEnds, heard };
}

const background = () => ({ signal: new AbortController().signal, urgency: 'background' }) as const;
const foreground = () => ({ signal: new AbortController().signal, urgency: 'foreground' }) as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
/** Delivers every message that was sent so far. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a request over a port', () => {
  it('returns what the engine finds, over one port for all requests', async () => {
    const { engine, connect, lines } = offscreen();
    const far = new PortEngine('far', connect);
    for (const index of [0, 1]) {
      const work = far.solve(root, send, foreground());
      await settle();
      expect(engine.searches[index]).toMatchObject({ root, urgency: 'foreground' });
      engine.searches[index]?.answer(sendWork);
      expect(await work).toBe(sendWork);
    }
    expect(lines).toHaveLength(1);
  });

  it('is what opens the port, and nothing opens it before', () => {
    const connect = vi.fn(offscreen().connect);
    new PortEngine('far', connect);
    expect(connect).not.toHaveBeenCalled();
  });

  it('ends the search at the other side when the signal aborts', async () => {
    const { engine, connect } = offscreen();
    const abort = new AbortController();
    const work = new PortEngine('far', connect).solve(root, send, {
      signal: abort.signal,
      urgency: 'background',
    });
    await settle();
    abort.abort(new Error('pushed aside'));
    await expect(work).rejects.toThrow('pushed aside');
    await settle();
    expect(engine.searches[0]?.signal.aborted).toBe(true);
  });

  it('ends no search of another port with the same id', async () => {
    const { engine, connect } = offscreen();
    const abort = new AbortController();
    const kept = new PortEngine('far', connect).solve(root, send, background());
    const ended = new PortEngine('far', connect).solve(otherRoot, send, {
      signal: abort.signal,
      urgency: 'background',
    });
    await settle();
    abort.abort(new Error('pushed aside'));
    await expect(ended).rejects.toThrow('pushed aside');
    await settle();
    expect(engine.searches.map(({ signal }) => signal.aborted)).toEqual([false, true]);
    engine.searches[0]?.answer(sendWork);
    expect(await kept).toBe(sendWork);
  });

  it('that is aborted before the port is open starts no search', async () => {
    const { engine, connect } = offscreen();
    const abort = new AbortController();
    const work = new PortEngine('far', connect).solve(root, send, {
      signal: abort.signal,
      urgency: 'background',
    });
    abort.abort(new Error('at once'));
    await expect(work).rejects.toThrow('at once');
    await settle();
    expect(engine.searches).toHaveLength(0);
  });

  it('fails with a fault when the engine fails', async () => {
    const { engine, connect } = offscreen();
    const work = new PortEngine('far', connect).solve(root, send, foreground());
    const told = expect(work).rejects.toThrow(new Fault('fault_workUnavailable'));
    await settle();
    engine.searches[0]?.fail(new Error('no worker is left'));
    await told;
  });

  it('that is malformed closes the port', async () => {
    const { engine, connect } = offscreen();
    const near = await connect();
    const hungUp = vi.fn();
    near.onDisconnect.addListener(hungUp);
    near.postMessage({ kind: 'solve', id: 1, root: 'short', threshold: send, urgency: 'background' });
    await settle();
    expect(hungUp).toHaveBeenCalledOnce();
    expect(engine.searches).toHaveLength(0);
  });

  it('fails with a fault when the answer is malformed', async () => {
    const [near, far] = line();
    const work = new PortEngine('far', async () => near).solve(root, send, foreground());
    const told = expect(work).rejects.toThrow(new Fault('fault_workUnavailable'));
    await settle();
    far.postMessage({ kind: 'solved', id: 0, nonce: 'ready' });
    await told;
  });

  it('in the foreground gets searching messages, which keep its context alive', async () => {
    const { connect, heard } = offscreen();
    const far = new PortEngine('far', connect);
    void far.solve(root, send, background());
    await vi.advanceTimersByTimeAsync(2 * PULSE_MS);
    expect(heard).toEqual([]);
    void far.solve(otherRoot, send, foreground());
    await vi.advanceTimersByTimeAsync(2 * PULSE_MS);
    expect(heard).toEqual([
      { kind: 'searching', id: 1 },
      { kind: 'searching', id: 1 },
    ]);
  });
});

describe('when the context of the requester closes', () => {
  /** A first instance that asked for work and closed. */
  async function afterClosing() {
    const there = offscreen();
    void new PortEngine('far', there.connect).solve(root, send, background());
    await settle();
    there.lines[0]?.disconnect();
    await settle();
    return { ...there, nextInstance: new PortEngine('far', there.connect) };
  }

  it('the search goes on, wakes it when done, and answers its next request', async () => {
    const { engine, wake, nextInstance } = await afterClosing();
    expect(engine.searches[0]?.signal.aborted).toBe(false);
    engine.searches[0]?.answer(sendWork);
    await settle();
    expect(wake).toHaveBeenCalledOnce();
    expect(await nextInstance.solve(root, send, background())).toBe(sendWork);
    expect(engine.searches).toHaveLength(1);
  });

  it('its next instance joins the running search', async () => {
    const { engine, wake, nextInstance } = await afterClosing();
    const work = nextInstance.solve(root, send, background());
    await settle();
    engine.searches[0]?.answer(sendWork);
    expect(await work).toBe(sendWork);
    expect(engine.searches).toHaveLength(1);
    expect(wake).not.toHaveBeenCalled();
  });

  it.each([
    ['another root', otherRoot, send, background],
    ['another threshold', root, receive, background],
    ['another urgency', root, send, foreground],
  ])(
    'its next instance, when it asks for %s, ends the search that nothing waits for',
    async (_, of, threshold, options) => {
      const { engine, nextInstance } = await afterClosing();
      void nextInstance.solve(of, threshold, options());
      await settle();
      expect(engine.searches.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    },
  );

  it('a proof for one root does not answer a request for another', async () => {
    const { engine, nextInstance } = await afterClosing();
    engine.searches[0]?.answer(sendWork);
    await settle();
    void nextInstance.solve(otherRoot, send, background());
    await settle();
    expect(engine.searches[1]).toMatchObject({ root: otherRoot });
  });
});

describe('when the context of the engine closes', () => {
  it('it is started and asked again', async () => {
    const first = offscreen();
    const second = offscreen();
    const connect = vi.fn(second.connect).mockImplementationOnce(first.connect);
    const work = new PortEngine('far', connect).solve(root, send, foreground());
    await settle();
    first.farEnds[0]?.disconnect();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(second.engine.searches[0]).toMatchObject({ root, urgency: 'foreground' });
    second.engine.searches[0]?.answer(sendWork);
    expect(await work).toBe(sendWork);
  });

  it('again and again, the search fails after five tries', async () => {
    const connect = vi.fn(async () => {
      const [near, far] = line();
      setTimeout(() => far.disconnect());
      return near;
    });
    const work = new PortEngine('far', connect).solve(root, send, foreground());
    const told = expect(work).rejects.toThrow(new Fault('fault_workUnavailable'));
    await vi.advanceTimersByTimeAsync(5_000);
    await told;
    expect(connect).toHaveBeenCalledTimes(5);
  });

  it('and cannot be started, the search fails and the next one tries again', async () => {
    const { connect, engine } = offscreen();
    const sometimes = vi.fn(connect).mockRejectedValueOnce(new Error('no document'));
    const far = new PortEngine('far', sometimes);
    await expect(far.solve(root, send, foreground())).rejects.toThrow(new Fault('fault_workUnavailable'));
    const work = far.solve(root, send, foreground());
    await settle();
    engine.searches[0]?.answer(sendWork);
    expect(await work).toBe(sendWork);
  });
});

describe('the idle host', () => {
  it('calls rest when it was never asked', async () => {
    const { rest } = offscreen();
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
    expect(rest).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(rest).toHaveBeenCalledOnce();
  });

  it('does not call rest during a search, and does some time after it', async () => {
    const { engine, connect, rest } = offscreen();
    const work = new PortEngine('far', connect).solve(root, send, background());
    await vi.advanceTimersByTimeAsync(10 * IDLE_MS);
    expect(rest).not.toHaveBeenCalled();
    engine.searches[0]?.answer(sendWork);
    await work;
    await vi.advanceTimersByTimeAsync(IDLE_MS - 1);
    expect(rest).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(rest).toHaveBeenCalledOnce();
  });

  it('calls rest when its last search was ended', async () => {
    const { connect, rest } = offscreen();
    const abort = new AbortController();
    const work = new PortEngine('far', connect).solve(root, send, {
      signal: abort.signal,
      urgency: 'background',
    });
    await settle();
    abort.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    await vi.advanceTimersByTimeAsync(IDLE_MS + 1);
    expect(rest).toHaveBeenCalledOnce();
  });
});
