import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Raw } from '../nano/amount.ts';
import {
  budgetOf,
  challengeOf,
  NETWORK,
  PAYEE,
  SHOP,
  sessionOffer,
  trackAOffer,
} from '../payments/samples.fixture.ts';
import type { Site } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { type Budget, CAP_LIMITS, type Cap, SUM_LIMITS, spendingWindowsAt } from './budget.ts';
import { type Debit, debitOf } from './debit.ts';
import {
  type AllowanceRows,
  allowanceOf,
  type Counted,
  giveBack,
  overallOf,
  type ReservationIntent,
  type ReservationOutcome,
  refund,
  reserve,
  type SpendingRow,
  sumKeys,
} from './reservation.ts';
import type { Day } from './spending-windows.ts';
import { moveTo, restoreTimeZoneAfterEach, ZONES } from './time-zones.fixture.ts';

restoreTimeZoneAfterEach();

const HOUR = 3_600_000;
const NOON = Date.parse('2026-10-24T12:00:00Z');
const NO_CAP: Cap = { perDay: null, perMonth: null };

interface IntentParts extends Partial<Omit<ReservationIntent, 'amount' | 'offer'>> {
  /** The amount, with the tag. */
  readonly amount?: bigint;
  readonly tag?: bigint;
  readonly payTo?: typeof PAYEE;
  readonly isPrivate?: boolean;
}

function intentOf({ amount = 10n, tag = 0n, payTo = PAYEE, isPrivate = false, ...parts }: IntentParts = {}) {
  const site = parts.site ?? SHOP;
  const offer = sessionOffer(amount, { payTo, tagAmount: tag as Raw, resourceAmount: (amount - tag) as Raw });
  const intent: ReservationIntent = {
    at: NOON,
    network: { id: NETWORK },
    site,
    challenge: challengeOf({ url: `${site}/article`, isPrivate }),
    offer,
    amount: offer.amount,
    approval: 'budget',
    ...parts,
  };
  return intent;
}

/** The rows of a store, in memory. */
class Rows {
  readonly budgets = new Map<Site, Budget>();
  readonly sums = new Map<string, SpendingRow>();
  cap = NO_CAP;
  paused = false;
  isBlockOut = false;
  isOwed = false;

  constructor(...budgets: readonly Budget[]) {
    for (const budget of budgets) this.budgets.set(budget.site, budget);
  }

  read(site: Site, at: number): AllowanceRows {
    const budget = this.budgets.get(site) ?? null;
    const windows = spendingWindowsAt(budget, at);
    return { budget, windows, spending: this.#sumsOf({ network: NETWORK, site, windows }), cap: this.cap };
  }

  reserve(intent: ReservationIntent, debited: readonly string[] = []): ReservationOutcome<string> {
    const rows = {
      ...this.read(intent.site, intent.at),
      debited,
      isBlockOut: this.isBlockOut,
      isOwed: this.isOwed,
      paused: this.paused,
    };
    const outcome = reserve(rows, intent);
    if (outcome.kind !== 'reserved') return outcome;
    const { spending, budget } = outcome.writes;
    this.#write(spending);
    if (budget !== null) this.budgets.set(budget.site, budget);
    return outcome;
  }

  giveBack(counted: Counted, debit: Debit): void {
    this.#write(giveBack(this.#sumsOf(counted), counted, debit));
  }

  refund(counted: Counted, amount: Raw): void {
    this.#write(refund(this.#sumsOf(counted), counted, amount));
  }

  /** Every sum of prices that is not zero, by the text of its key. */
  spent(): ReadonlyMap<string, bigint> {
    return this.#above0(({ spent }) => spent);
  }

  /** Every sum of tags that is not zero, by the text of its key. */
  tags(): ReadonlyMap<string, bigint> {
    return this.#above0(({ tags = 0n }) => tags);
  }

  #above0(sumOf: (row: SpendingRow) => bigint): ReadonlyMap<string, bigint> {
    const sums = [...this.sums].map(([key, row]) => [key, sumOf(row)] as const);
    return new Map(sums.filter(([, sum]) => sum > 0n));
  }

