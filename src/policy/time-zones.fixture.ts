/** For tests: the user's own time zone, which the whole process shares. */
import { afterEach, expect } from 'vitest';

const own = process.env.TZ;

/** Moves the user to a time zone until the test is over; fails where that would not take effect. */
export function moveTo(zone: string): void {
  process.env.TZ = zone;
  expect(nameOf()).toBe(nameOf(zone));
}

/** How the runtime calls a zone; without one, the zone that it is in. */
const nameOf = (timeZone?: string) => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;

/** Brings the user home after each test of the file. */
export function comeHomeAfterEach(): void {
  afterEach(() => {
    if (own === undefined) delete process.env.TZ;
    else process.env.TZ = own;
  });
}

/** Zones that differ in all that matters: whole and half hours, both hemispheres, no summer, half an hour of summer. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
] as const;
