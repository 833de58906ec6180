import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import { SENT_AGAIN_WITHIN } from '../interception/interception.ts';
import type { PaymentId } from '../payment-id.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import { findPayment, type Journal } from './journal.ts';
import { isKept, isUnderway, type Payment } from './payment.ts';
import type { PaymentRunner } from './payment-runner.ts';
import { type AnyPayment, isWhole, wholeOf } from './private-record.ts';
import { mayGet } from './proof-recipient.ts';
import { isLeftToNextLoad, isSamePurchase, repeats, replaces } from './same-request.ts';

export interface DeliveryPorts {
  readonly journal: Journal;
  readonly runner: PaymentRunner;
  /** Whether the page still waits for the challenge. */
  readonly waits: (challenge: Challenge) => Promise<boolean>;
  /** Gives the page its original 402. */
  readonly release: (challenge: Challenge) => void;
  /** Handles a challenge once more: the payment that it joined was given up, since its first request was taken back. */
  readonly handleAgain: (challenge: Challenge) => void;
  readonly recorder: Pick<ExchangeRecorder, 'served'>;
  readonly now: () => number;
}

/** A payment that is served. */
interface Served {
  /** The challenge that it was made for. */
  readonly paid: Challenge;
  readonly offer: Offer;
  /** The challenge that it will be delivered to. */
  waiting: Challenge;
  /** The page took that request back. */
  isTakenBack: boolean;
  /** Requests of the same question, oldest first: where the page takes `waiting` back, the newest gets its place. */
  readonly others: Challenge[];
  /** Ends what is done before a block is signed. */
  readonly stop: AbortController;
}

/** How long after an offer's expiry its proof is still good (ms): servers' clocks differ. */
export const DELIVERY_GRACE = 60_000;

/** Brings payments and the pages that wait for them together: each payment to one page, each page to one payment. */
export class Delivery {
  readonly #ports: DeliveryPorts;
  /** The payments that someone waits for right now. */
  readonly #served = new Map<PaymentId, Served>();
  /** Kept proofs that the user wants delivered again, whatever their age. */
  readonly #requested = new Set<PaymentId>();

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** Whether someone waits for the payment right now. */
  isServed({ intent }: Payment): boolean {
    return this.#served.has(intent.id);
  }

