import { describe, expect, test } from 'vitest';
import type { Challenge } from '../challenge.ts';
import { OpenChallenges, type SessionStore } from './open-challenges.ts';

function memory(): SessionStore & { readonly kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  return {
    kept,
    read: async (prefix) => new Map([...kept].filter(([key]) => key.startsWith(prefix))),
    async write(key, value) {
      kept.set(key, structuredClone(value));
    },
    async remove(keys) {
      for (const key of keys) kept.delete(key);
    },
  };
}

function sighting(id: string, seenAt: number, header = 'offer', tabId = 1) {
  const challenge: Challenge = {
    id,
    requestId: '1',
    tabId,
    frameId: 0,
    documentId: 'document',
    initiator: 'https://page.example',
    topOrigin: 'https://page.example',
    isPrivate: false,
    method: 'GET',
    url: 'https://shop.example/',
    kind: 'xmlhttprequest',
    header,
    seenAt,
  };
  return {
    challenge,
    asked: { url: challenge.url, method: 'GET' },
    parentFrameId: -1,
    route: 'same' as const,
  };
}

const hold = { documentId: 'document', id: '1' };

test('the next life finds what awaits its end, and who holds it, oldest first', async () => {
  const store = memory();
  const first = new OpenChallenges(store);
  await first.add({ sighting: sighting('late', 2), hold });
  await first.add({ sighting: sighting('early', 1), hold: null });
  await first.add({ sighting: sighting('ended', 3), hold: null });
  await first.end('ended');
  const second = new OpenChallenges(store);
  expect((await second.all()).map((one) => one.sighting.challenge.id)).toEqual(['early', 'late']);
  expect(await second.heldBy(hold)).toEqual({ sighting: sighting('late', 2), hold });
  expect(await second.heldBy({ documentId: 'other', id: '1' })).toBeUndefined();
  expect(await second.get('ended')).toBeUndefined();
});

test('the next life finds who was around the frame that asked', async () => {
  const store = memory();
  const { challenge, ...rest } = sighting('framed', 1);
  const framed = { ...rest, challenge: { ...challenge, ancestors: ['https://page.example', 'null'] } };
  await new OpenChallenges(store).add({ sighting: framed, hold });
  expect((await new OpenChallenges(store).get('framed'))?.sighting).toEqual(framed);
});

test('a challenge stored without its private mode reads as one of an ordinary window', async () => {
  const store = memory();
  const { isPrivate: _, ...challenge } = sighting('older', 1).challenge;
  store.kept.set('challenge:older', { sighting: { ...sighting('older', 1), challenge }, hold: null });
  expect((await new OpenChallenges(store).get('older'))?.sighting.challenge.isPrivate).toBe(false);
});

test('what is not a challenge in the store is not believed', async () => {
  const store = memory();
  store.kept.set('challenge:odd', { sighting: { challenge: {} }, hold: null });
  store.kept.set('challenge:none', 7);
  expect(await new OpenChallenges(store).all()).toEqual([]);
});

describe('of a storm', () => {
  const add = (open: OpenChallenges, id: string, tabId: number, header?: string) =>
    open.add({ sighting: sighting(id, 1, header, tabId), hold: null });
  const many = async (open: OpenChallenges, count: number, tabId: number, header?: string) => {
    const added: boolean[] = [];
    for (let n = 0; n < count; n += 1) added.push(await add(open, `${tabId} ${n}`, tabId, header));
    return added.filter((isIn) => isIn).length;
  };

  test('200 are let in from one tab and 600 in all, and nobody loses a place that was given', async () => {
    const store = memory();
    const open = new OpenChallenges(store);
    await add(open, 'the first', 99);
    expect(await many(open, 1000, 1)).toBe(200);
    expect(await many(open, 1000, 2)).toBe(200);
    expect(await many(open, 1000, 3)).toBe(199);
    expect(store.kept.size).toBe(600);
    expect(await open.get('the first')).toBeDefined();
    await open.end('1 7');
    expect(await many(open, 2, 4)).toBe(1);
  });

  test('with long headers, one tab has a share of the store and all have their bound', async () => {
    const store = memory();
    const open = new OpenChallenges(store);
    for (let tabId = 1; tabId <= 10; tabId += 1) await many(open, 20, tabId, 'x'.repeat(60_000));
    const perTab = [...Array(10).keys()].map(
      (n) => [...store.kept.keys()].filter((key) => key.startsWith(`challenge:${n + 1} `)).length,
    );
    expect(perTab).toEqual([8, 8, 8, 8, 1, 0, 0, 0, 0, 0]);
  });
});
