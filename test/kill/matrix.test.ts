import { describe, expect, it } from 'vitest';
import { HANDED_OVER, type PaymentState, PUBLISHED } from '../../src/payments/payment.ts';
import { mechanismNames } from '../../src/protocol/mechanisms/index.ts';
import { IN_PRIVATE, INSIDE_BUDGET, killCasesOf, PARTS, type Part } from './matrix.ts';

const [published, handedOver] = PARTS;

describe('the kill matrix', () => {
  it.each([
    [PUBLISHED, published],
    [HANDED_OVER, handedOver],
  ] as const)('has a line for every transition of its table', (table, part) => {
    const states = Object.keys(table) as PaymentState[];
    const steps = states.flatMap((from) => table[from].map((to) => `${from} → ${to}`));
    expect(steps.length).toBeGreaterThan(10);
    const points = part.lines.map(({ point }) => point);
    expect(points).toEqual(expect.arrayContaining(['start → approved', ...steps]));
    expect(new Set(points).size).toBe(points.length);
  });

  it('has a line for every step that leads to content in a private window', () => {
    expect(IN_PRIVATE.lines.map(({ point }) => point)).toEqual([
      'keep private part',
      'start → approved',
      'approved → signed',
      'signed → published',
      'published → confirmed',
      'confirmed → proven',
      'proven → delivered',
      'delivered → settled',
    ]);
  });

  it('has a line for every step of a signed block inside a budget, and for its recall', () => {
    expect(INSIDE_BUDGET.mechanisms).toEqual(['signedBlock']);
    expect(INSIDE_BUDGET.lines.map(({ point }) => point)).toEqual([
      'start → approved',
      'approved → signed',
      'signed → proven',
      'proven → delivered',
      'delivered → settled',
      'settled → revoked',
    ]);
  });

  it('has a column for every mechanism on every surface, and both sides of every point', () => {
    expect(PARTS.flatMap(({ mechanisms }) => mechanisms).toSorted()).toEqual(mechanismNames.toSorted());
    const killCases = PARTS.flatMap((part: Part) =>
      part.lines.flatMap((line) => killCasesOf(line, part.mechanisms)),
    );
    const places = (mechanism: string) =>
      new Set(
        killCases
          .filter((killCase) => killCase.mechanism === mechanism)
          .map(({ surface, stop }) => `${stop.when} on ${surface}`),
      );
    for (const mechanism of mechanismNames) expect(places(mechanism).size).toBe(4);
    expect(killCases.length).toBeGreaterThanOrEqual(150);
  });
});
