/** The journal's queries for earlier payments, within a transaction of the caller. */
import type { IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import { type Challenge, payableMethods } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { isDebited, type Payment, requestOf, resourceOf } from '../payments/payment.ts';
import { type AnyPayment, isWhole, onceOnDisk, type PrivatePart } from '../payments/private-record.ts';
import { isOwed } from '../payments/redelivery-schedule.ts';
import { priceOf } from '../policy/decision.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Site } from '../site.ts';
import { handedOverOn } from '../wallet/own-block.ts';
import { waitsForContent } from './payment-row.ts';
import type { PrivateParts } from './private-parts.ts';
import type { PurseSchema } from './schema.ts';

type PaymentStore = IDBPObjectStore<PurseSchema, ArrayLike<'payments'>, 'payments', 'readonly' | 'readwrite'>;

/** How many earlier purchases of a resource are searched for a delivered one. */
const PRICE_MEMORY = 20;

/** The payments for the same session, nonce or challenge that count as spent. */
export async function debitedFor(
  store: PaymentStore,
  parts: PrivateParts,
  once: string,
): Promise<readonly AnyPayment[]> {
  const byOnce = store.index('once');
  const [ordinary, inPrivate] = await Promise.all([byOnce.getAll(once), byOnce.getAll(onceOnDisk(once))]);
  return [...ordinary, ...inPrivate]
    .map(({ payment }) => parts.joinTo(payment))
    .filter(({ progress }) => isDebited(progress.state));
}

/** The payment of a challenge. One that counts as spent takes precedence over an abandoned one. */
export async function paymentOfChallenge(
  store: PaymentStore,
  parts: PrivateParts,
  challengeId: string,
): Promise<Payment | undefined> {
  const [ordinary, inPrivate] = await Promise.all([
    store.index('challenge').getAll(challengeId),
    privatePayments(store, parts, ({ challenge }) => challenge.id === challengeId),
  ]);
  const all = [...ordinary.map(({ payment }) => payment).filter(isWhole), ...inPrivate];
  return all.find(({ progress }) => isDebited(progress.state)) ?? all[0];
}

/** The payments for a request that have a block and whose content was not delivered, oldest first. */
export async function undeliveredFor(
  store: PaymentStore,
  parts: PrivateParts,
  network: string,
  { method, url }: Pick<Challenge, 'method' | 'url'>,
): Promise<readonly Payment[]> {
  const isSame = ({ challenge }: PrivatePart) => challenge.method === method && challenge.url === url;
  const [ordinary, inPrivate] = await Promise.all([
    store.index('undelivered').getAll([network, method, url]),
    privatePayments(store, parts, isSame),
  ]);
  const undelivered = [
    ...ordinary.map(({ payment }) => payment).filter(isWhole),
    ...inPrivate.filter(({ intent, progress }) => intent.network.id === network && waitsForContent(progress)),
  ];
  return undelivered.sort((a, b) => a.intent.at - b.intent.at);
}

/** The payments made in private windows whose private part passes `test`. */
async function privatePayments(
  store: PaymentStore,
  parts: PrivateParts,
  test: (part: PrivatePart) => boolean,
): Promise<readonly Payment[]> {
  const rows = await Promise.all(parts.find(test).map((id) => store.get(id)));
  return rows
    .filter((row) => row !== undefined)
    .map(({ payment }) => parts.joinTo(payment))
    .filter(isWhole);
}

/** The price of a resource when it was last delivered, without a session tag (raw). */
export async function lastPriceOf(
  store: PaymentStore,
  network: string,
  request: Pick<Challenge, 'method' | 'url'>,
): Promise<Raw | null> {
  const resource = resourceOf(request);
  const range = IDBKeyRange.bound([network, resource], [network, resource, []]);
  let cursor = await store.index('resource').openCursor(range, 'prev');
  for (let searched = 0; cursor !== null && searched < PRICE_MEMORY; searched++) {
    const { payment } = cursor.value;
    if (isWhole(payment) && payment.progress.state === 'settled') return priceOf(payment.intent.offer);
    cursor = await cursor.continue();
  }
  return null;
}

/**
 * The time of the last payment for a request that was delivered, since a moment (ms since the epoch); null for none.
 */
export async function lastPaidAt(
  store: PaymentStore,
  network: string,
  request: Pick<Challenge, 'method' | 'url'>,
  since: number,
): Promise<number | null> {
  const resource = resourceOf(request);
  const range = IDBKeyRange.bound([network, resource, since], [network, resource, []]);
  let cursor = await store.index('resource').openCursor(range, 'prev');
  for (; cursor !== null; cursor = await cursor.continue()) {
    const { payment } = cursor.value;
    const isSame = isWhole(payment) && requestOf(payment.intent)?.url === request.url;
    if (isSame && payment.progress.state === 'settled') return payment.intent.at;
  }
  return null;
}

/** Whether a site has, or is about to get, a signed block that is not known to be on the ledger. */
export async function isBlockOutAt<S extends StoreNames<PurseSchema>, M extends IDBTransactionMode>(
  transaction: IDBPTransaction<PurseSchema, (S | 'payments' | 'chains')[], M>,
  network: string,
  site: Site,
): Promise<boolean> {
  const [newest, underway] = await Promise.all([
    transaction.objectStore('chains').getAll(IDBKeyRange.bound([network], [network, []])),
    transaction.objectStore('payments').index('underway').getAll(),
  ]);
  const handOvers = underway
    .map(({ payment }) => payment)
    .filter(isWhole)
    .map(({ intent }) => intent)
    .filter(({ offer }) => isHandOver(offer));
  return (
    newest.some((own) => handedOverOn(own)?.handedOver.site === site) ||
    handOvers.some((intent) => intent.network.id === network && intent.site === site)
  );
}

/** Whether a site was paid and has not served yet (see `isOwed`). Payments of private windows are in no index, and do not count. */
export async function isOwedAt(
  store: PaymentStore,
  network: string,
  site: Site,
  now: number,
): Promise<boolean> {
  const undelivered = store.index('undelivered');
  // The URLs of a site begin with its origin and a slash; `0` is the character after the slash.
  const rangeOf = (method: string) =>
    IDBKeyRange.bound([network, method, `${site}/`], [network, method, `${site}0`]);
  const rows = await Promise.all(payableMethods.map((method) => undelivered.getAll(rangeOf(method))));
  return rows.flat().some(({ payment }) => isWhole(payment) && isOwed(payment, now));
}
