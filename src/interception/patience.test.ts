import { expect, test } from 'vitest';
import { SENT_AGAIN_WITHIN } from './interception.ts';
import { Patience, STANDS_AFTER, STANDS_LATER } from './patience.ts';

function patience() {
  let now = 0;
  const pass = (ms: number) => {
    now += ms;
  };
  return { patience: new Patience(() => now), pass };
}

const call = (url: string, documentId = 'document') => ({ documentId, method: 'GET', url });

test('a request is decided about once it was held for a moment', () => {
  expect(patience().patience.held(call('/a'))).toBe(STANDS_AFTER);
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