  /**
   * Pays as far as that is still to do, and delivers the proof to the request that waits for it by then. False when the
   * payment is not for this challenge: it was made for another request, or for one in which fewer sites took part, is
   * on its way to another page, or was delivered already.
   *
   * @param others as in `Served`; one that takes the place of `challenge` is removed.
   * @throws Fault saying why there is no proof (yet)
   */
  async serve(
    { intent, progress }: Payment,
    challenge: Challenge,
    others: Challenge[] = [],
  ): Promise<boolean> {
    const { id, challenge: paid, offer } = intent;
    const isOther =
      paid.url !== challenge.url || paid.method !== challenge.method || !mayGet(challenge, paid);
    if (isOther || this.#served.has(id) || progress.state === 'settled') return false;
    const stop = new AbortController();
    const served: Served = { paid, offer, waiting: challenge, isTakenBack: false, others, stop };
    this.#served.set(id, served);
    this.#ports.recorder.served(challenge, id);
    this.#requested.delete(id);
    try {
      const payment = await this.#ports.runner.run(id, {
        isWaited: () => !served.isTakenBack,
        signal: stop.signal,
      });
      if (payment.progress.state === 'abandoned') {
        if (payment.progress.fault === 'fault_withdrawn') this.#handleLatest(served, challenge);
        throw new Fault(payment.progress.fault, payment.progress.args);
      }
      if (payment.progress.state === 'revoked') {
        throw new Fault(isHandOver(payment.intent.offer) ? 'fault_revoked' : 'fault_offerExpired');
      }
      await this.#deliverToWhoeverWaits(payment);
      return true;
    } catch (failure) {
      this.#releaseLatest(id, challenge);
      throw failure;
    } finally {
      this.#served.delete(id);
    }
  }

  /**
   * Gives a payment that is under way to a newer request for the same: that of a page that was loaded again, whose
   * older load is gone, or one that a page took back and sends again. True when there is such a payment, so that the
   * same thing is not paid twice. Where another site took part in the newer request, the payment is delivered to
   * neither: the page that it was made for is gone.
   *
   * @param offer what is offered for the newer request, where that is known already.
   */
  reassign(challenge: Challenge, offer?: Offer): boolean {
    for (const [id, served] of this.#served) {
      const { paid, waiting, isTakenBack } = served;
      const isSentAgain =
        isTakenBack && repeats(challenge, waiting) && isSamePurchase(challenge, served.offer, offer);
      if (!isSentAgain && !replaces(challenge, waiting)) continue;
      const isIts = mayGet(challenge, paid);
      if (isIts) this.#pass(id, served, challenge);
      if (isIts || !isLeftToNextLoad(challenge, waiting)) this.#ports.release(waiting);
      if (isIts) return true;
    }
    return false;
  }

  /**
   * Notes that the page took a request back. What is paid for it goes to another request of the same question, or to
   * the same request when it is sent again within `SENT_AGAIN_WITHIN`. Otherwise it is not paid, unless its block is
   * signed: then the proof is kept.
   */
  withdraw({ id }: Challenge): void {
    for (const [payment, served] of this.#served) {
      const { others, stop } = served;
      if (served.waiting.id !== id) continue;
      const next = others.pop();
      if (next !== undefined) {
        this.#pass(payment, served, next);
        continue;
      }
      served.isTakenBack = true;
      setTimeout(() => {
        if (served.isTakenBack) stop.abort(new Fault('fault_withdrawn'));
      }, SENT_AGAIN_WITHIN);
    }
  }

  #pass(id: PaymentId, served: Served, challenge: Challenge): void {
    served.waiting = challenge;
    served.isTakenBack = false;
    this.#ports.recorder.served(challenge, id);
  }

  /** Handles the latest request like any other: it joined a payment that was being given up already. */
  #handleLatest(served: Served, known: Challenge): void {
    const { waiting, isTakenBack } = served;
    if (waiting.id === known.id || isTakenBack) return;
    served.waiting = known;
    this.#ports.handleAgain(waiting);
  }

  /**
   * Of the undelivered payments for a request, the first that may still be good and that no other request waits for.
   */
  async keptFor(challenge: Challenge, undelivered: readonly Payment[]): Promise<Payment | undefined> {
    for (const payment of undelivered) {
      const { intent, progress } = payment;
      const mayDo = isUnderway(progress.state) || isKept(progress);
      const isFresh = mayDo && this.#ports.now() < intent.offer.expiresAt + DELIVERY_GRACE;
      if (!isFresh && !this.#requested.has(intent.id)) continue;
      if (this.isServed(payment) || !mayGet(challenge, intent.challenge)) continue;
      if (!(await this.#isSpokenFor(payment, challenge))) return payment;
    }
    return undefined;
  }

  /** Whether the user paid for the same request before, and no other request waits for what was paid. */
  async isPaidInVain(challenge: Challenge, undelivered: readonly Payment[]): Promise<boolean> {
    const isLeftBehind = [...this.#served.values()].some(({ waiting }) => replaces(challenge, waiting));
    const spokenFor = undelivered.map((payment) => this.#isSpokenFor(payment, challenge));
    return isLeftBehind || (await Promise.all(spokenFor)).includes(false);
  }

  /**
   * Whether another request waits for what was paid: the one that the payment is being delivered to, or the one that it
   * was made for, which still waits after the death of an earlier worker.
   */
  async #isSpokenFor({ intent }: Payment, challenge: Challenge): Promise<boolean> {
    const served = this.#served.get(intent.id);
    if (served !== undefined) return !replaces(challenge, served.waiting);
    return !replaces(challenge, intent.challenge) && (await this.#ports.waits(intent.challenge));
  }

  /**
   * Lets the proof of a payment out once more, to the next 402 that its request meets.
   *
   * @throws Fault `fault_unknownPayment`, `fault_paymentOver`, `fault_privateForgotten`
   */
  async requestRedelivery(id: PaymentId): Promise<Payment> {
    const payment = wholeOf(await findPayment(this.#ports.journal, id));
    if (!('proof' in payment.progress) || payment.progress.state === 'settled') {
      throw new Fault('fault_paymentOver');
    }
    this.#requested.add(id);
    return payment;
  }

  /** Carries on what an earlier life of the worker left underway. What it could not sign, it gives back. */
  async resume(): Promise<void> {
    const underway = await this.#ports.journal.underway();
    await Promise.all(underway.map((payment) => this.#carryOn(payment).catch(whenNotNow)));
  }

  async #carryOn(payment: AnyPayment): Promise<void> {
    const { journal, runner, waits } = this.#ports;
    const { id } = payment.intent;
    if (!isWhole(payment)) return void (await runner.resume(id));
    const { challenge } = payment.intent;
    if (this.isServed(payment)) return;
    if (payment.progress.state !== 'approved') return void (await runner.resume(id));
    // A request that still waits for it is handled again soon, and paid then.
    if ((await waits(challenge)) || this.isServed(payment)) return;
    await journal.advance(id, { state: 'abandoned', fault: 'fault_interrupted', args: [] });
  }

  /** Delivered to a page that was loaded anew meanwhile, the proof goes to the page that stands there now. */
  async #deliverToWhoeverWaits(proven: Payment): Promise<void> {
    const { id } = proven.intent;
    let payment = proven;
    let told: Challenge | undefined;
    for (
      let waiting = this.#served.get(id)?.waiting;
      waiting !== undefined && waiting !== told && payment.progress.state !== 'settled';
      waiting = this.#served.get(id)?.waiting
    ) {
      payment = await this.#ports.runner.deliver(payment, waiting);
      told = waiting;
    }
    if (told !== undefined) this.#releaseLatest(id, told);
  }

  /** Lets go of a page that took another one's place and cannot be given what it waits for. */
  #releaseLatest(id: PaymentId, known: Challenge): void {
    const waiting = this.#served.get(id)?.waiting;
    if (waiting !== undefined && waiting !== known) this.#ports.release(waiting);
  }
}

/** Without a node, or locked, a payment stays as it is: the next start or unlocking comes back to it. */
function whenNotNow(failure: unknown): void {
  if (!(failure instanceof Fault)) console.error(failure);
}
