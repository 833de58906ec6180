import { Fault } from '../../fault.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { formatXno, parseRaw, ZERO } from '../../nano/amount.ts';
import { readPaymentUri } from '../../protocol/payment-uri.ts';
import type { Order } from '../../wallet/send-order.ts';
import { linkListener } from '../link-listener.ts';
import type { LinkQuestion } from '../link-questions.ts';
import { linkView } from '../views/link.ts';
import type { HandlerParts } from './parts.ts';

export function linkHandlers({
  links,
  settings,
  openWallets,
  notifyPages,
}: HandlerParts): PageHandlersOf<'link'> {
  return {
    'link.read': async ({ id }) => {
      const question = await links.find(id);
      if (question === undefined) return null;
      const network = (await settings.networks()).find((one) => one.id === question.network) ?? null;
      return linkView(question, network, network && (await openWallets.on(network)));
    },
    'link.send': async ({ id, amount }) => {
      const question = await links.find(id);
      if (question === undefined) throw new Fault('fault_approvalGone');
      const order = orderOf(question, amount);
      const wallet = await openWallets.openedOn(question.network ?? '');
      const missing = wallet.missing(order.amount);
      if (missing !== null) throw new Fault('fault_insufficient', [formatXno(missing)]);
      await links.take(id);
      return { blockHash: await wallet.send(order.to, order.amount) };
    },
    'link.decline': async ({ id }) => {
      await links.decline(id);
      return null;
    },
    'link.listen': async ({ on }) => {
      await (on ? linkListener.start() : linkListener.stop());
      notifyPages();
      return null;
    },
  };
}

/**
 * What an answer sends: the account and the amount of the link, or the amount that the user typed where it has none.
 *
 * @throws Fault `fault_badMessage` where the link cannot be paid, or states an amount itself; those of `parseRaw`
 */
function orderOf({ text }: LinkQuestion, typed: string | null): Order {
  const reading = readPaymentUri(text);
  if (reading.kind === 'refused') throw new Fault('fault_badMessage');
  const { payTo, amount } = reading;
  if ((amount === null) !== (typed !== null)) throw new Fault('fault_badMessage');
  const sum = amount ?? parseRaw(typed);
  if (sum === ZERO) throw new Fault('fault_badAmount');
  return { to: payTo, amount: sum };
}
