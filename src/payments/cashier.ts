import { Fault, type MessageKey } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import { classify } from '../protocol/classify.ts';
import { refusalSentence } from '../protocol/codes.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Answer, Approvals, Question } from './approvals.ts';
import { dayOf } from './budget.ts';
import type { Exclusively } from './chain.ts';
import { type Decision, decide, EXPIRY_MARGIN } from './decision.ts';
import type { Budgets, Journal } from './journal.ts';
import type { Payer } from './payer.ts';
import { type Intent, isKept, type Payment, type PaymentId, resourceOf, siteOf } from './payment.ts';

/** Why a 402 was left to the page. */
export type Left = Extract<MessageKey, `refusal_${string}` | `fault_${string}`>;

/** Who pays now. */
export interface Standing {
  readonly network: { readonly id: string; readonly testMoney: boolean };
  /** Null while the purse is locked: then nothing is paid without asking. */
  readonly account: NanoAddress | null;
  /** The user has stopped all payments without asking. */
  readonly paused: boolean;
}

export interface CashierPorts {
  readonly journal: Journal;
  readonly budgets: Budgets;
  readonly approvals: Approvals;
  readonly payer: Payer;
  /** Null while there is no purse: then a 402 is none of its business. */
  readonly standing: () => Promise<Standing | null>;
  /** Whether the page still waits for the challenge. */
  readonly waits: (challenge: Challenge) => Promise<boolean>;
  /** Gives the page its original 402. */
  readonly release: (challenge: Challenge) => void;
  /** One line for the user's log: why a 402 was left to the page. */
  readonly log: (challenge: Challenge, key: Left, args: readonly string[]) => Promise<void>;
  readonly exclusively: Exclusively;
  readonly now: () => number;
}

/** How long after an offer's expiry its proof is still delivered by itself (ms): servers' clocks differ. */
const DELIVERY_GRACE = 60_000;

/**
 * The straight way through the house, from a challenge to its end: classify, decide, ask or not, reserve, pay,
 * deliver. Whatever goes wrong on the way, the page gets its own 402 and the user a line that says why.
 */
export class Cashier {
  readonly #ports: CashierPorts;
  /** The payments that someone waits for right now, and the challenge each will be delivered to. */
  readonly #served = new Map<PaymentId, Challenge>();
  /** Kept proofs that the user wants delivered again, whatever their age. */
  readonly #wanted = new Set<PaymentId>();

  constructor(ports: CashierPorts) {
    this.#ports = ports;
  }

  /** Meets one challenge and sees it to its end. Never rejects: what fails is logged, and the page released. */
  async meet(challenge: Challenge): Promise<void> {
    try {
      await this.#meet(challenge);
    } catch (failure) {
      const { key, args } = failure instanceof Fault ? failure : unexpected(failure);
      await this.#leave(challenge, key, args);
    }
  }

