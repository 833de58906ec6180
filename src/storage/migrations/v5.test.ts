import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { approved } from '../../payments/payment.ts';
import { challengeIn, intentOf, sessionOffer } from '../../payments/samples.fixture.ts';
import { STRANGER } from '../../wallet/account.fixture.ts';
import { openDatabase } from '../database.ts';
import { rowOf } from '../payment-row.ts';

test('every payment of a version 4 database counts as made in an ordinary window', async () => {
  const name = crypto.randomUUID();
  const fourth = await openDB(name, 4, {
    upgrade(database) {
      for (const store of ['settings', 'log']) database.createObjectStore(store);
      for (const store of ['payments', 'budgets', 'chains', 'blocks']) {
        database.createObjectStore(store, { keyPath: 'id' });
      }
    },
  });
  const payments = [1n, 2n].map((amount) =>
    approved(intentOf({ account: STRANGER, offer: sessionOffer(amount) })),
  );
  for (const payment of payments) {
    const { isPrivate: _, ...challenge } = challengeIn(payment.intent);
    await fourth.add('payments', {
      ...rowOf(payment),
      payment: { ...payment, intent: { ...payment.intent, challenge } },
    });
  }
  fourth.close();
  const database = await openDatabase(name);
  const byId = (some: readonly { readonly id: string }[]) => [...some].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(byId(await database.getAll('payments'))).toEqual(byId(payments.map(rowOf)));
  expect(payments.map(({ intent }) => challengeIn(intent).isPrivate)).toEqual([false, false]);
  database.close();
});
