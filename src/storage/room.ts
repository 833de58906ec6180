/** What a write to a full disk would break is not begun: so many bytes must be free, and as many again as are in use. */
const ROOM = 10 * 2 ** 20;

/** Whether the disk has room for what the purse writes, and for a copy of all that it has written. */
export async function hasRoom(): Promise<boolean> {
  const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await navigator.storage.estimate();
  return quota - usage >= ROOM + usage;
}
