import type { Site } from '../site.ts';
import type { Allowance, BudgetChange } from './budget.ts';

/** What the user allows a site, and how much of it is used. */
export interface SiteRules {
  readonly allowance: Allowance;
  readonly blocked: boolean;
  /** Whether another site that takes part in the request is blocked. */
  readonly isAskerBlocked: boolean;
}

/** The store of budgets, of the amounts that sites have spent, and of blocked sites. */
export interface Budgets {
  /**
   * What the site may spend in the windows of a time (ms since the epoch), read in one transaction.
   *
   * @param askers the other sites that take part in the request
   */
  rulesFor(network: string, site: Site, at: number, askers?: readonly string[]): Promise<SiteRules>;
  /** Changes the site's budget, or sets a first one. @throws Fault `fault_budgetUnlimited` */
  change(network: string, site: Site, change: BudgetChange): Promise<void>;
  /** Blocks a site: it is not asked about again. */
  block(site: Site): Promise<void>;
}
