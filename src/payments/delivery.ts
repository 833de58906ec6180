import { Fault } from '../fault.ts';
import { type Challenge, isHeld } from '../interception/challenge.ts';
import { SENT_AGAIN_WITHIN } from '../interception/interception.ts';
import type { PaymentId } from '../payment-id.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Offer } from '../protocol/offer/offer.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import { findPayment, type Journal } from './journal.ts';
import { isKept, isUnderway, type Payment, requestOf } from './payment.ts';
import type { PaymentRunner } from './payment-runner.ts';
import { type AnyPayment, isWhole, wholeOf } from './private-record.ts';
import { mayGet } from './proof-recipient.ts';
import { isDue, keptUntil, wantedFrom } from './redelivery-schedule.ts';
import { isLeftToNextLoad, isSamePurchase, repeats, replaces } from './same-request.ts';

export interface DeliveryPorts {
  readonly journal: Journal;
  readonly runner: PaymentRunner;
  /** Whether the page still waits for the challenge. */
  readonly waits: (challenge: Challenge) => Promise<boolean>;
  /** Gives the page its original 402. */
  readonly release: (challenge: Challenge) => void;
  /** Ends the wait for a load of the page, unless its request is on its way. */
  readonly endReload: (challenge: Challenge) => void;
  /** Handles a challenge once more: the payment that it joined was abandoned, since its first request was taken back. */
  readonly handleAgain: (challenge: Challenge) => void;
  readonly recorder: Pick<ExchangeRecorder, 'served'>;
  readonly now: () => number;
}

/** A payment that a request waits for. */
interface Served {
  /** The challenge that it was made for. */
  readonly paid: Challenge;
  readonly offer: Offer;
  /** The challenge that it will be delivered to. */
  waiting: Challenge;
  /** The page took that request back. */
  isTakenBack: boolean;
  /** The other requests of the same question, oldest first. Where the page takes `waiting` back, the newest takes its place. */
  readonly others: Challenge[];
  /** Aborts the work that is done before a block is signed. */
  readonly stop: AbortController;
  /** Whether its block is signed, or about to be: from then on it cannot be cancelled. */
  isSigned: boolean;
}

