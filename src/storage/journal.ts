import type { IDBPTransaction, StoreNames } from 'idb';
import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import { assertMatchesApproval } from '../payments/approval-match.ts';
import type { Journal, Lost, Memory, Reservation, Uncounted } from '../payments/journal.ts';
import { advance, approved, isDebited, type Payment, type Progress, requestOf } from '../payments/payment.ts';
import { type AnyPayment, goesOn, partAfter, privatePartOf } from '../payments/private-record.ts';
import { countedOf } from '../payments/refund.ts';
import { JUST_PAID } from '../policy/decision.ts';
import { giveBack, reserve, sumKeys } from '../policy/reservation.ts';
import { siteOf } from '../site.ts';
import { type OwnBlock, settledBlock } from '../wallet/own-block.ts';
import { putNewest } from './chains.ts';
import { inTransaction } from './in-transaction.ts';
import {
  debitedFor,
  isBlockOutAt,
  isOwedAt,
  lastPaidAt,
  lastPriceOf,
  paymentOfChallenge,
  undeliveredFor,
} from './payment-queries.ts';
import { rowOf } from './payment-row.ts';
import type { PrivateParts } from './private-parts.ts';
import type { Database, PurseSchema } from './schema.ts';
import { settingOf } from './settings.ts';
import { countedFor, readAllowance, readSums, writeSums } from './spending.ts';

