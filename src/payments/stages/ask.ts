import type { Challenge } from '../../interception/challenge.ts';
import { askersOf } from '../../interception/parties.ts';
import { EXPIRY_MARGIN, isInView } from '../../policy/decision.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import type { QuestionOutcome } from '../approval-queue.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { LONGEST_TIMER } from '../longest-timer.ts';
import { isOwnAccount } from '../own-account.ts';
import { type Ask, DONE, declined, type Stage } from './stage.ts';

/** Asks the user, and follows the answer. */
export async function ask(ports: ChallengeHandlerPorts, handling: Handling, stage: Ask): Promise<Stage> {
  const { approvals, budgets, now } = ports;
  const { challenge, question } = stage;
  const { site } = question;
  // A burst of requests outlives its page: a closed tab has nothing left to ask about.
  if (!(await ports.waits(challenge)) || handling.isOver(challenge))
    return declined(challenge, handling.endReason);
  const asked = approvals.ask(question);
  if (asked === 'full') return declined(challenge, 'refusal_QUEUE_FULL');
  const { id, offer } = asked.shown;
  const lapses = Math.min(offer.expiresAt - EXPIRY_MARGIN - now(), LONGEST_TIMER);
  const timer = setTimeout(() => approvals.expire(id), lapses);
  // Only for what the user can see, so that no hidden page has money moved. A failure is no reason to end the question: where
  // it lasts, the payment meets it again, and reports it.
  const order = { amount: offer.amount, isHandOver: isHandOver(offer) };
  const gathering = isInView(challenge) ? ports.gatherFor(offer.network, order).catch(() => null) : null;
  const outcome = withoutTrace(await asked.outcome, challenge);
  clearTimeout(timer);
  void gathering?.then((lease) => lease?.done());
  switch (outcome.kind) {
    case 'decline':
      return declined(challenge, 'refusal_DECLINED');
    case 'lapsed':
      return declined(challenge, 'refusal_LAPSED');
    case 'reconsider':
      return { kind: 'reconsider', challenge, otherwise: 'refusal_LAPSED' };
    case 'expired':
      // Where another request of the same question was shown, the offer of this one may live longer.
      return id === question.id ? declined(challenge, 'refusal_LAPSED') : stage;
    case 'withdrawn':
      return declined(challenge, 'refusal_WITHDRAWN');
    case 'crowded':
      return declined(challenge, 'refusal_QUEUE_FULL');
    case 'shared':
      // The handling of the request that gets the payment goes on with this one.
      return DONE;
    case 'never':
      await budgets.block(outcome.site);
      approvals.lapse(({ site, challenge }) => [site, ...askersOf(challenge, site)].includes(outcome.site));
      return declined(challenge, outcome.site === site ? 'refusal_SITE_BLOCKED' : 'refusal_ASKER_BLOCKED');
    case 'budget':
    case 'once': {
      const others = [...outcome.others];
      handling.share(others);
      if (outcome.kind === 'budget') {
        const { perPayment, perDay, anyPayee } = outcome;
        const { network, payTo } = offer;
        if (await isOwnAccount(ports, offer)) return declined(challenge, 'refusal_OWN_ACCOUNT');
        const pinned = anyPayee === undefined ? {} : { pinned: !anyPayee };
        await budgets.change(network, site, { perPayment, perDay, payTo, paused: false, ...pinned });
        approvals.reconsider((waiting) => waiting.site === site && waiting.offer.network === network);
      }
      return { kind: 'reserve', challenge, offer, approval: 'once', others };
    }
  }
}

/**
 * The outcome without what would write the site down: in a private window a budget pays this one request, and a block
 * declines it (invariant 12). The question offers neither there, but a message could still name one.
 */
function withoutTrace(outcome: QuestionOutcome, { isPrivate }: Challenge): QuestionOutcome {
  if (!isPrivate) return outcome;
  switch (outcome.kind) {
    case 'budget':
      return { kind: 'once', others: outcome.others };
    case 'never':
      return { kind: 'decline' };
    default:
      return outcome;
  }
}