  /** Carries on what an earlier life of the worker left underway. What it could not sign, it gives back. */
  async resume(): Promise<void> {
    const { journal, payer } = this.#ports;
    for (const payment of await journal.underway()) {
      const { id } = payment.intent;
      if (this.#served.has(id)) continue;
      if (payment.progress.state === 'approved') {
        // Whoever still waits for it is about to be met again, and pays then.
        if (await this.#ports.waits(payment.intent.challenge)) continue;
        await journal.advance(id, { state: 'abandoned', fault: 'fault_interrupted', args: [] });
      } else {
        // Without a node, or locked, it stays as it is: the next start or unlocking comes back to it.
        await payer.pay(payment).catch(() => payment);
      }
    }
  }

  /**
   * Lets the proof of a payment out once more, to the next 402 that its request meets.
   *
   * @throws Fault `fault_unknownPayment`, `fault_paymentOver`.
   */
  async want(id: PaymentId): Promise<Payment> {
    const payment = await this.#ports.journal.find(id);
    if (payment === null) throw new Fault('fault_unknownPayment');
    if (!('proof' in payment.progress) || payment.progress.state === 'settled') {
      throw new Fault('fault_paymentOver');
    }
    this.#wanted.add(id);
    return payment;
  }

  async #meet(challenge: Challenge): Promise<void> {
    const { journal } = this.#ports;
    const standing = await this.#ports.standing();
    if (standing === null) return this.#ports.release(challenge);
    if (this.#takesOver(challenge)) return;

    const own = await journal.forChallenge(challenge.id);
    if (own !== null) return this.#serve(own, challenge);

    const kept = await this.#keptFor(challenge);
    if (kept !== undefined) return this.#serve(kept, challenge);

    const classified = classify(challenge.header, {
      url: challenge.url,
      network: standing.network.id,
      arrivedAt: challenge.seenAt,
      now: this.#ports.now(),
    });
    if (classified.kind === 'refused') return this.#leave(challenge, refusalSentence(classified.code));
    const [offer] = classified.offers;
    if (offer === undefined) {
      const [first] = classified.refused;
      return this.#leave(challenge, refusalSentence(first?.code ?? 'BAD_ACCEPTS'));
    }
    await this.#settle(challenge, offer, await this.#decide(challenge, offer, standing));
  }

  async #settle(challenge: Challenge, offer: Offer, decision: Decision): Promise<void> {
    switch (decision.kind) {
      case 'refuse':
        return this.#leave(challenge, decision.key);
      case 'ask':
        return this.#ask({
          id: challenge.id,
          site: siteOf(challenge.url),
          challenge,
          offer,
          reason: decision.reason,
        });
      case 'pay':
        return this.#reserve(challenge, offer, 'budget');
    }
  }

  async #decide(challenge: Challenge, offer: Offer, standing: Standing): Promise<Decision> {
    const { journal, budgets, now } = this.#ports;
    const site = siteOf(challenge.url);
    const network = standing.network.id;
    const [budget, spentToday, lastPrice, undelivered, blocked] = await Promise.all([
      budgets.read(network, site),
      budgets.spentOn(network, site, dayOf(now())),
      journal.lastPrice(network, resourceOf(challenge)),
      journal.undelivered(site, challenge.method, challenge.url),
      budgets.isBlocked(site),
    ]);
    return decide({
      challenge,
      offer,
      budget,
      spentToday,
      lastPrice,
      undeliveredBefore: undelivered.some(({ intent }) => !this.#served.has(intent.id)),
      blocked,
      paused: standing.paused,
      locked: standing.account === null,
      now: now(),
    });
  }

  async #ask(question: Question): Promise<void> {
    const { challenge, offer, site } = question;
    const asked = this.#ports.approvals.ask(question);
    if (asked === 'full') return this.#leave(challenge, 'refusal_QUEUE_FULL');
    const lapses = offer.expiresAt - EXPIRY_MARGIN - this.#ports.now();
    const timer = setTimeout(() => this.#ports.approvals.lapse(({ id }) => id === question.id), lapses);
    const answer: Answer = await asked;
    clearTimeout(timer);
    switch (answer.kind) {
      case 'decline':
        return this.#leave(challenge, 'refusal_DECLINED');
      case 'lapsed':
        return this.#leave(challenge, 'refusal_LAPSED');
      case 'never':
        await this.#ports.budgets.block(site);
        return this.#leave(challenge, 'refusal_SITE_BLOCKED');
      case 'budget':
        await this.#ports.budgets.save({
          site,
          network: offer.network,
          perPayment: answer.perPayment,
          perDay: answer.perDay,
          payTo: offer.payTo,
          paused: false,
          since: this.#ports.now(),
        });
        return this.#reserve(challenge, offer, 'once');
      case 'once':
        return this.#reserve(challenge, offer, 'once');
    }
  }

  async #reserve(challenge: Challenge, offer: Offer, approval: Intent['approval']): Promise<void> {
    const { journal, standing, waits, now } = this.#ports;
    if (!(await waits(challenge))) return this.#leave(challenge, 'refusal_LAPSED');
    const present = await standing();
    if (present === null || present.account === null) throw new Fault('fault_locked');
    if (present.network.id !== offer.network) throw new Fault('fault_unknownNetwork');
    const at = now();
    if (offer.expiresAt - at < EXPIRY_MARGIN) return this.#leave(challenge, 'refusal_EXPIRES_TOO_SOON');
    const reservation = await journal.reserve({
      id: crypto.randomUUID() as PaymentId,
      at,
      network: present.network,
      account: present.account,
      site: siteOf(challenge.url),
      challenge,
      offer,
      amount: offer.amount,
      approval,
      once: onceOf(challenge, offer),
      resource: resourceOf(challenge),
      day: dayOf(at),
    });
    switch (reservation.kind) {
      case 'reserved':
      case 'known':
        return this.#serve(reservation.payment, challenge);
      case 'over':
        return this.#settle(challenge, offer, {
          kind: 'ask',
          reason: reservation.limit === 'payment' ? 'reason_overPayment' : 'reason_overDay',
        });
    }
  }

  /** Pays as far as that is still to do, and delivers the proof to whoever waits for it by then. */
  async #serve(payment: Payment, challenge: Challenge): Promise<void> {
    const { id } = payment.intent;
    if (this.#served.has(id) || payment.progress.state === 'settled') {
      return this.#leave(challenge, 'refusal_ALREADY_PAID');
    }
    this.#served.set(id, challenge);
    this.#wanted.delete(id);
    try {
      const proven = await this.#ports.payer.pay(payment);
      if (proven.progress.state === 'abandoned') throw new Fault(proven.progress.fault, proven.progress.args);
      await this.#deliver(proven);
    } catch (failure) {
      const waiting = this.#served.get(id);
      if (waiting !== undefined) this.#ports.release(waiting);
      throw failure;
    } finally {
      this.#served.delete(id);
    }
  }

  async #deliver(proven: Payment): Promise<void> {
    const { payer, exclusively } = this.#ports;
    const { id, offer } = proven.intent;
    const toWhoeverWaits = async () => {
      let payment = proven;
      let target: Challenge | undefined;
      // Delivered to a page that was loaded anew meanwhile, the proof goes to the page that stands there now.
      while (target !== this.#served.get(id) && payment.progress.state !== 'settled') {
        target = this.#served.get(id);
        if (target !== undefined) payment = await payer.deliver(payment, target);
      }
    };
    // Servers pocket a signed payment while they check it; two at once make them lose one (protocol.md section 9).
    await (offer.mechanism === 'nanoSignature'
      ? exclusively(`deliver to ${offer.payTo}`, toWhoeverWaits)
      : toWhoeverWaits());
  }

  /** The oldest proof that may still buy what this request asks for, and that is not on its way to another one. */
  async #keptFor(challenge: Challenge): Promise<Payment | undefined> {
    const { journal, now } = this.#ports;
    const kept = await journal.undelivered(siteOf(challenge.url), challenge.method, challenge.url);
    return kept.find(({ intent, progress }) => {
      if (this.#served.has(intent.id)) return false;
      return (
        this.#wanted.has(intent.id) || (isKept(progress) && now() < intent.offer.expiresAt + DELIVERY_GRACE)
      );
    });
  }

  /**
   * A page that was loaded again meets a 402 for what is already being asked or paid. The new challenge takes the
   * place of the one that nobody waits for any more: the question is put anew, the payment delivered to the new page.
   * True when a payment is on its way to it, so that the same thing is not paid twice.
   */
  #takesOver(challenge: Challenge): boolean {
    this.#ports.approvals.lapse((question) => replaces(challenge, question.challenge));
    for (const [id, older] of this.#served) {
      if (!replaces(challenge, older)) continue;
      this.#served.set(id, challenge);
      return true;
    }
    return false;
  }

  async #leave(challenge: Challenge, key: Left, args: readonly string[] = []): Promise<void> {
    this.#ports.release(challenge);
    await this.#ports.log(challenge, key, args);
  }
}

/** Whether two challenges are the same request of the same frame, the newer one of a page loaded since the older. */
function replaces(newer: Challenge, older: Challenge): boolean {
  const sameRequest =
    newer.tabId === older.tabId &&
    newer.frameId === older.frameId &&
    newer.method === older.method &&
    newer.url === older.url;
  const isNavigation = newer.kind === 'main_frame' || newer.kind === 'sub_frame';
  return sameRequest && newer.id !== older.id && (isNavigation || newer.documentId !== older.documentId);
}

/** What may be paid only once: the server's session, nonce or challenge; without one, this approval (invariant 1). */
function onceOf(challenge: Challenge, offer: Offer): string {
  return offer.oncePer === undefined
    ? `approval ${challenge.id}`
    : [offer.network, offer.payTo, offer.mechanism, offer.oncePer].join(' ');
}

function unexpected(failure: unknown): Fault {
  console.error(failure);
  return new Fault('fault_unexpected');
}
