import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostCrowded } from './most-crowded.ts';

const place = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('x', 'y', 'z'));
/** Each as an object of its own, so that they can be told apart. */
const crowd = fc
  .array(place, { minLength: 1, maxLength: 40 })
  .map((places) => places.map((path) => ({ path })));
const pathOf = ({ path }: { readonly path: readonly string[] }) => path;

test('an item is dropped only from a largest group, and the newcomer before older items', () => {
  fc.assert(
    fc.property(crowd, (all) => {
      const excess = mostCrowded(all, pathOf);
      const sizeOf = (depth: number, of: (typeof all)[number] | undefined) =>
        all.filter(({ path }) => path.slice(0, depth).join() === of?.path.slice(0, depth).join()).length;
      const largest = Math.max(...all.map((one) => sizeOf(1, one)));
      expect(sizeOf(1, excess)).toBe(largest);
      const inIt = all.filter(({ path }) => path[0] === excess?.path[0]);
      expect(sizeOf(2, excess)).toBe(Math.max(...inIt.map((one) => sizeOf(2, one))));
      const newcomer = all.at(-1);
      if (sizeOf(1, newcomer) === largest) expect(excess?.path[0]).toBe(newcomer?.path[0]);
      expect(excess).toBe(all.findLast(({ path }) => path.join() === excess?.path.join()));
    }),
  );
});

test('items whose path ends at a group are a subgroup of their own', () => {
  const items = [['a', 'x'], ['a', 'x'], ['a']].map((path) => ({ path }));
  expect(mostCrowded(items, pathOf)).toBe(items[1]);
});
