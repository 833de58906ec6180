import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import { type Budget, type BudgetChange, changeBudget, newBudget, type Overall } from '../policy/budget.ts';
import type { Budgets, SiteRules } from '../policy/budgets.ts';
import { allowanceOf } from '../policy/reservation.ts';
import { calendarWindows } from '../policy/spending-windows.ts';
import type { Site } from '../site.ts';
import { inTransaction } from './in-transaction.ts';
import type { Database } from './schema.ts';
import { readAllowance, readOverall } from './spending.ts';

/** Budgets, spending and blocked sites, in IndexedDB. */
export class StoredBudgets implements Budgets {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  async read(network: string, site: Site): Promise<Budget | null> {
    return (await this.#database.get('budgets', [network, site])) ?? null;
  }

  async list(network: string): Promise<readonly Budget[]> {
    return this.#database.getAll('budgets', IDBKeyRange.bound([network], [network, []]));
  }

  /** The amount that the site has spent and reserved in the window of this name, with the session tags (raw). */
  async spentOn(network: string, site: Site, window: string): Promise<Raw> {
    const row = await this.#database.get('spending', [network, site, window]);
    return row === undefined ? ZERO : addRaw(row.spent, row.tags ?? ZERO);
  }

  async rulesFor(
    network: string,
    site: Site,
    at: number,
    askers: readonly string[] = [],
  ): Promise<SiteRules> {
    const transaction = this.#database.transaction(['budgets', 'spending', 'settings', 'blocked']);
    const blocks = transaction.objectStore('blocked');
    const [rows, blocked, blockedAskers] = await Promise.all([
      readAllowance(transaction, network, site, at),
      blocks.getKey(site),
      Promise.all(askers.map((asker) => blocks.getKey(asker as Site))),
    ]);
    return {
      allowance: allowanceOf(network, site, rows),
      blocked: blocked !== undefined,
      isAskerBlocked: blockedAskers.some((one) => one !== undefined),
    };
  }

  /** The cap over all sites of a network, and the amount spent of it in the windows of a moment (ms). */
  async overall(network: string, at: number): Promise<Overall> {
    return readOverall(this.#database.transaction(['spending', 'settings']), network, calendarWindows(at));
  }

  async save(budget: Budget): Promise<void> {
    await this.#database.put('budgets', budget);
  }

  async change(network: string, site: Site, change: BudgetChange): Promise<void> {
    const transaction = this.#database.transaction('budgets', 'readwrite');
    await inTransaction(transaction, async () => {
      const now = this.#now();
      const before = (await transaction.store.get([network, site])) ?? newBudget(network, site, now);
      await transaction.store.put(changeBudget(before, change, now));
    });
  }

  async remove(network: string, site: Site): Promise<void> {
    await this.#database.delete('budgets', [network, site]);
  }

  async block(site: Site): Promise<void> {
    await this.#database.put('blocked', { site, at: this.#now() });
  }

  async unblock(site: Site): Promise<void> {
    await this.#database.delete('blocked', site);
  }

  async blocked(): Promise<readonly Site[]> {
    return (await this.#database.getAllKeys('blocked')) as Site[];
  }
}
