/**
 * Asks the browser, once, not to clear the purse's data when it runs short of room. Only a page may ask. A browser that
 * says no clears data of sites that were not visited for long first: the purse goes on as before.
 */
export async function keepData(): Promise<void> {
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}