  #sumsOf(counted: Counted): readonly SpendingRow[] {
    return sumKeys(counted).flatMap((key) => this.sums.get(`${key}`) ?? []);
  }

  #write(rows: readonly SpendingRow[]): void {
    for (const row of rows) this.sums.set(`${[row.network, row.site, row.window]}`, row);
  }
}

const windowsNow = spendingWindowsAt(null, NOON);

describe('a reservation', () => {
  test('debits every window of the site and of all sites', () => {
    const rows = new Rows(budgetOf({ payTo: PAYEE }));
    const outcome = rows.reserve(intentOf());
    const windows = { ...windowsNow, period: 'period 0' };
    expect(outcome).toMatchObject({ kind: 'reserved', windows });
    const { hour, day, month, period } = windows;
    expect([...rows.spent()]).toEqual([
      [`${NETWORK},${SHOP},${hour}`, 10n],
      [`${NETWORK},${SHOP},${day}`, 10n],
      [`${NETWORK},${SHOP},${month}`, 10n],
      [`${NETWORK},${SHOP},${period}`, 10n],
      [`${NETWORK},*,${day}`, 10n],
      [`${NETWORK},*,${month}`, 10n],
    ]);
  });

  test('debits no window of a period where the site has no budget', () => {
    const rows = new Rows();
    expect(rows.reserve(intentOf({ approval: 'once' }))).toMatchObject({ windows: { period: null } });
    expect(rows.spent().size).toBe(5);
  });

  test('writes the site of a private window nowhere, and counts in the sums over all sites', () => {
    const rows = new Rows(budgetOf());
    expect(rows.reserve(intentOf({ approval: 'once', isPrivate: true }))).toMatchObject({ kind: 'reserved' });
    const { day, month } = windowsNow;
    expect([...rows.spent()]).toEqual([
      [`${NETWORK},*,${day}`, 10n],
      [`${NETWORK},*,${month}`, 10n],
    ]);
  });

  test('for a session that was paid before is that payment, and debits nothing', () => {
    const rows = new Rows(budgetOf());
    expect(rows.reserve(intentOf(), ['first', 'second'])).toEqual({ kind: 'known', payment: 'first' });
    expect(rows.spent().size).toBe(0);
  });

  test('by a budget is refused without one, in a private window, and while the budget or all payments are paused', () => {
    const over = { kind: 'over' };
    expect(new Rows().reserve(intentOf())).toEqual(over);
    expect(new Rows(budgetOf()).reserve(intentOf({ isPrivate: true }))).toEqual(over);
    expect(new Rows(budgetOf({ paused: true })).reserve(intentOf())).toEqual(over);
    const rows = new Rows(budgetOf());
    rows.paused = true;
    expect(rows.reserve(intentOf())).toEqual(over);
  });

  test.each([
    ['another one of the site is out', 'isBlockOut'],
    ['the site owes what was paid for', 'isOwed'],
  ] as const)('by a budget is refused for a signed block while %s, and for nothing else', (_, fact) => {
    const rows = new Rows(budgetOf({ payTo: PAYEE }));
    rows[fact] = true;
    const offer = trackAOffer(10n);
    expect(rows.reserve({ ...intentOf(), offer }).kind).toBe('over');
    expect(rows.reserve({ ...intentOf(), offer, approval: 'once' }).kind).toBe('reserved');
    expect(rows.reserve(intentOf()).kind).toBe('reserved');
  });

  test('by a budget is refused after the end of its period', () => {
    const period = { until: '2026-10-25' as Day, renews: 'never' as const };
    const rows = new Rows(budgetOf({ period }));
    expect(rows.reserve(intentOf())).toMatchObject({ kind: 'reserved' });
    expect(rows.reserve(intentOf({ at: NOON + 48 * HOUR }))).toEqual({ kind: 'over' });
  });

  test('by a budget is refused where no request pays', () => {
    const rows = new Rows(budgetOf({ payTo: PAYEE }));
    expect(rows.reserve({ ...intentOf(), challenge: null })).toEqual({ kind: 'over' });
    const once = { ...intentOf({ approval: 'once' }), challenge: null };
    expect(rows.reserve(once)).toMatchObject({ kind: 'reserved' });
    expect(rows.spent().get(`${NETWORK},${SHOP},${windowsNow.day}`)).toBe(10n);
  });

  test('by the user is not limited by a budget, but counts against it', () => {
    const rows = new Rows(budgetOf({ perDay: 20n as Raw }));
    expect(rows.reserve(intentOf({ amount: 15n, approval: 'once' }))).toMatchObject({ kind: 'reserved' });
    expect(rows.reserve(intentOf())).toEqual({ kind: 'over' });
    expect(rows.reserve(intentOf({ amount: 100n, approval: 'once' }))).toMatchObject({ kind: 'reserved' });
  });

  test('writes the payee into a budget that has none yet, and only then', () => {
    const rows = new Rows(budgetOf({ pinned: false }));
    rows.reserve(intentOf({ approval: 'once' }));
    expect(rows.budgets.get(SHOP)?.payTo).toBeNull();
    rows.reserve(intentOf());
    expect(rows.budgets.get(SHOP)?.payTo).toBe(PAYEE);
    expect(rows.reserve(intentOf({ payTo: STRANGER }))).toMatchObject({ writes: { budget: null } });
    expect(rows.budgets.get(SHOP)?.payTo).toBe(PAYEE);
  });
});

