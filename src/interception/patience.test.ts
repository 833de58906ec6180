import { expect, test } from 'vitest';
import { SENT_AGAIN_WITHIN } from './interception.ts';
import { Patience, STANDS_AFTER, STANDS_LATER } from './patience.ts';

/** How many requests and documents are remembered. */
const REMEMBERED = 600;

function patience() {
  let now = Date.UTC(2026, 10, 28);
  const pass = (ms: number) => {
    now += ms;
  };
  return { patience: new Patience(() => now), pass };
}

const call = (url: string, documentId = 'document') => ({ documentId, method: 'GET', url });

test('a request is decided about once it was held for a moment', () => {
  expect([STANDS_AFTER, STANDS_LATER]).toEqual([250, 750]);
  const { patience: one, pass } = patience();
  expect(one.held(call('/a'))).toBe(STANDS_AFTER);
  pass(100);
  expect(one.held(call('/a'))).toBe(STANDS_AFTER - 100);
});

test('a document that has just taken other requests back has a longer wait, for five seconds', () => {
  const { patience: one, pass } = patience();
  one.held(call('/a'));
  one.tookBack(call('/a'));
  expect(one.held(call('/b'))).toBe(STANDS_LATER);
  expect(one.held(call('/b', 'other'))).toBe(STANDS_AFTER);
  pass(5_000);
  expect(one.held(call('/c'))).toBe(STANDS_AFTER);
});

test('a request that is sent again within two seconds keeps its waiting time, so that a client with a short timeout is served', () => {
  const { patience: one, pass } = patience();
  one.held(call('/a'));
  pass(STANDS_AFTER - 50);
  one.tookBack(call('/a'));
  pass(SENT_AGAIN_WITHIN - 1);
  expect(one.held(call('/a'))).toBe(0);
  one.tookBack(call('/a'));
  pass(SENT_AGAIN_WITHIN);
  expect(one.held(call('/a'))).toBe(STANDS_AFTER);
});

test('a request that was taken back before it was held waits as any other does', () => {
  const { patience: one } = patience();
  one.tookBack(call('/a'));
  expect(one.held(call('/a'))).toBe(STANDS_AFTER);
});

test('the waiting times of the newest requests are remembered, so that no page makes the list grow', () => {
  const { patience: one, pass } = patience();
  const holdAll = (count: number) => {
    for (let i = 0; i < count; i++) one.held(call(`/${i}`, `document ${i}`));
  };
  holdAll(REMEMBERED);
  pass(100);
  expect(one.held(call('/0', 'document 0'))).toBe(STANDS_AFTER - 100);
  holdAll(REMEMBERED + 1);
  pass(100);
  expect(one.held(call('/0', 'document 0'))).toBe(STANDS_AFTER);
});

test('the newest documents that took requests back are remembered, so that no page makes the list grow', () => {
  const { patience: one } = patience();
  const takeBackAll = (count: number) => {
    for (let i = 0; i < count; i++) one.tookBack(call('/a', `document ${i}`));
  };
  takeBackAll(REMEMBERED);
  expect(one.held(call('/b', 'document 0'))).toBe(STANDS_LATER);
  takeBackAll(REMEMBERED + 1);
  expect(one.held(call('/c', 'document 0'))).toBe(STANDS_AFTER);
});
