/**
 * The reservation rule (invariant 2): whether a payment may be debited, which sums it counts in, and what is written for
 * it. The functions are pure: a store reads the rows, calls them, and writes what they return, within one transaction.
 */
import type { Challenge } from '../interception/challenge.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';
import {
  type Allowance,
  type Budget,
  CAP_LIMITS,
  type Cap,
  type CapLimit,
  type Overall,
  type SpendingWindows,
  SUM_LIMITS,
  type SumLimit,
} from './budget.ts';
import { type Debit, debitOf } from './debit.ts';
import { askFirst } from './decision.ts';

/** Takes the place of the site in the key of a sum over all sites. No origin is equal to it. */
const ALL_SITES = '*';

/** Names one sum of payments: of a site, or of all sites, on a network, within one window of time. */
export type SumKey = [network: string, site: string, window: string];

/** What was spent and reserved within one window (raw). A sum without a row is zero. */
export interface SpendingRow {
  readonly network: string;
  readonly site: string;
  readonly window: string;
  /** The sum of the prices, which limits count. */
  readonly spent: Raw;
  /** The sum of the session tags; absent in the rows of earlier versions, whose `spent` holds them. */
  readonly tags?: Raw;
}

/** What decides which sums a payment counts in. */
export interface Counted {
  readonly network: string;
  /** Null for a payment of a private window, whose site is not written down: it counts in the sums over all sites. */
  readonly site: Site | null;
  readonly windows: SpendingWindows;
}

type CapWindows = Pick<SpendingWindows, 'day' | 'month'>;

/** The window in which each limit counts. */
const WINDOW_OF = {
  perHour: 'hour',
  perDay: 'day',
  perMonth: 'month',
  total: 'period',
} as const satisfies Readonly<Record<SumLimit, keyof SpendingWindows>>;

/** The keys of the sums that a payment counts in. */
export function sumKeys({ network, site, windows }: Counted): readonly SumKey[] {
  return [...(site === null ? [] : siteKeys(network, site, windows)), ...capKeys(network, windows)];
}

/** The key of the sum of a site, or of all sites (null), within a window. */
export function sumKey(network: string, site: Site | null, window: string): SumKey {
  return [network, site ?? ALL_SITES, window];
}

function siteKeys(network: string, site: Site, windows: SpendingWindows): readonly SumKey[] {
  return SUM_LIMITS.flatMap((limit): SumKey[] => {
    const window = windows[WINDOW_OF[limit]];
    return window === null ? [] : [[network, site, window]];
  });
}

/** The keys of the sums over all sites, which the global cap limits. */
export function capKeys(network: string, windows: CapWindows): readonly SumKey[] {
  return CAP_LIMITS.map((limit) => capKey(network, windows, limit));
}

function capKey(network: string, windows: CapWindows, limit: CapLimit): SumKey {
  return sumKey(network, null, windows[WINDOW_OF[limit]]);
}

/** The rows that say what a site may spend at a moment. */
export interface AllowanceRows {
  readonly budget: Budget | null;
  /**
   * The windows of the moment. They are determined once, before the sums are read: the time zone may change in between.
   */
  readonly windows: SpendingWindows;
  /** The sums of the site and of all sites in these windows; those that are zero may be missing. */
  readonly spending: readonly SpendingRow[];
  readonly cap: Cap;
}

/** What a site may spend, and has spent, by these rows. */
export function allowanceOf(network: string, site: Site, rows: AllowanceRows): Allowance {
  const { budget, windows, spending } = rows;
  const spentUnder = (limit: SumLimit): Raw => {
    const window = windows[WINDOW_OF[limit]];
    return window === null ? ZERO : sumOf(spending, [network, site, window]);
  };
  const spent = {
    perHour: spentUnder('perHour'),
    perDay: spentUnder('perDay'),
    perMonth: spentUnder('perMonth'),
    total: spentUnder('total'),
  };
  const tagsToday = tagsOf(spending, [network, site, windows.day]);
  return { budget, spent, tagsToday, ...overallOf(network, rows) };
}

/** The cap over all sites, and what they have spent of it, by these rows. */
export function overallOf(
  network: string,
  { windows, spending, cap }: Pick<AllowanceRows, 'spending' | 'cap'> & { readonly windows: CapWindows },
): Overall {
  const spentUnder = (limit: CapLimit): Raw => sumOf(spending, capKey(network, windows, limit));
  return { cap, spentByAll: { perDay: spentUnder('perDay'), perMonth: spentUnder('perMonth') } };
}

/** The rows by which a reservation is decided. */
export interface ReservationRows<P> extends AllowanceRows {
  /** The payments for the same session, nonce or challenge that count as spent. */
  readonly debited: readonly P[];
  /** Whether the site has, or is about to get, a signed block that is not known to be on the ledger. */
  readonly isBlockOut: boolean;
  /** As in `Memory`. */
  readonly isOwed: boolean;
  /** Whether the user has stopped all payments without asking. */
  readonly paused: boolean;
}

