import assert from 'node:assert/strict';
import type { PaymentView } from '../../src/messages/payment.ts';
import { readAddress, toAddress } from '../devnet/address.ts';
import type { AccountKey } from '../devnet/hex.ts';
import type { Entry } from '../devnet/ledger.ts';
import type { TestBed } from './setup.ts';

/** A payment that all records agree on. */
export interface AgreedPayment {
  readonly payment: PaymentView;
  readonly amountRaw: bigint;
  readonly blockHash: string;
  readonly status: number;
}

const settledAt = (url: string) => (item: { readonly kind: string }) =>
  item.kind === 'payment' && 'url' in item && item.url === url && 'state' in item && item.state === 'settled';

/**
 * Waits until the purse has settled its one payment for `url`, and holds the purse's journal, the merchant's records and
 * the devnet's ledger against each other.
 *
 * @throws Error that names the first thing on which they differ.
 */
export async function agreedPayment(testBed: TestBed, url: string): Promise<AgreedPayment> {
  const { purse, merchant, devnet } = testBed;
  await purse.until('activity.page', { before: null, limit: 500 }, ({ items }) => items.some(settledAt(url)));
  const [payment, ...more] = (await purse.payments()).filter((candidate) => candidate.url === url);
  assert.ok(payment !== undefined && more.length === 0, `${url} was paid once`);
  assert.ok(payment.blockHash !== null, 'the journal knows the block');

  const entry = devnet.ledger.find(payment.blockHash);
  const booked = merchant.books().payments.find(({ hash }) => hash === payment.blockHash);
  assert.ok(booked !== undefined, "the block is in the merchant's records");
  const amountRaw = BigInt(payment.amount);
  assert.equal(entry.amount, amountRaw, "the ledger's amount is the journal's");
  assert.equal(BigInt(booked.amountRaw), amountRaw, "the merchant's amount is the journal's");
  assert.equal(booked.url, url, 'the merchant booked it for the same URL');
  assert.equal(entry.subtype, 'send');
  assert.equal(toAddress(entry.block.link), merchant.payTo, 'the money went to the merchant');
  assert.equal(toAddress(entry.block.account), await account(testBed), 'the money came from this purse');
  assert.ok(devnet.ledger.isConfirmed(entry), 'the block is confirmed');

  const { pathname, search } = new URL(url);
  const paidRequests = merchant
    .books()
    .requests.filter(({ path, hadPaymentSignature }) => path === pathname + search && hadPaymentSignature);
  assert.deepEqual(
    paidRequests.map(({ status }) => status),
    [200],
    'one request carried a proof, and it was answered',
  );
  assert.equal(payment.status, 200, "the journal's status is the merchant's");
  return { payment, amountRaw, blockHash: payment.blockHash, status: 200 };
}

/** What the ledger says of the purse's account. */
export interface LedgerView {
  readonly sends: readonly Entry[];
  readonly receives: readonly Entry[];
  /** Raw; 0 when the account is not open. */
  readonly balance: bigint;
}

/** Reads the ledger of the purse's account. */
export async function ledgerOf(testBed: TestBed): Promise<LedgerView> {
  const chain = testBed.devnet.ledger.chain(keyOf(await account(testBed)));
  return {
    sends: chain.filter(({ subtype }) => subtype === 'send'),
    receives: chain.filter(({ subtype }) => subtype === 'receive'),
    balance: chain.at(-1)?.block.balance ?? 0n,
  };
}

/**
 * Compares all records: the blocks, the amounts and the balance must be the same.
 *
 * @throws Error where they differ.
 */
export async function agreedTotal(
  testBed: TestBed,
): Promise<{ readonly paid: bigint; readonly balance: bigint }> {
  const { sends, receives, balance } = await ledgerOf(testBed);
  const journal = (await testBed.purse.payments()).map(({ blockHash, amount }) => [blockHash, amount]);
  const booked = testBed.merchant.books().payments.map(({ hash, amountRaw }) => [hash, amountRaw]);
  const sent = sends.map(({ hash, amount }) => [hash, String(amount)]);
  assert.deepEqual(journal, sent, 'the journal lists what the ledger lists');
  assert.deepEqual(booked, sent, 'the merchant lists what the ledger lists');
  const paid = sum(sends);
  assert.equal(sum(receives) - paid, balance, 'what came in less what was paid is the balance');
  const shown = String(balance);
  await testBed.purse.until('purse.state', {}, (state) => state.kind === 'open' && state.balance === shown);
  return { paid, balance };
}

/** The purse's address. */
export async function account({ purse }: TestBed): Promise<string> {
  const state = await purse.ask('purse.state', {});
  assert.ok(state.kind === 'open', 'the purse is open');
  return state.account;
}

function keyOf(address: string): AccountKey {
  const key = readAddress(address);
  assert.ok(key !== undefined, `${address} is an address`);
  return key;
}

const sum = (entries: readonly Entry[]): bigint => entries.reduce((total, { amount }) => total + amount, 0n);
