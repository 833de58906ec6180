import { type Raw, ZERO } from '../nano/amount.ts';
import type { Budget } from '../payments/budget.ts';
import type { Budgets } from '../payments/journal.ts';
import type { Site } from '../payments/payment.ts';
import type { Database } from './database.ts';

/** Budgets, spending, blocked sites and those that may take signed blocks, in IndexedDB. */
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

  async spentOn(network: string, site: Site, day: string): Promise<Raw> {
    return ((await this.#database.get('spending', [network, site, day]))?.spent ?? ZERO) as Raw;
  }

  async save(budget: Budget): Promise<void> {
    await this.#database.put('budgets', budget);
  }

  async remove(network: string, site: Site): Promise<void> {
    await this.#database.delete('budgets', [network, site]);
  }

  async isBlocked(site: Site): Promise<boolean> {
    return (await this.#database.getKey('blocked', site)) !== undefined;
  }

  async block(site: Site): Promise<void> {
    await this.#database.put('blocked', { site, at: this.#now() });
  }

  async unblock(site: Site): Promise<void> {
    await this.#database.delete('blocked', site);
  }

  async mayTakeBlocks(site: Site): Promise<boolean> {
    return (await this.#database.getKey('blockTakers', site)) !== undefined;
  }

  async setBlockTaker(site: Site, allowed: boolean): Promise<void> {
    if (allowed) await this.#database.put('blockTakers', { site, at: this.#now() });
    else await this.#database.delete('blockTakers', site);
  }

  async blockTakers(): Promise<readonly Site[]> {
    return (await this.#database.getAllKeys('blockTakers')) as Site[];
  }

  async blocked(): Promise<readonly Site[]> {
    return (await this.#database.getAllKeys('blocked')) as Site[];
  }
}
