import { equal, match, ok, throws } from 'node:assert/strict';
import * as v from 'valibot';
import {
  formatXno,
  isCanonicalRaw,
  MAX_SUPPLY,
  parseRaw,
  parseXno,
  RAW_PER_XNO,
  ZERO,
} from '../../src/nano/amount.ts';
import type { CheckerTable, VectorCase } from './checker.ts';

const text = v.string();
const Payable = v.array(v.object({ amount: v.unknown(), valid: v.boolean() }));

const Meta = v.object({
  rawPerXno: v.optional(text),
  maxSupplyRaw: v.optional(text),
  uint128Max: v.optional(text),
});

const Units = v.object({
  vectors: v.array(v.object({ xno: text, raw: text })),
  invalidXno: v.optional(v.array(text), []),
  specErrata: v.optional(v.array(v.object({ where: text, correct: text })), []),
});

const Amounts = v.object({
  regex: v.optional(text),
  max: v.optional(text),
  vectors: Payable,
  nonStrings: v.optional(Payable, []),
});

/** The sections of `amounts.json`, and `meta`, which every file has. */
export const amountCheckers: CheckerTable = {
  meta: (section) => {
    const { rawPerXno, maxSupplyRaw, uint128Max } = v.parse(Meta, section);
    return [
      ...constant('rawPerXno', RAW_PER_XNO, rawPerXno),
      ...constant('maxSupplyRaw', MAX_SUPPLY, maxSupplyRaw),
      ...constant('uint128Max', 2n ** 128n - 1n, uint128Max),
    ];
  },

  units: (section) => {
    const { vectors, invalidXno, specErrata } = v.parse(Units, section);
    return [
      ...vectors.map(({ xno, raw }) => ({
        name: `${xno} XNO`,
        run: () => {
          equal(parseXno(xno).toString(), raw);
          equal(formatXno(parseRaw(raw)), xno.includes('.') ? xno.replace(/\.?0+$/, '') : xno);
        },
      })),
      ...invalidXno.map((xno) => ({
        name: `not XNO: ${JSON.stringify(xno)}`,
        run: () => throws(() => parseXno(xno), { key: 'fault_badAmount' }),
      })),
      ...specErrata.flatMap(erratum),
    ];
  },

  amounts: (section) => {
    const { regex, max, vectors, nonStrings } = v.parse(Amounts, section);
    return [
      ...constant('max', MAX_SUPPLY, max),
      ...[...vectors, ...nonStrings].map(({ amount, valid }) => ({
        name: JSON.stringify(amount),
        run: () => {
          const canonical = isCanonicalRaw(amount);
          equal(canonical && parseRaw(amount) !== ZERO, valid);
          if (!canonical) throws(() => parseRaw(amount), { key: 'fault_badAmount' });
          if (!canonical) return;
          equal(parseRaw(amount).toString(), amount);
          if (regex !== undefined) match(amount, new RegExp(regex));
        },
      })),
    ];
  },
};

const constant = (name: string, ours: bigint, told: string | undefined): readonly VectorCase[] =>
  told === undefined ? [] : [{ name, run: () => equal(ours.toString(), told) }];

/** A correction of somebody's arithmetic, "10^n raw = x XNO", or x where the mistake named only 10^n raw. */
function erratum({
  where,
  correct,
}: {
  readonly where: string;
  readonly correct: string;
}): readonly VectorCase[] {
  const equations = [
    ...Array.from(correct.matchAll(/10\^(\d+) raw = ([\d.]*\d) XNO/g), ([, power, xno]) => ({ power, xno })),
    ...Array.from(correct.matchAll(/([\d.]*\d) XNO = 10\^(\d+) raw/g), ([, xno, power]) => ({ power, xno })),
  ];
  const power = /10\^(\d+) raw/.exec(where)?.[1];
  const xno = /^([\d.]*\d) XNO$/.exec(correct)?.[1];
  if (equations.length === 0 && power !== undefined && xno !== undefined) equations.push({ power, xno });
  return equations.map(({ power, xno }) => ({
    name: `erratum: 10^${power} raw = ${xno} XNO`,
    run: () => {
      ok(power !== undefined && xno !== undefined);
      equal(parseXno(xno), 10n ** BigInt(power));
    },
  }));
}
