import type { IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { Budget } from '../payments/budget.ts';
import { askFirst, priceOf } from '../payments/decision.ts';
import type { Journal, Memory, Reservation, Uncounted } from '../payments/journal.ts';
import { lastLook } from '../payments/last-look.ts';
import { type OwnBlock, settledBlock } from '../payments/own-block.ts';
import {
  advance,
  approved,
  isDebited,
  isUnderway,
  type Payment,
  type PaymentId,
  type Progress,
  resourceOf,
} from '../payments/payment.ts';
import type { Offer } from '../protocol/offer.ts';
import { atomically } from './atomically.ts';
import { putNewest } from './chains.ts';
import type { Database, PaymentRow, PurseSchema } from './database.ts';
import { settingOf } from './settings.ts';
import { debit, giveBack, readAllowance } from './spending.ts';

type Store = StoreNames<PurseSchema>;
type Transaction<S extends Store> = IDBPTransaction<PurseSchema, S[], 'readwrite'>;

/** How many earlier purchases of a resource are looked through for one that was delivered. */
const PRICE_MEMORY = 20;

/** The journal in IndexedDB: each method is one transaction. */
export class StoredJournal implements Journal {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  async reserve(uncounted: Uncounted): Promise<Reservation> {
    const transaction = this.#database.transaction(
      ['payments', 'spending', 'budgets', 'settings'],
      'readwrite',
    );
    return atomically(transaction, async () => {
      const payments = transaction.objectStore('payments');
      const { network, site, at, approval } = uncounted;
      const [namesakes, allowance, stopped] = await Promise.all([
        payments.index('once').getAll(uncounted.once),
        readAllowance(transaction, network.id, site, at),
        transaction.objectStore('settings').get('paused'),
      ]);
      const known = namesakes.find(({ payment }) => isDebited(payment.progress.state));
      if (known !== undefined) return { kind: 'known', payment: known.payment };

      const { budget, windows } = allowance;
      if (approval === 'budget') {
        const paused = settingOf('paused', stopped);
        // All but the last price, which no payment under way can change: it counts only once something was delivered.
        const reason = askFirst({ ...uncounted, allowance, paused, lastPrice: null, now: at });
        if (budget === null || windows.term === null || reason !== null) return { kind: 'over' };
        await pinPayee(transaction.objectStore('budgets'), budget, uncounted.offer);
      }
      const payment = approved({ ...uncounted, windows });
      await Promise.all([payments.add(rowOf(payment)), debit(transaction, payment.intent)]);
      return { kind: 'reserved', payment };
    });
  }

  async advance(id: PaymentId, progress: Progress): Promise<Payment> {
    const transaction = this.#database.transaction(['payments', 'spending'], 'readwrite');
    return atomically(transaction, async () => {
      const payment = advance(await read(transaction, id), progress, this.#now());
      await write(transaction, payment);
      return payment;
    });
  }

  async sign(id: PaymentId, own: OwnBlock): Promise<Payment> {
    // The one write that must outlive a power cut: a block the network may know and the purse does not would be money
    // spent without a trace. Its flush takes every earlier write of the journal to the disk with it.
    const transaction = this.#database.transaction(['payments', 'chains', 'blocks'], 'readwrite', {
      durability: 'strict',
    });
    return atomically(transaction, async () => {
      const before = await read(transaction, id);
      const at = this.#now();
      lastLook(before.intent, own, at);
      const payment = advance(before, { state: 'signed', block: own.block, hash: own.hash }, at);
      await Promise.all([
        transaction.objectStore('payments').put(rowOf(payment)),
        putNewest(transaction.objectStore('chains'), transaction.objectStore('blocks'), own),
      ]);
      return payment;
    });
  }

  async revoke(id: PaymentId, instead: OwnBlock): Promise<Payment> {
    const transaction = this.#database.transaction(['payments', 'spending', 'chains'], 'readwrite', {
      durability: 'strict',
    });
    return atomically(transaction, async () => {
      const before = await read(transaction, id);
      if (!('hash' in before.progress)) throw new Fault('fault_paymentOver');
      const { block, hash } = before.progress;
      if (instead.revokes?.hash !== hash) throw new Fault('fault_paymentOver');
      const payment = advance(before, { state: 'revoked', block, hash }, this.#now());
      await write(transaction, payment);
      const chains = transaction.objectStore('chains');
      const newest = await chains.get([instead.network, instead.account]);
      if (newest?.hash === instead.hash) await chains.put(settledBlock(newest));
      return payment;
    });
  }

  async find(id: PaymentId): Promise<Payment | null> {
    return (await this.#database.get('payments', id))?.payment ?? null;
  }

  async underway(): Promise<readonly Payment[]> {
    return (await this.#database.getAllFromIndex('payments', 'underway')).map(({ payment }) => payment);
  }

  async forChallenge(challengeId: string): Promise<Payment | undefined> {
    return preferStanding(await this.#database.getAllFromIndex('payments', 'challenge', challengeId));
  }

  async recall(challenge: Pick<Challenge, 'id' | 'method' | 'url'>, network: string): Promise<Memory> {
    const { id, method, url } = challenge;
    const { store } = this.#database.transaction('payments');
    const [ofChallenge, undelivered, price] = await Promise.all([
      store.index('challenge').getAll(id),
      store.index('undelivered').getAll([network, method, url]),
      lastPrice(store, network, resourceOf(challenge)),
    ]);
    return {
      ofChallenge: preferStanding(ofChallenge),
      undelivered: undelivered.map(({ payment }) => payment).sort((a, b) => a.intent.at - b.intent.at),
      lastPrice: price,
    };
  }

  /** Whether the account was ever paid from here. */
  async hasPaid(network: string, payTo: NanoAddress): Promise<boolean> {
    // One key tells it; to count would read every payment that this payee ever got.
    return (await this.#database.getKeyFromIndex('payments', 'payee', [network, payTo])) !== undefined;
  }
}

/** Of the payments of a challenge, one that stands rather than one that was given up. */
function preferStanding(rows: readonly PaymentRow[]): Payment | undefined {
  const payments = rows.map(({ payment }) => payment);
  return payments.find(({ progress }) => isDebited(progress.state)) ?? payments[0];
}

/** What a resource cost when it was last delivered, without a tag (raw). */
async function lastPrice(
  payments: IDBPObjectStore<PurseSchema, ['payments'], 'payments', 'readonly'>,
  network: string,
  resource: string,
): Promise<Raw | null> {
  const range = IDBKeyRange.bound([network, resource], [network, resource, []]);
  let cursor = await payments.index('resource').openCursor(range, 'prev');
  for (let looked = 0; cursor !== null && looked < PRICE_MEMORY; looked++) {
    const { intent, progress } = cursor.value.payment;
    if (progress.state === 'settled') return priceOf(intent.offer);
    cursor = await cursor.continue();
  }
  return null;
}

async function read<S extends Store>(
  transaction: Transaction<S | 'payments'>,
  id: PaymentId,
): Promise<Payment> {
  const row = await transaction.objectStore('payments').get(id);
  if (row === undefined) throw new Fault('fault_unknownPayment');
  return row.payment;
}

/** Who is paid first by a budget that knows nobody yet is who it knows from now on. */
async function pinPayee(
  budgets: Pick<IDBPObjectStore<PurseSchema, 'budgets'[], 'budgets', 'readwrite'>, 'put'>,
  budget: Budget,
  { payTo }: Offer,
): Promise<void> {
  if (budget.payTo === null) await budgets.put({ ...budget, payTo });
}

/** Writes a payment that went one step on, and gives back what it will never cost. */
async function write<S extends Store>(
  transaction: Transaction<S | 'payments' | 'spending'>,
  payment: Payment,
): Promise<void> {
  const { intent, progress } = payment;
  await transaction.objectStore('payments').put(rowOf(payment));
  if (isDebited(progress.state)) return;
  await giveBack(transaction, intent);
}

/** The row of a payment, with the keys that its progress gives it. */
export function rowOf(payment: Payment): PaymentRow {
  const { intent, progress } = payment;
  const { id, at, network, challenge } = intent;
  const signed = 'hash' in progress && progress.state !== 'revoked';
  const waits = signed && progress.state !== 'settled';
  return {
    id,
    place: [at, id],
    payment,
    once: intent.once,
    challenge: challenge.id,
    resource: [network.id, intent.resource, at],
    ...(signed && { payee: [network.id, intent.offer.payTo] }),
    ...(isUnderway(progress.state) && { underway: 1 }),
    ...(waits && { undelivered: [network.id, challenge.method, challenge.url] }),
  };
}
