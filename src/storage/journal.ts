import type { IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import { assertMatchesApproval } from '../payments/approval-match.ts';
import type { Journal, Lost, Memory, Reservation, Uncounted } from '../payments/journal.ts';
import {
  advance,
  approved,
  isDebited,
  isUnderway,
  type Payment,
  type Progress,
  resourceOf,
} from '../payments/payment.ts';
import {
  type AnyPayment,
  goesOn,
  isWhole,
  joined,
  onceOnDisk,
  onDisk,
  type PrivatePart,
  partAfter,
  privatePartOf,
} from '../payments/private-record.ts';
import type { Budget } from '../policy/budget.ts';
import { askFirst, JUST_PAID, priceOf } from '../policy/decision.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import { type OwnBlock, settledBlock } from '../wallet/own-block.ts';
import { putNewest } from './chains.ts';
import { inTransaction } from './in-transaction.ts';
import type { PrivateParts } from './private-parts.ts';
import type { Database, PaymentRow, PurseSchema } from './schema.ts';
import { settingOf } from './settings.ts';
import { debit, giveBack, readAllowance } from './spending.ts';

type Store = StoreNames<PurseSchema>;
type Transaction<S extends Store> = IDBPTransaction<PurseSchema, S[], 'readwrite'>;
type PaymentStore = IDBPObjectStore<PurseSchema, ['payments'], 'payments', 'readonly'>;

/** How many earlier purchases of a resource are looked through for one that was delivered. */
const PRICE_MEMORY = 20;

/** The journal in IndexedDB: each method is one transaction. */
export class StoredJournal implements Journal {
  readonly #database: Database;
  readonly #parts: PrivateParts;
  readonly #now: () => number;

  constructor(database: Database, parts: PrivateParts, now: () => number) {
    this.#database = database;
    this.#parts = parts;
    this.#now = now;
  }

  async reserve(uncounted: Uncounted): Promise<Reservation> {
    const { id, challenge } = uncounted;
    if (!challenge.isPrivate) return this.#reserve(uncounted);
    // The private part is written first: no later life of the worker could restore what it lacks.
    await this.#parts.keep(id, privatePartOf(uncounted));
    let isReserved = false;
    try {
      const reservation = await this.#reserve(uncounted);
      isReserved = reservation.kind === 'reserved';
      return reservation;
    } finally {
      if (!isReserved) await this.#parts.drop([id]);
    }
  }

  async #reserve(uncounted: Uncounted): Promise<Reservation> {
    const transaction = this.#database.transaction(
      ['payments', 'spending', 'budgets', 'settings'],
      'readwrite',
    );
    return inTransaction(transaction, async () => {
      const payments = transaction.objectStore('payments');
      const { network, site, at, approval, once } = uncounted;
      const byOnce = payments.index('once');
      const [ordinary, inPrivate, allowance, stopped] = await Promise.all([
        byOnce.getAll(once),
        byOnce.getAll(onceOnDisk(once)),
        readAllowance(transaction, network.id, site, at),
        transaction.objectStore('settings').get('paused'),
      ]);
      const namesakes = [...ordinary, ...inPrivate].map(({ payment }) => this.#whole(payment));
      const known = namesakes.find(({ progress }) => isDebited(progress.state));
      if (known !== undefined) return { kind: 'known', payment: known };

      const { budget, windows } = allowance;
      if (approval === 'budget') {
        const paused = settingOf('paused', stopped);
        // All but what was delivered before, which no payment under way can change.
        const reason = askFirst({ ...uncounted, allowance, paused, lastPrice: null, paidAt: null, now: at });
        if (budget === null || windows.term === null || reason !== null) return { kind: 'over' };
        await pinPayee(transaction.objectStore('budgets'), budget, uncounted.offer);
      }
      const payment = approved({ ...uncounted, windows });
      await Promise.all([payments.add(rowOf(payment)), debit(transaction, payment.intent)]);
      return { kind: 'reserved', payment };
    });
  }

  async advance(id: PaymentId, progress: Progress, lost?: BlockHash): Promise<AnyPayment> {
    await this.#keepWords(id, progress);
    const transaction = this.#database.transaction(['payments', 'spending'], 'readwrite');
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      // A step that was decided about one block is none of another that has taken its place meanwhile.
      const meant = 'hash' in progress ? progress.hash : lost;
      if ('hash' in before.progress && before.progress.hash !== meant) throw new Fault('fault_paymentOver');
      const payment = advance(before, progress, this.#now());
      await write(transaction, payment);
      return payment;
    });
  }

  async sign(id: PaymentId, own: OwnBlock): Promise<AnyPayment> {
    // The one write that must outlive a power cut: a block the network may know and the purse does not would be money
    // spent without a trace. Its flush takes every earlier write of the journal to the disk with it.
    const transaction = this.#database.transaction(['payments', 'chains', 'blocks'], 'readwrite', {
      durability: 'strict',
    });
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      if (before.progress.state !== 'approved') throw new Fault('fault_paymentOver');
      const at = this.#now();
      assertMatchesApproval(before.intent, own, at);
      const payment = advance(before, { state: 'signed', block: own.block, hash: own.hash }, at);
      await Promise.all([
        transaction.objectStore('payments').put(rowOf(payment)),
        putNewest(transaction.objectStore('chains'), transaction.objectStore('blocks'), own),
      ]);
      return payment;
    });
  }

  async signInstead(id: PaymentId, lost: BlockHash, own: OwnBlock, how: Lost): Promise<AnyPayment> {
    const transaction = this.#database.transaction(['payments', 'chains', 'blocks'], 'readwrite', {
      durability: 'strict',
    });
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      if (before.isCopy) throw new Fault('fault_paymentOver');
      const at = this.#now();
      assertMatchesApproval(before.intent, own, at);
      const payment = signedInstead(before, lost, own, how, at);
      await Promise.all([
        transaction.objectStore('payments').put(rowOf(payment)),
        putNewest(transaction.objectStore('chains'), transaction.objectStore('blocks'), own),
      ]);
      return payment;
    });
  }

  async reinstate(id: PaymentId, lost: BlockHash, own: OwnBlock): Promise<AnyPayment> {
    const transaction = this.#database.transaction(['payments'], 'readwrite', { durability: 'strict' });
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      if (!before.replaced?.includes(own.hash)) throw new Fault('fault_paymentOver');
      const payment = signedInstead(before, lost, own, 'replaced', this.#now());
      await transaction.objectStore('payments').put(rowOf(payment));
      return payment;
    });
  }

  async revoke(id: PaymentId, instead: OwnBlock): Promise<AnyPayment> {
    const transaction = this.#database.transaction(['payments', 'spending', 'chains'], 'readwrite', {
      durability: 'strict',
    });
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
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

  async find(id: PaymentId): Promise<AnyPayment | null> {
    const row = await this.#database.get('payments', id);
    return row === undefined ? null : this.#whole(row.payment);
  }

  async underway(): Promise<readonly AnyPayment[]> {
    const rows = await this.#database.getAllFromIndex('payments', 'underway');
    return rows.map(({ payment }) => this.#whole(payment)).filter(goesOn);
  }

  async forChallenge(challengeId: string): Promise<Payment | undefined> {
    const { store } = this.#database.transaction('payments');
    return preferStanding(await this.#ofChallenge(store, challengeId));
  }

  async recall(challenge: Pick<Challenge, 'id' | 'method' | 'url'>, network: string): Promise<Memory> {
    const { id, method, url } = challenge;
    const { store } = this.#database.transaction('payments');
    const isSame = (part: PrivatePart) => part.challenge.method === method && part.challenge.url === url;
    const [ofChallenge, ordinary, inPrivate, price, paidAt] = await Promise.all([
      this.#ofChallenge(store, id),
      store.index('undelivered').getAll([network, method, url]),
      this.#inPrivate(store, isSame),
      lastPrice(store, network, resourceOf(challenge)),
      lastPaid(store, network, challenge, this.#now() - JUST_PAID),
    ]);
    const isUndelivered = ({ intent, progress }: Payment) =>
      intent.network.id === network && waitsForContent(progress);
    const undelivered = [
      ...ordinary.map(({ payment }) => payment).filter(isWhole),
      ...inPrivate.filter(isUndelivered),
    ];
    return {
      ofChallenge: preferStanding(ofChallenge),
      undelivered: undelivered.sort((a, b) => a.intent.at - b.intent.at),
      lastPrice: price,
      paidAt,
    };
  }

  /** Whether the account was ever paid from here. */
  async hasPaid(network: string, payTo: NanoAddress): Promise<boolean> {
    // One key tells it; to count would read every payment that this payee ever got.
    return (await this.#database.getKeyFromIndex('payments', 'payee', [network, payTo])) !== undefined;
  }

  /** The payment of a row with its private part, while that lasts. */
  #whole(payment: AnyPayment): AnyPayment {
    if (isWhole(payment)) return payment;
    const part = this.#parts.get(payment.intent.id);
    return part === undefined ? payment : joined(payment, part);
  }

  async #read<S extends Store>(transaction: Transaction<S | 'payments'>, id: PaymentId): Promise<AnyPayment> {
    const row = await transaction.objectStore('payments').get(id);
    if (row === undefined) throw new Fault('fault_unknownPayment');
    return this.#whole(row.payment);
  }

  /**
   * Keeps the parts of a step that may not lie on the disk. Before the step itself: a proof that went out is never
   * lost.
   */
  async #keepWords(id: PaymentId, progress: Progress): Promise<void> {
    const part = this.#parts.get(id);
    if (part !== undefined) await this.#parts.keep(id, partAfter(part, progress));
  }

  async #ofChallenge(store: PaymentStore, challengeId: string): Promise<readonly Payment[]> {
    const [ordinary, inPrivate] = await Promise.all([
      store.index('challenge').getAll(challengeId),
      this.#inPrivate(store, ({ challenge }) => challenge.id === challengeId),
    ]);
    return [...ordinary.map(({ payment }) => payment).filter(isWhole), ...inPrivate];
  }

  /** The payments made in private windows of which the part passes `test`. */
  async #inPrivate(store: PaymentStore, test: (part: PrivatePart) => boolean): Promise<readonly Payment[]> {
    const rows = await Promise.all(this.#parts.find(test).map((id) => store.get(id)));
    return rows.flatMap((row) => (row === undefined ? [] : [this.#whole(row.payment)])).filter(isWhole);
  }
}

/** A payment with another block in the place of the one that it had. @throws Fault `fault_paymentOver` */
function signedInstead(
  before: AnyPayment,
  lost: BlockHash,
  { block, hash }: OwnBlock,
  how: Lost,
  at: number,
): AnyPayment {
  if (!('hash' in before.progress) || before.progress.hash !== lost) throw new Fault('fault_paymentOver');
  const record = [...(before[how] ?? []), lost].filter((one) => one !== hash);
  return { ...advance(before, { state: 'signed', block, hash }, at), [how]: record };
}

/** Of the payments of a challenge, one that stands rather than one that was given up. */
function preferStanding(payments: readonly Payment[]): Payment | undefined {
  return payments.find(({ progress }) => isDebited(progress.state)) ?? payments[0];
}

/** What a resource cost when it was last delivered, without a tag (raw). */
async function lastPrice(payments: PaymentStore, network: string, resource: string): Promise<Raw | null> {
  const range = IDBKeyRange.bound([network, resource], [network, resource, []]);
  let cursor = await payments.index('resource').openCursor(range, 'prev');
  for (let looked = 0; cursor !== null && looked < PRICE_MEMORY; looked++) {
    const { payment } = cursor.value;
    if (isWhole(payment) && payment.progress.state === 'settled') return priceOf(payment.intent.offer);
    cursor = await cursor.continue();
  }
  return null;
}

/** When a request was last paid for and delivered since a moment (both ms since the epoch); null when it was not. */
async function lastPaid(
  payments: PaymentStore,
  network: string,
  request: Pick<Challenge, 'method' | 'url'>,
  since: number,
): Promise<number | null> {
  const resource = resourceOf(request);
  const range = IDBKeyRange.bound([network, resource, since], [network, resource, []]);
  let cursor = await payments.index('resource').openCursor(range, 'prev');
  for (; cursor !== null; cursor = await cursor.continue()) {
    const { payment } = cursor.value;
    const isIt = isWhole(payment) && payment.intent.challenge.url === request.url;
    if (isIt && payment.progress.state === 'settled') return payment.intent.at;
  }
  return null;
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
  payment: AnyPayment,
): Promise<void> {
  const { intent, progress } = payment;
  await transaction.objectStore('payments').put(rowOf(payment));
  if (isDebited(progress.state)) return;
  await giveBack(transaction, intent);
}

/** Whether a block waits for what it pays for. */
function waitsForContent(progress: Pick<Progress, 'state'>): boolean {
  return 'hash' in progress && progress.state !== 'revoked' && progress.state !== 'settled';
}

/** The row of a payment, with the keys that its progress gives it. What a private window must not leave is left out. */
export function rowOf(whole: AnyPayment): PaymentRow {
  const payment = onDisk(whole);
  const { intent, progress } = payment;
  const { id, at, network, once, offer } = intent;
  const signed = 'hash' in progress && progress.state !== 'revoked';
  const row: PaymentRow = {
    id,
    place: [at, id],
    payment,
    once,
    ...(signed && { payee: [network.id, offer.payTo] }),
    ...(isUnderway(progress.state) && { underway: 1 }),
  };
  if (!isWhole(payment)) return row;
  const { challenge, resource } = payment.intent;
  return {
    ...row,
    challenge: challenge.id,
    resource: [network.id, resource, at],
    ...(waitsForContent(progress) && { undelivered: [network.id, challenge.method, challenge.url] }),
  };
}
