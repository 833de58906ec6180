import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rendezvous } from './rendezvous.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a host and a guest meet, whoever comes first', async () => {
  const place = new Rendezvous<string, string>(1500);
  const early = place.host(['a'], 'host');
  expect(await place.guest(['a'], 'guest')).toBe('host');
  expect(await early).toBe('guest');
  const waiting = place.guest(['a'], 'second guest');
  expect(await place.host(['a'], 'second host')).toBe('second guest');
  expect(await waiting).toBe('second host');
});

test('who is not met in time goes away alone, and is not met later', async () => {
  const place = new Rendezvous<string, string>(1500);
  const host = place.host(['a', 'b'], 'host');
  await vi.advanceTimersByTimeAsync(1500);
  expect(await host).toBeNull();
  const guest = place.guest(['a'], 'guest');
  await vi.advanceTimersByTimeAsync(1499);
  expect(await place.host(['a'], 'late')).toBe('guest');
  expect(await guest).toBe('late');
});

test('a host may be more patient than the place', async () => {
  const place = new Rendezvous<string, string>(1500);
  const host = place.host(['a'], 'host', 3500);
  await vi.advanceTimersByTimeAsync(3499);
  expect(await place.guest(['a'], 'late')).toBe('host');
  expect(await host).toBe('late');
});

test('a guest counts its patience from the moment it was told to', async () => {
  const place = new Rendezvous<string, string>(1500);
  let lookedUp = () => {};
  const guest = place.guest(['a'], 'guest', new Promise<void>((resolve) => (lookedUp = resolve)));
  await vi.advanceTimersByTimeAsync(20_000);
  lookedUp();
  await vi.advanceTimersByTimeAsync(1499);
  expect(await place.host(['a'], 'late')).toBe('guest');
  expect(await guest).toBe('late');
  const alone = place.guest(['a'], 'alone', Promise.resolve());
  await vi.advanceTimersByTimeAsync(1500);
  expect(await alone).toBeNull();
});

test('a guest that met its host before its patience began to count waits for none', async () => {
  const place = new Rendezvous<string, string>(1500);
  let lookedUp = () => {};
  const guest = place.guest(['a'], 'guest', new Promise<void>((resolve) => (lookedUp = resolve)));
  expect(await place.host(['a'], 'host')).toBe('guest');
  lookedUp();
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
  expect(await guest).toBe('host');
});

test('a host that is dismissed goes away alone at once, and is not met later', async () => {
  const place = new Rendezvous<string, string>(1500);
  const [gone, stays] = [place.host(['a', 'b'], 'gone'), place.host(['a'], 'stays')];
  place.dismiss((host) => host === 'gone');
  expect(await gone).toBeNull();
  expect(await place.guest(['b', 'a'], 'guest')).toBe('stays');
  expect(await stays).toBe('guest');
});

test('a host of two names is met once', async () => {
  const place = new Rendezvous<string, string>(1500);
  void place.host(['document', 'origin'], 'host');
  expect(await place.guest(['origin'], 'first')).toBe('host');
  const second = place.guest(['document'], 'second');
  await vi.advanceTimersByTimeAsync(1500);
  expect(await second).toBeNull();
});

test('a guest of two names meets whom it finds first by the first of them, and is met once', async () => {
  const place = new Rendezvous<string, string>(1500);
  void place.host(['origin'], 'worker');
  void place.host(['document'], 'own');
  expect(await place.guest(['document', 'origin'], 'first')).toBe('own');
  expect(await place.guest(['document', 'origin'], 'second')).toBe('worker');
  const third = place.guest(['document', 'origin'], 'third');
  expect(await place.host(['origin'], 'late')).toBe('third');
  expect(await third).toBe('late');
  const alone = place.host(['document'], 'alone');
  await vi.advanceTimersByTimeAsync(1500);
  expect(await alone).toBeNull();
});

test('a guest meets a preferred host, though another came before it', async () => {
  const place = new Rendezvous<string, string>(1500, (host) => host !== 'dull');
  void place.host(['a'], 'dull');
  void place.host(['a'], 'bright');
  expect(await place.guest(['a'], 'first')).toBe('bright');
  expect(await place.guest(['a'], 'second')).toBe('dull');
});

test('every order of coming pairs each with one of its own name, first come first met', async () => {
  const comer = fc.record({ side: fc.constantFrom('host', 'guest'), name: fc.constantFrom('a', 'b') });
  await fc.assert(
    fc.asyncProperty(fc.array(comer, { maxLength: 30 }), async (comers) => {
      const place = new Rendezvous<number, number>(1500);
      const met = comers.map(({ side, name }, index) =>
        side === 'host' ? place.host([name], index) : place.guest([name], index),
      );
      await vi.advanceTimersByTimeAsync(1500);
      const found = await Promise.all(met);
      for (const name of ['a', 'b']) {
        const of = (side: string) =>
          comers.flatMap((one, index) => (one.side === side && one.name === name ? [index] : []));
        const [hosts, guests] = [of('host'), of('guest')];
        hosts.forEach((host, nth) => {
          expect(found[host]).toBe(guests[nth] ?? null);
        });
        guests.forEach((guest, nth) => {
          expect(found[guest]).toBe(hosts[nth] ?? null);
        });
      }
    }),
  );
});