/** Matches payments with the pages that wait for them: each payment goes to one page, and each page gets one payment. */
export class Delivery {
  readonly #ports: DeliveryPorts;
  /** The payments that a request waits for now. */
  readonly #served = new Map<PaymentId, Served>();
  /** The payments whose proof the user wants delivered again, whatever its age. */
  readonly #requested = new Set<PaymentId>();

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
  }

  /** Whether a request waits for the payment now. */
  isServed({ intent }: Payment): boolean {
    return this.#served.has(intent.id);
  }

  /**
   * Runs the payment to its proof, and delivers the proof to the request that waits for it by then. Resolves with false
   * when this challenge may not have the payment: it was made for another request, or for one in which fewer sites took
   * part; it is on its way to another page; or it was delivered already.
   *
   * @param others as in `Served`; the request that takes the place of `challenge` is removed from it
   * @throws Fault saying why there is no proof (yet)
   */
  async serve(
    { intent, progress }: Payment,
    challenge: Challenge,
    others: Challenge[] = [],
  ): Promise<boolean> {
    const { id, offer } = intent;
    const paid = requestOf(intent);
    if (paid === null) return false;
    const isOther =
      paid.url !== challenge.url || paid.method !== challenge.method || !mayGet(challenge, paid);
    if (isOther || this.#served.has(id) || progress.state === 'settled') return false;
    const stop = new AbortController();
    const isSigned = progress.state !== 'approved';
    const served: Served = { paid, offer, waiting: challenge, isTakenBack: false, others, stop, isSigned };
    this.#served.set(id, served);
    this.#ports.recorder.served(challenge, id);
    this.#requested.delete(id);
    try {
      const payment = await this.#ports.runner.run(id, {
        beginSigning: () => {
          stop.signal.throwIfAborted();
          if (served.isTakenBack) throw new Fault('fault_withdrawn');
          served.isSigned = true;
        },
        signal: stop.signal,
      });
      if (payment.progress.state === 'abandoned') {
        if (payment.progress.fault === 'fault_withdrawn') this.#handleLatest(served, challenge);
        throw new Fault(payment.progress.fault, payment.progress.args);
      }
      if (payment.progress.state === 'revoked') {
        throw new Fault(isHandOver(payment.intent.offer) ? 'fault_revoked' : 'fault_offerExpired');
      }
      await this.#deliverToWaiting(payment);
      return true;
    } catch (failure) {
      this.#releaseLatest(id, challenge);
      throw failure;
    } finally {
      this.#served.delete(id);
    }
  }

  /**
   * Passes a payment that is under way to a newer request for the same: a page was loaded again, or took its request back
   * or was given it back, and sends it again. Returns true when there is such a payment, so that the same thing is not paid twice. Where
   * another site took part in the newer request, neither request gets the payment: the page that it was made for is gone.
   *
   * @param offer the offer of the newer request, where it is known already
   */
  reassign(challenge: Challenge, offer?: Offer): boolean {
    for (const [id, served] of this.#served) {
      const { paid, waiting, isTakenBack } = served;
      const isSentAgain =
        (isTakenBack || waiting.givenBack === true) &&
        repeats(challenge, waiting) &&
        isSamePurchase(challenge, served.offer, offer);
      if (!isSentAgain && !replaces(challenge, waiting)) continue;
      const isAllowed = mayGet(challenge, paid);
      if (isAllowed) this.#pass(id, served, challenge);
      if (isAllowed || !isLeftToNextLoad(challenge, waiting)) this.#ports.release(waiting);
      if (isHeld(challenge)) this.#ports.endReload(waiting);
      if (isAllowed) return true;
    }
    return false;
  }

  /**
   * Notes that the page took a request back. Its payment goes to another request of the same question, or to the same
   * request when it is sent again within `SENT_AGAIN_WITHIN` (ms). Otherwise it is abandoned, unless its block is signed:
   * then the proof is kept.
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

  /**
   * Gives up the payment that was made for a challenge, if there is one: its user cancelled it. Returns false where that
   * comes too late, since its block is being signed or is signed: then nothing is done.
   */
  cancel(challengeId: string): boolean {
    const served = [...this.#served.values()].find(({ paid }) => paid.id === challengeId);
    if (served?.isSigned) return false;
    served?.stop.abort(new Fault('fault_cancelled'));
    return true;
  }

  #pass(id: PaymentId, served: Served, challenge: Challenge): void {
    served.waiting = challenge;
    served.isTakenBack = false;
    this.#ports.recorder.served(challenge, id);
  }

  /** Handles the latest request anew, where it joined a payment that was being abandoned already. */
  #handleLatest(served: Served, known: Challenge): void {
    const { waiting, isTakenBack } = served;
    if (waiting.id === known.id || isTakenBack) return;
    served.waiting = known;
    this.#ports.handleAgain(waiting);
  }

  /** The first undelivered payment that this request may have, whose proof is due, and that no other request waits for. */
  async keptFor(challenge: Challenge, undelivered: readonly Payment[]): Promise<Payment | undefined> {
    for (const payment of undelivered) {
      const { intent, progress } = payment;
      const isUsable = isUnderway(progress.state) || isKept(progress);
      const now = this.#ports.now();
      const isFresh = isUsable && now < keptUntil(payment) && isDue(payment, now);
      if (!isFresh && !this.#requested.has(intent.id)) continue;
      const request = requestOf(intent);
      if (request === null || this.isServed(payment) || !mayGet(challenge, request)) continue;
      if (!(await this.#isAwaitedElsewhere(payment, challenge))) return payment;
    }
    return undefined;
  }

  /**
   * When the server of a kept proof that this request may have wants it again, the earliest of several (ms since the epoch);
   * null where no server asked to wait, or the time has come.
   */
  wantedAt(challenge: Challenge, undelivered: readonly Payment[]): number | null {
    const now = this.#ports.now();
    const times = undelivered
      .filter((payment) => {
        const request = requestOf(payment.intent);
        return now < keptUntil(payment) && request !== null && mayGet(challenge, request);
      })
      .map(wantedFrom)
      .filter((time) => now < time);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Whether the user paid for the same request before, got nothing, and no other request waits for that payment. */
  async isPaidInVain(challenge: Challenge, undelivered: readonly Payment[]): Promise<boolean> {
    const isBeingPaid = [...this.#served.values()].some(({ waiting }) => replaces(challenge, waiting));
    const awaitedElsewhere = undelivered.map((payment) => this.#isAwaitedElsewhere(payment, challenge));
    return isBeingPaid || (await Promise.all(awaitedElsewhere)).includes(false);
  }

  /**
   * Whether another request waits for the payment: the one that it is being delivered to, or the one that it was made for,
   * which still waits after the worker was killed.
   */
  async #isAwaitedElsewhere({ intent }: Payment, challenge: Challenge): Promise<boolean> {
    const served = this.#served.get(intent.id);
    if (served !== undefined) return !replaces(challenge, served.waiting);
    const request = requestOf(intent);
    return request !== null && !replaces(challenge, request) && (await this.#ports.waits(request));
  }

  /**
   * Has the proof of a payment delivered once more, with the next 402 of the same request, whatever its age. Resolves with
   * that request.
   *
   * @throws Fault `fault_unknownPayment`, `fault_paymentOver`, `fault_privateForgotten`
   */
  async requestRedelivery(id: PaymentId): Promise<Challenge> {
    const payment = wholeOf(await findPayment(this.#ports.journal, id));
    const request = requestOf(payment.intent);
    if (request === null || !('proof' in payment.progress) || payment.progress.state === 'settled') {
      throw new Fault('fault_paymentOver');
    }
    this.#requested.add(id);
    return request;
  }

  /** Resumes the payments that a killed worker left under way. A payment without a block is abandoned, unless its page waits. */
  async resume(): Promise<void> {
    const underway = await this.#ports.journal.underway();
    await Promise.all(underway.map((payment) => this.#resumeOne(payment).catch(logUnlessFault)));
  }

  async #resumeOne(payment: AnyPayment): Promise<void> {
    const { journal, runner, waits } = this.#ports;
    const { id } = payment.intent;
    if (!isWhole(payment)) return void (await runner.resume(id));
    const request = requestOf(payment.intent);
    if (this.isServed(payment)) return;
    if (payment.progress.state !== 'approved') return void (await runner.resume(id));
    // A request that still waits is handled again soon, and paid then.
    if ((request !== null && (await waits(request))) || this.isServed(payment)) return;
    await journal.advance(id, { state: 'abandoned', fault: 'fault_interrupted', args: [] });
  }

  /** Delivers the proof to the request that waits; where another one has taken its place meanwhile, to that one too. */
  async #deliverToWaiting(proven: Payment): Promise<void> {
    const { id } = proven.intent;
    let payment = proven;
    let last: Challenge | undefined;
    for (
      let waiting = this.#served.get(id)?.waiting;
      waiting !== undefined && waiting !== last && payment.progress.state !== 'settled';
      waiting = this.#served.get(id)?.waiting
    ) {
      payment = await this.#ports.runner.deliver(payment, waiting);
      last = waiting;
    }
    if (last !== undefined) this.#releaseLatest(id, last);
  }

  /** Releases a request that took the place of another one and cannot be served. */
  #releaseLatest(id: PaymentId, known: Challenge): void {
    const waiting = this.#served.get(id)?.waiting;
    if (waiting !== undefined && waiting !== known) this.#ports.release(waiting);
  }
}

/** A fault (no node, locked) leaves a payment as it is, for the next start or unlock; anything else is a bug. */
function logUnlessFault(failure: unknown): void {
  if (!(failure instanceof Fault)) console.error(failure);
}
