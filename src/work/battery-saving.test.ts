import { describe, expect, it } from 'vitest';
import { Fault } from '../fault.ts';
import { BatterySavingEngine } from './battery-saving.ts';
import { parseThreshold, parseWorkNonce, parseWorkRoot } from './difficulty.ts';
import type { SearchOptions, WorkEngine } from './engine.ts';
import { limitsOf } from './rules.ts';

const root = parseWorkRoot('A'.repeat(64));
const send = parseThreshold('ffc0000000000000');
const work = parseWorkNonce('8861e54f16b2e62a');
const rests = new Fault('fault_workRests');

/** A battery whose charge the test sets. */
function battery(full: number | null) {
  let left = full;
  const listeners = new Set<() => void>();
  return {
    listeners,
    power: {
      left: async () => left,
      watch(listener: () => void, until: AbortSignal) {
        listeners.add(listener);
        until.addEventListener('abort', () => listeners.delete(listener));
      },
    },
    drain(to: number | null) {
      left = to;
      for (const listener of listeners) listener();
    },
  };
}
const options = (
  ahead: Parameters<typeof limitsOf>[0]['ahead'],
  urgency: SearchOptions['urgency'] = 'background',
) => ({
  signal: new AbortController().signal,
  urgency,
  limits: limitsOf({ workers: null, ahead, servers: [] }),
});
const quick: WorkEngine = { name: 'cpu', solve: async () => work };
const endless: WorkEngine = {
  name: 'cpu',
  solve: (_, __, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};

describe('before a search', () => {
  it.each([
    ['always', 0.01, 'works'],
    ['battery', 0.21, 'works'],
    ['battery', 0.19, 'rests'],
    ['plugged', 1, 'rests'],
    ['plugged', null, 'works'],
    ['battery', null, 'works'],
  ] as const)(
    'with the rule %s and the share %s of the battery left, precomputing %s',
    async (ahead, left, outcome) => {
      const search = new BatterySavingEngine(quick, battery(left).power).solve(root, send, options(ahead));
      if (outcome === 'works') expect(await search).toBe(work);
      else await expect(search).rejects.toThrow(rests);
    },
  );

  it('a foreground search runs however low the battery is', async () => {
    const engine = new BatterySavingEngine(quick, battery(0.01).power);
    expect(await engine.solve(root, send, options('plugged', 'foreground'))).toBe(work);
  });
});

describe('during a search', () => {
  it('ends it when the battery runs low', async () => {
    const { power, drain, listeners } = battery(0.5);
    const search = new BatterySavingEngine(endless, power).solve(root, send, options('battery'));
    await expect.poll(() => listeners.size).toBe(1);
    drain(0.15);
    await expect(search).rejects.toThrow(rests);
    expect(listeners.size).toBe(0);
  });

  it('goes on while there is enough', async () => {
    const { power, drain, listeners } = battery(null);
    const abort = new AbortController();
    const search = new BatterySavingEngine(endless, power).solve(root, send, {
      ...options('battery'),
      signal: abort.signal,
    });
    await expect.poll(() => listeners.size).toBe(1);
    drain(0.3);
    drain(null);
    abort.abort(new Error('pushed aside'));
    await expect(search).rejects.toThrow('pushed aside');
  });
});
