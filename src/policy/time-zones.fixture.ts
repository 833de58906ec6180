/** Sets the user's time zone in tests. The whole process shares it. */
import { afterEach, expect } from 'vitest';

const own = process.env.TZ;

/** Sets the time zone until the end of the test; fails where that has no effect. */
export function moveTo(zone: string): void {
  process.env.TZ = zone;
  expect(nameOf()).toBe(nameOf(zone));
}

/** The runtime's name of a zone; without an argument, of the current one. */
const nameOf = (timeZone?: string) => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;

/** Resets the time zone after each test of the file. */
export function restoreTimeZoneAfterEach(): void {
  afterEach(() => {
    if (own === undefined) delete process.env.TZ;
    else process.env.TZ = own;
  });
}

/** Zones of all kinds: whole and half hours, both hemispheres, no summer time, half an hour of summer time. */
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
