import { expect, test } from 'vitest';
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

function sighting(id: string, seenAt: number, header = 'offer') {
  const challenge: Challenge = {
    id,
    requestId: '1',
    tabId: 1,
    frameId: 0,
    documentId: 'document',
    initiator: 'https://page.example',
    topOrigin: 'https://page.example',
    method: 'GET',
    url: 'https://shop.example/',
    kind: 'xmlhttprequest',
    header,
    seenAt,
  };
  return { challenge, asked: { url: challenge.url, method: 'GET' }, parentFrameId: -1 };
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

test('what is not a challenge in the store is not believed', async () => {
  const store = memory();
  store.kept.set('challenge:odd', { sighting: { challenge: {} }, hold: null });
  store.kept.set('challenge:none', 7);
  expect(await new OpenChallenges(store).all()).toEqual([]);
});

test('neither many challenges nor long headers fill the store: the oldest go', async () => {
  const many = memory();
  const open = new OpenChallenges(many);
  for (let i = 0; i < 300; i += 1) await open.add({ sighting: sighting(`${i}`, i), hold: null });
  expect(many.kept.size).toBe(256);
  expect(await open.get('43')).toBeUndefined();
  expect(await open.get('44')).toBeDefined();

  const long = memory();
  const heavy = new OpenChallenges(long);
  for (let i = 0; i < 20; i += 1) {
    await heavy.add({ sighting: sighting(`${i}`, i, 'x'.repeat(250_000)), hold: null });
  }
  expect(JSON.stringify([...long.kept.values()]).length).toBeLessThan(2_100_000);
  expect(await heavy.get('19')).toBeDefined();
});
