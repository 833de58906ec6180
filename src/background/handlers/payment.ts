import { Fault } from '../../fault.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { parseAddress } from '../../nano/account.ts';
import { parseRaw } from '../../nano/amount.ts';
import type { PaymentId } from '../../payment-id.ts';
import { isKept, isPending } from '../../payments/payment.ts';
import { isWhole, siteOnDisk } from '../../payments/private-record.ts';
import { type Site, siteOf } from '../../site.ts';
import { openPaid } from '../open-paid.ts';
import { loadPage } from '../own-requests.ts';
import { paymentView } from '../views/payment.ts';
import type { HandlerParts } from './parts.ts';

export function paymentHandlers({
  openWallets,
  delivery,
  reopening,
  recall,
  interception,
  sendDraft,
  button,
  journal,
  notifyPages,
}: HandlerParts): PageHandlersOf<'payment' | 'page' | 'money'> {
  /** A payment that still waits for what was paid for; null where that has changed since. */
  const stillOwed = async (id: PaymentId) => {
    const payment = await journal.find(id);
    if (payment !== null && isWhole(payment)) {
      const { progress } = payment;
      if (isKept(progress) && !isPending(progress)) return payment;
    }
    await button.settle(id);
    return null;
  };
  return {
    'payment.owed': async () => {
      const found = await Promise.all((await button.owed()).map(({ id }) => stillOwed(id)));
      return found
        .filter((payment) => payment !== null)
        .reverse()
        .map((payment) => paymentView(payment, new Set()));
    },
    'payment.seen': async ({ id }) => {
      await button.seen(id as PaymentId);
      return null;
    },
    'payment.dismiss': async ({ id }) => {
      await button.settle(id as PaymentId);
      notifyPages();
      return null;
    },
    'payment.deliver': async ({ id }) => {
      await openPaid(await delivery.requestRedelivery(id as PaymentId));
      return null;
    },
    'payment.open': async ({ id }) => {
      await openPaid(await reopening.request(id as PaymentId));
      return null;
    },
    'payment.recall': async ({ id }) => {
      const { intent, progress } = await recall.recall(id as PaymentId).finally(notifyPages);
      if (progress.state !== 'revoked') throw publishedByPayee(siteOnDisk(intent));
      return null;
    },
    'page.toLoad': async () =>
      interception.awaitingReload().map(({ id, url, givenBack }) => ({
        id,
        url,
        site: siteOf(url),
        byReload: givenBack === undefined,
      })),
    'page.load': async ({ id }) => {
      const challenge = interception.awaitingReload().find((one) => one.id === id);
      if (challenge === undefined) throw new Fault('fault_paymentOver');
      await interception.expectReload(challenge);
      await loadPage(challenge);
      return null;
    },
    'money.send': async ({ to, amount }) => {
      const wallet = await openWallets.opened();
      const sum = amount === 'everything' ? amount : parseRaw(amount);
      const blockHash = await wallet.send(parseAddress(to), sum);
      await sendDraft.clear();
      return { blockHash };
    },
  };
}

/** The site published the signed block before it could be recalled; null for a site that is not to be named. */
const publishedByPayee = (site: Site | null): Fault =>
  site === null ? new Fault('fault_chequeCashedPrivate') : new Fault('fault_chequeCashed', [site]);
