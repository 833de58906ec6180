/** Checks for tests: the three records of a payment must agree (the journal, the ledger, the merchant's). */
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

/** The sum that was debited (raw). Each payment counts once, in the daily windows over all sites. */
export const debitedOf = async ({ database }: Account): Promise<bigint> => {
  const rows = await database.getAll('spending');
  return sum(
    rows
      .filter(({ site, window }) => site === '*' && isDay(window))
      .map(({ spent, tags = 0n }) => spent + tags),
  );
};
const isDay = (window: string) => /^\d{4}-\d\d-\d\d$/.test(window);

/** The account's sends, except those of another wallet with the same key. */
export const ownSends = (account: Account, foreign: readonly string[] = []) =>
  account.sends().filter(({ hash }) => !foreign.includes(hash));

/**
 * For use while payments may still be under way. Expects that every send on the ledger is in the journal with its exact
 * amount (raw), that no session is paid twice, and that at least the amounts on the ledger are debited.
 *
 * @param foreign the hashes of sends that another wallet with the same key signed
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
 * For use when all payments are over. Expects that ledger, journal, merchant and budgets agree on each payment: block,
 * amount (raw) and payee. Resolves with the payments.
 *
 * @param foreign as in `expectNothingLost`
 */
export async function expectRecordsAgree(
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
