import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { approved } from '../payments/payment.ts';
import { isWhole } from '../payments/private-record.ts';
import { challengeOf, intentOf } from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import { openDatabase } from './database.ts';
import { rowOf } from './payment-row.ts';
import { keepTitle } from './titles.ts';

const paymentWith = (isPrivate: boolean) =>
  approved(intentOf({ account: STRANGER, challenge: challengeOf({ isPrivate }) }));

test('the first title of a document that was paid for is written beside its payment, and stays', async () => {
  const database = await openDatabase(crypto.randomUUID());
  const payment = paymentWith(false);
  const { id } = payment.intent;
  await database.put('payments', rowOf(payment));
  expect(await keepTitle(database, id, 'An article')).toBe(true);
  expect(await keepTitle(database, id, 'Another title')).toBe(false);
  expect(await database.get('payments', id)).toEqual(rowOf({ ...payment, title: 'An article' }));
});

test('no title of a private window is written (invariant 12)', async () => {
  const database = await openDatabase(crypto.randomUUID());
  const payment = paymentWith(true);
  const row = rowOf(payment);
  await database.put('payments', row);
  expect(await keepTitle(database, payment.intent.id, 'An article')).toBe(false);
  expect(await database.get('payments', payment.intent.id)).toEqual(row);
  expect(isWhole(row.payment)).toBe(false);
  expect(JSON.stringify(rowOf({ ...payment, title: 'An article' }).payment.story)).not.toContain('article');
});
