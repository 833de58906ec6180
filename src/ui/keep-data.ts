/**
 * Asks the browser for persistent storage, so that it does not evict the purse's data when the disk is full. Only a page
 * can ask. After a refusal the data can be evicted, least recently used first.
 */
export async function keepData(): Promise<void> {
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}
