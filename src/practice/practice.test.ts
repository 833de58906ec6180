import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RAW_PER_XNO } from '../nano/amount.ts';
import { openDatabase } from '../storage/database.ts';
import { PRACTICE, PRACTICE_FUNDS } from './ledger.ts';
import { Practice } from './practice.ts';
import { type Article, PRICE } from './shop.ts';
import { practiceKeys } from './wallet.ts';

let practice: Practice;
beforeEach(async () => {
  practice = await Practice.begin({
    database: await openDatabase(crypto.randomUUID()),
    describe: (article) => `About ${article}`,
    changed: () => undefined,
  });
});
afterEach(() => practice.close());

const asked = async () => {
  await expect.poll(async () => (await practice.view()).question).not.toBeNull();
  const { question } = await practice.view();
  if (question === null) throw new Error('nothing is asked');
  return question;
};
const answer = async (given: Parameters<Practice['answer']>[1]) => practice.answer((await asked()).id, given);
const balance = async () => BigInt((await practice.view()).balance ?? -1);
const stateOf = async (article: Article) => (await practice.paymentFor(article))?.progress.state;
const MOST = (RAW_PER_XNO / 10n).toString();

describe('a practice payment', () => {
  test('is asked about with its price, site and description, on a network of test money', async () => {
    practice.load('status');
    expect(await asked()).toMatchObject({
      site: 'https://paper.example',
      price: PRICE.toString(),
      description: 'About status',
      reason: 'reason_newSite',
      missing: null,
      obstacle: null,
      network: { id: PRACTICE.id, testMoney: true },
    });
    expect(practice.shown('status')).toBe('price');
  });

  test('is signed, proven and delivered after Pay, and its price and tag leave the balance', async () => {
    practice.load('status');
    await answer({ kind: 'once' });
    await expect.poll(() => stateOf('status')).toBe('settled');
    expect(practice.shown('status')).toBe('article');
    const paid = await practice.paymentFor('status');
    expect(paid?.intent.approval).toBe('once');
    await expect.poll(balance).toBe(PRACTICE_FUNDS - (paid?.intent.amount ?? 0n));
    expect(paid?.intent.amount).toBeGreaterThanOrEqual(PRICE);
  });

  test('is not made where the user declines, and is asked about again at the next visit', async () => {
    practice.load('fees');
    await answer({ kind: 'decline' });
    await expect.poll(async () => (await practice.view()).question).toBeNull();
    expect([practice.shown('fees'), await stateOf('fees'), await balance()]).toEqual([
      'price',
      undefined,
      PRACTICE_FUNDS,
    ]);
    practice.load('fees');
    await answer({ kind: 'once' });
    await expect.poll(() => practice.shown('fees')).toBe('article');
  });

  test('inside a budget is made without a question', async () => {
    practice.load('status');
    await answer({ kind: 'budget', perPayment: MOST, perDay: MOST });
    await expect.poll(() => practice.shown('status')).toBe('article');
    practice.load('budgets');
    await expect.poll(() => stateOf('budgets')).toBe('settled');
    expect((await practice.paymentFor('budgets'))?.intent.approval).toBe('budget');
    expect((await practice.view()).question).toBeNull();
  });

  test('has keys of a seed that is drawn anew each time', () => {
    const accounts = Array.from({ length: 5 }, () => practiceKeys().address);
    expect(new Set(accounts).size).toBe(5);
  });
});
