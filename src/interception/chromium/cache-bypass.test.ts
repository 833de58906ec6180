import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bypassRule, urlOf } from './cache-bypass.ts';

const special = fc.constantFrom(...'*^|?%()[]{}+$.\\/-_~!@:;,=&a1Z');
const url = fc
  .tuple(fc.webUrl(), fc.string({ unit: special, maxLength: 60 }))
  .map(([base, tail]) => new URL(`${base}/${tail}`).href.replace(/#.*/, ''));

test('the rule of a URL tells the URL, whatever characters it has', () => {
  fc.assert(
    fc.property(url, (one) => {
      expect(urlOf(bypassRule(1, one, null))).toBe(one);
    }),
  );
});

test('the rule of a private window names its tabs', () => {
  const { condition } = bypassRule(1, 'https://shop.example/a', [3, 5]);
  expect(condition.tabIds).toEqual([3, 5]);
  expect(bypassRule(1, 'https://shop.example/a', null).condition).not.toHaveProperty('tabIds');
});
