const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Returns how long ago something was: "2 minutes ago", "yesterday", and a date after a week. */
export function ago(at: number, now: number, locale?: string): string {
  const age = now - at;
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (age < MINUTE) return words.format(0, 'second');
  if (age < HOUR) return words.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return words.format(-Math.floor(age / HOUR), 'hour');
  if (age < 7 * DAY) return words.format(-Math.floor(age / DAY), 'day');
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at);
}

/** Returns date and time to the second. */
export function moment(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** Returns the time of day to the second. */
export function timeOfDay(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(at);
}

/** Returns the time of day to the minute. */
export function shortTime(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(at);
}

/** Returns a remaining time (ms) in whole seconds, rounded up: `4:05`, `1:00:09`. */
export function clock(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  const two = (part: number) => String(part).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const tail = two(seconds % 60);
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${two(minutes % 60)}:${tail}`;
}

/**
 * Returns a calendar day (`YYYY-MM-DD`) in the user's language: "1 Dec", with the year unless it is the current one.
 */
export function dayName(day: string, now: number = Date.now(), locale?: string): string {
  const otherYear = !day.startsWith(`${new Date(now).getFullYear()}-`);
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(otherYear && { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(Date.parse(day));
}

/** Returns a calendar day as a heading: "Today", "Yesterday", "Friday, November 27", with the year unless it is the current one. */
export function dayHeading(day: string, now: number = Date.now(), locale?: string): string {
  const today = new Date(now);
  const age = Math.round(
    (Date.UTC(today.getFullYear(), today.getMonth(), today.getDate()) - Date.parse(day)) / DAY,
  );
  if (age === 0 || age === 1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-age, 'day');
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
  }
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(!day.startsWith(`${today.getFullYear()}-`) && { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(Date.parse(day));
}

interface Week {
  /** 1 for Monday to 7 for Sunday. */
  readonly firstDay: number;
}

/** A locale whose week the browser may know: by a method, or in older browsers by a property. */
interface LocaleWithWeek extends Intl.Locale {
  getWeekInfo?(): Week;
  readonly weekInfo?: Week;
}

/** Returns how many days ago the week of a time (ms) began, in the user's region. Where the browser does not know, it is Monday. */
export function daysIntoWeek(now: number, locale: string = navigator.language): number {
  const region: LocaleWithWeek = new Intl.Locale(locale);
  const { firstDay = 1 } = region.getWeekInfo?.() ?? region.weekInfo ?? {};
  return (new Date(now).getDay() + 7 - (firstDay % 7)) % 7;
}

/** The units of durations, each with the least number of the one before it that is told in it. */
const UNITS = [
  { unit: 'minute', ms: MINUTE, from: 100 * SECOND },
  { unit: 'hour', ms: HOUR, from: 100 * MINUTE },
  { unit: 'day', ms: DAY, from: 100 * HOUR },
] as const;

/** Returns a rounded duration in the user's language: "1 sec", "27 sec", "4 min", "2 hr", "30 days". */
export function lasting(ms: number, locale?: string): string {
  const rounded = Math.max(1, Math.round(ms / SECOND)) * SECOND;
  const { unit, ms: length } = UNITS.findLast(({ from }) => rounded >= from) ?? {
    unit: 'second',
    ms: SECOND,
  };
  const count = Math.round(rounded / length);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