/** What is to be reserved. */
export interface ReservationIntent {
  /** When it was approved (ms since the epoch). */
  readonly at: number;
  readonly network: { readonly id: string };
  readonly site: Site;
  /** The request that pays; null where the user pays without one, as for a test. No budget pays then. */
  readonly challenge: Challenge | null;
  readonly offer: Offer;
  readonly amount: Raw;
  readonly approval: 'once' | 'budget';
}

/** What a reservation comes to. Only a reserved payment has something to write. */
export type ReservationOutcome<P> =
  /** The same thing was paid for before: that payment goes on, and no second one begins (invariant 1). */
  | { readonly kind: 'known'; readonly payment: P }
  /** The budget does not allow the payment: other payments used it up, or it was changed since the decision. */
  | { readonly kind: 'over' }
  | { readonly kind: 'reserved'; readonly windows: SpendingWindows; readonly writes: ReservationWrites };

/** What is written for a reserved payment, besides the payment itself. */
export interface ReservationWrites {
  /** Every sum that the payment counts in, with the payment. */
  readonly spending: readonly SpendingRow[];
  /** The budget with its payee, where this payment is the first that the budget pays; null where it stays as it is. */
  readonly budget: Budget | null;
}

/**
 * Decides whether an intent may be reserved. A budget is checked as in the decision, with the sums as they are now. The
 * rules on the last price and the last payment are left to the decision: no payment under way can change those.
 */
export function reserve<P>(rows: ReservationRows<P>, intent: ReservationIntent): ReservationOutcome<P> {
  const [known] = rows.debited;
  if (known !== undefined) return { kind: 'known', payment: known };
  const { budget, windows, isBlockOut, isOwed, paused } = rows;
  const { challenge, offer, site, at } = intent;
  const network = intent.network.id;
  const byBudget = intent.approval === 'budget';
  if (byBudget) {
    if (challenge === null) return { kind: 'over' };
    const allowance = allowanceOf(network, site, rows);
    const history = { lastPrice: null, paidAt: null, isBlockOut, isOwed };
    const reason = askFirst({ challenge, offer, allowance, paused, ...history, now: at });
    if (budget === null || windows.period === null || reason !== null) return { kind: 'over' };
  }
  const counted: Counted = { network, site: challenge?.isPrivate ? null : site, windows };
  const learnsPayee = byBudget && budget !== null && budget.payTo === null;
  const { price, tag } = debitOf(counted.site, intent);
  const writes: ReservationWrites = {
    spending: changed(rows.spending, counted, (spent, tags) => ({
      spent: addRaw(spent, price),
      tags: addRaw(tags, tag),
    })),
    budget: learnsPayee ? { ...budget, payTo: offer.payTo } : null,
  };
  return { kind: 'reserved', windows, writes };
}

/**
 * The sums without a payment that will never be paid: those in which it was counted, whatever the time is now.
 *
 * @param spending the sums of `sumKeys(counted)`
 */
export function giveBack(
  spending: readonly SpendingRow[],
  counted: Counted,
  { price, tag }: Debit,
): readonly SpendingRow[] {
  return changed(spending, counted, (spent, tags) => ({
    spent: subtractRaw(spent, price),
    // An earlier version debited the tag with the price: it stays in `spent`, which errs on the side of the limit.
    tags: tag > tags ? ZERO : subtractRaw(tags, tag),
  }));
}

/**
 * The sums without what a payee sent back of a payment (raw): those in which the payment was counted, whatever the time is
 * now. None falls below zero.
 *
 * @param spending the sums of `sumKeys(counted)`
 */
export function refund(
  spending: readonly SpendingRow[],
  counted: Counted,
  amount: Raw,
): readonly SpendingRow[] {
  return changed(spending, counted, (spent, tags) => ({
    spent: amount > spent ? ZERO : subtractRaw(spent, amount),
    tags,
  }));
}

function changed(
  spending: readonly SpendingRow[],
  counted: Counted,
  change: (spent: Raw, tags: Raw) => { readonly spent: Raw; readonly tags: Raw },
): readonly SpendingRow[] {
  return sumKeys(counted).map((key) => {
    const [network, site, window] = key;
    return { network, site, window, ...change(sumOf(spending, key), tagsOf(spending, key)) };
  });
}

function sumOf(spending: readonly SpendingRow[], key: SumKey): Raw {
  return rowAt(spending, key)?.spent ?? ZERO;
}

function tagsOf(spending: readonly SpendingRow[], key: SumKey): Raw {
  return rowAt(spending, key)?.tags ?? ZERO;
}

function rowAt(spending: readonly SpendingRow[], [network, site, window]: SumKey): SpendingRow | undefined {
  return spending.find((one) => one.network === network && one.site === site && one.window === window);
}
