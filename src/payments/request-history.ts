import type { Challenge } from '../interception/challenge.ts';
import { askersOf } from '../interception/parties.ts';
import type { SiteRules } from '../policy/budgets.ts';
import { siteOf } from '../site.ts';
import type { ChallengeHandlerPorts } from './challenge-handler-ports.ts';
import type { Memory } from './journal.ts';

/** What the journal knows of a request and what the user allows its site, whatever the offer. */
export type RequestHistory = Memory & SiteRules;

/** Reads the history of a challenge's request on a network. */
export async function historyOf(
  { journal, budgets, now }: Pick<ChallengeHandlerPorts, 'journal' | 'budgets' | 'now'>,
  challenge: Challenge,
  network: string,
): Promise<RequestHistory> {
  const site = siteOf(challenge.url);
  const [memory, rules] = await Promise.all([
    journal.recall(challenge, network),
    budgets.rulesFor(network, site, now(), askersOf(challenge, site)),
  ]);
  return { ...memory, ...rules };
}
