/** The fields of a budget: the one definition from which its type, its record and its backup derive. */
import * as v from 'valibot';
import { AddressText } from '../nano/account.ts';
import { RawText } from '../nano/amount.ts';
import type { Site } from '../site.ts';
import { type Day, isDay } from './spending-windows.ts';

/** The origin of a site. */
export const SiteText = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text) && new URL(text).origin === text, 'not an origin'),
  v.transform((text) => text as Site),
);

/** A day of the calendar. */
export const DayText = v.pipe(
  v.string(),
  v.check(isDay, 'no such day'),
  v.transform((text) => text as Day),
);

/** A moment in ms since the epoch. */
export const Moment = v.pipe(v.number(), v.minValue(0));

/** How long a budget lasts, and whether it renews then. */
export const BudgetPeriodSchema = v.pipe(
  v.strictObject({
    /** The day on which the budget ends or renews: the first day after the period. */
    until: DayText,
    renews: v.picklist(['never', 'week', 'month']),
  }),
  v.readonly(),
);

/** An amount in raw; null for a limit that is not set. */
const Limit = v.nullable(RawText);

/**
 * What a site may spend without asking. Amounts are decimal digits in its JSON, and bigints in its database record. A
 * record is not parsed when it is read, so a new field is optional, or a migration adds it.
 */
export const BudgetSchema = v.pipe(
  v.strictObject({
    site: SiteText,
    network: v.string(),
    perPayment: Limit,
    perHour: Limit,
    perDay: Limit,
    perMonth: Limit,
    total: Limit,
    /** Null for a budget that lasts until the user removes it. */
    period: v.nullable(BudgetPeriodSchema),
    /** Whether a payee other than `payTo` is asked about. */
    pinned: v.boolean(),
    /** Who was paid when the budget was set, or first after that; null until then. */
    payTo: v.nullable(AddressText),
    /** How many percent a price may rise above the last one without asking. */
    priceRise: v.pipe(v.number(), v.integer(), v.minValue(0)),
    /** Other origins whose pages may spend this budget. */
    initiators: v.pipe(v.array(SiteText), v.readonly()),
    paused: v.boolean(),
    /** When it was set (ms since the epoch). */
    since: Moment,
    /** Names the sum of what is spent in the first period; see `periodAt`. */
    firstPeriod: v.string(),
  }),
  v.readonly(),
);
