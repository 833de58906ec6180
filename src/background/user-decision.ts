import { Fault } from '../fault.ts';
import { askersOf, scriptSiteOf } from '../interception/parties.ts';
import type { PageInput } from '../messages/contract.ts';
import { parseRaw } from '../nano/amount.ts';
import type { UserDecision } from '../payments/approval-queue.ts';
import type { Question } from '../payments/question.ts';
import { siteOf } from '../site.ts';

/**
 * The answer that a page has sent, as the queue takes it.
 *
 * @throws Fault `fault_badMessage` when the site to block has no part in the question, or no script of a site asked that is to
 * handle its 402s itself; and those of `parseRaw`
 */
export function decisionOf(
  answer: PageInput<'approval.answer'>['answer'],
  { site, challenge }: Question,
): UserDecision {
  switch (answer.kind) {
    case 'budget':
      return {
        kind: 'budget',
        perPayment: parseRaw(answer.perPayment),
        perDay: parseRaw(answer.perDay),
        ...(answer.anyPayee !== undefined && { anyPayee: answer.anyPayee }),
      };
    case 'never': {
      const involved = [...askersOf(challenge, site).map(siteOf), site];
      const blocked = involved.find((one) => answer.site === undefined || one === answer.site);
      if (blocked === undefined) throw new Fault('fault_badMessage');
      return { kind: 'never', site: blocked };
    }
    case 'manual':
      if (scriptSiteOf(challenge) === null) throw new Fault('fault_badMessage');
      return answer;
    default:
      return answer;
  }
}
