const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago something was, in the user's language: "2 minutes ago", "yesterday"; a date after a week. */
export function ago(at: number, now: number, locale?: string): string {
  const age = now - at;
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (age < MINUTE) return words.format(0, 'second');
  if (age < HOUR) return words.format(-Math.floor(age / MINUTE), 'minute');
  if (age < DAY) return words.format(-Math.floor(age / HOUR), 'hour');
  if (age < 7 * DAY) return words.format(-Math.floor(age / DAY), 'day');
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at);
}

/** A moment to the second, for the story of a payment. */
export function moment(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** A time of day to the second. */
export function timeOfDay(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(at);
}

/** What is left of a time (ms), as a clock shows it: `4:05`, `1:00:09`; whole seconds, rounded up. */
export function clock(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  const two = (part: number) => String(part).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const tail = two(seconds % 60);
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${two(minutes % 60)}:${tail}`;
}

/** A day of the calendar (`YYYY-MM-DD`) in the user's language: "1 Dec"; with its year where it is another one. */
export function dayName(day: string, now: number = Date.now(), locale?: string): string {
  const otherYear = !day.startsWith(`${new Date(now).getFullYear()}-`);
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(otherYear && { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(Date.parse(day));
}

/** About how long something takes, in the user's language: "1 sec", "27 sec", "4 min". */
export function lasting(ms: number, locale?: string): string {
  const seconds = Math.max(1, Math.round(ms / SECOND));
  const [count, unit] = seconds < 100 ? [seconds, 'second'] : [Math.round(ms / MINUTE), 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}
