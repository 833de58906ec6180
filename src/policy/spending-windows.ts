import type * as v from 'valibot';

/** A day of the calendar, as `YYYY-MM-DD`. It knows no time zone: the first of December is that wherever the user is. */
export type Day = string & v.Brand<'Day'>;

/** The windows of time that a moment falls into, by their names; no two windows of any kind share one. */
export interface CalendarWindows {
  readonly hour: string;
  readonly day: Day;
  readonly month: string;
}

/**
 * The calendar windows of a moment (ms) in the user's own time zone. A day is the day of the user's calendar, be it of
 * 23 or of 25 hours; the hour that comes twice in autumn is two windows.
 */
export function calendarWindows(at: number): CalendarWindows {
  const day = calendarDay(at);
  return { hour: hourOf(at), day, month: day.slice(0, 'YYYY-MM'.length) };
}

/** The calendar day of a moment (ms) in the user's own time zone. */
export function calendarDay(at: number): Day {
  const date = new Date(at);
  return dayFrom(date.getFullYear(), date.getMonth(), date.getDate());
}

/**
 * The hour of a moment, named in UTC by when the clock on the wall last struck. Wall time would not do: at the end of
 * summer it says the same for two hours. And who travels by whole hours takes the running one along.
 */
function hourOf(at: number): string {
  const wall = new Date(at);
  const sinceStruck = (wall.getMinutes() * 60 + wall.getSeconds()) * 1_000 + wall.getMilliseconds();
  return `${new Date(at - sinceStruck).toISOString().slice(0, 'YYYY-MM-DDTHH:mm'.length)}Z`;
}

/** Whether a text names a day that there is. */
export function isDay(text: string): text is Day {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const { year, month, date } = partsOf(text as Day);
  return dayFrom(year, month, date) === text;
}

/** The day so many days after another. */
export function daysAfter(day: Day, days: number): Day {
  const { year, month, date } = partsOf(day);
  return dayFrom(year, month, date + days);
}

/** The same day of a later month; its last one where it is too short. */
export function monthsAfter(day: Day, months: number): Day {
  const { year, month, date } = partsOf(day);
  const last = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
  return dayFrom(year, month + months, Math.min(date, last));
}

/** How many days lie between two days; negative when `to` is the earlier one. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/** How many months lie between the months of two days, whatever the dates. */
export function monthsBetween(from: Day, to: Day): number {
  const [a, b] = [partsOf(from), partsOf(to)];
  return (b.year - a.year) * 12 + b.month - a.month;
}

const DAY = 86_400_000;

function partsOf(day: Day): { readonly year: number; readonly month: number; readonly date: number } {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return { year, month: month - 1, date };
}

/** Calendar arithmetic, and no moment in it: UTC only serves as the calendar without leaps. */
function dayFrom(year: number, month: number, date: number): Day {
  return new Date(Date.UTC(year, month, date)).toISOString().slice(0, 'YYYY-MM-DD'.length) as Day;
}
