/**
 * The locations of the database. A database in which a write failed is abandoned, and copied to the next location. In
 * Chromium all databases of an extension share one folder, so the copy needs a storage bucket, which has its own folder.
 * In other browsers another name is enough.
 */

import { deleteDB } from 'idb';
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { openDatabase } from './database.ts';
import type { Database } from './schema.ts';

/** The first location has the number 0; each move takes the next number. */
export const LocationText = v.pipe(v.number(), v.integer(), v.minValue(0), v.brand('Location'));
export type Location = v.InferOutput<typeof LocationText>;

/** The location of a database that was never moved. */
export const FIRST_LOCATION = v.parse(LocationText, 0);
/** The location to which a database at this location is moved. */
export const locationAfter = (location: Location): Location => v.parse(LocationText, location + 1);
/** The location from which a database at this location was moved; null for the first one. */
export const locationBefore = (location: Location): Location | null =>
  location === FIRST_LOCATION ? null : v.parse(LocationText, location - 1);

const NAME = 'nano-purse';
const bucketOf = (location: Location): string => `nano-purse-${location}`;

/** The part of the Storage Buckets API that is used: the browsers' types do not have it yet. */
interface Buckets {
  open(name: string, options: { readonly persisted: boolean }): Promise<{ readonly indexedDB: IDBFactory }>;
  delete(name: string): Promise<void>;
}
const buckets = (): Buckets | undefined =>
  (navigator as Navigator & { readonly storageBuckets?: Buckets }).storageBuckets;

/** Opens the database at a location. @throws Fault as `openDatabase` */
export async function openAt(location: Location): Promise<Database> {
  if (location === FIRST_LOCATION) return openDatabase(NAME);
  const found = buckets();
  if (found === undefined) return openDatabase(bucketOf(location));
  const bucket = await found.open(bucketOf(location), { persisted: true }).catch((cause) => {
    throw new Fault('fault_storageUnusable', [], { cause });
  });
  return openDatabase(NAME, bucket.indexedDB);
}

/** Removes the database at a location. */
export async function removeAt(location: Location): Promise<void> {
  const found = location === FIRST_LOCATION ? undefined : buckets();
  if (found !== undefined) return found.delete(bucketOf(location));
  await deleteDB(location === FIRST_LOCATION ? NAME : bucketOf(location));
}
