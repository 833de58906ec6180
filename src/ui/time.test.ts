import { describe, expect, test } from 'vitest';
import { ago, clock, dayHeading, dayName, daysIntoWeek, lasting } from './time.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [0, 'now'],
  [59_999, 'now'],
  [-5000, 'now'],
  [MINUTE, '1 minute ago'],
  [2 * HOUR - 1, '1 hour ago'],
  [25 * HOUR, 'yesterday'],
  [6 * 24 * HOUR, '6 days ago'],
  [8 * 24 * HOUR, '14 Nov 2026'],
])('ago of %d ms is %s', (age, words) => {
  expect(ago(NOW - age, NOW, 'en-GB')).toBe(words);
});

describe('clock', () => {
  test.each([
    [-1, '0:00'],
    [0, '0:00'],
    [1, '0:01'],
    [59_001, '1:00'],
    [245_000, '4:05'],
    [HOUR + 9000, '1:00:09'],
  ])('%d ms reads %s', (left, words) => {
    expect(clock(left)).toBe(words);
  });
});

test.each([
  [0, '1 sec'],
  [99_000, '99 sec'],
  [100_000, '2 min'],
  [99 * MINUTE, '99 min'],
  [10 * HOUR, '10 hr'],
  [99 * HOUR, '99 hr'],
  [30 * DAY, '30 days'],
])('a duration of %d ms reads %s', (ms, words) => {
  expect(lasting(ms, 'en')).toBe(words);
});

test.each([
  ['2026-12-01', '1 Dec'],
  ['2027-01-31', '31 Jan 2027'],
])('dayName of %s is %s in every time zone', (day, name) => {
  expect(dayName(day, NOW, 'en-GB')).toBe(name);
});

test.each([
  ['2026-11-22', 'en-GB', 'Today'],
  ['2026-11-21', 'en-GB', 'Yesterday'],
  ['2026-11-21', 'de', 'Gestern'],
  ['2026-11-20', 'en-GB', 'Friday 20 November'],
  ['2026-11-20', 'de', 'Freitag, 20. November'],
  ['2025-11-20', 'en-GB', 'Thursday, 20 November 2025'],
])('the heading of %s in %s is %s', (day, locale, words) => {
  expect(dayHeading(day, NOW, locale)).toBe(words);
});

/** A Sunday. */
test.each([
  ['en-US', 0],
  ['en-GB', 6],
  ['ar-EG', 1],
])('in %s a Sunday is %d days into the week', (locale, days) => {
  expect(daysIntoWeek(NOW, locale)).toBe(days);
});
