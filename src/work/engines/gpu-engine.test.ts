import { describe, expect, it } from 'vitest';
import { Fault } from '../../fault.ts';
import { parseThreshold, parseWorkNonce, parseWorkRoot, type WorkRoot } from '../difficulty.ts';
import { type Adapter, type GpuCommand, GpuEngine, type GpuPorts, type GpuWorker } from './gpu-engine.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const send = parseThreshold('fffffff800000000');
const nonce = parseWorkNonce('00000000000005a2');
const foreground = () => ({ signal: new AbortController().signal, urgency: 'foreground' }) as const;
const unavailable = new Fault('fault_workUnavailable');
const card: Adapter = { info: { isFallbackAdapter: false } };

type Listener = Parameters<GpuWorker['listen']>[0];

/** An engine whose workers' commands the test handles. */
function engineWith(obey: (command: GpuCommand, listener: Listener) => void, ports: Partial<GpuPorts> = {}) {
  const workers: { readonly commands: GpuCommand[]; terminated: boolean; listener: Listener | undefined }[] =
    [];
  const engine = new GpuEngine({
    requestAdapter: async () => card,
    spawn() {
      const worker = {
        commands: [] as GpuCommand[],
        terminated: false,
        listener: undefined as Listener | undefined,
      };
      workers.push(worker);
      return {
        post(command) {
          worker.commands.push(command);
          if (worker.listener !== undefined) obey(command, worker.listener);
        },
        listen(listener) {
          worker.listener = listener;
        },
        terminate() {
          worker.terminated = true;
        },
      };
    },
    ...ports,
  });
  return { engine, workers };
}
const finds = (_: GpuCommand, { report }: Listener) => queueMicrotask(() => report({ kind: 'found', nonce }));
const hangs = () => undefined;