test('an amount can be given back only once: no sum falls below zero', () => {
  const rows = new Rows();
  const counted: Counted = { network: NETWORK, site: SHOP, windows: windowsNow };
  rows.reserve(intentOf({ approval: 'once' }));
  const debit: Debit = { price: 10n as Raw, tag: 0n as Raw };
  rows.giveBack(counted, debit);
  expect(rows.spent().size).toBe(0);
  expect(() => rows.giveBack(counted, debit)).toThrow('fault_insufficient');
});

test('a refund is taken off every sum of its payment, and leaves none below zero', () => {
  const rows = new Rows();
  const counted: Counted = { network: NETWORK, site: SHOP, windows: windowsNow };
  rows.reserve(intentOf({ approval: 'once' }));
  rows.refund(counted, 4n as Raw);
  expect([...rows.spent().values()]).toEqual(sumKeys(counted).map(() => 6n));
  rows.refund(counted, 7n as Raw);
  expect([...rows.spent()]).toEqual([]);
});

test('a payment whose tag an earlier version counted as price leaves only that tag behind', () => {
  const rows = new Rows();
  const counted: Counted = { network: NETWORK, site: SHOP, windows: windowsNow };
  rows.reserve(intentOf({ amount: 10_000_001n, approval: 'once' }));
  rows.giveBack(counted, { price: 10_000_000n as Raw, tag: 1n as Raw });
  expect(rows.tags().size).toBe(0);
  expect(new Set(rows.spent().values())).toEqual(new Set([1n]));
});

describe('a session tag', () => {
  const price = 10_000_000n;

  test('counts under no limit, so that a budget of the shown price pays, ten times of ten', () => {
    const rows = new Rows(budgetOf({ perPayment: price as Raw, perDay: (10n * price) as Raw, payTo: PAYEE }));
    const kinds = Array.from(
      { length: 11 },
      () => rows.reserve(intentOf({ amount: price + 10n, tag: 10n })).kind,
    );
    expect(kinds).toEqual([...Array(10).fill('reserved'), 'over']);
  });

  test('is summed apart, and given back', () => {
    const rows = new Rows();
    const intent = intentOf({ amount: price + 3n, tag: 3n, approval: 'once' });
    rows.reserve(intent);
    const day = `${NETWORK},${SHOP},${windowsNow.day}`;
    expect([rows.spent().get(day), rows.tags().get(day)]).toEqual([price, 3n]);
    expect(allowanceOf(NETWORK, SHOP, rows.read(SHOP, NOON)).tagsToday).toBe(3n);
    const counted: Counted = { network: NETWORK, site: SHOP, windows: windowsNow };
    rows.giveBack(counted, debitOf(SHOP, intent));
    expect([rows.spent().size, rows.tags().size]).toEqual([0, 0]);
  });

  test('of a private window counts as price, since its record names no tag', () => {
    const rows = new Rows();
    rows.reserve(intentOf({ amount: price + 3n, tag: 3n, approval: 'once', isPrivate: true }));
    expect(rows.spent().get(`${NETWORK},*,${windowsNow.day}`)).toBe(price + 3n);
    expect(rows.tags().size).toBe(0);
  });
});

