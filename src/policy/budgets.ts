import type { Site } from '../site.ts';
import type { Allowance, BudgetChange } from './budget.ts';

/** What the user allows a site, and what it has used of that. */
export interface SiteRules {
  readonly allowance: Allowance;
  readonly blocked: boolean;
  /** Whether another site that had it asked is blocked. */
  readonly isAskerBlocked: boolean;
  /** Whether it may ask for signed blocks to publish itself (docs/WIRE.md §7.16). */
  readonly takesBlocks: boolean;
}

/** Budgets, what sites have spent, and what else the user allows them. */
export interface Budgets {
  /**
   * What is allowed to the site in the windows of a moment (ms): all as of one instant.
   *
   * @param askers the other sites that had a request asked.
   */
  rulesFor(network: string, site: Site, at: number, askers?: readonly string[]): Promise<SiteRules>;
  /** Changes the site's budget, or sets a first one. @throws Fault `fault_budgetUnlimited` */
  change(network: string, site: Site, change: BudgetChange): Promise<void>;
  block(site: Site): Promise<void>;
}
