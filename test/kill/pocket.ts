import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { readAddress } from '../devnet/address.ts';
import type { Entry } from '../devnet/ledger.ts';
import { XNO } from '../e2e/setup.ts';
import type { KillTestBed } from './setup.ts';

/** The pocket's accounts, and what each holds when it is full (raw). The second one hands over signed blocks. */
export const COUNT = 2;
export const SHARE = XNO;
/** How long a state may take, and how often it is checked (ms). */
const PATIENCE = 60_000;
const LOOK_EVERY = 50;

/** Savings and a pocket of `COUNT` accounts, with the ledger. */
export class KillPocket {
  readonly #testBed: KillTestBed;
  readonly #accounts: readonly string[];

  constructor(testBed: KillTestBed) {
    this.#testBed = testBed;
    this.#accounts = testBed.accounts.slice(0, COUNT + 1);
  }

  /** What each account holds, savings first (raw). */
  balances(): readonly bigint[] {
    return this.#accounts.map((account) => this.#chainOf(account).at(-1)?.block.balance ?? 0n);
  }

  blocks(): readonly Entry[] {
    return this.#accounts.flatMap((account) => this.#chainOf(account));
  }

  /** Lays the pocket out, or gathers it into savings. */
  async layOut(isOn: boolean): Promise<void> {
    const plan = { accounts: isOn ? COUNT + 1 : 1, each: String(isOn ? SHARE : 0n) };
    await this.#testBed.purse.ask('settings.pocket', plan);
  }

  /** Waits until the accounts hold this much (raw). */
  isAt(expected: readonly bigint[]): Promise<void> {
    return this.#until((balances) => String(balances) === String(expected), String(expected));
  }

  /** Fills the pocket, and waits until no signed block is out: the budget hands over one at a time. */
  async fill(): Promise<void> {
    const { purse } = this.#testBed;
    await this.layOut(true);
    await purse.ask('purse.refillPocket', {});
    const isFull = (pocket: readonly bigint[]) => pocket.every((balance) => balance >= SHARE);
    await this.#until(([, ...pocket]) => isFull(pocket), 'a full pocket');
    const [, ...pocket] = this.balances();
    const held = String(pocket.reduce((sum, balance) => sum + balance, 0n));
    // The ledger has it a moment before the purse knows.
    await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.pocket?.balance === held);
    await purse.until('activity.page', { before: null, limit: 10 }, ({ items }) =>
      items.every((item) => item.kind !== 'payment' || item.handedOver !== 'out'),
    );
  }

  async #until(test: (balances: readonly bigint[]) => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!test(this.balances())) {
      assert(Date.now() < deadline, `the accounts have ${this.balances()}, not ${what}`);
      await pause(LOOK_EVERY);
    }
  }

  #chainOf(address: string): readonly Entry[] {
    const key = readAddress(address);
    assert(key, 'an own account has an address');
    return this.#testBed.devnet.ledger.chain(key);
  }
}
