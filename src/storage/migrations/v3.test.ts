import 'fake-indexeddb/auto';
import { type IDBPDatabase, openDB } from 'idb';
import { expect, test } from 'vitest';
import type { Raw } from '../../nano/amount.ts';
import { advance, approved, type Payment } from '../../payments/payment.ts';
import {
  challengeOf,
  intentOf,
  NETWORK,
  PAYEE,
  type RequestIntent,
  SHOP,
  sessionOffer,
} from '../../payments/samples.fixture.ts';
import { moveTo, restoreTimeZoneAfterEach } from '../../policy/time-zones.fixture.ts';
import type { Site } from '../../site.ts';
import { STRANGER } from '../../wallet/account.fixture.ts';
import { StoredBudgets } from '../budgets.ts';
import { openDatabase } from '../database.ts';
import { StoredJournal } from '../journal.ts';
import { noParts } from '../private-parts.fixture.ts';

restoreTimeZoneAfterEach();

const OTHER = 'https://other.example' as Site;
const SINCE = Date.parse('2026-11-20T12:00:00Z');
/** Noon of a day in November in Berlin, an hour before noon UTC. */
const noon = (day: number) => Date.parse(`2026-11-${day}T11:00:00Z`);

/** A budget in the format of version 2. */
const BUDGET = {
  site: SHOP,
  network: NETWORK,
  perPayment: 10n as Raw,
  perDay: 100n as Raw,
  payTo: PAYEE,
  paused: true,
  since: SINCE,
};

/** An empty database of version 2. */
function openSecond(name: string): Promise<IDBPDatabase> {
  return openDB(name, 2, {
    upgrade(database) {
      for (const plain of ['vault', 'settings', 'work', 'workIntents']) database.createObjectStore(plain);
      for (const byId of ['networks', 'transfers', 'payments']) {
        database.createObjectStore(byId, { keyPath: 'id' });
      }
      for (const bySite of ['blocked', 'blockTakers'])
        database.createObjectStore(bySite, { keyPath: 'site' });
      database.createObjectStore('budgets', { keyPath: ['network', 'site'] });
      database.createObjectStore('spending', { keyPath: ['network', 'site', 'day'] });
      database.createObjectStore('chains', { keyPath: ['network', 'account'] });
      database.createObjectStore('log', { autoIncrement: true });
    },
  });
}

/** A payment in the format of version 2. */
function rowOf({ intent, progress, story }: Payment, day: string) {
  const { windows: _, ...counted } = intent;
  return { id: intent.id, once: intent.once, payment: { intent: { ...counted, day }, progress, story } };
}

const paid = (amount: bigint, at: number, parts: Partial<RequestIntent> = {}) =>
  approved(intentOf({ account: STRANGER, at, offer: sessionOffer(amount), ...parts }));
const at = (url: string) => ({ challenge: challengeOf({ url }) });

test('a database of version 2 gets the sums of all windows from its payments, and loses nothing', async () => {
  moveTo('Europe/Berlin');
  const name = crypto.randomUUID();
  const second = await openSecond(name);
  await second.add('budgets', BUDGET);
  const last = paid(5n, noon(22));
  const payments: readonly [Payment, day: string][] = [
    // Before the budget was set; then the same day and another one; an abandoned payment; another site.
    [paid(1n, noon(10)), '2026-11-10'],
    [paid(2n, noon(21)), '2026-11-21'],
    [last, '2026-11-22'],
    [advance(paid(40n, noon(22)), { state: 'abandoned', fault: 'fault_locked', args: [] }, 0), '2026-11-22'],
    [paid(80n, noon(22), at(`${OTHER}/article`)), '2026-11-22'],
    // Made in another time zone: the day that it counted in does not change.
    [paid(160n, Date.parse('2026-10-31T23:30:00Z')), '2026-10-31'],
  ];
  for (const [payment, day] of payments) await second.add('payments', rowOf(payment, day));
  await second.add('spending', { network: NETWORK, site: SHOP, day: '2026-11-22', spent: 5n });
  second.close();

  const database = await openDatabase(name);
  const budgets = new StoredBudgets(database, Date.now);
  const firstPeriod = `period ${SINCE}`;
  expect(await budgets.read(NETWORK, SHOP)).toEqual({
    ...BUDGET,
    perHour: null,
    perMonth: null,
    total: null,
    period: null,
    pinned: true,
    priceRise: 0,
    initiators: [],
    firstPeriod,
  });
  const spending = await database.getAll('spending');
  expect(new Map(spending.map(({ site, window, spent }) => [`${site} ${window}`, spent]))).toEqual(
    new Map([
      [`${SHOP} 2026-10-31T23:00Z`, 160n],
      [`${SHOP} 2026-10-31`, 160n],
      [`${SHOP} 2026-10`, 160n],
      [`${SHOP} 2026-11-10T11:00Z`, 1n],
      [`${SHOP} 2026-11-10`, 1n],
      [`${SHOP} 2026-11-21T11:00Z`, 2n],
      [`${SHOP} 2026-11-21`, 2n],
      [`${SHOP} 2026-11-22T11:00Z`, 5n],
      [`${SHOP} 2026-11-22`, 5n],
      [`${SHOP} 2026-11`, 8n],
      [`${SHOP} ${firstPeriod}`, 7n],
      [`${OTHER} 2026-11-22T11:00Z`, 80n],
      [`${OTHER} 2026-11-22`, 80n],
      [`${OTHER} 2026-11`, 80n],
      ['* 2026-10-31', 160n],
      ['* 2026-10', 160n],
      ['* 2026-11-10', 1n],
      ['* 2026-11-21', 2n],
      ['* 2026-11-22', 85n],
      ['* 2026-11', 88n],
    ]),
  );

  // An amount that is given back afterwards is subtracted from all sums.
  const journal = new StoredJournal(database, await noParts(), Date.now);
  await journal.advance(last.intent.id, { state: 'abandoned', fault: 'fault_locked', args: [] });
  expect(await journal.find(last.intent.id)).toMatchObject({
    intent: {
      windows: { hour: '2026-11-22T11:00Z', day: '2026-11-22', month: '2026-11', period: firstPeriod },
    },
  });
  for (const window of ['2026-11-22T11:00Z', '2026-11-22']) {
    expect(await budgets.spentOn(NETWORK, SHOP, window)).toBe(0n);
  }
  expect(await budgets.spentOn(NETWORK, SHOP, firstPeriod)).toBe(2n);
  expect(await budgets.spentOn(NETWORK, SHOP, '2026-11')).toBe(3n);
});

test('a migration that fails changes nothing, and its error is the cause of the fault', async () => {
  const name = crypto.randomUUID();
  const second = await openSecond(name);
  await second.add('budgets', BUDGET);
  await second.add('payments', { id: 'unreadable' });
  second.close();
  await expect(openDatabase(name)).rejects.toThrow('fault_storageUnusable');
  const still = await openDB(name);
  expect(still.version).toBe(2);
  expect(await still.getAll('budgets')).toEqual([BUDGET]);
  still.close();
});
