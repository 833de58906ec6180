import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import { challengeOf, sessionOffer } from '../payments/samples.fixture.ts';
import { type Exchange, paymentOf, priced, seen } from './exchange.ts';
import { type ExchangeStore, Exchanges } from './exchanges.ts';

const PAYMENT = 'payment' as PaymentId;
const ANSWER = { kind: 'answered', status: 200, paymentResponse: 'e30=', paymentRequired: null } as const;

let changed: number;
beforeEach(() => {
  vi.useFakeTimers();
  changed = 0;
});
afterEach(() => vi.useRealTimers());

function memory(): ExchangeStore & { readonly kept: Map<string, Exchange> } {
  const kept = new Map<string, Exchange>();
  return {
    kept,
    read: async () => structuredClone([...kept.values()]),
    async write(exchanges) {
      for (const exchange of exchanges) kept.set(exchange.id, structuredClone(exchange));
    },
    async remove(ids) {
      for (const id of ids) kept.delete(id);
    },
  };
}

const lifeOf = (store: ExchangeStore) => new Exchanges({ store, changed: () => changed++, now: Date.now });
const idle = () => vi.advanceTimersByTimeAsync(1_000);
const kinds = (exchange: Exchange | undefined) => exchange?.steps.map(({ kind }) => kind);

test('an exchange has the steps of its challenge in order, and one change is reported for all of them', async () => {
  const exchanges = lifeOf(memory());
  const challenge = challengeOf({ header: 'offer' });
  exchanges.saw(challenge);
  exchanges.decided(challenge, sessionOffer(7n), { kind: 'ask', reason: 'reason_newSite' });
  exchanges.served(challenge, PAYMENT);
  exchanges.answered(challenge, 'page', ANSWER);
  const [kept] = await exchanges.of(challenge.tabId);
  expect(kept?.request).toMatchObject({ method: 'GET', url: challenge.url, kind: 'main_frame' });
  expect(kept?.steps).toMatchObject([
    { kind: 'priced', header: 'offer', at: challenge.seenAt },
    { kind: 'decided', how: 'ask', why: 'reason_newSite', amount: '7', mechanism: 'nanoSession' },
    { kind: 'served', payment: PAYMENT },
    { kind: 'answered', way: 'page', status: 200, paymentResponse: 'e30=' },
  ]);
  expect(kept && paymentOf(kept)).toBe(PAYMENT);
  expect(changed).toBe(0);
  await idle();
  expect(changed).toBe(1);
});

test('an exchange has the price that was asked for anew, and why it was not paid', async () => {
  const exchanges = lifeOf(memory());
  const challenge = challengeOf({ header: 'offer' });
  exchanges.saw(challenge);
  exchanges.renewed({ ...challenge, header: 'renewed' });
  exchanges.left(challenge, 'refusal_WORK_TAKES_TOO_LONG', ['20', '95']);
  expect((await exchanges.find(challenge.id))?.steps).toMatchObject([
    { kind: 'priced', header: 'offer' },
    { kind: 'priced', header: 'renewed' },
    { kind: 'left', key: 'refusal_WORK_TAKES_TOO_LONG', args: ['20', '95'] },
  ]);
});

test('a 402 that is reported again keeps the steps that followed it', async () => {
  const exchanges = lifeOf(memory());
  const challenge = challengeOf();
  exchanges.saw(challenge);
  exchanges.served(challenge, PAYMENT);
  exchanges.saw(challenge);
  expect(kinds(await exchanges.find(challenge.id))).toEqual(['priced', 'served']);
});

test('a restarted worker finds an exchange that was stored', async () => {
  const store = memory();
  const challenge = challengeOf();
  lifeOf(store).saw(challenge);
  await idle();
  expect(await lifeOf(store).find(challenge.id)).toMatchObject({ id: challenge.id });
});

test('an exchange never contains a proof', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  const challenge = challengeOf();
  exchanges.saw(challenge);
  exchanges.served(challenge, PAYMENT);
  exchanges.answered(challenge, 'page', { kind: 'unanswered', reason: 'gone' });
  await idle();
  const [kept] = [...store.kept.values()];
  expect(Object.keys(kept ?? {})).toEqual(['id', 'request', 'steps']);
  expect(kept?.steps.at(1)).toEqual({ kind: 'served', at: expect.any(Number), payment: PAYMENT });
});

