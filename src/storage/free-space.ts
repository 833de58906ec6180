/**
 * How many bytes must be free, in addition to as many as are in use: a write to a full disk can damage the database, and
 * a damaged one needs space for a copy.
 */
const RESERVE = 10 * 2 ** 20;

/** Whether the disk has space for new writes, and for a copy of everything that is stored. */
export async function hasRoom(): Promise<boolean> {
  const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await navigator.storage.estimate();
  return quota - usage >= RESERVE + usage;
}
