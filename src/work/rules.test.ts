import * as v from 'valibot';
import { expect, test } from 'vitest';
import { DEFAULT_WORK_RULES, limitsOf, WorkRulesSchema } from './rules.ts';

test.each([
  ['always', 0],
  ['battery', 0.2],
] as const)('work is precomputed %s: down to a share of %s of the battery', (ahead, batteryFloor) => {
  expect(limitsOf({ ...DEFAULT_WORK_RULES, workers: 3, ahead })).toEqual({ workers: 3, batteryFloor });
});

test.each(['plugged', 'never'] as const)(
  'no battery is full enough to precompute work on it with the rule %s',
  (ahead) => {
    expect(limitsOf({ ...DEFAULT_WORK_RULES, ahead }).batteryFloor).toBeGreaterThan(1);
  },
);

test('the rules of work are by default: as many threads as the device allows, not on a low battery, no servers', () => {
  expect(DEFAULT_WORK_RULES).toEqual({ workers: null, ahead: 'battery', servers: [] });
});

test.each([
  [null, true],
  [1, true],
  [64, true],
  [0, false],
  [65, false],
  [1.5, false],
])('%s threads may be set: %s', (workers, isAllowed) => {
  expect(v.is(WorkRulesSchema, { ...DEFAULT_WORK_RULES, workers })).toBe(isAllowed);
});

test('the rules of work know four rules for precomputing, and no fields but their own', () => {
  const isRead = (parts: object) => v.is(WorkRulesSchema, { ...DEFAULT_WORK_RULES, ...parts });
  expect(
    ['always', 'battery', 'plugged', 'never', 'sometimes', ''].map((ahead) => isRead({ ahead })),
  ).toEqual([...[true, true, true, true], ...[false, false]]);
  expect(isRead({ more: 1 })).toBe(false);
});
