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
import {
  type AllowanceRows,
  allowanceOf,
  type Counted,
  giveBack,
  overallOf,
  type ReservationIntent,
  type ReservationOutcome,
  reserve,
  type SpendingRow,
  sumKeys,
} from './reservation.ts';
import type { Day } from './spending-windows.ts';
import { comeHomeAfterEach, moveTo, ZONES } from './time-zones.fixture.ts';

comeHomeAfterEach();

const HOUR = 3_600_000;
const NOON = Date.parse('2026-10-24T12:00:00Z');
const NO_CAP: Cap = { perDay: null, perMonth: null };

interface IntentParts extends Partial<Omit<ReservationIntent, 'amount' | 'offer'>> {
  readonly amount?: bigint;
  readonly payTo?: typeof PAYEE;
  readonly isPrivate?: boolean;
}

function intentOf({ amount = 10n, payTo = PAYEE, isPrivate = false, ...parts }: IntentParts = {}) {
  const site = parts.site ?? SHOP;
  const offer = sessionOffer(amount, { payTo });
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
      paused: this.paused,
    };
    const outcome = reserve(rows, intent);
    if (outcome.kind !== 'reserved') return outcome;
    const { spending, budget } = outcome.writes;
    this.#write(spending);
    if (budget !== null) this.budgets.set(budget.site, budget);
    return outcome;
  }

  giveBack(counted: Counted, amount: Raw): void {
    this.#write(giveBack(this.#sumsOf(counted), counted, amount));
  }

  /** Every sum that is not zero, by the text of its key. */
  spent(): ReadonlyMap<string, bigint> {
    const rows = [...this.sums].filter(([, { spent }]) => spent > 0n);
    return new Map(rows.map(([key, { spent }]) => [key, spent]));
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

  test('by a budget is refused for a signed block while another one of the site is out, and for nothing else', () => {
    const rows = new Rows(budgetOf({ payTo: PAYEE }));
    rows.isBlockOut = true;
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
  rows.giveBack(counted, 10n as Raw);
  expect(rows.spent().size).toBe(0);
  expect(() => rows.giveBack(counted, 10n as Raw)).toThrow('fault_insufficient');
});

describe('with any budgets, any cap, and payments at any time in any time zone', () => {
  const raw = (most: bigint) => fc.bigInt(0n, most) as fc.Arbitrary<Raw>;
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
          amount: raw(50n),
          approval: fc.constantFrom('budget' as const, 'budget' as const, 'once' as const),
          isPrivate: fc.boolean(),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('giveBack' as const), which: fc.nat() }) },
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
    readonly amount: Raw;
    readonly byBudget: boolean;
  }

  test('no sum of payments by budgets passes its limit, and every sum is what was debited and not given back', () => {
    const seen = { reserved: 0, over: 0, givenBack: 0 };
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
              rows.giveBack(given.counted, given.amount);
              seen.givenBack++;
              break;
            }
            case 'reserve': {
              const { amount, approval, isPrivate } = action;
              const site = siteAt(action.site);
              const outcome = rows.reserve(intentOf({ at, site, amount, approval, isPrivate }));
              if (outcome.kind !== 'reserved') {
                seen.over++;
                break;
              }
              const counted = { network: NETWORK, site: isPrivate ? null : site, windows: outcome.windows };
              standing.push({ counted, amount, byBudget: approval === 'budget' });
              seen.reserved++;
            }
          }

          const debited = new Map<string, bigint>();
          const byBudget = new Map<string, bigint>();
          for (const payment of standing) {
            for (const key of sumKeys(payment.counted)) {
              debited.set(`${key}`, (debited.get(`${key}`) ?? 0n) + payment.amount);
              if (payment.byBudget) byBudget.set(`${key}`, (byBudget.get(`${key}`) ?? 0n) + payment.amount);
            }
          }
          for (const [key, amount] of debited) if (amount === 0n) debited.delete(key);
          expect(rows.spent()).toEqual(debited);
          expect(limitsPassed(budgets, cap, standing, byBudget)).toEqual([]);
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(Math.min(seen.reserved, seen.over, seen.givenBack)).toBeGreaterThan(20);
  });

  /** The limits that payments made by budgets have passed, in any window. */
  function limitsPassed(
    budgets: readonly Budget[],
    cap: Cap,
    standing: readonly Reserved[],
    byBudget: ReadonlyMap<string, bigint>,
  ): readonly string[] {
    const window = { perHour: 'hour', perDay: 'day', perMonth: 'month', total: 'period' } as const;
    const passes = (key: string, most: Raw | null) => most !== null && (byBudget.get(key) ?? 0n) > most;
    return standing.flatMap(({ counted: { site, windows }, amount, byBudget: isByBudget }) => {
      if (!isByBudget) return [];
      const budget = budgets.find((one) => one.site === site);
      if (budget === undefined) return ['no budget'];
      return [
        ...(budget.perPayment !== null && amount > budget.perPayment ? ['perPayment'] : []),
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
    cap,
    spentByAll: { perDay: 14n, perMonth: 15n },
  });
  expect(overallOf(NETWORK, read)).toEqual({ cap, spentByAll: { perDay: 14n, perMonth: 15n } });
});
