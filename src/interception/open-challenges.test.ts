import { describe, expect, test } from 'vitest';
import { givenBack } from './challenge.ts';
import { OpenChallenges } from './open-challenges.ts';
import { memoryStore, observedOf } from './samples.fixture.ts';

const hold = { documentId: 'document', id: '1' };

test('a restarted worker finds the open challenges with their holds, oldest first', async () => {
  const store = memoryStore();
  const first = new OpenChallenges(store);
  await first.add({ observed: observedOf('late', 2), hold });
  await first.add({ observed: observedOf('early', 1), hold: null });
  await first.add({ observed: observedOf('ended', 3), hold: null });
  await first.end('ended');
  const second = new OpenChallenges(store);
  expect((await second.all()).map((one) => one.observed.challenge.id)).toEqual(['early', 'late']);
  expect(await second.heldBy(hold)).toEqual({ observed: observedOf('late', 2), hold });
  expect(await second.heldBy({ documentId: 'other', id: '1' })).toBeUndefined();
  expect(await second.get('ended')).toBeUndefined();
});

test('a restarted worker finds the origins around the frame of a request', async () => {
  const store = memoryStore();
  const { challenge, ...rest } = observedOf('framed', 1);
  const framed = { ...rest, challenge: { ...challenge, ancestors: ['https://page.example', 'null'] } };
  await new OpenChallenges(store).add({ observed: framed, hold });
  expect((await new OpenChallenges(store).get('framed'))?.observed).toEqual(framed);
});

test.each(['same', 'final', null] as const)(
  'a restarted worker finds by what route a request goes again: %s',
  async (route) => {
    const store = memoryStore();
    const observed = { ...observedOf('routed', 1), route };
    await new OpenChallenges(store).add({ observed, hold });
    expect((await new OpenChallenges(store).get('routed'))?.observed).toEqual(observed);
  },
);

test('a challenge stored without its private mode reads as one of an ordinary window', async () => {
  const store = memoryStore();
  const { isPrivate: _, ...challenge } = observedOf('older', 1).challenge;
  store.kept.set('challenge:older', { observed: { ...observedOf('older', 1), challenge }, hold: null });
  expect((await new OpenChallenges(store).get('older'))?.observed.challenge.isPrivate).toBe(false);
});

test('a restarted worker finds a hold that times out, and a request that was given back', async () => {
  const store = memoryStore();
  const { challenge, ...rest } = observedOf('returned', 1);
  const timed = { observed: observedOf('timed', 2), hold: { ...hold, timesOutAt: 3 } };
  const returned = { observed: { ...rest, challenge: givenBack(challenge) }, hold: null };
  for (const one of [timed, returned]) await new OpenChallenges(store).add(one);
  expect(await new OpenChallenges(store).all()).toEqual([returned, timed]);
});

test('an entry of the store that is no challenge is ignored', async () => {
  const store = memoryStore();
  store.kept.set('challenge:odd', { observed: { challenge: {} }, hold: null });
  store.kept.set('challenge:none', 7);
  expect(await new OpenChallenges(store).all()).toEqual([]);
});

describe('of a flood of challenges', () => {
  interface Asker {
    readonly tab: number;
    readonly site: string;
    readonly header?: string;
  }
  const add = (open: OpenChallenges, id: string, { tab, site, header }: Asker) =>
    open.add({ observed: observedOf(id, 1, header, tab, site), hold: null });
  const many = async (open: OpenChallenges, count: number, asker: Asker) => {
    const added: boolean[] = [];
    for (let n = 0; n < count; n += 1) added.push(await add(open, `${asker.site} ${asker.tab} ${n}`, asker));
    return added.filter((isIn) => isIn).length;
  };

  test('200 of one site are admitted and 600 in all, and no admitted one is dropped', async () => {
    const store = memoryStore();
    const open = new OpenChallenges(store);
    await add(open, 'the first', { tab: 99, site: 'https://first.example' });
    expect(await many(open, 1000, { tab: 1, site: 'https://a.example' })).toBe(200);
    expect(await many(open, 1000, { tab: 2, site: 'https://b.example' })).toBe(200);
    expect(await many(open, 1000, { tab: 3, site: 'https://c.example' })).toBe(199);
    expect(store.kept.size).toBe(600);
    expect(await open.get('the first')).toBeDefined();
    await open.end('https://a.example 1 7');
    expect(await many(open, 2, { tab: 4, site: 'https://d.example' })).toBe(1);
  });

  test('one that is admitted already can be changed at the limit', async () => {
    const open = new OpenChallenges(memoryStore());
    expect(await many(open, 201, { tab: 1, site: 'https://a.example' })).toBe(200);
    expect(await add(open, 'https://a.example 1 7', { tab: 1, site: 'https://a.example' })).toBe(true);
    expect(await open.all()).toHaveLength(200);
  });

  test('many tabs of one site share its limit, and leave room for another site', async () => {
    const open = new OpenChallenges(memoryStore());
    const inTabs = [1, 2, 3, 4, 5].map((tab) => many(open, 100, { tab, site: 'https://storm.example' }));
    const letIn = (await Promise.all(inTabs)).reduce((sum, count) => sum + count, 0);
    expect(letIn).toBe(200);
    expect(await many(open, 20, { tab: 6, site: 'https://shop.example' })).toBe(20);
  });

  test('one tab that navigates from site to site has one limit', async () => {
    const open = new OpenChallenges(memoryStore());
    const letIn: number[] = [];
    for (const name of ['a', 'b', 'c'])
      letIn.push(await many(open, 100, { tab: 1, site: `https://${name}.example` }));
    expect(letIn).toEqual([100, 100, 0]);
  });

  test('with long headers, the size of what is stored is limited for one site and in all', async () => {
    const store = memoryStore();
    const open = new OpenChallenges(store);
    const header = 'x'.repeat(60_000);
    const letIn: number[] = [];
    for (let tab = 1; tab <= 10; tab += 1)
      letIn.push(await many(open, 20, { tab, site: `https://${tab}.example`, header }));
    expect(letIn).toEqual([8, 8, 8, 8, 1, 0, 0, 0, 0, 0]);
  });
});
