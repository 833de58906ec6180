import { beforeEach, expect, test } from 'vitest';
import { follow, followed, followUnderway, unfollow, unfollowAsked } from './followed-payments.ts';

const paymentFor = (exchange: string) => ({ exchange, price: '1', site: 'https://shop.example' });
const shown = () => followed.value.map(({ exchange, isOwn }) => [exchange, isOwn]);

beforeEach(() => {
  for (const { exchange } of followed.value) unfollowAsked(exchange);
});

test('a payment that is under way is followed once, and not again after its end was seen', () => {
  followUnderway([paymentFor('first')]);
  followUnderway([paymentFor('first'), paymentFor('second')]);
  expect(shown()).toEqual([
    ['first', false],
    ['second', false],
  ]);
  unfollow('first');
  // The background may still name it.
  followUnderway([paymentFor('first'), paymentFor('second')]);
  expect(shown()).toEqual([['second', false]]);
});

test('a payment that is agreed to on this page is its own, also where the background named it first', () => {
  followUnderway([paymentFor('own')]);
  follow({ ...paymentFor('own'), isOwn: true });
  followUnderway([paymentFor('own')]);
  expect(shown()).toEqual([['own', true]]);
});

test('a payment that its user is asked about again is followed after the next answer', () => {
  follow({ ...paymentFor('again'), isOwn: true });
  unfollowAsked('again');
  expect(shown()).toEqual([]);
  followUnderway([paymentFor('again')]);
  expect(shown()).toEqual([['again', false]]);
});
