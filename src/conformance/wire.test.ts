import { expect, test } from 'vitest';
import type { HttpRequest, HttpResponse } from './ports.ts';
import { ownClock, URL_ASKED } from './samples.fixture.ts';
import { GENTLE_PACE, Wire } from './wire.ts';

const ANSWER: HttpResponse = { status: 402, headers: {}, body: '' };
const request = (url = URL_ASKED): HttpRequest => ({ method: 'GET', url, headers: {}, body: null });
const origin = 'https://shop.example';
const { signal } = new AbortController();

function line() {
  const clock = ownClock();
  const sentAt: number[] = [];
  let open = 0;
  let most = 0;
  const send = async () => {
    sentAt.push(clock.now());
    most = Math.max(most, ++open);
    await Promise.resolve();
    open -= 1;
    return ANSWER;
  };
  const wire = new Wire({ send, clock, origin, pace: GENTLE_PACE });
  return { wire, sentAt, most: () => most };
}

test('requests go one at a time, and no more than two a second', async () => {
  const { wire, sentAt, most } = line();
  await Promise.all(Array.from({ length: 6 }, () => wire.send(request(), signal)));
  expect(sentAt).toEqual([0, 500, 1000, 1500, 2000, 2500]);
  expect(most()).toBe(1);
});

test('two at the same moment count as two', async () => {
  const { wire, sentAt, most } = line();
  await wire.together([request(), request()], signal);
  await wire.send(request(), signal);
  expect(sentAt).toEqual([0, 0, 1000]);
  expect(most()).toBe(2);
});

test.each([
  'https://elsewhere.example/data',
  'http://shop.example/data',
  'https://shop.example:8443/',
  'nonsense',
])('no request goes to %s', async (url) => {
  const { wire, sentAt } = line();
  await expect(wire.send(request(url), signal)).rejects.toThrow(RangeError);
  expect(sentAt).toEqual([]);
});

test('a broken connection is no answer, and the next request goes all the same', async () => {
  const answers = [() => Promise.reject(new TypeError('broken')), () => Promise.resolve(ANSWER)];
  const send = () => answers.shift()?.() ?? Promise.reject(new Error('asked too often'));
  const wire = new Wire({ send, clock: ownClock(), origin, pace: GENTLE_PACE });
  expect((await wire.send(request(), signal)).received).toBeNull();
  expect((await wire.send(request(), signal)).received).toBe(ANSWER);
});

test('what was stopped sends nothing more', async () => {
  const { wire, sentAt } = line();
  const stop = new AbortController();
  const first = wire.send(request(), stop.signal);
  const second = wire.send(request(), stop.signal);
  await first;
  stop.abort(new Error('stopped'));
  await expect(second).rejects.toThrow('stopped');
  expect(sentAt).toEqual([0]);
});
