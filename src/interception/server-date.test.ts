import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serverDateOf } from './server-date.ts';

const DATE = 'Sun, 17 Mar 2030 17:46:40 GMT';

test('the Date of a response is read to the second', () => {
  const whole = fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1_000);
  fc.assert(
    fc.property(whole, (time) => {
      expect(serverDateOf({ date: new Date(time).toUTCString(), age: null })).toBe(time);
    }),
  );
});

test.each([
  ['there is none', { date: null, age: null }],
  ['a cache kept the response for a while', { date: DATE, age: '30' }],
  ['a cache kept it for no time yet', { date: DATE, age: '0' }],
  ['there are two', { date: `${DATE}, ${DATE}`, age: null }],
  ['it has another zone', { date: 'Sun, 17 Mar 2030 17:46:40 +0100', age: null }],
  ['it is ISO 8601', { date: '2030-03-17T17:46:40Z', age: null }],
  ['it is before 1970', { date: 'Wed, 31 Dec 1969 23:59:59 GMT', age: null }],
  ['it is a time that does not exist', { date: 'Sun, 17 Foo 2030 17:46:40 GMT', age: null }],
])('the Date does not count where %s', (_, headers) => {
  expect(serverDateOf(headers)).toBeUndefined();
});
