import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  calendarDay,
  calendarWindows,
  type Day,
  daysAfter,
  daysBetween,
  isDay,
  monthsAfter,
  monthsBetween,
} from './spending-windows.ts';
import { moveTo, restoreTimeZoneAfterEach, ZONES } from './time-zones.fixture.ts';

restoreTimeZoneAfterEach();

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

describe('the day of a moment', () => {
  test.each([
    { zone: 'UTC', moment: '2026-11-22T23:59:59.999Z', day: '2026-11-22' },
    { zone: 'UTC', moment: '2026-11-23T00:00:00.000Z', day: '2026-11-23' },
    { zone: 'Pacific/Auckland', moment: '2026-11-22T11:00:00Z', day: '2026-11-23' },
    { zone: 'America/Los_Angeles', moment: '2026-11-23T07:59:59Z', day: '2026-11-22' },
    // The day of 25 hours and the day of 23: the clocks of Berlin change.
    { zone: 'Europe/Berlin', moment: '2026-10-24T22:00:00Z', day: '2026-10-25' },
    { zone: 'Europe/Berlin', moment: '2026-10-25T22:59:59Z', day: '2026-10-25' },
    { zone: 'Europe/Berlin', moment: '2026-10-25T23:00:00Z', day: '2026-10-26' },
    { zone: 'Europe/Berlin', moment: '2026-03-28T23:00:00Z', day: '2026-03-29' },
    { zone: 'Europe/Berlin', moment: '2026-03-29T21:59:59Z', day: '2026-03-29' },
    { zone: 'Europe/Berlin', moment: '2026-03-29T22:00:00Z', day: '2026-03-30' },
  ])('is the one of the calendar in $zone: $moment is on $day', ({ zone, moment, day }) => {
    moveTo(zone);
    expect(calendarDay(at(moment))).toBe(day);
    expect(calendarWindows(at(moment))).toMatchObject({ day, month: day.slice(0, 7) });
  });

  test('changes month and year with the calendar, not with UTC', () => {
    moveTo('Pacific/Kiritimati');
    expect(calendarWindows(at('2026-12-31T10:00:00Z'))).toMatchObject({
      day: '2027-01-01',
      month: '2027-01',
    });
    moveTo('America/Los_Angeles');
    expect(calendarWindows(at('2027-01-01T07:59:59Z'))).toMatchObject({
      day: '2026-12-31',
      month: '2026-12',
    });
  });
});

describe('the hour of a moment', () => {
  const hoursOf = (...moments: readonly string[]) =>
    moments.map((moment) => calendarWindows(at(moment)).hour);

  test('that is repeated in autumn is two windows', () => {
    moveTo('Europe/Berlin');
    // 02:00, 02:59 in summer time, then 02:00, 02:59 again in winter time.
    const [first, firstEnd, second, secondEnd] = hoursOf(
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:59:59.999Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:59:59.999Z',
    );
    expect(firstEnd).toBe(first);
    expect(secondEnd).toBe(second);
    expect(second).not.toBe(first);
  });

  test('begins on the half hour in a time zone with an offset of half an hour', () => {
    moveTo('Asia/Kolkata');
    const [before, from, to] = hoursOf(
      '2026-11-22T10:29:59Z',
      '2026-11-22T10:30:00Z',
      '2026-11-22T11:29:59Z',
    );
    expect(from).toBe(to);
    expect(before).not.toBe(from);
  });

  test('continues when the time zone changes by whole hours', () => {
    moveTo('Europe/Berlin');
    const [inBerlin] = hoursOf('2026-11-22T10:20:00Z');
    moveTo('America/New_York');
    expect(hoursOf('2026-11-22T10:40:00Z')).toEqual([inBerlin]);
  });
});

test.each(ZONES)(
  'in %s, windows follow one another, none comes back, and no hour is longer than one',
  (zone) => {
    moveTo(zone);
    const kinds = ['hour', 'day', 'month'] as const;
    const runs = { hour: [] as string[], day: [] as string[], month: [] as string[] };
    const begun = new Map<string, number>();
    let longest = 0;
    // Over both changes of the clock in either hemisphere, in steps short enough for every window.
    for (let moment = at('2026-03-01T00:00:00Z'); moment < at('2026-12-01T00:00:00Z'); moment += HOUR / 2) {
      const windows = calendarWindows(moment);
      for (const kind of kinds) if (runs[kind].at(-1) !== windows[kind]) runs[kind].push(windows[kind]);
      if (!begun.has(windows.hour)) begun.set(windows.hour, moment);
      longest = Math.max(longest, moment - (begun.get(windows.hour) ?? moment));
    }
    for (const kind of kinds) expect(new Set(runs[kind]).size).toBe(runs[kind].length);
    expect(longest).toBeLessThan(HOUR);
    expect(runs.day.length).toBeGreaterThanOrEqual(275);
  },
);

test.each(ZONES)('in %s, windows of different kinds never share a name', (zone) => {
  moveTo(zone);
  const { hour, day, month } = calendarWindows(at('2026-11-22T10:20:00Z'));
  expect(new Set([hour, day, month]).size).toBe(3);
  expect([hour.length, day.length, month.length]).toEqual([17, 10, 7]);
});

describe('the calendar', () => {
  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-01-31', 2, '2026-03-31'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-12-01', 1, '2027-01-01'],
    ['2026-12-01', 0, '2026-12-01'],
  ])('%s and %d months is %s', (day, months, later) => {
    expect(monthsAfter(day as Day, months)).toBe(later);
  });

  test('counts the days between two days', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), (days) => {
        const later = daysAfter('2026-11-22' as Day, days);
        expect(isDay(later)).toBe(true);
        expect(daysBetween('2026-11-22' as Day, later)).toBe(days);
      }),
    );
    expect(monthsBetween('2026-11-30' as Day, '2027-02-01' as Day)).toBe(3);
  });

  test.each(['2026-02-29', '2026-13-01', '2026-1-1', '2026-11-22 ', '', 'today', '2026-00-10'])(
    'knows no day %s',
    (text) => {
      expect(isDay(text)).toBe(false);
    },
  );
});
