/** How many bytes must be free, besides as many again as are in use: a write to a full disk can damage the database. */
const RESERVE = 10 * 2 ** 20;

/** Whether the disk has space for new writes, and for a copy of everything that is stored. */
export async function hasRoom(): Promise<boolean> {
  const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await navigator.storage.estimate();
  return quota - usage >= RESERVE + usage;
}
