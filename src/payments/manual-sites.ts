import { scriptSiteOf } from '../interception/parties.ts';
import type { Site } from '../site.ts';
import type { ApprovalQueue } from './approval-queue.ts';

export interface ManualSitesPorts {
  readonly approvals: ApprovalQueue;
  /** Stores that the pages of a site handle their own 402s. */
  readonly addManualSite: (site: Site) => Promise<void>;
}

/** Lets the pages of a site handle their own 402s from now on. What its scripts wait for an answer to is given back at once. */
export async function leaveToPages(
  site: Site,
  { approvals, addManualSite }: ManualSitesPorts,
): Promise<void> {
  await addManualSite(site);
  approvals.lapse(({ challenge }) => scriptSiteOf(challenge) === site, 'manual');
}
