import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, type PublicKey, publicKeyOf } from '../nano/account.ts';
import { type Raw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { Intent } from '../payments/payment.ts';
import { wholeOf } from '../payments/private-record.ts';
import {
  budgetOf,
  challengeOf,
  intentOf,
  NETWORK,
  PAYEE,
  sessionOffer,
  trackAOffer,
} from '../payments/samples.fixture.ts';
import { type Budget, CAP_LIMITS, SUM_LIMITS } from '../policy/budget.ts';
import type { Day } from '../policy/spending-windows.ts';
import { moveTo, restoreTimeZoneAfterEach, ZONES } from '../policy/time-zones.fixture.ts';
import type { Site } from '../site.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import { StoredBudgets } from './budgets.ts';
import { openDatabase } from './database.ts';
import { StoredJournal } from './journal.ts';
import { noParts } from './private-parts.fixture.ts';
import { StoredSettings } from './settings.ts';

restoreTimeZoneAfterEach();

const siteAt = (index: number) => `https://site-${index}.example` as Site;
const HOUR = 3_600_000;
/** A time after every time in these tests (ms). */
const NEVER = Date.parse('2100-01-01');
/** Boundaries of windows: the repeated and the missing hour of Berlin, ends of days, months and budget periods. */
const EDGES = [
  '2026-10-25T00:59:59.999Z',
  '2026-10-25T01:00:00Z',
  '2026-10-25T22:59:59.999Z',
  '2026-10-31T23:00:00Z',
  '2027-03-28T00:59:59.999Z',
  '2027-03-28T01:00:00Z',
  '2026-11-01T05:59:59.999Z',
  '2026-11-01T06:00:00Z',
].map((text) => Date.parse(text));

/** The number of pages that ask at once, and the amount that each asks for at the start. */
const TABS = 20;
const BURST = 5;

const raw = (most: bigint) => fc.bigInt(0n, most) as fc.Arbitrary<Raw>;
const limit = (most: bigint) => fc.option(raw(most), { freq: 3 });
const reserve = fc.record({ site: fc.nat(1), amount: raw(40n), by: fc.constant('budget' as const) });
const byHand = fc.record({
  site: fc.nat(1),
  amount: raw(10n),
  by: fc.constantFrom('hand' as const, 'handOver' as const),
});
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reserve' as const), what: reserve }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reserve' as const), what: byHand }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('abandon' as const, 'sign' as const, 'takeBack' as const),
      which: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('step' as const), hours: fc.integer({ min: -50, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), to: fc.constantFrom(...EDGES) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('travel' as const), to: fc.constantFrom(...ZONES) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
type Purchase = { readonly site: number; readonly amount: Raw; readonly by: 'budget' | 'hand' | 'handOver' };

const tabs = fc.array(
  fc.record({
    burst: fc.array(reserve, { minLength: BURST, maxLength: BURST }),
    later: fc.array(act, { maxLength: 8 }),
  }),
  { minLength: TABS, maxLength: TABS },
);
const rules = fc.record({
  perPayment: limit(40n),
  perHour: limit(150n),
  perDay: limit(300n),
  perMonth: limit(600n),
  total: raw(900n),
  period: fc.option(
    fc.record({
      until: fc.constantFrom('2026-10-25', '2026-11-01', '2027-03-28') as fc.Arbitrary<Day>,
      renews: fc.constantFrom('never' as const, 'week' as const, 'month' as const),
    }),
  ),
});
const caps = fc.record({ perDay: limit(400n), perMonth: limit(800n) });

/** The window of each limit. */
const WINDOW = { perHour: 'hour', perDay: 'day', perMonth: 'month', total: 'period' } as const;

let counter = 0;

/** An intent with an account of its own, so that no handed-over block keeps another payment waiting. */
function purchase({ site, amount, by }: Purchase, at: number): Intent {
  const key = (++counter).toString().padStart(64, '0') as PublicKey;
  const url = `${siteAt(site)}/article`;
  const terms = { expiresAt: NEVER };
  return intentOf({
    account: addressOf(key),
    at,
    challenge: challengeOf({ url }),
    offer:
      by === 'handOver'
        ? { ...trackAOffer(amount), ...terms, validBefore: NEVER / 1_000 }
        : sessionOffer(amount, terms),
    approval: by === 'budget' ? 'budget' : 'once',
  });
}

/** The block that pays an intent. */
function blockFor({ id, site, account, offer, amount }: Intent): OwnBlock {
  const hash = (++counter).toString().padStart(64, '0') as BlockHash;
  return {
    network: NETWORK,
    account,
    hash,
    subtype: 'send',
    delta: amount,
    block: {
      account,
      previous: hash,
      representative: PAYEE,
      balance: 5n as Raw,
      link: publicKeyOf(offer.payTo),
      signature: '0'.repeat(128),
      work: '0'.repeat(16),
    },
    ...(offer.mechanism === 'trackA' && { handedOver: { payment: id, site } }),
  };
}

/** A journal that many pages use at once, while the worker restarts, the clock jumps and the time zone changes. */
async function openJournal(budgets: readonly Budget[], cap: { perDay: Raw | null; perMonth: Raw | null }) {
  const name = crypto.randomUUID();
  let now = Date.parse('2026-10-24T23:30:00Z');
  const database = await openDatabase(name);
  const stored = new StoredBudgets(database, () => now);
  for (const budget of budgets) await stored.save(budget);
  await new StoredSettings(database).write('cap', cap);
  let journal = new StoredJournal(database, await noParts(), () => now);
  const begun: Intent[] = [];
  let over = 0;

  const buy = async (what: Purchase) => {
    const intent = purchase(what, now);
    const { kind } = await journal.reserve(intent);
    if (kind === 'reserved') begun.push(intent);
    else over++;
  };
  /** Accepts a step that the payment's state no longer allows. */
  const attempt = (step: Promise<unknown>) =>
    step.catch((failure: unknown) => expect(failure).toMatchObject({ key: 'fault_paymentOver' }));

  const perform = async (one: Act): Promise<void> => {
    switch (one.do) {
      case 'reserve':
        return buy(one.what);
      case 'kill':
        journal = new StoredJournal(await openDatabase(name), await noParts(), () => now);
        return;
      case 'step':
        now += one.hours * HOUR;
        return;
      case 'jump':
        now = one.to;
        return;
      case 'travel':
        return moveTo(one.to);
      case 'abandon':
      case 'sign':
      case 'takeBack': {
        const target = begun[one.which % begun.length];
        if (target === undefined) return;
        const own = blockFor(target);
        if (one.do === 'sign') await attempt(journal.sign(target.id, own));
        else if (one.do === 'takeBack')
          await attempt(journal.takeBack(target.id, { ...own, subtype: 'change', delta: ZERO }));
        else
          await attempt(journal.advance(target.id, { state: 'abandoned', fault: 'fault_locked', args: [] }));
      }
    }
  };
  return { database, buy, perform, over: () => over };
}

/** The sum that one window must have by the payments, the part of it by budgets, and the limit of that part. */
interface Account {
  readonly most: Raw | null;
  debited: bigint;
  byBudget: bigint;
}

test('no interleaving of reservations exceeds a limit, and each sum is what was debited and not given back', async () => {
  const seen = { paid: 0, refused: 0, givenBack: 0 };
  await fc.assert(
    fc.asyncProperty(tabs, rules, rules, caps, async (pages, ruleOfOne, ruleOfTwo, cap) => {
      const budgets = new Map(
        [ruleOfOne, ruleOfTwo].map((rule, index) => {
          const budget = budgetOf({ ...rule, site: siteAt(index) });
          return [budget.site, budget];
        }),
      );
      const purse = await openJournal([...budgets.values()], cap);
      await Promise.all(
        pages.map(async ({ burst, later }) => {
          await Promise.all(burst.map(purse.buy));
          for (const one of later) await purse.perform(one);
        }),
      );

      const accounts = new Map<string, Account>();
      for (const { payment } of await purse.database.getAll('payments')) {
        const { intent, progress } = wholeOf(payment);
        const { site, windows, amount } = intent;
        const isGone = progress.state === 'abandoned' || progress.state === 'revoked';
        const byBudget = !isGone && intent.approval === 'budget';
        if (isGone) seen.givenBack++;
        if (byBudget) seen.paid++;
        const budget = budgets.get(site);
        expect(byBudget && amount > (budget?.perPayment ?? amount)).toBe(false);
        expect(byBudget && windows.period === null).toBe(false);

        const own = SUM_LIMITS.map(
          (limit) => [site, windows[WINDOW[limit]], budget?.[limit] ?? null] as const,
        );
        const common = CAP_LIMITS.map((limit) => ['*', windows[WINDOW[limit]], cap[limit]] as const);
        for (const [by, window, most] of [...own, ...common]) {
          if (window === null) continue;
          const account = accounts.get(`${by} ${window}`) ?? { most, debited: 0n, byBudget: 0n };
          if (!isGone) account.debited += amount;
          if (byBudget) account.byBudget += amount;
          accounts.set(`${by} ${window}`, account);
        }
      }
      seen.refused += purse.over();

      const rows = await purse.database.getAll('spending');
      expect(new Map(rows.map(({ site, window, spent }) => [`${site} ${window}`, spent]))).toEqual(
        new Map([...accounts].map(([key, { debited }]) => [key, debited])),
      );
      const passed = [...accounts].filter(([, { most, byBudget }]) => most !== null && byBudget > most);
      expect(passed).toEqual([]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
  // The runs covered enough of every outcome.
  expect(Math.min(seen.paid, seen.refused, seen.givenBack)).toBeGreaterThan(50);
}, 120_000);
