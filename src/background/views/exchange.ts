import type { Exchange } from '../../exchanges/exchange.ts';
import type { MessageKey } from '../../fault.ts';
import type { ExchangeState, ExchangeStory, ExchangeView, ProofView } from '../../messages/exchange.ts';
import { isFailure } from '../../payments/not-paid-reason.ts';
import { isPending, type Payment, requestOf } from '../../payments/payment.ts';
import { shownProof } from '../../payments/shown-proof.ts';
import { type Response, readResponse } from '../../protocol/response/response.ts';
import { siteOf } from '../../site.ts';
import { askerOf } from './asker.ts';
import { paymentView, pendingView } from './payment.ts';

/** The state of an exchange beyond its record. */
export interface ExchangeContext {
  /** The payment that serves it, as the journal has it now. */
  readonly payment: Payment | null;
  /** Whether the user is being asked about it. */
  readonly isAsked: boolean;
  /** Whether its page still waits for it. */
  readonly waits: boolean;
  readonly testMoney: boolean;
}

/** One exchange, for a list of them. */
export function exchangeView({ id, request, steps }: Exchange, context: ExchangeContext): ExchangeView {
  const { payment, testMoney } = context;
  const { seenAt: at, kind, method, url } = request;
  const site = siteOf(url);
  const offer = steps.findLast((step) => step.kind === 'decided');
  const answer = steps.findLast((step) => step.kind === 'answered' && step.way !== 'replay');
  const { state, why } = endOf(steps, context);
  return {
    id,
    at,
    kind,
    method,
    url,
    site,
    askedBy: askerOf(request, site),
    state,
    why,
    notBefore: state === 'pending' ? ((payment && pendingView(payment.progress)?.notBefore) ?? null) : null,
    amount: payment?.intent.amount.toString() ?? offer?.amount ?? null,
    mechanism: payment?.intent.offer.mechanism ?? offer?.mechanism ?? null,
    testMoney: payment?.intent.network.testMoney ?? testMoney,
    status: answer?.kind === 'answered' ? answer.status : null,
    payment: payment?.intent.id ?? null,
  };
}

/** One exchange with all its steps. The proof is left out while the purse is locked. */
export function exchangeStory(
  exchange: Exchange,
  context: ExchangeContext,
  { network, isOpen }: { readonly network: string; readonly isOpen: boolean },
): ExchangeStory {
  const { request, steps } = exchange;
  const { payment } = context;
  const { frameId, documentId, initiator, redirectedBy = null, topOrigin } = request;
  return {
    ...exchangeView(exchange, context),
    frameId,
    documentId,
    initiator,
    redirectedBy,
    topOrigin,
    network,
    steps,
    paid: payment && paymentView(payment, new Set()),
    proof: isOpen ? proofOf(payment) : null,
    canReplay: isOpen && canReplay(exchange, payment),
  };
}

/**
 * Whether the same request can be sent once more with its proof: it has no body, and the proof was sent before. Not for
 * a private window: the extension's own requests are sent from outside of it.
 */
export function canReplay({ request }: Exchange, payment: Payment | null): boolean {
  const paid = payment && requestOf(payment.intent);
  if (paid === null || paid.isPrivate) return false;
  const hasGoneOut = payment?.story.some(({ state }) => state === 'delivered') ?? false;
  return hasGoneOut && proofOf(payment) !== null && (request.method === 'GET' || request.method === 'HEAD');
}

/** The proof of a payment; null where there is none yet. */
export function proofOf(payment: Payment | null): ProofView | null {
  if (payment === null || !('proof' in payment.progress)) return null;
  const { header, value } = shownProof(payment.intent.offer, payment.progress);
  return { header, value };
}

type End = Pick<ExchangeView, 'state' | 'why'>;

/** The steps of the exchange come before the journal: its payment may have been delivered to another request. */
function endOf(steps: Exchange['steps'], { payment, isAsked, waits }: ExchangeContext): End {
  if (isAsked) {
    const asked = steps.findLast((step) => step.kind === 'decided');
    return { state: 'asking', why: asked?.why ? { key: asked.why, args: asked.args ?? [] } : null };
  }
  const last = steps.findLast(
    (step) => step.kind === 'left' || step.kind === 'served' || ('way' in step && step.way !== 'replay'),
  );
  switch (last?.kind) {
    case 'left':
      return unpaidFor(last.key, last.args);
    case 'answered': {
      const state = stateOf(last);
      // What came after an answer that put off the delivery is told by the journal alone.
      return state === 'pending' && payment !== null ? paidEnd(payment) : { state, why: null };
    }
    case 'unanswered':
      return { state: 'unanswered', why: null };
    default:
      return payment === null ? unpaid(waits) : paidEnd(payment);
  }
}

function unpaid(waits: boolean): End {
  return waits ? { state: 'seen', why: null } : { state: 'left', why: { key: 'refusal_LAPSED', args: [] } };
}

/** What an answer says by itself: neither the ledger nor the time changes whether it is the content or a refusal. */
function stateOf({ status, paymentResponse, paymentRequired }: Response): ExchangeState {
  const response = readResponse(
    { status, paymentResponse, paymentRequired },
    { ownBlock: 'unknown', now: 0 },
  );
  switch (response.kind) {
    case 'paid':
    case 'refused':
    case 'pending':
      return response.kind;
    case 'unclear':
      return 'unanswered';
  }
}

function paidEnd({ progress }: Payment): End {
  switch (progress.state) {
    case 'settled':
      return { state: 'paid', why: null };
    case 'unanswered':
      return { state: isPending(progress) ? 'pending' : 'unanswered', why: null };
    case 'refused':
      return { state: 'refused', why: null };
    case 'approved':
    case 'signed':
    case 'published':
    case 'confirmed':
    case 'proven':
    case 'delivered':
      return { state: 'paying', why: null };
    case 'revoked':
      return unpaidFor('fault_revoked', []);
    case 'abandoned':
      return unpaidFor(progress.fault, progress.args);
  }
}

function unpaidFor(key: MessageKey, args: readonly string[]): End {
  return { state: isFailure(key) ? 'failed' : 'left', why: { key, args } };
}
