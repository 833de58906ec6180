import type { Page } from 'playwright';

/** Ids of payments that nobody made. */
const MADE_UP = 'made-up ';

/**
 * Fills the journal up to `count` payments, from a page of the purse: each is a copy of the newest real one, as it lies
 * on disk, with a block of its own.
 */
export function fillJournal(page: Page, count: number): Promise<void> {
  return page.evaluate(
    async ([count, madeUp]) => {
      const ended = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await ended(indexedDB.open('nano-purse'));
      const transaction = database.transaction(['payments', 'blocks'], 'readwrite');
      const payments = transaction.objectStore('payments');
      const blocks = transaction.objectStore('blocks');
      const newest = await ended(payments.index('place').openCursor(null, 'prev'));
      const { value: real } = newest ?? {};
      if (real?.payment.progress.state !== 'settled') throw new Error('no payment to copy');
      const block = await ended(blocks.get(real.payment.progress.hash));
      const { intent, progress } = real.payment;
      for (let number = await ended(payments.count()); number < count; number++) {
        const id = madeUp + crypto.randomUUID();
        const hash = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
          byte.toString(16).padStart(2, '0'),
        ).join('');
        // Older than all that are real.
        const at = intent.at - 1_000 * (count - number);
        const [network, resource] = real.resource;
        const challenge = { ...intent.challenge, id, url: `${intent.challenge.url}&copy=${number}` };
        const copy = { ...intent, id, at, once: id, challenge };
        payments.add({
          ...real,
          id,
          place: [at, id],
          payment: { ...real.payment, intent: copy, progress: { ...progress, hash } },
          once: id,
          challenge: id,
          resource: [network, resource, at],
        });
        blocks.add({ ...block, hash });
      }
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      database.close();
    },
    [count, MADE_UP] as const,
  );
}

/** Takes out again what was filled in. */
export function emptyJournal(page: Page): Promise<void> {
  return page.evaluate(async (madeUp) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('nano-purse');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const transaction = database.transaction('payments', 'readwrite');
    transaction.objectStore('payments').delete(IDBKeyRange.bound(madeUp, `${madeUp}~`));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    database.close();
  }, MADE_UP);
}
