import { describe, expect, test } from 'vitest';
import { freezeBounded, isArray, isObject, type Json, own, ownText, parseJson } from './json.ts';

test.each<[string, Json | undefined, boolean, boolean]>([
  ['an object', {}, true, false],
  ['an array', [], false, true],
  ['null', null, false, false],
  ['undefined', undefined, false, false],
  ['a text', 'a', false, false],
  ['a number', 1, false, false],
])('%s is an object, or an array, or neither', (_, value, asObject, asArray) => {
  expect([isObject(value), isArray(value)]).toEqual([asObject, asArray]);
});

test('only own keys of an object have values, and only texts are texts', () => {
  const object = { a: 'text', b: 1, c: null };
  expect(['a', 'b', 'c', 'd', 'toString'].map((key) => own(object, key))).toEqual([
    ...['text', 1, null],
    ...[undefined, undefined],
  ]);
  expect(['a', 'b', 'c', 'd', 'toString'].map((key) => ownText(object, key))).toEqual([
    'text',
    ...Array(4).fill(undefined),
  ]);
});

test.each([
  ['{"a":[1,null]}', { a: [1, null] }],
  ['null', null],
  ['', undefined],
  ['{', undefined],
  ['undefined', undefined],
])('the text %j is the JSON value %j', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});

describe('a value from a server', () => {
  const nested = (levels: number): Json => (levels === 0 ? 'a' : [nested(levels - 1)]);

  test('is frozen with everything in it', () => {
    const value = { text: 'a', none: null, list: [{ deep: {} }] };
    expect(freezeBounded(value)).toBe(true);
    for (const part of [value, value.list, value.list[0], value.list[0]?.deep]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test('may be nested 64 levels deep', () => {
    expect([nested(64), nested(65)].map(freezeBounded)).toEqual([true, false]);
  });

  test('may hold ten thousand values, itself included', () => {
    expect([Array(9_999).fill(0), Array(10_000).fill(0)].map(freezeBounded)).toEqual([true, false]);
  });

  test.each<[string, Json, boolean]>([
    ['a whole number', 1, true],
    ['a fraction', -0.5, true],
    ['infinity', Number.POSITIVE_INFINITY, false],
    ['infinity, deep inside', { a: ['b', { c: Number.NEGATIVE_INFINITY }] }, false],
    ['a truth value', true, true],
    ['a text', 'Infinity', true],
  ])('may hold %s only where JSON can write it again', (_, value, isSound) => {
    expect(freezeBounded(value)).toBe(isSound);
  });
});
