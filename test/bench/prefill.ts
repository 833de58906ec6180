import type { Page } from 'playwright';

/** The id prefix of the added payments. */
const MADE_UP = 'made-up ';

/**
 * Fills the journal up to `count` payments, from a page of the purse: each is a copy of the newest real one, as it lies
 * on disk, with a block of its own.
 */
export function fillJournal(page: Page, count: number): Promise<void> {
  return page.evaluate(
    async ([count, madeUp]) => {
      const opening = indexedDB.open('nano-purse');
      await new Promise((resolve) => opening.addEventListener('success', resolve));
      const transaction = opening.result.transaction(['payments', 'blocks'], 'readwrite');
      const payments = transaction.objectStore('payments');
      const blocks = transaction.objectStore('blocks');
      const counting = payments.count();
      const looking = payments.index('place').openCursor(null, 'prev');
      await new Promise((resolve) => looking.addEventListener('success', resolve));
      const real = looking.result?.value;
      if (real?.payment.progress.state !== 'settled') throw new Error('no payment to copy');
      const { intent, progress } = real.payment;
      const reading = blocks.get(progress.hash);
      await new Promise((resolve) => reading.addEventListener('success', resolve));
      const [network, resource] = real.resource;
      for (let number = counting.result; number < count; number++) {
        const id = madeUp + crypto.randomUUID();
        const bytes = [...crypto.getRandomValues(new Uint8Array(32))];
        const hash = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
        // Older than all that are real.
        const at = intent.at - 1_000 * (count - number);
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
        blocks.add({ ...reading.result, hash });
      }
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      opening.result.close();
    },
    [count, MADE_UP] as const,
  );
}

/** Removes the added payments. */
export function emptyJournal(page: Page): Promise<void> {
  return page.evaluate(async (madeUp) => {
    const opening = indexedDB.open('nano-purse');
    await new Promise((resolve) => opening.addEventListener('success', resolve));
    const transaction = opening.result.transaction('payments', 'readwrite');
    transaction.objectStore('payments').delete(IDBKeyRange.bound(madeUp, `${madeUp}~`));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    opening.result.close();
  }, MADE_UP);
}
