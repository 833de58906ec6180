import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../fault.ts';
import {
  meets,
  nonceOf,
  parseThreshold,
  parseWorkRoot,
  type WorkNonce,
  type WorkRoot,
} from '../difficulty.ts';
import { assembleKernel } from '../kernel/assemble.ts';
import { CpuPool, type CpuWorker, poolSize } from './cpu-pool.ts';
import { type Command, cpuSearch } from './cpu-search.ts';
import { spawnNodeWorker } from './cpu-worker.node.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const other = parseWorkRoot('0'.repeat(64));
const devSend = parseThreshold('ffc0000000000000');
const devReceive = parseThreshold('f000000000000000');
const never = parseThreshold('ffffffffffffffff');

/** A nonce that is work for one root at the devnet's threshold, and none for another. */
function proofFor(one: WorkRoot, not: WorkRoot): WorkNonce {
  for (let nonce = 0n; ; nonce++) {
    const proof = nonceOf(nonce);
    if (meets(one, proof, devReceive) && !meets(not, proof, devReceive)) return proof;
  }
}

const module = new WebAssembly.Module(assembleKernel('simd'));
const kernel = async () => module;
const foreground = () => ({ signal: new AbortController().signal, urgency: 'foreground' }) as const;

/** A worker on this thread, whose commands the test handles. */
function worker(
  handle: (command: Command, self: { report(report: unknown): void; failed(cause: unknown): void }) => void,
) {
  const commands: Command[] = [];
  let listener: Parameters<CpuWorker['listen']>[0] | undefined;
  const port = {
    commands,
    terminated: false,
    post(command: Command) {
      commands.push(command);
      if (listener !== undefined) handle(command, listener);
    },
    listen(given: Parameters<CpuWorker['listen']>[0]) {
      listener = given;
    },
    terminate() {
      port.terminated = true;
    },
    say: (report: unknown) => listener?.report(report),
  } satisfies CpuWorker & Record<string, unknown>;
  return port;
}
const honest = () => {
  let handle: ((command: Command) => void) | undefined;
  return worker((command, { report }) => {
    handle ??= cpuSearch({ report: (found) => setImmediate().then(() => report(found)), turn: setImmediate });
    handle(command);
  });
};
const idle = () => worker(() => {});
const liar = () =>
  worker((command, { report }) => {
    if (command.kind === 'search')
      queueMicrotask(() => report({ job: command.job, nonce: '0000000000000000' }));
  });
const babbler = () =>
  worker((command, { report }) => {
    if (command.kind === 'search') queueMicrotask(() => report('found it'));
  });
const dying = () =>
  worker((command, { failed }) => {
    if (command.kind === 'search') queueMicrotask(() => failed(new Error('out of memory')));
  });

/** A pool of exactly these workers. */
function poolOf(...workers: CpuWorker[]): CpuPool {
  const left = [...workers];
  return new CpuPool({
    kernel,
    cores: workers.length + 1,
    spawn() {
      const next = left.shift();
      if (next === undefined) throw new Error('no more workers');
      return next;
    },
  });
}

describe('on real threads', () => {
  const pool = new CpuPool({ kernel, spawn: spawnNodeWorker, cores: 3 });
  afterAll(() => pool.close());

  it('solves at both thresholds of the devnet, job after job', async () => {
    for (const threshold of [devSend, devReceive, devSend]) {
      const nonce = await pool.solve(root, threshold, foreground());
      expect(meets(root, nonce, threshold)).toBe(true);
    }
  });

  it('ends a search without a solution when it is aborted, and is ready for the next', async () => {
    const abort = new AbortController();
    const hopeless = pool.solve(root, never, { signal: abort.signal, urgency: 'foreground' });
    await pool.solve(root, devReceive, foreground());
    abort.abort(new Error('no longer wanted'));
    await expect(hopeless).rejects.toThrow('no longer wanted');
    const nonce = await pool.solve(root, devReceive, foreground());
    expect(meets(root, nonce, devReceive)).toBe(true);
  });
});

