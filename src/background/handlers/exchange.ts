import { type Exchange, paymentOf } from '../../exchanges/exchange.ts';
import type { Exchanges } from '../../exchanges/exchanges.ts';
import { Fault } from '../../fault.ts';
import type { Answered, Challenge } from '../../interception/challenge.ts';
import type { ReplayView } from '../../messages/exchange-views.ts';
import type { PageHandlers } from '../../messages/router.ts';
import type { ApprovalQueue } from '../../payments/approval-queue.ts';
import type { PayerContext } from '../../payments/challenge-handler-ports.ts';
import type { Journal } from '../../payments/journal.ts';
import type { Payment } from '../../payments/payment.ts';
import { isWhole } from '../../payments/private-record.ts';
import type { OpenWallets } from '../open-wallets.ts';
import { type Beside, canReplay, exchangeStory, exchangeView, proofOf } from '../views/exchange.ts';

/** What a server answered to the purse itself. */
export interface Replayed {
  readonly delivery: Answered;
  readonly body: string;
}

export interface ExchangeAnswerParts {
  readonly exchanges: Exchanges;
  readonly journal: Journal;
  readonly approvals: ApprovalQueue;
  readonly openWallets: OpenWallets;
  /** The network that a tab pays on. */
  readonly network: (tabId: number) => Promise<PayerContext['network']>;
  /** Whether the page still waits for the challenge. */
  readonly waits: (challenge: Pick<Challenge, 'id'>) => Promise<boolean>;
  /** Sends a proof to the URL that it went to before, and to no other; rejects when there is no answer. */
  readonly replay: (challenge: Challenge, proof: string) => Promise<Replayed>;
  readonly now: () => number;
}

type ExchangeQuestion = 'exchange.list' | 'exchange.read' | 'exchange.replay' | 'exchange.clear';

/** What the background does for each question about the 402s that a tab met. */
export function exchangeAnswers(parts: ExchangeAnswerParts): Pick<PageHandlers, ExchangeQuestion> {
  const { exchanges, journal, approvals, openWallets, replay, now } = parts;
  /** The exchanges that are sent again now: one request of each at a time. */
  const replaying = new Set<string>();

  const beside = async (exchange: Exchange): Promise<Beside> => {
    const { id, steps } = exchange;
    const served = paymentOf(exchange);
    const isOver = steps.some(({ kind }) => kind === 'left' || kind === 'unpriced');
    // A worker that was killed may not have come to write down whom it paid.
    const [found = null, network] = await Promise.all([
      served === null ? (isOver ? null : journal.forChallenge(id)) : journal.find(served),
      parts.network(exchange.request.tabId),
    ]);
    const payment = found !== null && isWhole(found) ? found : null;
    const isAsked = approvals.isAsked(id);
    const waits = payment === null && !isOver && !isAsked && (await parts.waits(exchange));
    return { payment, isAsked, waits, testMoney: network.testMoney };
  };
  const find = async (id: string): Promise<Exchange> => {
    const exchange = await exchanges.find(id);
    if (exchange === undefined) throw new Fault('fault_unknownExchange');
    return exchange;
  };

  const send = async (exchange: Exchange, { intent }: Payment, proof: string): Promise<ReplayView> => {
    const begun = now();
    try {
      const { delivery, body } = await replay({ ...intent.challenge, tabId: exchange.request.tabId }, proof);
      exchanges.answered(exchange, 'replay', delivery);
      return { ...delivery, body, took: now() - begun };
    } catch (failure) {
      console.error(failure);
      exchanges.answered(exchange, 'replay', { kind: 'unanswered', reason: 'network' });
      return { kind: 'unanswered' };
    }
  };

  return {
    'exchange.list': async ({ tabId }) =>
      Promise.all(
        (await exchanges.of(tabId)).map(async (exchange) => exchangeView(exchange, await beside(exchange))),
      ),
    'exchange.read': async ({ id }) => {
      const exchange = await find(id);
      const { id: network } = await parts.network(exchange.request.tabId);
      const isOpen = (await openWallets.current()) !== null;
      return exchangeStory(exchange, await beside(exchange), { network, isOpen });
    },
    'exchange.replay': async ({ id }) => {
      await openWallets.opened();
      const exchange = await find(id);
      const { payment } = await beside(exchange);
      const proof = proofOf(payment);
      if (!canReplay(exchange, payment) || proof === null || replaying.has(id)) {
        throw new Fault('fault_noReplay');
      }
      replaying.add(id);
      return send(exchange, payment, proof).finally(() => replaying.delete(id));
    },
    'exchange.clear': async ({ tabId }) => {
      await exchanges.forget(tabId);
      return null;
    },
  };
}