test('a restarted worker continues the stored exchange, and repeats no step', async () => {
  const store = memory();
  const challenge = challengeOf();
  const offer = sessionOffer(7n);
  const ask = { kind: 'ask', reason: 'reason_newSite' } as const;
  const first = lifeOf(store);
  first.saw(challenge);
  first.decided(challenge, offer, ask);
  await idle();

  const next = lifeOf(store);
  // Before the stored exchanges were read.
  next.saw(challenge);
  next.decided(challenge, offer, ask);
  next.served(challenge, PAYMENT);
  expect(kinds(await next.find(challenge.id))).toEqual(['priced', 'decided', 'served']);
  next.answered(challenge, 'page', ANSWER);
  await idle();
  expect(kinds(store.kept.get(challenge.id))).toEqual(['priced', 'decided', 'served', 'answered']);
});

test('a stored value of another shape is dropped', async () => {
  const store = memory();
  const challenge = challengeOf();
  const before = lifeOf(store);
  before.saw(challenge);
  await idle();
  const [good] = [...store.kept.values()];
  if (good === undefined) throw new Error('nothing was written');
  const next = lifeOf({ ...store, read: async () => [null, 7, { ...good, id: 9 }, good] });
  expect(await next.of(challenge.tabId)).toHaveLength(1);
});

test('a lock removes all exchanges, also those that are about to be written or read', async () => {
  const store = memory();
  const challenge = challengeOf();
  const exchanges = lifeOf(store);
  exchanges.saw(challenge);
  exchanges.forgetAll();
  exchanges.left(challenge, 'refusal_LAPSED', []);
  await idle();
  expect(await exchanges.of(challenge.tabId)).toEqual([]);
  expect(store.kept.size).toBe(0);

  exchanges.saw(challenge);
  await idle();
  const woken = lifeOf(store);
  woken.forgetAll();
  expect(await woken.of(challenge.tabId)).toEqual([]);
});

test('forgetting a tab removes its exchanges only', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  const [one, other] = [challengeOf({ tabId: 1 }), challengeOf({ tabId: 2 })];
  for (const challenge of [one, other]) exchanges.saw(challenge);
  await idle();
  await exchanges.forget(1);
  await idle();
  expect(await exchanges.of(1)).toEqual([]);
  expect([...store.kept.keys()]).toEqual([other.id]);
});

test('a flood in one tab displaces no exchange of another tab, and no paid one', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  const [ofOtherTab, paid] = [challengeOf({ tabId: 2 }), challengeOf({ tabId: 1, seenAt: 0 })];
  for (const challenge of [ofOtherTab, paid]) exchanges.saw(challenge);
  exchanges.served(paid, PAYMENT);
  for (let i = 0; i < 1_000; i++) exchanges.saw(challengeOf({ tabId: 1, header: 'x'.repeat(2_000) }));
  await idle();
  const ofTheStorm = await exchanges.of(1);
  expect(ofTheStorm.length).toBeLessThanOrEqual(100);
  expect(ofTheStorm[0]?.id).toBe(paid.id);
  expect(await exchanges.of(2)).toHaveLength(1);
  expect(store.kept.size).toBe(ofTheStorm.length + 1);
});

test('a new exchange displaces the oldest one in a tab where all were paid', async () => {
  const exchanges = lifeOf(memory());
  const paid = Array.from({ length: 100 }, (_, seenAt) => challengeOf({ tabId: 1, seenAt }));
  for (const challenge of paid) {
    exchanges.saw(challenge);
    exchanges.served(challenge, PAYMENT);
  }
  const newest = challengeOf({ tabId: 1, seenAt: 100 });
  exchanges.saw(newest);
  const kept = (await exchanges.of(1)).map(({ id }) => id);
  expect(kept).toEqual([...paid.slice(1).map(({ id }) => id), newest.id]);
});

test('the exchanges of all tabs together are limited in number and size', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  for (let tabId = 0; tabId < 500; tabId++) exchanges.saw(challengeOf({ tabId, header: 'x'.repeat(10_000) }));
  await idle();
  expect(JSON.stringify([...store.kept.values()]).length).toBeLessThan(1_600_000);
  expect(await exchanges.of(499)).toHaveLength(1);
  expect(await exchanges.of(0)).toEqual([]);
});

test('a long header or answer is truncated', async () => {
  const exchanges = lifeOf(memory());
  const challenge = challengeOf({ header: 'x'.repeat(250_000) });
  exchanges.saw(challenge);
  const huge = 'y'.repeat(250_000);
  exchanges.answered(challenge, 'page', { ...ANSWER, paymentResponse: huge, paymentRequired: huge });
  const [kept] = await exchanges.of(challenge.tabId);
  expect(JSON.stringify(kept).length).toBeLessThan(150_000);
});

