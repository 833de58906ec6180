import { type Challenge, givenBack } from '../../interception/challenge.ts';
import { askersOf, scriptSiteOf } from '../../interception/parties.ts';
import { isInView } from '../../policy/decision.ts';
import { EXPIRY_MARGIN } from '../../policy/expiry-margins.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import type { QuestionOutcome } from '../approval-queue.ts';
import { isRenewable } from '../asked-questions.ts';
import type { ChallengeHandlerPorts } from '../challenge-handler-ports.ts';
import type { Handling } from '../handling.ts';
import { LONGEST_TIMER } from '../longest-timer.ts';
import { leaveToPages } from '../manual-sites.ts';
import { isOwnAccount } from '../own-account.ts';
import { type Ask, DONE, declined, type Stage } from './stage.ts';

/** How long a question stays open after its offer ran out, for a user who sees it and wants a fresh price (ms). */
export const RENEWABLE_FOR = 60_000;

/**
 * Asks the user, and follows the answer. A page that holds the request gets its own 402 when that takes too long
 * (`Interception.heldUntil`): the question stays, and paying then needs the page to send the request again.
 */
export async function ask(ports: ChallengeHandlerPorts, handling: Handling, stage: Ask): Promise<Stage> {
  const { approvals, agreements, askedQuestions, budgets, offerClock } = ports;
  const { challenge: asking, question } = stage;
  const { site } = question;
  handling.agree(null);
  const [isAwaited, heldUntil] = await Promise.all([
    ports.waits(asking),
    ports.heldUntil(asking),
    agreements.end(asking.id),
  ]);
  // A burst of requests outlives its page: a closed tab has nothing left to ask about.
  if (!isAwaited || handling.isOver(asking)) return declined(asking, handling.endReason);
  const asked = approvals.ask(question);
  if (asked === 'full') return declined(asking, 'refusal_QUEUE_FULL');
  const { id, offer } = asked.shown;
  const lapses = Math.min(offer.expiresAt - EXPIRY_MARGIN - offerClock.of(asking), LONGEST_TIMER);
  // Without it, a question that runs out while no worker lives is gone.
  void askedQuestions.keep({ ...question, challenge: asking }).catch(console.error);
  const endPatience = giveBackAt(heldUntil, ports, asking);
  // Only for what the user can see, so that no hidden page has money moved. A failure is no reason to end the question: where
  // it lasts, the payment meets it again, and reports it.
  const order = { amount: offer.amount, isHandOver: isHandOver(offer) };
  const gathering =
    isInView(asking) && lapses > 0 ? ports.gatherFor(offer.network, order).catch(() => null) : null;
  const release = () => void gathering?.then((lease) => lease?.done());
  const runOut = () => {
    if (!isRenewable(asking)) return approvals.expire(id);
    release();
    approvals.runOut(id);
    void expireOnceSeen();
  };
  /** Closes the question when its tab is in front at both ends of that time. A tab in the background keeps it for its user. */
  const expireOnceSeen = async () => {
    const wasInFront = await ports.isInFront(asking);
    if (isOver) return;
    timer = setTimeout(async () => {
      if (wasInFront && (await ports.isInFront(asking))) approvals.expire(id);
      else await expireOnceSeen();
    }, RENEWABLE_FOR);
  };
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (lapses > 0) timer = setTimeout(runOut, lapses);
  else runOut();
  const outcome = withoutTrace(await asked.outcome, asking);
  isOver = true;
  clearTimeout(timer);
  // Not awaited: a request that its page takes back meanwhile would be missed. The end of the handling waits for it.
  void askedQuestions.end(asking.id).catch(console.error);
  const challenge = await endPatience();
  release();
  switch (outcome.kind) {
    case 'decline':
      return declined(challenge, 'refusal_DECLINED');
    case 'lapsed':
      return declined(challenge, 'refusal_LAPSED');
    case 'reconsider':
      return { kind: 'reconsider', challenge, otherwise: 'refusal_LAPSED' };
    case 'expired':
      // Where another request of the same question was shown, the offer of this one may live longer.
      return id === question.id
        ? declined(challenge, 'refusal_LAPSED')
        : { ...stage, challenge, question: { ...question, challenge } };
    case 'withdrawn':
      return declined(challenge, 'refusal_WITHDRAWN');
    case 'superseded':
      return declined(challenge, 'refusal_SHARED');
    case 'crowded':
      return declined(challenge, 'refusal_QUEUE_FULL');
    case 'renew':
      return { kind: 'renew', challenge, otherwise: 'fault_offerExpired', isByUser: true };
    case 'shared':
      // The handling of the request that gets the payment goes on with this one.
      return DONE;
    case 'never':
      await budgets.block(outcome.site);
      approvals.lapse(({ site, challenge }) => [site, ...askersOf(challenge, site)].includes(outcome.site));
      return declined(challenge, outcome.site === site ? 'refusal_SITE_BLOCKED' : 'refusal_ASKER_BLOCKED');
    case 'manual': {
      const asker = scriptSiteOf(challenge);
      if (asker !== null) await leaveToPages(asker, ports);
      return declined(challenge, 'refusal_MANUAL');
    }
    case 'budget':
    case 'once': {
      const others = [...outcome.others];
      handling.share(others);
      handling.agree(offer);
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
 * Gives a request back at a time (ms since the epoch), where there is one. Returns the way to stop that, which resolves
 * with the challenge as it is then.
 */
function giveBackAt(
  at: number | null,
  { approvals, giveBack, now }: ChallengeHandlerPorts,
  held: Challenge,
): () => Promise<Challenge> {
  let challenge = held;
  let giving: Promise<void> | undefined;
  const give = () => {
    challenge = givenBack(held);
    // The question says so before the page has its 402: an answer that comes in between agrees to what will be done.
    approvals.gaveBack(challenge);
    giving = giveBack(challenge).catch(console.error);
  };
  const timer = at === null ? undefined : setTimeout(give, Math.min(at - now(), LONGEST_TIMER));
  return async () => {
    clearTimeout(timer);
    await giving;
    return challenge;
  };
}

/**
 * The outcome without what would write a site down: in a private window a budget pays this one request, and a block or a page
 * that is left to itself declines it (invariant 12). The question offers none of them there, but a message could still name one.
 */
function withoutTrace(outcome: QuestionOutcome, { isPrivate }: Challenge): QuestionOutcome {
  if (!isPrivate) return outcome;
  switch (outcome.kind) {
    case 'budget':
      return { kind: 'once', others: outcome.others };
    case 'never':
    case 'manual':
      return { kind: 'decline' };
    default:
      return outcome;
  }
}
