import { Fault } from '../../fault.ts';
import type { ApprovalView } from '../../messages/approval.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { addRaw, parseRaw, type Raw, ZERO } from '../../nano/amount.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import { nameOf, type Question } from '../../payments/question.ts';
import { harderWorkOf } from '../../protocol/mechanisms/index.ts';
import type { Site } from '../../site.ts';
import { planOf } from '../../wallet/pocket-plan.ts';
import { frontFirst, frontTab } from '../front-tab.ts';
import { decisionOf } from '../user-decision.ts';
import { approvalView, underwayView } from '../views/approval.ts';
import type { HandlerParts } from './parts.ts';
import { layOutPocket } from './pocket.ts';

export function approvalHandlers(parts: HandlerParts): PageHandlersOf<'approval'> {
  const { settings, approvals, challengeHandler, abandoned, openWallets, notifications } = parts;
  return {
    'approval.waiting': async () => {
      const networks = await settings.networks();
      return (await shownOrder(parts)).map((question) => ({
        id: nameOf(question),
        site: question.site,
        amount: question.offer.amount.toString(),
        testMoney: networks.find(({ id }) => id === question.offer.network)?.testMoney ?? false,
      }));
    },
    'approval.list': async () => {
      abandoned.check();
      const networks = await settings.networks();
      const questions = await shownOrder(parts);
      return Promise.all(questions.map((question) => viewOf(question, networks, parts)));
    },
    'approval.answer': async ({ id, answer }) => {
      const pays = answer.kind === 'once' || answer.kind === 'budget';
      if (pays) await openWallets.opened();
      const question = pays ? await firstWaited(id, parts) : questionOf(id, parts);
      if (question === undefined) throw new Fault('fault_approvalGone');
      const decision = decisionOf(answer, question);
      if (answer.kind === 'budget' && answer.pocket !== undefined)
        await layOutPocket(planOf(parseRaw(answer.pocket)), parts);
      approvals.answer(question.id, decision);
      await notifications.answered(question);
      return { exchange: question.challenge.id };
    },
    'approval.underway': async () => challengeHandler.underway().map(underwayView),
    'approval.cancel': async ({ exchange }) => {
      await challengeHandler.cancel(exchange);
      return null;
    },
  };
}

/** The open questions, those of the tab in front first. */
const shownOrder = async ({ approvals }: HandlerParts): Promise<readonly Question[]> =>
  frontFirst(approvals.list(), await frontTab());

/** The open question of this name. Questions about the same offer share a name. */
const questionOf = (id: string, { approvals }: HandlerParts): Question | undefined =>
  approvals.list().find((one) => nameOf(one) === id);

/**
 * The first question of this name whose page still waits, since a payment for another one would buy nothing. Those before
 * it are withdrawn. Undefined where there was no question of this name at all.
 *
 * @throws Fault `fault_requestGone` where none of their pages waits any more
 */
async function firstWaited(id: string, parts: HandlerParts): Promise<Question | undefined> {
  const { approvals, interception } = parts;
  let question = questionOf(id, parts);
  if (question === undefined) return undefined;
  while (!(await interception.waits(question.challenge))) {
    approvals.withdraw(question.challenge.id);
    question = questionOf(id, parts);
    if (question === undefined) throw new Fault('fault_requestGone');
  }
  return question;
}

async function viewOf(
  question: Question,
  networks: readonly NetworkProfile[],
  parts: HandlerParts,
): Promise<ApprovalView> {
  const { openWallets, budgets, journal, now } = parts;
  const harderWork = harderWorkOf(question.offer);
  const at = now();
  // The network of the question, whichever network its tab or the purse has been switched to since.
  const network = networks.find(({ id }) => id === question.offer.network);
  if (network === undefined) throw new Fault('fault_unknownNetwork');
  const wallet = await openWallets.on(network);
  const work = (await wallet?.readiness()) ?? 'none';
  const { allowance } = await budgets.rulesFor(network.id, question.site, at);
  const isKnownPayee = await journal.hasPaid(network.id, question.offer.payTo);
  const holder = (await wallet?.handedOver()) ?? null;
  const otherBudgets = await otherBudgetsOf(network.id, question.site, parts);
  return approvalView(question, {
    network,
    allowance,
    now: at,
    wallet,
    holder,
    isKnownPayee,
    otherBudgets,
    work,
    hasRunOut: parts.approvals.hasRunOut(question.id),
    workTime:
      harderWork === undefined ? null : ((await parts.work.engines.searchTime(harderWork))?.bound ?? null),
  });
}

/** What the budgets of all other sites may spend a day (raw); null where a pocket limits them already. */
async function otherBudgetsOf(
  network: string,
  site: Site,
  { budgets, settings }: HandlerParts,
): Promise<Raw | null> {
  if ((await settings.read('float')).accounts > 1) return null;
  return (await budgets.list(network))
    .filter((budget) => budget.site !== site && !budget.paused)
    .reduce((sum, { perDay }) => addRaw(sum, perDay ?? ZERO), ZERO);
}