describe('the workers of the pool', () => {
  it.each([
    ['background', 1, 1],
    ['foreground', 1, 1],
    ['background', 2, 1],
    ['foreground', 2, 1],
    ['background', 8, 4],
    ['foreground', 8, 7],
    ['background', 7, 3],
  ] as const)('a %s search on %i cores takes %i workers', (urgency, cores, size) => {
    expect(poolSize(urgency, cores)).toBe(size);
  });

  it('are started by the first search and kept after it', async () => {
    const spawn = vi.fn(honest);
    const pool = new CpuPool({ kernel, spawn, cores: 3 });
    expect(spawn).not.toHaveBeenCalled();
    await pool.solve(root, devReceive, { signal: new AbortController().signal, urgency: 'background' });
    expect(spawn).toHaveBeenCalledTimes(1);
    await pool.solve(root, devReceive, foreground());
    await pool.solve(root, devReceive, foreground());
    expect(spawn).toHaveBeenCalledTimes(2);
  });

  it('the first to find a proof stops the others', async () => {
    const slow = idle();
    await poolOf(honest(), slow).solve(root, devSend, foreground());
    expect(slow.commands.map(({ kind }) => kind)).toEqual(['kernel', 'search', 'stop']);
  });

  it('two roots are searched at once, and each search ends with the proof of its own root', async () => {
    const only = idle();
    const pool = poolOf(only);
    const ended: string[] = [];
    const solve = (of: WorkRoot, name: string) =>
      pool.solve(of, devReceive, foreground()).finally(() => ended.push(name));
    const [first, second] = [solve(root, 'first'), solve(other, 'second')];
    const search = (job: number, of: WorkRoot) => ({ kind: 'search', job, root: of, threshold: devReceive });
    await expect.poll(() => only.commands.slice(1)).toEqual([search(0, root), search(1, other)]);
    const proofs = [proofFor(root, other), proofFor(other, root)] as const;
    only.say({ job: 1, nonce: proofs[1] });
    expect(await second).toBe(proofs[1]);
    expect([ended, only.terminated]).toEqual([['second'], false]);
    only.say({ job: 0, nonce: proofs[0] });
    expect(await first).toBe(proofs[0]);
  });

  it('a proof for the root of another running search is not accepted', async () => {
    const only = idle();
    const pool = poolOf(only);
    const searches = [
      pool.solve(root, devReceive, foreground()),
      pool.solve(other, devReceive, foreground()),
    ];
    const failed = searches.map((search) =>
      expect(search).rejects.toThrow(new Fault('fault_workUnavailable')),
    );
    await expect.poll(() => only.commands).toHaveLength(3);
    only.say({ job: 0, nonce: proofFor(other, root) });
    await Promise.all(failed);
    expect(only.terminated).toBe(true);
  });

  it('an aborted search stops all and rejects with the reason', async () => {
    const workers = [idle(), idle()];
    const abort = new AbortController();
    const search = poolOf(...workers).solve(root, never, { signal: abort.signal, urgency: 'foreground' });
    await expect.poll(() => workers[1]?.commands).toHaveLength(2);
    abort.abort(new Error('changed my mind'));
    await expect(search).rejects.toThrow('changed my mind');
    for (const { commands } of workers) expect(commands.at(-1)).toEqual({ kind: 'stop', job: 0 });
  });

  it('are not started when the signal was aborted before', async () => {
    const spawn = vi.fn(honest);
    const signal = AbortSignal.abort(new Error('too late'));
    const pool = new CpuPool({ kernel, spawn, cores: 2 });
    await expect(pool.solve(root, devReceive, { signal, urgency: 'foreground' })).rejects.toThrow('too late');
    expect(spawn).not.toHaveBeenCalled();
  });
});

describe('workers that fail', () => {
  it.each([
    ['reports a wrong nonce', liar],
    ['sends a malformed report', babbler],
    ['fails', dying],
  ])('one that %s is discarded while the other finds the proof', async (_, bad) => {
    const culprit = bad();
    const nonce = await poolOf(culprit, honest()).solve(root, devSend, foreground());
    expect(meets(root, nonce, devSend)).toBe(true);
    expect(culprit.terminated).toBe(true);
  });

  it.each([
    ['wrong nonces', liar],
    ['malformed reports', babbler],
    ['failures', dying],
  ])('the search fails when all end in %s', async (_, bad) => {
    await expect(poolOf(bad(), bad()).solve(root, devSend, foreground())).rejects.toThrow(
      new Fault('fault_workUnavailable'),
    );
  });

  it('are replaced for the next search', async () => {
    const pool = poolOf(dying(), honest());
    const alone = { signal: new AbortController().signal, urgency: 'background' } as const;
    await expect(pool.solve(root, devSend, alone)).rejects.toThrow(Fault);
    expect(meets(root, await pool.solve(root, devSend, alone), devSend)).toBe(true);
  });

  it('a kernel that cannot be compiled fails the search and is tried again for the next', async () => {
    const failing = vi.fn(kernel).mockRejectedValueOnce(new WebAssembly.CompileError('refused'));
    const pool = new CpuPool({ kernel: failing, spawn: honest, cores: 1 });
    await expect(pool.solve(root, devReceive, foreground())).rejects.toThrow(
      new Fault('fault_workUnavailable'),
    );
    expect(meets(root, await pool.solve(root, devReceive, foreground()), devReceive)).toBe(true);
  });

  it('that hang are discarded, and the search goes on until the last has hung', async () => {
    vi.useFakeTimers();
    try {
      const [hung, lively] = [idle(), idle()];
      const search = poolOf(hung, lively).solve(root, never, foreground());
      const failed = expect(search).rejects.toThrow(new Fault('fault_workUnavailable'));
      await vi.advanceTimersByTimeAsync(1);
      for (let second = 0; second < 30; second++) {
        lively.say({ job: 0, nonce: null });
        await vi.advanceTimersByTimeAsync(1_000);
      }
      expect([hung.terminated, lively.terminated]).toEqual([true, false]);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(lively.terminated).toBe(true);
      await failed;
    } finally {
      vi.useRealTimers();
    }
  });

  it('closing the pool terminates its workers and fails their searches', async () => {
    const only = idle();
    const pool = poolOf(only);
    const search = pool.solve(root, never, foreground());
    await expect.poll(() => only.commands).toHaveLength(2);
    pool.close();
    await expect(search).rejects.toThrow(new Fault('fault_workUnavailable'));
    expect(only.terminated).toBe(true);
  });
});