test('a single exchange is kept, also when its JSON is above the size limit', async () => {
  const exchanges = lifeOf(memory());
  const header = '\u0001'.repeat(64 * 1024);
  const challenge = challengeOf({ header });
  exchanges.saw(challengeOf({ tabId: challenge.tabId, seenAt: 0 }));
  exchanges.saw(challenge);
  exchanges.answered(challenge, 'page', { ...ANSWER, paymentRequired: header });
  expect((await exchanges.of(challenge.tabId)).map(({ id }) => id)).toEqual([challenge.id]);
});

test('a 402 with a price in plain headers is recorded once, with its headers', async () => {
  const header = { headers: [{ name: 'x-payment-amount-raw', value: '7' }], bodyText: '{}' };
  const challenge = challengeOf({ header });
  const exchanges = lifeOf(memory());
  exchanges.saw(challenge);
  exchanges.saw(challenge);
  expect((await exchanges.find(challenge.id))?.steps).toEqual([
    { kind: 'unpriced', at: challenge.seenAt, headers: [['x-payment-amount-raw', '7']] },
  ]);
});

test('the newest of many replays are kept, and the steps before them', async () => {
  const exchanges = lifeOf(memory());
  const challenge = challengeOf();
  exchanges.saw(challenge);
  exchanges.served(challenge, PAYMENT);
  for (let status = 200; status < 250; status++)
    exchanges.answered(challenge, 'replay', { ...ANSWER, status });
  const kept = await exchanges.find(challenge.id);
  expect(kinds(kept)?.slice(0, 2)).toEqual(['priced', 'served']);
  expect(kept?.steps).toHaveLength(10);
  expect(kept?.steps.at(-1)).toMatchObject({ status: 249 });
});

test('a 402 without a price records its headers about payment, and no others', async () => {
  const exchanges = lifeOf(memory());
  const { header: _, ...request } = challengeOf();
  const headers = [
    { name: 'X-402-Tag', value: '7' },
    { name: 'Set-Cookie', value: 'secret' },
    { name: 'WWW-Authenticate', value: 'L402' },
  ];
  exchanges.sawUnpriced({ ...request, headers });
  const kept = await exchanges.find(request.id);
  expect(kept?.steps).toMatchObject([
    {
      kind: 'unpriced',
      headers: [
        ['X-402-Tag', '7'],
        ['WWW-Authenticate', 'L402'],
      ],
    },
  ]);
});

test('changes are written and reported a tenth of a second after the first of them', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  const challenge = challengeOf();
  exchanges.saw(challenge);
  await vi.advanceTimersByTimeAsync(60);
  exchanges.served(challenge, PAYMENT);
  await vi.advanceTimersByTimeAsync(39);
  expect([changed, store.kept.size]).toEqual([0, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect([changed, kinds(store.kept.get(challenge.id))]).toEqual([1, ['priced', 'served']]);
});

test('only what changed is written, and only what was dropped is removed', async () => {
  const store = memory();
  const [write, remove] = [vi.spyOn(store, 'write'), vi.spyOn(store, 'remove')];
  const exchanges = lifeOf(store);
  const [one, other] = [challengeOf({ tabId: 1 }), challengeOf({ tabId: 2 })];
  exchanges.saw(one);
  await idle();
  exchanges.saw(other);
  await idle();
  expect(write.mock.calls.map(([written]) => written.map(({ id }) => id))).toEqual([[one.id], [other.id]]);
  expect(remove).not.toHaveBeenCalled();
  await exchanges.forget(1);
  await idle();
  expect(write).toHaveBeenCalledTimes(2);
  exchanges.served(other, PAYMENT);
  await idle();
  expect(write).toHaveBeenCalledTimes(3);
  expect(remove.mock.calls).toEqual([[[one.id]]]);
});

test('an exchange that is dropped and seen again is in the store', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  const challenge = challengeOf();
  const remove = vi.spyOn(store, 'remove');
  exchanges.saw(challenge);
  await exchanges.forget(challenge.tabId);
  exchanges.saw(challenge);
  await idle();
  expect([...store.kept.keys()]).toEqual([challenge.id]);
  expect(remove).not.toHaveBeenCalled();
});

test('after a lock, nothing from before it is written or removed', async () => {
  const store = memory();
  const exchanges = lifeOf(store);
  const [dropped, kept] = [challengeOf({ tabId: 1 }), challengeOf({ tabId: 2 })];
  for (const challenge of [dropped, kept]) exchanges.saw(challenge);
  await exchanges.forget(1);
  const [write, remove] = [vi.spyOn(store, 'write'), vi.spyOn(store, 'remove')];
  exchanges.forgetAll();
  await idle();
  expect(write).not.toHaveBeenCalled();
  expect(remove).not.toHaveBeenCalled();
});

