import type { Page } from 'playwright';
import { expect } from 'vitest';
import { readAddress } from '../devnet/address.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';
import { testKeysAt } from './test-keys.ts';

/** What each account of the pocket holds when it is full (raw). */
export const SHARE = 4n * PRICE;

/** A purse with a pocket of two accounts, and a site with a budget that is larger than the pocket. */
export class PocketBed {
  readonly testBed: TestBed;
  readonly savings: string;
  readonly pocket: readonly [string, string];
  readonly #password: string;
  #page: Page | undefined;
  #requests = 0;

  private constructor(testBed: TestBed, seed: string, password: string) {
    const addressAt = (index: number) => testKeysAt({ kind: 'legacy', hex: seed }, index).address;
    this.testBed = testBed;
    this.savings = addressAt(0);
    this.pocket = [addressAt(1), addressAt(2)];
    this.#password = password;
  }

  static async open(seed: string, password: string): Promise<PocketBed> {
    const testBed = await openTestBed({ purse: { seed, password } });
    const budget = { perPayment: String(XNO), perDay: String(5n * XNO), paused: false };
    await testBed.purse.ask('budget.save', { site: testBed.merchant.origin, ...budget });
    await testBed.purse.ask('settings.pocket', { accounts: 3, each: String(SHARE) });
    return new PocketBed(testBed, seed, password);
  }

  /** Unlocks the purse, fills its pocket, and opens a page of the site. */
  async begin(): Promise<void> {
    const { purse, merchant } = this.testBed;
    await this.unlock();
    await purse.ask('purse.refillPocket', {});
    await expect.poll(() => this.pocket.every((account) => this.balanceOf(account) >= SHARE)).toBe(true);
    this.#page = await purse.newPage();
    await this.#page.goto(`${merchant.origin}/`);
  }

  async end(): Promise<void> {
    await this.#page?.close();
  }

  get page(): Page {
    if (this.#page === undefined) throw new Error('no test has begun');
    return this.#page;
  }

  unlock(): Promise<unknown> {
    return this.testBed.purse.ask('vault.unlock', { password: this.#password });
  }

  /** What the ledger holds for an account (raw). */
  balanceOf(account: string): bigint {
    const key = readAddress(account);
    if (key === undefined) throw new Error(`${account} is no account`);
    return this.testBed.devnet.ledger.chain(key).at(-1)?.block.balance ?? 0n;
  }

  pocketBalance(): bigint {
    return this.pocket.reduce((sum, account) => sum + this.balanceOf(account), 0n);
  }

  /** A request of the page that is paid for anew; resolves with its status. */
  get(): Promise<number> {
    this.#requests += 1;
    const url = this.testBed.at('/api/data', { n: String(this.#requests) });
    return this.page.evaluate(async (target) => (await fetch(target)).status, url);
  }

  /** Asks for what is inside the budget, with the pocket closed: the user is asked, and declines. */
  async expectAsked(): Promise<void> {
    const { purse } = this.testBed;
    const before = this.pocketBalance();
    await this.page.bringToFront();
    const answer = this.get();
    await purse.until('approval.waiting', {}, ({ length }) => length === 1);
    await this.unlock();
    const asked = await purse.nextApproval();
    expect(asked.offer.reason).toBe('reason_locked');
    expect(this.pocketBalance()).toBe(before);
    await asked.decline();
    expect(await answer).toBe(402);
  }
}
