import { type Exchange, paymentOf } from '../../exchanges/exchange.ts';
import { Fault } from '../../fault.ts';
import type { Challenge } from '../../interception/challenge.ts';
import type { Proof } from '../../interception/headers.ts';
import type { ReplayView } from '../../messages/exchange.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { requestOf } from '../../payments/payment.ts';
import { isWhole } from '../../payments/private-record.ts';
import { shownProof } from '../../payments/shown-proof.ts';
import { loadAnew, replayTo } from '../own-requests.ts';
import { canReplay, type ExchangeContext, exchangeStory, exchangeView } from '../views/exchange.ts';
import type { HandlerParts } from './parts.ts';

/** Handles the requests about the 402s of a tab. */
export function exchangeHandlers({
  exchanges,
  journal,
  approvals,
  openWallets,
  payers,
  interception,
  now,
}: HandlerParts): PageHandlersOf<'exchange'> {
  /** The exchanges whose proof is being sent again: one request of each at a time. */
  const replaying = new Set<string>();

  const contextOf = async (exchange: Exchange): Promise<ExchangeContext> => {
    const { id, steps } = exchange;
    const served = paymentOf(exchange);
    const isOver = steps.some(({ kind }) => kind === 'left');
    // A worker that was killed may not have recorded which payment serves the exchange.
    const [found = null, network] = await Promise.all([
      served === null ? (isOver ? null : journal.forChallenge(id)) : journal.find(served),
      payers.shownNetworkOf(exchange.request.tabId),
    ]);
    const payment = found !== null && isWhole(found) ? found : null;
    const isAsked = approvals.isAsked(id);
    const waits = payment === null && !isOver && !isAsked && (await interception.waits(exchange));
    return { payment, isAsked, waits, testMoney: network.testMoney };
  };
  const find = async (id: string): Promise<Exchange> => {
    const exchange = await exchanges.find(id);
    if (exchange === undefined) throw new Fault('fault_unknownExchange');
    return exchange;
  };

  const send = async (exchange: Exchange, paid: Challenge, proof: Proof): Promise<ReplayView> => {
    const begun = now();
    try {
      const { delivery, body } = await replayTo({ ...paid, tabId: exchange.request.tabId }, proof);
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
        (await exchanges.of(tabId)).map(async (exchange) =>
          exchangeView(exchange, await contextOf(exchange)),
        ),
      ),
    'exchange.read': async ({ id }) => {
      const exchange = await find(id);
      const { id: network } = await payers.shownNetworkOf(exchange.request.tabId);
      const isOpen = (await openWallets.current()) !== null;
      return exchangeStory(exchange, await contextOf(exchange), { network, isOpen });
    },
    'exchange.replay': async ({ id }) => {
      await openWallets.opened();
      const exchange = await find(id);
      const { payment } = await contextOf(exchange);
      const paid = payment && requestOf(payment.intent);
      const progress = payment?.progress;
      const isReady = progress !== undefined && 'proof' in progress && !replaying.has(id);
      if (!canReplay(exchange, payment) || !paid || !isReady) throw new Fault('fault_noReplay');
      replaying.add(id);
      return send(exchange, paid, shownProof(payment.intent.offer, progress)).finally(() =>
        replaying.delete(id),
      );
    },
    'exchange.askAgain': async ({ id }) => {
      const { request } = await find(id);
      if (request.method !== 'GET' || !(await loadAnew(request))) throw new Fault('fault_requestGone');
      return null;
    },
    'exchange.clear': async ({ tabId }) => {
      await exchanges.forget(tabId);
      return null;
    },
  };
}