type Store = StoreNames<PurseSchema>;
type Transaction<S extends Store> = IDBPTransaction<PurseSchema, S[], 'readwrite'>;

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
    const { id } = uncounted;
    const challenge = requestOf(uncounted);
    if (!challenge?.isPrivate) return this.#reserve(uncounted);
    // The private part is written first, because a restarted worker could not restore a missing part.
    await this.#parts.keep(id, privatePartOf({ ...uncounted, challenge }));
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
      ['payments', 'spending', 'budgets', 'settings', 'chains'],
      'readwrite',
    );
    return inTransaction(transaction, async () => {
      const { network, site, at, once } = uncounted;
      const payments = transaction.objectStore('payments');
      const [debited, allowance, isBlockOut, isOwed, paused] = await Promise.all([
        debitedFor(payments, this.#parts, once),
        readAllowance(transaction, network.id, site, at),
        isBlockOutAt(transaction, network.id, site),
        isOwedAt(payments, network.id, site, at),
        transaction.objectStore('settings').get('paused'),
      ]);
      const rows = { ...allowance, debited, isBlockOut, isOwed, paused: settingOf('paused', paused) };
      const outcome = reserve(rows, { ...uncounted, challenge: requestOf(uncounted) });
      if (outcome.kind !== 'reserved') return outcome;
      const { windows, writes } = outcome;
      const payment = approved({ ...uncounted, windows });
      await Promise.all([
        payments.add(rowOf(payment)),
        writeSums(transaction, writes.spending),
        ...(writes.budget === null ? [] : [transaction.objectStore('budgets').put(writes.budget)]),
      ]);
      return { kind: 'reserved', payment };
    });
  }

  async advance(id: PaymentId, progress: Progress, lost?: BlockHash): Promise<AnyPayment> {
    await this.#updatePart(id, progress);
    const transaction = this.#database.transaction(['payments', 'spending'], 'readwrite');
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      // A step that was decided for one block must not be taken with another block that has replaced it meanwhile.
      const decidedFor = 'hash' in progress ? progress.hash : lost;
      if ('hash' in before.progress && before.progress.hash !== decidedFor) {
        throw new Fault('fault_paymentOver');
      }
      const payment = advance(before, progress, this.#now());
      await write(transaction, payment);
      return payment;
    });
  }

  async sign(id: PaymentId, own: OwnBlock): Promise<AnyPayment> {
    // This write must survive a power cut: a block that the network may know and the journal does not would be money
    // spent without a record. The flush takes every earlier write of the journal to the disk as well.
    const transaction = this.#database.transaction(['payments', 'chains', 'blocks'], 'readwrite', {
      durability: 'strict',
    });
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      if (before.progress.state !== 'approved') throw new Fault('fault_paymentOver');
      const at = this.#now();
      assertMatchesApproval(before.intent, own, at);
      const payment = advance(before, { state: 'signed', block: own.block, hash: own.hash }, at);
      await writeSigned(transaction, payment, own);
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
      await writeSigned(transaction, payment, own);
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

  async takeBack(id: PaymentId, instead: OwnBlock): Promise<AnyPayment> {
    const transaction = this.#database.transaction(['payments', 'spending', 'chains'], 'readwrite', {
      durability: 'strict',
    });
    return inTransaction(transaction, async () => {
      const before = await this.#read(transaction, id);
      if (!('hash' in before.progress)) throw new Fault('fault_paymentOver');
      const { block, hash } = before.progress;
      if (instead.replaces?.hash !== hash) throw new Fault('fault_paymentOver');
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
    return row === undefined ? null : this.#parts.joinTo(row.payment);
  }

  async underway(): Promise<readonly AnyPayment[]> {
    const rows = await this.#database.getAllFromIndex('payments', 'underway');
    return rows.map(({ payment }) => this.#parts.joinTo(payment)).filter(goesOn);
  }

  async forChallenge(challengeId: string): Promise<Payment | undefined> {
    return paymentOfChallenge(this.#database.transaction('payments').store, this.#parts, challengeId);
  }

  async recall(challenge: Pick<Challenge, 'id' | 'method' | 'url'>, network: string): Promise<Memory> {
    const transaction = this.#database.transaction(['payments', 'chains']);
    const store = transaction.objectStore('payments');
    const now = this.#now();
    const site = siteOf(challenge.url);
    const [ofChallenge, undelivered, lastPrice, paidAt, isBlockOut, isOwed] = await Promise.all([
      paymentOfChallenge(store, this.#parts, challenge.id),
      undeliveredFor(store, this.#parts, network, challenge),
      lastPriceOf(store, network, challenge),
      lastPaidAt(store, network, challenge, now - JUST_PAID),
      isBlockOutAt(transaction, network, site),
      isOwedAt(store, network, site, now),
    ]);
    return { ofChallenge, undelivered, lastPrice, paidAt, isBlockOut, isOwed };
  }

  /** Whether the account was ever paid by this wallet. */
  async hasPaid(network: string, payTo: NanoAddress): Promise<boolean> {
    // One key is enough; a count would read every payment that this payee ever got.
    return (await this.#database.getKeyFromIndex('payments', 'payee', [network, payTo])) !== undefined;
  }

  async #read<S extends Store>(transaction: Transaction<S | 'payments'>, id: PaymentId): Promise<AnyPayment> {
    const row = await transaction.objectStore('payments').get(id);
    if (row === undefined) throw new Fault('fault_unknownPayment');
    return this.#parts.joinTo(row.payment);
  }

  /**
   * Keeps those parts of a step that must not lie on the disk. This happens before the step itself, so that a proof
   * that went out is never lost.
   */
  async #updatePart(id: PaymentId, progress: Progress): Promise<void> {
    const part = this.#parts.get(id);
    if (part !== undefined) await this.#parts.keep(id, partAfter(part, progress));
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

/** Writes a payment and the block that was signed for it, as the newest block of its account. */
async function writeSigned<S extends Store>(
  transaction: Transaction<S | 'payments' | 'chains' | 'blocks'>,
  payment: AnyPayment,
  own: OwnBlock,
): Promise<void> {
  await Promise.all([
    transaction.objectStore('payments').put(rowOf(payment)),
    putNewest(transaction.objectStore('chains'), transaction.objectStore('blocks'), own),
  ]);
}

/** Writes a payment that went one step on, and gives back the amount of one that will never be paid. */
async function write<S extends Store>(
  transaction: Transaction<S | 'payments' | 'spending'>,
  payment: AnyPayment,
): Promise<void> {
  const { intent, progress } = payment;
  await transaction.objectStore('payments').put(rowOf(payment));
  if (isDebited(progress.state)) return;
  const counted = countedFor(intent);
  const spending = await readSums(transaction, sumKeys(counted));
  await writeSums(transaction, giveBack(spending, counted, countedOf(payment)));
}