describe('with any budgets, any cap, and payments at any time in any time zone', () => {
  /** Whole millions of raw: a tag of up to one raw for each is small. */
  const raw = (most: bigint) =>
    fc.bigInt(0n, most).map((millions) => millions * 1_000_000n) as fc.Arbitrary<Raw>;
  const limit = (most: bigint) => fc.option(raw(most), { freq: 3 });
  const siteAt = (index: number) => `https://site-${index}.example` as Site;

  const rules = fc.record({
    perPayment: limit(40n),
    perHour: limit(100n),
    perDay: limit(150n),
    perMonth: limit(250n),
    total: limit(300n),
    period: fc.option(
      fc.record({
        until: fc.constantFrom('2026-10-25', '2026-10-31', '2026-11-08') as fc.Arbitrary<Day>,
        renews: fc.constantFrom('never' as const, 'week' as const, 'month' as const),
      }),
    ),
  });
  const caps = fc.record({ perDay: limit(200n), perMonth: limit(400n) });
  const steps = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('reserve' as const),
          site: fc.nat(1),
          price: raw(50n),
          tag: fc.bigInt(0n, 60n) as fc.Arbitrary<Raw>,
          approval: fc.constantFrom('budget' as const, 'budget' as const, 'once' as const),
          isPrivate: fc.boolean(),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('giveBack' as const), which: fc.nat() }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('refund' as const), which: fc.nat(), amount: raw(60n) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('wait' as const),
          hours: fc.integer({ min: -50, max: 50 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('travel' as const), to: fc.constantFrom(...ZONES) }),
      },
    ),
    { minLength: 20, maxLength: 60 },
  );

  interface Reserved {
    readonly counted: Counted;
    readonly debit: Debit;
    readonly byBudget: boolean;
  }

  test('no sum of prices paid by budgets passes its limit, and every sum is what was debited and not given back', () => {
    const seen = { reserved: 0, over: 0, givenBack: 0, refunded: 0 };
    fc.assert(
      fc.property(rules, rules, caps, steps, (ruleOfOne, ruleOfTwo, cap, actions) => {
        const budgets = [ruleOfOne, ruleOfTwo].map((rule, index) =>
          budgetOf({ ...rule, site: siteAt(index) }),
        );
        const rows = new Rows(...budgets);
        rows.cap = cap;
        const standing: Reserved[] = [];
        let at = NOON;
        for (const action of actions) {
          switch (action.kind) {
            case 'wait':
              at += action.hours * HOUR;
              break;
            case 'travel':
              moveTo(action.to);
              break;
            case 'giveBack': {
              const [given] = standing.splice(action.which % Math.max(1, standing.length), 1);
              if (given === undefined) break;
              rows.giveBack(given.counted, given.debit);
              seen.givenBack++;
              break;
            }
            case 'refund': {
              const place = action.which % Math.max(1, standing.length);
              const one = standing[place];
              if (one === undefined) break;
              const back = (action.amount < one.debit.price ? action.amount : one.debit.price) as Raw;
              rows.refund(one.counted, back);
              standing[place] = { ...one, debit: { ...one.debit, price: (one.debit.price - back) as Raw } };
              seen.refunded++;
              break;
            }
            case 'reserve': {
              const { price, tag, approval, isPrivate } = action;
              const site = siteAt(action.site);
              const intent = intentOf({ at, site, amount: price + tag, tag, approval, isPrivate });
              const outcome = rows.reserve(intent);
              if (outcome.kind !== 'reserved') {
                seen.over++;
                break;
              }
              const counted = { network: NETWORK, site: isPrivate ? null : site, windows: outcome.windows };
              // A tag of more than a millionth of the price counts as price, and so does any of a private window.
              const isApart = tag * 1_000_000n <= price && !isPrivate;
              const debit = isApart ? { price, tag } : { price: intent.amount, tag: 0n as Raw };
              standing.push({ counted, debit, byBudget: approval === 'budget' });
              seen.reserved++;
            }
          }

          expect(rows.spent()).toEqual(sumsOf(standing, 'price'));
          expect(rows.tags()).toEqual(sumsOf(standing, 'tag'));
          expect(limitsPassed(budgets, cap, standing)).toEqual([]);
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(Math.min(seen.reserved, seen.over, seen.givenBack, seen.refunded)).toBeGreaterThan(20);
  });

  /** The sums of one part of payments in every window, without those that are zero. */
  function sumsOf(payments: readonly Reserved[], part: keyof Debit): ReadonlyMap<string, bigint> {
    const sums = new Map<string, bigint>();
    for (const { counted, debit } of payments) {
      if (debit[part] === 0n) continue;
      for (const key of sumKeys(counted)) sums.set(`${key}`, (sums.get(`${key}`) ?? 0n) + debit[part]);
    }
    return sums;
  }

  /** The limits that payments made by budgets have passed, in any window. */
  function limitsPassed(
    budgets: readonly Budget[],
    cap: Cap,
    standing: readonly Reserved[],
  ): readonly string[] {
    const byBudget = sumsOf(
      standing.filter((payment) => payment.byBudget),
      'price',
    );
    const window = { perHour: 'hour', perDay: 'day', perMonth: 'month', total: 'period' } as const;
    const passes = (key: string, most: Raw | null) => most !== null && (byBudget.get(key) ?? 0n) > most;
    return standing.flatMap(({ counted: { site, windows }, debit: { price }, byBudget: isByBudget }) => {
      if (!isByBudget) return [];
      const budget = budgets.find((one) => one.site === site);
      if (budget === undefined) return ['no budget'];
      return [
        ...(budget.perPayment !== null && price > budget.perPayment ? ['perPayment'] : []),
        ...SUM_LIMITS.filter((name) => passes(`${[NETWORK, site, windows[window[name]]]}`, budget[name])),
        ...CAP_LIMITS.filter((name) => passes(`${[NETWORK, '*', windows[window[name]]]}`, cap[name])),
      ];
    });
  }
});

test('the allowance of a site has its own sums by window, and those of all sites under the cap', () => {
  const rows = new Rows(budgetOf());
  const cap: Cap = { perDay: 500n as Raw, perMonth: null };
  rows.cap = cap;
  rows.reserve(intentOf({ amount: 1n, at: NOON - 48 * HOUR }));
  rows.reserve(intentOf({ amount: 2n, at: NOON - 2 * HOUR }));
  rows.reserve(intentOf({ amount: 4n }));
  rows.reserve(intentOf({ amount: 8n, site: 'https://other.example' as Site, approval: 'once' }));
  const read = rows.read(SHOP, NOON);
  expect(allowanceOf(NETWORK, SHOP, read)).toEqual({
    budget: rows.budgets.get(SHOP),
    spent: { perHour: 4n, perDay: 6n, perMonth: 7n, total: 7n },
    tagsToday: 0n,
    cap,
    spentByAll: { perDay: 14n, perMonth: 15n },
  });
  expect(overallOf(NETWORK, read)).toEqual({ cap, spentByAll: { perDay: 14n, perMonth: 15n } });
});
