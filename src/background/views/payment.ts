import type { Fault } from '../../fault.ts';
import type { PaymentView } from '../../messages/payment.ts';
import type { BlockHash } from '../../nano/block.ts';
import { isPending, isUnderway, type Progress, requestOf } from '../../payments/payment.ts';
import { type AnyPayment, isTest, isWhole, type PrivateProgress } from '../../payments/private-record.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import { askerOf } from './asker.ts';
import { faultView } from './fault.ts';

/** Stands for the method of a payment that no request caused. */
const OF_A_TEST = 'a test';

/**
 * A payment as pages see it. Of one in a private window it has only what the disk keeps.
 *
 * @param handedOver the hashes of signed blocks that were handed over and not published
 * @param trouble why its account cannot look at the ledger now
 */
export function paymentView(
  payment: AnyPayment,
  handedOver: ReadonlySet<BlockHash>,
  trouble: Fault | null = null,
): PaymentView {
  const { intent, progress, story, replaced = [], claimed = [], refunds = [] } = payment;
  const { id, at, amount, network, approval, offer } = intent;
  const hash = 'hash' in progress ? progress.hash : null;
  return {
    kind: 'payment',
    id,
    at,
    state: progress.state,
    story,
    pending: pendingView(progress),
    ...siteFieldsOf(payment),
    isForgotten: !isWhole(payment),
    amount: amount.toString(),
    payTo: offer.payTo,
    mechanism: offer.mechanism,
    network: network.id,
    testMoney: network.testMoney,
    approval,
    blockHash: hash,
    lostBlocks: [...replaced, ...claimed],
    status: 'status' in progress ? progress.status : null,
    handedOver:
      !isHandOver(offer) || !hash || progress.state === 'revoked'
        ? null
        : handedOver.has(hash)
          ? 'out'
          : 'published',
    waitsFor: isUnderway(progress.state) ? faultView(trouble) : null,
    byPost: progress.state === 'settled' && progress.byPost === true,
    canDeliver:
      !isTest(payment) && 'proof' in progress && progress.state !== 'settled' && !isUnderway(progress.state),
    refunds: refunds.map(({ source, at, amount, counted }) => ({
      id: source,
      at,
      amount: amount.toString(),
      counted: counted.toString(),
    })),
  };
}

/** Until when a server that has taken the proof wants to be left alone; null where it has not taken it. */
export function pendingView(progress: Progress | PrivateProgress): PaymentView['pending'] {
  if (!isPending(progress)) return null;
  return { notBefore: ('notBefore' in progress && progress.notBefore) || null };
}

type SiteFields =
  | 'isPrivate'
  | 'site'
  | 'askedBy'
  | 'url'
  | 'method'
  | 'description'
  | 'title'
  | 'fault'
  | 'serverSaid'
  | 'credit';

/** The fields that name the site, or quote what it said. */
function siteFieldsOf(payment: AnyPayment): Pick<PaymentView, SiteFields> {
  const { progress } = payment;
  if (!isWhole(payment) || requestOf(payment.intent)?.isPrivate) {
    return {
      isPrivate: true,
      site: null,
      askedBy: null,
      url: null,
      method: null,
      description: null,
      title: null,
      fault: progress.state === 'abandoned' ? { key: progress.fault, args: [] } : null,
      serverSaid: null,
      credit: null,
    };
  }
  const { site, challenge, offer } = payment.intent;
  const request = requestOf(payment.intent);
  return {
    isPrivate: false,
    site,
    askedBy: request && askerOf(request, site),
    url: challenge.url,
    method: request?.method ?? OF_A_TEST,
    description: offer.resource.description ?? null,
    title: payment.title ?? null,
    fault:
      payment.progress.state === 'abandoned'
        ? { key: payment.progress.fault, args: payment.progress.args }
        : null,
    serverSaid: payment.progress.state === 'refused' ? payment.progress.said : null,
    credit: ('credit' in payment.progress && payment.progress.credit?.toString()) || null,
  };
}
