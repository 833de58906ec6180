import { describe, expect, test } from 'vitest';
import file from './data/market.json' with { type: 'json' };
import { marketChallenges } from './market.ts';

const casesFor = (records: readonly unknown[], meta: unknown = undefined) =>
  marketChallenges(records, { meta });
const record = (id: string): object => {
  const found = file.records.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no record is ${id}`);
  return found;
};
/** The names of the cases that fail. */
async function failing(records: readonly unknown[]): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { name, run } of casesFor(records)) {
    try {
      await run();
    } catch {
      names.push(name);
    }
  }
  return names;
}

describe('the live market', () => {
  test.each(casesFor(file.records, file.meta).map(({ name, run }) => [name, run] as const))(
    '%s',
    (_name, run) => run(),
  );
});

describe('a record of the market', () => {
  const geoip = record('geoip-2026-09-21');
  const changed = (part: string, fields: object) => ({
    ...geoip,
    [part]: { ...Reflect.get(geoip, part), ...fields },
  });

  test.each([
    ['another amount', changed('expect', { amountToSend: '1' }), 'offer'],
    ['another payee', changed('expect', { payTo: 'nano_1' }), 'offer'],
    ['another mechanism', changed('expect', { mechanism: 'nanoSession' }), 'offer'],
    ['another verdict', changed('expect', { verdict: 'refused', reason: 'BAD_AMOUNT' }), 'refused'],
  ])('fails with %s', async (_what, other, name) => {
    expect(await failing([other])).toEqual([`geoip-2026-09-21: ${name}`]);
  });

  test.each([
    ['an unknown expectation', changed('expect', { colour: 'red' })],
    ['an unknown verdict', changed('expect', { verdict: 'perhaps' })],
    ['an unknown field', { ...geoip, more: 1 }],
    ['an unknown field of the challenge', changed('challenge', { trailers: {} })],
  ])('fails as a whole with %s', async (_what, other) => {
    expect(await failing([other])).toEqual(['geoip-2026-09-21']);
  });

  test('is not counted where nothing of it is checked', () => {
    expect(casesFor([record('edge2-on-200')])).toEqual([]);
  });

  test('says where only the body tells', () => {
    expect(casesFor([record('flat-body')]).map(({ name }) => name)).toEqual([
      'flat-body: named (needs body)',
    ]);
  });
});