test('where the stored exchanges cannot be read, a lock makes the exchanges usable again', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const failure = new Error('the store is gone');
  const exchanges = lifeOf({ ...memory(), read: () => Promise.reject(failure) });
  await expect(exchanges.of(1)).rejects.toBe(failure);
  expect(logged).toHaveBeenCalledExactlyOnceWith(failure);
  exchanges.forgetAll();
  const challenge = challengeOf({ tabId: 1 });
  exchanges.saw(challenge);
  expect(await exchanges.of(1)).toHaveLength(1);
});

test('the exchanges of a tab are listed from the oldest to the newest', async () => {
  const exchanges = lifeOf(memory());
  const challenges = [3, 1, 2].map((seenAt) => challengeOf({ tabId: 1, seenAt }));
  for (const challenge of [...challenges, challengeOf({ tabId: 2, seenAt: 0 })]) exchanges.saw(challenge);
  expect((await exchanges.of(1)).map(({ request }) => request.seenAt)).toEqual([1, 2, 3]);
});

describe('the limits', () => {
  /** A challenge whose exchange has so many characters. */
  function challengeWith(characters: number, parts: Partial<Challenge>): Challenge {
    const bare = challengeOf(parts);
    const empty = JSON.stringify(seen(bare.id, bare, priced(bare))).length;
    return { ...bare, header: 'x'.repeat(characters - empty) };
  }
  /** How many of these are kept. */
  async function keptOf(challenges: readonly Challenge[]): Promise<number> {
    const exchanges = lifeOf(memory());
    for (const challenge of challenges) exchanges.saw(challenge);
    const kept = await Promise.all(challenges.map(({ id }) => exchanges.find(id)));
    return kept.filter((exchange) => exchange !== undefined).length;
  }
  const times = <T>(count: number, make: (at: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, at) => make(at));

  test('of a tab are 100 exchanges and 400 000 characters', async () => {
    expect(await keptOf(times(100, () => challengeOf()))).toBe(100);
    expect(await keptOf(times(101, () => challengeOf()))).toBe(100);
    const seven = times(7, (seenAt) => challengeWith(50_000, { seenAt }));
    expect(await keptOf([...seven, challengeWith(50_000, { seenAt: 7 })])).toBe(8);
    expect(await keptOf([...seven, challengeWith(50_001, { seenAt: 7 })])).toBe(7);
  });

  test('of all tabs together are 400 exchanges and 1 500 000 characters', async () => {
    expect(await keptOf(times(400, (tabId) => challengeOf({ tabId })))).toBe(400);
    expect(await keptOf(times(401, (tabId) => challengeOf({ tabId })))).toBe(400);
    const most = times(29, (tabId) => challengeWith(50_000, { tabId, seenAt: tabId }));
    expect(await keptOf([...most, challengeWith(50_000, { tabId: 29, seenAt: 29 })])).toBe(30);
    expect(await keptOf([...most, challengeWith(50_001, { tabId: 29, seenAt: 29 })])).toBe(29);
  });

  test('displace the oldest unpaid exchange, in whatever order they were recorded', async () => {
    const exchanges = lifeOf(memory());
    const [paid, ...unpaid] = times(100, (at) => challengeOf({ tabId: 1, seenAt: at === 0 ? 0 : 200 - at }));
    if (paid === undefined) throw new Error('a hundred were made');
    for (const challenge of [paid, ...unpaid]) exchanges.saw(challenge);
    exchanges.served(paid, PAYMENT);
    exchanges.saw(challengeOf({ tabId: 1, seenAt: 300 }));
    const kept = (await exchanges.of(1)).map(({ request }) => request.seenAt);
    expect([kept.length, kept.slice(0, 2), kept.at(-1)]).toEqual([100, [0, 102], 300]);
  });

  test('keep an exchange that they displaced from coming back out of the store', async () => {
    const store = memory();
    const old = challengeOf({ tabId: 1, seenAt: 1 });
    const before = lifeOf(store);
    before.saw(old);
    await idle();
    const next = lifeOf(store);
    // Before the stored exchanges were read.
    for (const challenge of [old, ...times(100, (at) => challengeOf({ tabId: 1, seenAt: 2 + at }))])
      next.saw(challenge);
    expect(await next.find(old.id)).toBeUndefined();
    expect(await next.of(1)).toHaveLength(100);
  });
});
