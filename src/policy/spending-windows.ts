import type * as v from 'valibot';

/** A day of the calendar, as `YYYY-MM-DD`, without a time zone. */
export type Day = string & v.Brand<'Day'>;

/** The names of the windows that a time falls into. No two windows of any kind share a name. */
export interface CalendarWindows {
  readonly hour: string;
  readonly day: Day;
  readonly month: string;
}

/**
 * The calendar windows of a time (ms since the epoch) in the user's own time zone. A day may have 23 or 25 hours. The hour
 * that is repeated at the end of summer time is two windows.
 */
export function calendarWindows(at: number): CalendarWindows {
  const day = calendarDay(at);
  return { hour: hourOf(at), day, month: day.slice(0, 'YYYY-MM'.length) };
}

/** The calendar day of a time (ms since the epoch) in the user's own time zone. */
export function calendarDay(at: number): Day {
  const date = new Date(at);
  return dayFrom(date.getFullYear(), date.getMonth(), date.getDate());
}

/**
 * The hour of a time, named in UTC by the start of the full hour in local time. Local time as a name would be ambiguous: at
 * the end of summer time two hours have one name. A move to a time zone by whole hours keeps the current hour.
 */
function hourOf(at: number): string {
  const local = new Date(at);
  const sinceFullHour = (local.getMinutes() * 60 + local.getSeconds()) * 1_000 + local.getMilliseconds();
  return `${new Date(at - sinceFullHour).toISOString().slice(0, 'YYYY-MM-DDTHH:mm'.length)}Z`;
}

/** Whether a text is a day that exists. */
export function isDay(text: string): text is Day {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const { year, month, date } = partsOf(text as Day);
  return dayFrom(year, month, date) === text;
}

/** The day that is a number of days after another. */
export function daysAfter(day: Day, days: number): Day {
  const { year, month, date } = partsOf(day);
  return dayFrom(year, month, date + days);
}

/** The same day of a later month; the last day of the month where it is shorter. */
export function monthsAfter(day: Day, months: number): Day {
  const { year, month, date } = partsOf(day);
  const last = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
  return dayFrom(year, month + months, Math.min(date, last));
}

/** The number of days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/** The number of months from the month of one day to that of another, whatever the dates. */
export function monthsBetween(from: Day, to: Day): number {
  const [a, b] = [partsOf(from), partsOf(to)];
  return (b.year - a.year) * 12 + b.month - a.month;
}

const DAY = 86_400_000;

function partsOf(day: Day): { readonly year: number; readonly month: number; readonly date: number } {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return { year, month: month - 1, date };
}

/** Calendar arithmetic on a day without a time: UTC is used because its days all have 24 hours. */
function dayFrom(year: number, month: number, date: number): Day {
  return new Date(Date.UTC(year, month, date)).toISOString().slice(0, 'YYYY-MM-DD'.length) as Day;
}
