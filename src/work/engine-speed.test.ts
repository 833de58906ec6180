import fc from 'fast-check';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { parseThreshold } from './difficulty.ts';
import {
  type EngineSpeed,
  EngineSpeedSchema,
  expectedHashes,
  isTested,
  rateOf,
  searchTime,
  thresholdTaking,
  UNKNOWN_SPEED,
  wantsRace,
  withPreferred,
  withSearch,
  withTest,
  withTiming,
} from './engine-speed.ts';

const receive = parseThreshold('fffffe0000000000');
const send = parseThreshold('fffffff800000000');
const many = (times: number, change: (speed: EngineSpeed) => EngineSpeed): EngineSpeed =>
  Array.from({ length: times }).reduce<EngineSpeed>(change, UNKNOWN_SPEED);

it('a receive takes 2^23 hashes and a send 64 times as many', () => {
  expect(expectedHashes(receive)).toBe(2 ** 23);
  expect(expectedHashes(send)).toBe(2 ** 29);
});

it('thresholdTaking is the inverse of expectedHashes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 2 ** 30 }), (hashes) => {
      const threshold = parseThreshold(thresholdTaking(hashes).toString(16).padStart(16, '0'));
      expect(expectedHashes(threshold) / hashes).toBeCloseTo(1, 3);
    }),
  );
});

it('an engine that found nothing yet has no rate', () => {
  expect(rateOf(UNKNOWN_SPEED, 'cpu')).toBeNull();
  expect(
    rateOf(withTiming(UNKNOWN_SPEED, { engine: 'cpu', ms: 500, threshold: send, outcome: 'ended' }), 'cpu'),
  ).toBeNull();
});

/** The speed after one more send that the processor found. */
const afterSend = (speed: EngineSpeed, ms: number) =>
  withTiming(speed, { engine: 'cpu', ms, threshold: send, outcome: 'found' });

it.each([
  ['one lucky proof', 1, send],
  ['a hundred receives, which mostly time the call of a card', 100, receive],
])('no rate is known from too little: %s', (_, times, threshold) => {
  const speed = many(times, (known) =>
    withTiming(known, { engine: 'gpu', ms: 20, threshold, outcome: 'found' }),
  );
  expect(rateOf(speed, 'gpu')).toBeNull();
  expect(speed.engines.gpu?.works).toBe(true);
});

it('a tested engine has a rate', () => {
  expect([UNKNOWN_SPEED, afterSend(UNKNOWN_SPEED, 9)].map(isTested)).toEqual([false, false]);
  const tested = withPreferred(withTest(UNKNOWN_SPEED, 'cpu', 1e6, 100), 'cpu');
  expect(isTested(tested)).toBe(true);
  expect(isTested(afterSend(tested, 50_000))).toBe(true);
});

it('the time of aborted searches counts', () => {
  const one = { engine: 'cpu', ms: 32_000, threshold: send } as const;
  const found = many(4, (speed) => withTiming(speed, { ...one, outcome: 'found' }));
  const both = Array.from({ length: 4 }).reduce<EngineSpeed>(
    (speed) => withTiming(speed, { ...one, outcome: 'ended' }),
    found,
  );
  expect(rateOf(found, 'cpu')).toBe(2 ** 24);
  expect(rateOf(both, 'cpu')).toBe(2 ** 23);
});

it('an easy proof shows the rate as well as a hard one', () => {
  const easier = {
    engine: 'cpu',
    ms: 4_000,
    threshold: parseThreshold('ffffffc000000000'),
    outcome: 'found',
  } as const;
  // 2^26 hashes in 4 s and 2^29 in 32 s are the same rate.
  const speed = many(4, (known) => afterSend(withTiming(known, easier), 32_000));
  expect(rateOf(speed, 'cpu')).toBeCloseTo(2 ** 24, 0);
});

it('the estimate approaches the true rate, although single durations are random', () => {
  // Searches of a 10 MH/s engine, with exponentially distributed durations in mixed order.
  const durations = Array.from(
    { length: 200 },
    (_, index) => -Math.log((((index * 77) % 200) + 0.5) / 200) * 53_687,
  );
  const speed = durations.reduce((known, ms) => afterSend(known, ms), UNKNOWN_SPEED);
  expect(rateOf(speed, 'cpu')).toBeGreaterThan(5e6);
  expect(rateOf(speed, 'cpu')).toBeLessThan(2e7);
});

it('older searches count less, so that the rate follows a processor that got slower', () => {
  const fast = many(200, (speed) => afterSend(speed, 64_000));
  const slow = Array.from({ length: 200 }).reduce<EngineSpeed>((speed) => afterSend(speed, 256_000), fast);
  expect(rateOf(fast, 'cpu')).toBeCloseTo(2 ** 23, 0);
  expect(rateOf(slow, 'cpu')).toBeLessThan(2 ** 21.1);
});

it('a failure marks the engine as not working and changes nothing else', () => {
  const found = many(4, (speed) =>
    withTiming(speed, { engine: 'gpu', ms: 10, threshold: send, outcome: 'found' }),
  );
  const failed = withTiming(found, { engine: 'gpu', ms: 90_000, threshold: send, outcome: 'failed' });
  expect(rateOf(failed, 'gpu')).toBe(rateOf(found, 'gpu'));
  expect([found, failed].map(({ engines }) => engines.gpu?.works)).toEqual([true, false]);
});