describe('the graphics card', () => {
  it('returns what it found, and its worker is kept for the next search', async () => {
    const { engine, workers } = engineWith(finds);
    expect(await engine.solve(root, send, foreground())).toBe(nonce);
    expect(await engine.solve(root, send, { ...foreground(), urgency: 'background' })).toBe(nonce);
    expect(workers).toHaveLength(1);
    expect(workers[0]?.commands).toEqual([
      { root: BigInt(`0x${root}`), threshold: 0xfffffff800000000n, effort: 4 },
      { root: BigInt(`0x${root}`), threshold: 0xfffffff800000000n, effort: 1 },
    ]);
    engine.close();
    expect(workers[0]?.terminated).toBe(true);
  });

  it.each<readonly [string, GpuPorts['requestAdapter']]>([
    ['none', async () => null],
    ['a software fallback', async () => ({ info: { isFallbackAdapter: true } })],
    ['a browser that throws', () => Promise.reject(new Error('blocked'))],
  ])('%s: no worker is started', async (_, requestAdapter) => {
    const { engine, workers } = engineWith(finds, { requestAdapter });
    await expect(engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
    expect(workers).toEqual([]);
  });

  it('may be a software fallback where the port accepts it', async () => {
    const requestAdapter = async () => ({ info: { isFallbackAdapter: true } });
    const { engine } = engineWith(finds, { requestAdapter, accepts: () => true });
    expect(await engine.solve(root, send, foreground())).toBe(nonce);
  });
});

describe('a threshold above that of nano-pow', () => {
  const harder = parseThreshold('ffffffff00000000');
  const ofSend = parseWorkRoot('A'.repeat(64));
  /** Its value is fffffffb2431739c: proof of a send, and no more. */
  const weak = parseWorkNonce('8861e54f16b2e62a');
  /** Its value is ffffffff5fc454cd. */
  const strong = parseWorkNonce('0000000016f8abbf');
  const answering = (...nonces: readonly string[]) => {
    const left = [...nonces];
    return engineWith((_, { report }) =>
      queueMicrotask(() => report({ kind: 'found', nonce: left.shift() })),
    );
  };

  it('is searched for at the highest of nano-pow, again and again, by one worker', async () => {
    const { engine, workers } = answering(weak, weak, strong);
    expect(await engine.solve(ofSend, harder, foreground())).toBe(strong);
    expect(workers.flatMap(({ commands }) => commands.map(({ threshold }) => threshold))).toEqual(
      Array(3).fill(0xfffffff800000000n),
    );
    expect(workers).toHaveLength(1);
  });

  it('ends at a wrong nonce, which its caller refuses', async () => {
    const { engine, workers } = answering(weak, nonce, strong);
    expect(await engine.solve(ofSend, harder, foreground())).toBe(nonce);
    expect(workers[0]?.commands).toHaveLength(2);
  });

  it('ends with the search between two of its parts', async () => {
    const abort = new AbortController();
    const { engine, workers } = engineWith((_, { report }) =>
      queueMicrotask(() => {
        report({ kind: 'found', nonce: weak });
        if (workers[0]?.commands.length === 3) abort.abort(new Error('the offer ended'));
      }),
    );
    const search = engine.solve(ofSend, harder, { signal: abort.signal, urgency: 'foreground' });
    await expect(search).rejects.toThrow('the offer ended');
    expect(workers[0]?.terminated).toBe(true);
  });
});

describe('input that nano-pow does not handle is refused before', () => {
  it.each(['', 'AB', `${root}A`, `${root.slice(1)}`, `${root.slice(1)}G`, '0'.repeat(65)])(
    'the root %j',
    async (text) => {
      const { engine, workers } = engineWith(finds);
      await expect(engine.solve(text as WorkRoot, send, foreground())).rejects.toThrow();
      expect(workers).toEqual([]);
    },
  );

  it('a root of decimal digits is read as hex', async () => {
    const { engine, workers } = engineWith(finds);
    await engine.solve(parseWorkRoot('1'.repeat(64)), parseThreshold('1000000000000000'), foreground());
    expect(workers[0]?.commands[0]).toMatchObject({
      root: BigInt(`0x${'1'.repeat(64)}`),
      threshold: 0x1000000000000000n,
    });
  });
});

describe('a worker is terminated', () => {
  it('when the search is aborted', async () => {
    const { engine, workers } = engineWith(hangs);
    const abort = new AbortController();
    const search = engine.solve(root, send, { signal: abort.signal, urgency: 'foreground' });
    await expect.poll(() => workers[0]?.commands.length).toBe(1);
    abort.abort(new Error('pushed aside'));
    await expect(search).rejects.toThrow('pushed aside');
    expect(workers[0]?.terminated).toBe(true);
  });

  it('when it takes too long', async () => {
    const { engine, workers } = engineWith(hangs, { timeoutMs: 20 });
    await expect(engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
    expect(workers[0]?.terminated).toBe(true);
  });

  it.each<readonly [string, (listener: Listener) => void]>([
    [
      'its card is lost',
      ({ report }) => report({ kind: 'failed', reason: 'ReferenceError: window is not defined' }),
    ],
    ['it crashes', ({ failed }) => failed(new Error('out of memory'))],
    ['it sends a malformed report', ({ report }) => report('timed out')],
    ['it sends an empty nonce', ({ report }) => report({ kind: 'found', nonce: '' })],
  ])('when %s, and the next search has a new one', async (_, happens) => {
    const workers = engineWith((command, listener) =>
      command.effort === 4 ? queueMicrotask(() => happens(listener)) : finds(command, listener),
    );
    await expect(workers.engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
    expect(workers.workers[0]?.terminated).toBe(true);
    expect(await workers.engine.solve(root, send, { ...foreground(), urgency: 'background' })).toBe(nonce);
    expect(workers.workers).toHaveLength(2);
  });

  it('when it fails between two searches', async () => {
    const { engine, workers } = engineWith(finds);
    await engine.solve(root, send, foreground());
    workers[0]?.listener?.failed(new Error('the card went to sleep'));
    expect(workers[0]?.terminated).toBe(true);
    await engine.solve(root, send, foreground());
    expect(workers).toHaveLength(2);
  });
});
