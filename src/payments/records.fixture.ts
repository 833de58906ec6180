/** For tests: the three books of a payment, which must agree whatever happened: journal, ledger, merchant's. */
import { expect } from 'vitest';
import { toAddress } from '../../test/devnet/address.ts';
import type { Merchant } from '../../test/merchant/merchant.ts';
import type { Account } from '../wallet/account.fixture.ts';
import type { Payment } from './payment.ts';
import { wholeOf } from './private-record.ts';

/** Every payment in the account's journal. */
export const paymentsOf = async ({ database }: Account): Promise<readonly Payment[]> =>
  (await database.getAll('payments')).map(({ payment }) => wholeOf(payment));

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const lines = (all: readonly (readonly (string | bigint)[])[]) => all.map(String).toSorted();

/** What was debited (raw): each payment once, in the days of all sites together. */
export const debitedOf = async ({ database }: Account): Promise<bigint> => {
  const rows = await database.getAll('spending');
  return sum(rows.filter(({ site, window }) => site === '*' && isDay(window)).map(({ spent }) => spent));
};
const isDay = (window: string) => /^\d{4}-\d\d-\d\d$/.test(window);

/** The account's sends, but for those of another wallet with its key. */
export const ownSends = (account: Account, foreign: readonly string[] = []) =>
  account.sends().filter(({ hash }) => !foreign.includes(hash));

/**
 * While payments may still be on their way: nothing is on the ledger that the journal does not know to the raw, nothing
 * is paid twice, and at least what is on the ledger is debited.
 */
export async function expectNothingLost(account: Account, foreign: readonly string[] = []): Promise<void> {
  const payments = await paymentsOf(account);
  const known = payments.flatMap(({ intent, progress }) =>
    'hash' in progress ? [[progress.hash, intent.amount, intent.offer.payTo]] : [],
  );
  const paid = ownSends(account, foreign);
  const onLedger = paid.map(({ hash, amount, block }) => [hash, amount, toAddress(block.link)]);
  expect(lines(known)).toEqual(expect.arrayContaining(lines(onLedger)));
  const alive = payments.filter(({ progress }) => progress.state !== 'abandoned');
  expect(new Set(alive.map(({ intent }) => intent.once)).size).toBe(alive.length);
  const debited = await debitedOf(account);
  expect(debited).toBe(sum(alive.map(({ intent }) => intent.amount)));
  expect(debited).toBeGreaterThanOrEqual(sum(paid.map(({ amount }) => amount)));
}

/**
 * When all is over: money on the ledger = the journal = the merchant's books = what the budgets were debited with,
 * payment by payment in block, amount and payee. Gives the payments.
 */
export async function expectBooksAgree(
  account: Account,
  merchant: Merchant,
  foreign: readonly string[] = [],
): Promise<readonly Payment[]> {
  await expectNothingLost(account, foreign);
  const payments = (await paymentsOf(account)).filter(({ progress }) => progress.state !== 'abandoned');
  const inJournal = lines(
    payments.map(({ intent, progress }) => [
      'hash' in progress ? progress.hash : progress.state,
      intent.amount,
      intent.offer.payTo,
    ]),
  );
  const paid = ownSends(account, foreign);
  expect(lines(paid.map(({ hash, amount, block }) => [hash, amount, toAddress(block.link)]))).toEqual(
    inJournal,
  );
  const sold = merchant.books().payments.filter(({ payer }) => payer === account.address);
  expect(lines(sold.map(({ hash, amountRaw, payTo }) => [hash, amountRaw, payTo]))).toEqual(inJournal);
  expect(await debitedOf(account)).toBe(sum(paid.map(({ amount }) => amount)));
  return payments;
}