it('a search that is ended says nothing of whether its engine works', () => {
  const ended = { engine: 'gpu', ms: 500, threshold: send, outcome: 'ended' } as const;
  expect(withTiming(UNKNOWN_SPEED, ended).engines.gpu?.works).toBe(true);
  const failed = withTiming(UNKNOWN_SPEED, { ...ended, outcome: 'failed' });
  expect(withTiming(failed, ended).engines.gpu?.works).toBe(false);
});

it('a test replaces the record of the engine', () => {
  const before = withTiming(UNKNOWN_SPEED, { engine: 'cpu', ms: 1, threshold: send, outcome: 'found' });
  const tested = withTest(before, 'cpu', 3e7, 3_000);
  expect(rateOf(tested, 'cpu')).toBe(1e7);
  expect(tested.engines.cpu).toMatchObject({ works: true, tested: true });
});

it('a test says as much as sixteen proofs, and an engine remembers thirty-two', () => {
  const tested = withTest(UNKNOWN_SPEED, 'cpu', 2 ** 24, 1_000);
  const slower = Array.from({ length: 16 }).reduce<EngineSpeed>((speed) => afterSend(speed, 64_000), tested);
  expect(rateOf(slower, 'cpu')).toBeCloseTo((2 / 3) * 2 ** 24, 0);
  // Each proof adds one and leaves 32 of 33: the fixed point of n = 32 n / (n + 1) + 1.
  expect(many(500, (speed) => afterSend(speed, 9)).engines.cpu?.proofs).toBeCloseTo(16 + Math.sqrt(257), 3);
});

it('a search counts from 2^26 hashes on: a shorter one mostly times the call', () => {
  const proofsAfter = (threshold: string) =>
    withTiming(UNKNOWN_SPEED, {
      engine: 'gpu',
      ms: 9,
      threshold: parseThreshold(threshold),
      outcome: 'found',
    }).engines.gpu?.proofs;
  expect([proofsAfter('ffffffc000000000'), proofsAfter('ffffffbfffffffff')]).toEqual([1, 0]);
});

it('an engine has no rate by searches that took no time', () => {
  expect(rateOf(withTest(UNKNOWN_SPEED, 'gpu', 1e6, 0), 'gpu')).toBeNull();
});

it('a single hash is enough to say that an engine works', () => {
  expect(withTest(UNKNOWN_SPEED, 'cpu', 1, 9).engines.cpu?.works).toBe(true);
});

it('no engine is known before the first search', () => {
  expect(UNKNOWN_SPEED).toEqual({ leader: null, searches: 0, engines: {} });
});

it('an engine that failed its test has a rate from its first proof on', () => {
  const failed = withTest(UNKNOWN_SPEED, 'cpu', 0, 3_000);
  expect(rateOf(afterSend(failed, 32_000), 'cpu')).toBe(2 ** 24);
});

it('an engine that failed its test does not work and has no rate, also after a search without a proof', () => {
  const failed = withTest(afterSend(UNKNOWN_SPEED, 9), 'cpu', 0, 3_000);
  expect(failed.engines.cpu).toEqual({ proofs: 0, spent: 0, works: false, tested: true });
  const ended = withTiming(failed, { engine: 'cpu', ms: 500, threshold: send, outcome: 'ended' });
  expect([failed, ended].map((speed) => rateOf(speed, 'cpu'))).toEqual([null, null]);
});

it('a stored speed is read with each engine, and one that was not timed by a test yet', () => {
  const speed = withPreferred(withTest(afterSend(UNKNOWN_SPEED, 9), 'gpu', 1e9, 1_000), 'gpu');
  for (const stored of [UNKNOWN_SPEED, speed]) expect(v.parse(EngineSpeedSchema, stored)).toEqual(stored);
  const engine = { proofs: 0, spent: 0, works: true };
  const older = { leader: null, searches: 0, engines: { cpu: engine } };
  expect(v.parse(EngineSpeedSchema, older).engines).toEqual({ cpu: { ...engine, tested: false } });
});

it.each([
  ['a negative number of searches', { searches: -1 }],
  ['a negative number of proofs', { engines: { cpu: { proofs: -1, spent: 0, works: true } } }],
  ['a negative time', { engines: { cpu: { proofs: 0, spent: -1, works: true } } }],
  ['an endless time', { engines: { cpu: { proofs: 0, spent: Infinity, works: true } } }],
])('a stored speed with %s is not read', (_, parts) => {
  expect(v.is(EngineSpeedSchema, { ...UNKNOWN_SPEED, ...parts })).toBe(false);
});

it('races are wanted until the preferred engine was tested, and again after a number of searches', () => {
  expect(wantsRace(UNKNOWN_SPEED)).toBe(true);
  expect(wantsRace(withPreferred(UNKNOWN_SPEED, 'gpu'))).toBe(true);
  let speed = withPreferred(withTest(UNKNOWN_SPEED, 'gpu', 1e9, 1_000), 'gpu');
  let searches = 0;
  while (!wantsRace(speed)) {
    speed = withSearch(speed);
    searches++;
  }
  expect(searches).toBe(24);
  expect(speed.leader).toBe('gpu');
});

it('95 of 100 searches end within three times the mean', () => {
  // A send takes 2^29 hashes on average: 10 s at this rate.
  const rate = 2 ** 29 / 10;
  expect(searchTime(send, rate).mean).toBeCloseTo(10_000, 0);
  expect(searchTime(send, rate).bound).toBeCloseTo(29_957, 0);
  expect(searchTime(parseThreshold('ffffffffe0000000'), rate).bound).toBeCloseTo(64 * 29_957, -2);
  expect(Math.exp(-searchTime(send, rate).bound / 10_000)).toBeCloseTo(0.05);
});
