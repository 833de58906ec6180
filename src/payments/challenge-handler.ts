import { Fault, faultOf } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { askersOf } from '../interception/parties.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Budgets, SiteRules } from '../policy/budgets.ts';
import { type Decision, decide, EXPIRY_MARGIN } from '../policy/decision.ts';
import { defaultPreference, payFirstMechanisms } from '../protocol/mechanisms/index.ts';
import { classify, tellingReason } from '../protocol/offer/classify.ts';
import { refusalSentence } from '../protocol/offer/codes.ts';
import type { Mechanism, Offer } from '../protocol/offer/offer.ts';
import { siteOf } from '../site.ts';
import { type HandedOver, handedOverFault } from '../wallet/own-block.ts';
import type { AccountLease } from '../wallet/wallet.ts';
import type { ApprovalQueue, Question, QuestionOutcome } from './approval-queue.ts';
import { type Delivery, replaces } from './delivery.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import type { Journal, Memory } from './journal.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { type Intent, resourceOf } from './payment.ts';
import { LONGEST_TIMER } from './payment-runner.ts';
import { type AnyPayment, isWhole } from './private-record.ts';

/** The settings that decide how the purse pays. They are the same while it is locked, so that no page can tell. */
export interface PayerContext {
  readonly network: { readonly id: string; readonly testMoney: boolean };
  /** The user has stopped all payments without asking. */
  readonly paused: boolean;
  /** The ways to pay that the user likes best, as in `ClassifyContext`. */
  readonly preference: readonly Mechanism[];
  /** As in `ClassifyContext`. */
  readonly alsoNamed?: string | undefined;
}

export interface ChallengeHandlerPorts {
  readonly journal: Journal;
  readonly budgets: Budgets;
  readonly approvals: ApprovalQueue;
  readonly delivery: Delivery;
  /** Who pays for what this tab asks. Null while there is no purse: then a 402 is none of its business. */
  readonly context: (challenge: Challenge) => Promise<PayerContext | null>;
  /**
   * The purse's own accounts on a network; null while it is locked. Asked for only where a budget or the user allows the
   * payment: whether and how fast a page gets its 402 back must tell nothing of them.
   */
  readonly accounts: (network: string) => Promise<readonly NanoAddress[] | null>;
  /** Whether the page still waits for the challenge. */
  readonly waits: (challenge: Challenge) => Promise<boolean>;
  /** Who has a signed block of the account and has not cashed it; nothing else can be paid meanwhile. */
  readonly handedOver: (network: string) => Promise<HandedOver | null>;
  /** The account to pay this much from (raw) on a network; rejects with Fault `fault_locked`, `fault_unknownNetwork`. */
  readonly lease: (network: string, amount: Raw) => Promise<AccountLease>;
  /** The challenge with a fresh offer in the place of its own; null when the server gives none. */
  readonly freshOffer: (challenge: Challenge) => Promise<Challenge | null>;
  /** Gives the page its original 402. */
  readonly release: (challenge: Challenge) => void;
  readonly recorder: Pick<ExchangeRecorder, 'decided' | 'renewed' | 'left'>;
  /** One line for the user's log: why a 402 was left to the page. */
  readonly log: (challenge: Challenge, key: NotPaidReason, args: readonly string[]) => Promise<void>;
  readonly now: () => number;
}

/** Of how many requests the last challenge is remembered. */
const MOST_REQUESTS = 1_000;

/**
 * The straight way through the house, from a challenge to its end: classify, decide, ask or not, reserve, and hand it
 * over to be paid and delivered. Whatever goes wrong on the way, the page gets its own 402 and the user a line that
 * says why.
 */
export class ChallengeHandler {
  readonly #ports: ChallengeHandlerPorts;
  readonly #running = new Map<string, Promise<void>>();
  /** The last challenge that each request of a frame met. */
  readonly #latest = new Map<string, Challenge>();
  /** The challenges of which the offer was asked for anew, while they are met. */
  readonly #renewed = new Set<string>();
  /** The challenges that their pages took back while they were being handled. */
  readonly #withdrawn = new Set<string>();
  /** The challenges that share the question of one that is paid for, question by question. */
  readonly #sharing = new Set<Challenge[]>();

  constructor(ports: ChallengeHandlerPorts) {
    this.#ports = ports;
  }

