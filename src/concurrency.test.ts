import { describe, expect, test } from 'vitest';
import { deferred, KeyedSerialQueue, KeyedSingleFlight, SerialQueue, SingleFlight } from './concurrency.ts';

/** Lets all promise reactions run that are due. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('a deferred promise resolves when it is told to', async () => {
  const { promise, resolve } = deferred<number>();
  resolve(7);
  expect(await promise).toBe(7);
});

describe('SerialQueue', () => {
  test('runs one piece of work at a time, in the order of the calls', async () => {
    const queue = new SerialQueue();
    const first = deferred<string>();
    const events: string[] = [];
    const work = (name: string, end: Promise<string>) => async () => {
      events.push(`${name} begins`);
      await end;
      events.push(`${name} ends`);
      return name;
    };
    const results = [queue.run(work('a', first.promise)), queue.run(work('b', Promise.resolve('')))];
    await settled();
    expect(events).toEqual(['a begins']);
    first.resolve('');
    expect(await Promise.all(results)).toEqual(['a', 'b']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('passes a failure to its caller alone and goes on', async () => {
    const queue = new SerialQueue();
    const failed = queue.run(() => Promise.reject(new Error('failed')));
    const thrown = queue.run(() => {
      throw new Error('thrown');
    });
    const next = queue.run(() => 'next');
    await expect(failed).rejects.toThrow('failed');
    await expect(thrown).rejects.toThrow('thrown');
    expect(await next).toBe('next');
  });

  test('is idle once all queued work has settled, failed work included', async () => {
    const queue = new SerialQueue();
    const work = deferred<void>();
    let isIdle = false;
    queue.run(() => Promise.reject(new Error('failed'))).catch(() => undefined);
    void queue.run(() => work.promise);
    void queue.idle().then(() => {
      isIdle = true;
    });
    await settled();
    expect(isIdle).toBe(false);
    work.resolve();
    await settled();
    expect(isIdle).toBe(true);
  });
});

test('KeyedSerialQueue keeps the order within a key and lets keys run side by side', async () => {
  const queues = new KeyedSerialQueue<string>();
  const first = deferred<void>();
  const begun: string[] = [];
  const work = (name: string, end?: Promise<void>) => async () => {
    begun.push(name);
    await end;
  };
  const all = [
    queues.run('a', work('a1', first.promise)),
    queues.run('a', work('a2')),
    queues.run('b', work('b1')),
  ];
  await settled();
  expect(begun).toEqual(['a1', 'b1']);
  first.resolve();
  await Promise.all(all);
  expect(begun).toEqual(['a1', 'b1', 'a2']);
  await queues.run('a', work('a3'));
  expect(begun.at(-1)).toBe('a3');
});

test('KeyedSerialQueue keeps the order also for work that is queued after the first has settled', async () => {
  const queues = new KeyedSerialQueue<string>();
  const second = deferred<void>();
  const begun: string[] = [];
  const first = queues.run('a', () => void begun.push('a1'));
  const last = queues.run('a', () => {
    begun.push('a2');
    return second.promise;
  });
  await first;
  await settled();
  const after = queues.run('a', () => void begun.push('a3'));
  await settled();
  expect(begun).toEqual(['a1', 'a2']);
  second.resolve();
  await Promise.all([last, after]);
  expect(begun).toEqual(['a1', 'a2', 'a3']);
});

describe('SingleFlight', () => {
  test('joins a running call, and starts anew after its end', async () => {
    const flight = new SingleFlight<number>();
    const first = deferred<number>();
    let starts = 0;
    const work = () => {
      starts += 1;
      return starts === 1 ? first.promise : Promise.resolve(starts);
    };
    const calls = [flight.run(work), flight.run(work)];
    expect(flight.running).toBe(calls[0]);
    first.resolve(1);
    expect(await Promise.all(calls)).toEqual([1, 1]);
    expect(flight.running).toBeUndefined();
    expect(await flight.run(work)).toBe(2);
  });

  test('passes a failure to every caller and starts anew', async () => {
    const flight = new SingleFlight<string>();
    const fails = () => Promise.reject(new Error('failed'));
    const calls = await Promise.allSettled([flight.run(fails), flight.run(fails)]);
    expect(calls.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flight.run(async () => 'works')).toBe('works');
  });
});

test('KeyedSingleFlight joins a running call of the same key alone', async () => {
  const flights = new KeyedSingleFlight<string, string>();
  const first = deferred<string>();
  const a = flights.run('a', () => first.promise);
  expect(flights.run('a', async () => 'other')).toBe(a);
  expect(flights.running('a')).toBe(a);
  expect(await flights.run('b', async () => 'b')).toBe('b');
  first.resolve('a');
  expect(await a).toBe('a');
  expect(flights.running('a')).toBeUndefined();
  expect(await flights.run('a', async () => 'again')).toBe('again');
});