  /**
   * Meets one challenge and sees it to its end; announced twice, it is met once. Never rejects: what fails is logged,
   * and the page released.
   */
  handle(challenge: Challenge): Promise<void> {
    const { id } = challenge;
    const known = this.#running.get(id);
    if (known !== undefined) return known;
    this.#remember(challenge);
    const meeting = this.#guarded(challenge, () => this.#consider(challenge)).finally(() => {
      this.#running.delete(id);
      this.#renewed.delete(id);
      this.#withdrawn.delete(id);
    });
    this.#running.set(id, meeting);
    return meeting;
  }

  /**
   * The page took the request back, or was left: nothing is asked about it any more, and it is not paid unless a block
   * is signed already.
   */
  async withdraw(challenge: Challenge): Promise<void> {
    const { id } = challenge;
    if (this.#running.has(id)) this.#withdrawn.add(id);
    for (const others of this.#sharing) {
      const place = others.findIndex((other) => other.id === id);
      if (place !== -1) others.splice(place, 1);
    }
    this.#ports.approvals.withdraw(id);
    this.#ports.delivery.withdraw(challenge);
    if (!this.#running.has(id)) await this.#decline(challenge, 'refusal_WITHDRAWN');
  }

  #remember(challenge: Challenge): void {
    const request = requestOf(challenge);
    const last = this.#latest.get(request);
    if (last !== undefined && last.seenAt > challenge.seenAt) return;
    this.#latest.delete(request);
    this.#latest.set(request, challenge);
    const [oldest] = this.#latest.keys();
    if (this.#latest.size > MOST_REQUESTS && oldest !== undefined) this.#latest.delete(oldest);
  }

  /** Whether its page was loaded once more while this was on its way: that one is asked about, or paid for. */
  #isReplaced(challenge: Challenge): boolean {
    const last = this.#latest.get(requestOf(challenge));
    return last !== undefined && replaces(last, challenge);
  }

  async #guarded(challenge: Challenge, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (failure) {
      const { key, args } = faultOf(failure);
      // Nothing was paid: its block was never signed, or is taken back.
      if (key === 'fault_offerExpired') await this.#renew(challenge, key, 'reason_ranOut');
      else await this.#decline(challenge, key, args);
    }
  }

  /**
   * Rather than pay an offer that would expire before delivery, asks for a fresh one, once (docs/WIRE.md §7.5). A server that has no better one is left to the page.
   */
  async #renew(challenge: Challenge, otherwise: NotPaidReason, reason?: Question['reason']): Promise<void> {
    const isFirst = !this.#renewed.has(challenge.id);
    this.#renewed.add(challenge.id);
    const fresh = isFirst ? await this.#ports.freshOffer(challenge).catch(() => null) : null;
    if (fresh === null) return this.#decline(challenge, otherwise);
    this.#ports.recorder.renewed(fresh);
    await this.#guarded(fresh, async () => {
      const standing = await this.#ports.context(fresh);
      if (standing === null) return this.#decline(fresh, otherwise);
      await this.#evaluate(fresh, standing, await this.#lookUp(fresh, standing), reason);
    });
  }

  async #consider(challenge: Challenge): Promise<void> {
    const { delivery, approvals } = this.#ports;
    const standing = await this.#ports.context(challenge);
    if (standing === null) {
      this.#ports.recorder.left(challenge, 'refusal_NO_PURSE', []);
      return this.#ports.release(challenge);
    }
    // A page that was loaded again is asked about anew: its older load no longer waits.
    approvals.lapse((question) => replaces(challenge, question.challenge));
    if (this.#reassign(challenge)) return;
    let books = await this.#lookUp(challenge, standing);
    if (books.ofChallenge !== undefined) return this.#serve(books.ofChallenge, challenge);
    let kept = await delivery.keptFor(challenge, books.undelivered);
    // Another page that asks for the same may get what was found, before it is delivered here.
    while (kept !== undefined) {
      if (await delivery.serve(kept, challenge)) return;
      books = await this.#lookUp(challenge, standing);
      kept = await delivery.keptFor(challenge, books.undelivered);
    }
    await this.#evaluate(challenge, standing, books);
  }

  /** Classifies, decides and goes on from there; for the reason given where it asks. */
  async #evaluate(
    challenge: Challenge,
    standing: PayerContext,
    books: RequestHistory,
    reason?: Question['reason'],
  ): Promise<void> {
    const classified = classify(challenge.header, {
      url: challenge.url,
      network: standing.network.id,
      alsoNamed: standing.alsoNamed,
      arrivedAt: challenge.seenAt,
      now: this.#ports.now(),
      payable: new Set(books.takesBlocks ? defaultPreference : payFirstMechanisms),
      preference: standing.preference,
    });
    if (classified.kind === 'refused') return this.#decline(challenge, refusalSentence(classified.code));
    const [offer] = classified.offers;
    if (offer === undefined) {
      return this.#decline(challenge, refusalSentence(tellingReason(classified.refused) ?? 'BAD_ACCEPTS'));
    }
    const decision = await this.#decide(challenge, offer, standing, books);
    const isAskedAgain = decision.kind === 'ask' && reason !== undefined;
    await this.#settle(challenge, offer, isAskedAgain ? { ...decision, reason } : decision);
  }

  async #settle(challenge: Challenge, offer: Offer, decision: Decision): Promise<void> {
    this.#ports.recorder.decided(challenge, offer, decision);
    if (decision.kind !== 'refuse' && this.#reassign(challenge, offer)) return;
    switch (decision.kind) {
      case 'refuse':
        // Only for a document that its user opened: the second request tells the site that there is a purse.
        return decision.key === 'refusal_EXPIRES_TOO_SOON' && isOpenedByUser(challenge)
          ? this.#renew(challenge, decision.key)
          : this.#decline(challenge, decision.key);
      case 'ask': {
        const { reason } = decision;
        return this.#ask({ id: challenge.id, site: siteOf(challenge.url), challenge, offer, reason });
      }
      case 'pay':
        return (await this.#ports.handedOver(offer.network)) === null
          ? this.#reserve(challenge, offer, 'budget')
          : this.#settle(challenge, offer, { kind: 'ask', reason: 'reason_blockOut' });
    }
  }

  async #decide(
    challenge: Challenge,
    offer: Offer,
    { paused }: PayerContext,
    { allowance, blocked, isAskerBlocked, lastPrice, paidAt, undelivered }: RequestHistory,
  ): Promise<Decision> {
    const { delivery, now } = this.#ports;
    const accounts = allowance.budget === null ? null : await this.#ports.accounts(offer.network);
    const undeliveredBefore = await delivery.isPaidInVain(challenge, undelivered);
    const circumstances = {
      allowance,
      blocked,
      isAskerBlocked,
      lastPrice,
      paidAt,
      undeliveredBefore,
      paused,
      accounts,
    };
    return decide({ challenge, offer, ...circumstances, now: now() });
  }

  /** What the books say of a request, whatever is offered for it. */
  async #lookUp(challenge: Challenge, { network }: PayerContext): Promise<RequestHistory> {
    const { journal, budgets, now } = this.#ports;
    const site = siteOf(challenge.url);
    const [memory, rules] = await Promise.all([
      journal.recall(challenge, network.id),
      budgets.rulesFor(network.id, site, now(), askersOf(challenge, site)),
    ]);
    return { ...memory, ...rules };
  }

  async #ask(question: Question): Promise<void> {
    const { approvals, budgets, waits, now } = this.#ports;
    const { challenge, site } = question;
    // A storm outlives its page: what was in the queue for a tab that was closed asks nobody any more.
    if (!(await waits(challenge)) || this.#isOver(challenge))
      return this.#decline(challenge, this.#endOf(challenge));
    const asked = approvals.ask(question);
    if (asked === 'full') return this.#decline(challenge, 'refusal_QUEUE_FULL');
    const { id, offer } = asked.shown;
    const lapses = Math.min(offer.expiresAt - EXPIRY_MARGIN - now(), LONGEST_TIMER);
    const timer = setTimeout(() => approvals.expire(id), lapses);
    const outcome = withoutTrace(await asked.outcome, challenge);
    clearTimeout(timer);
    switch (outcome.kind) {
      case 'decline':
        return this.#decline(challenge, 'refusal_DECLINED');
      case 'lapsed':
        return this.#decline(challenge, 'refusal_LAPSED');
      case 'expired':
        // Where another request that asked the same was shown, the offer of this one may live longer.
        return id === question.id ? this.#decline(challenge, 'refusal_LAPSED') : this.#ask(question);
      case 'withdrawn':
        return this.#decline(challenge, 'refusal_WITHDRAWN');
      case 'crowded':
        return this.#decline(challenge, 'refusal_QUEUE_FULL');
      case 'shared':
        // The request that gets the payment goes on with it.
        return;
      case 'never':
        await budgets.block(outcome.site);
        approvals.lapse(({ site, challenge }) => [site, ...askersOf(challenge, site)].includes(outcome.site));
        return this.#decline(
          challenge,
          outcome.site === site ? 'refusal_SITE_BLOCKED' : 'refusal_ASKER_BLOCKED',
        );
      case 'budget':
      case 'once': {
        const others = [...outcome.others];
        this.#sharing.add(others);
        try {
          if (outcome.kind === 'budget') {
            const { perPayment, perDay } = outcome;
            const { network, payTo } = offer;
            if (await this.#isOwn(offer)) return await this.#decline(challenge, 'refusal_OWN_ACCOUNT');
            await budgets.change(network, site, { perPayment, perDay, payTo, paused: false });
          }
          return await this.#reserve(challenge, offer, 'once', others);
        } finally {
          this.#sharing.delete(others);
          for (const other of others) await this.#decline(other, 'refusal_SHARED');
        }
      }
    }
  }

  /** Whether it gets what is being paid already; what its page took back gets nothing. */
  #reassign(challenge: Challenge, offer?: Offer): boolean {
    return !this.#withdrawn.has(challenge.id) && this.#ports.delivery.reassign(challenge, offer);
  }

  /** Whether the page took the request back, or was loaded once more. */
  #isOver(challenge: Challenge): boolean {
    return this.#withdrawn.has(challenge.id) || this.#isReplaced(challenge);
  }

  #endOf({ id }: Challenge): NotPaidReason {
    return this.#withdrawn.has(id) ? 'refusal_WITHDRAWN' : 'refusal_LAPSED';
  }

  async #reserve(
    challenge: Challenge,
    offer: Offer,
    approval: Intent['approval'],
    others: Challenge[] = [],
  ): Promise<void> {
    const { journal, context: standing, waits, handedOver: chequeOut, now } = this.#ports;
    const [isAwaited, present] = await Promise.all([waits(challenge), standing(challenge)]);
    if (!isAwaited) return this.#decline(challenge, this.#endOf(challenge));
    if (present === null) throw new Fault('fault_locked');
    if (present.network.id !== offer.network) throw new Fault('fault_unknownNetwork');
    // The purse may have been locked when this was decided.
    if (await this.#isOwn(offer)) return this.#decline(challenge, 'refusal_OWN_ACCOUNT');
    const holder = await chequeOut(offer.network);
    if (holder !== null) throw handedOverFault(holder);
    if (present.paused && approval === 'budget') {
      return this.#settle(challenge, offer, { kind: 'ask', reason: 'reason_paused' });
    }
    const at = now();
    if (offer.expiresAt - at < EXPIRY_MARGIN) return this.#renew(challenge, 'refusal_EXPIRES_TOO_SOON');
    const lease = await this.#ports.lease(offer.network, offer.amount);
    try {
      if (this.#reassign(challenge, offer)) return;
      // Nothing is awaited from here to the reservation: whoever comes later finds it being paid for.
      if (this.#isOver(challenge)) return await this.#decline(challenge, this.#endOf(challenge));
      const reservation = await journal.reserve({
        id: crypto.randomUUID() as PaymentId,
        at,
        network: present.network,
        account: lease.account,
        site: siteOf(challenge.url),
        challenge,
        offer,
        amount: offer.amount,
        approval,
        once: onceOf(challenge, offer),
        resource: resourceOf(challenge),
      });
      if (reservation.kind !== 'over') return await this.#serve(reservation.payment, challenge, others);
    } finally {
      lease.done();
    }
    const books = await this.#lookUp(challenge, present);
    await this.#settle(challenge, offer, await this.#decide(challenge, offer, present, books));
  }

  /** Whether the offer wants the money on an account of the purse itself. @throws Fault `fault_locked` */
  async #isOwn({ network, payTo }: Offer): Promise<boolean> {
    const accounts = await this.#ports.accounts(network);
    if (accounts === null) throw new Fault('fault_locked');
    return accounts.includes(payTo);
  }

  async #serve(payment: AnyPayment, challenge: Challenge, others?: Challenge[]): Promise<void> {
    if (!isWhole(payment)) return this.#decline(challenge, 'refusal_ALREADY_PAID');
    const { delivery } = this.#ports;
    const serving = delivery.serve(payment, challenge, others);
    // The page may have taken the request back while the money was reserved.
    if (this.#withdrawn.has(challenge.id)) delivery.withdraw(challenge);
    if (!(await serving)) {
      await this.#decline(challenge, 'refusal_ALREADY_PAID');
    }
  }

  async #decline(challenge: Challenge, key: NotPaidReason, args: readonly string[] = []): Promise<void> {
    this.#ports.release(challenge);
    this.#ports.recorder.left(challenge, key, args);
    await this.#ports.log(challenge, key, args).catch(console.error);
  }
}

/** What the books say of a request. */
type RequestHistory = Memory & SiteRules;

const isOpenedByUser = ({ kind, startedBy }: Challenge): boolean =>
  kind === 'main_frame' && startedBy === 'user';

const requestOf = ({ tabId, frameId, method, url }: Challenge): string =>
  `${tabId} ${frameId} ${method} ${url}`;

/** What may be paid only once: the server's session, nonce or challenge; without one, this approval (invariant 1). */
function onceOf(challenge: Challenge, offer: Offer): string {
  return offer.oncePer === undefined
    ? `approval ${challenge.id}`
    : [offer.network, offer.payTo, offer.mechanism, offer.oncePer].join(' ');
}

/**
 * A budget or a block would write the site down: in a private window either counts for this one request. The question
 * offers neither there; an answer that is no click of its page may still name one.
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
