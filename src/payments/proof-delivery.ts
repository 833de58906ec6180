import { Fault } from '../fault.ts';
import type { AnswerHeaders } from '../interception/answer-headers.ts';
import type { Challenge, DeliveryOutcome } from '../interception/challenge.ts';
import type { Proof } from '../interception/headers.ts';
import type { OtherAnswer } from '../interception/other-answer.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { PaymentId } from '../payment-id.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import { fallbackBody, lowerCaseProof } from '../protocol/proof/redelivery.ts';
import {
  type Later,
  type Response,
  readResponse,
  type ServerResponse,
} from '../protocol/response/response.ts';
import type { OwnBlockState } from '../protocol/response/verdict.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { Exclusively } from '../wallet/exclusively.ts';
import { findPayment, type Journal } from './journal.ts';
import type { Payment, ProgressAt } from './payment.ts';
import { type AnyPayment, wholeOf } from './private-record.ts';
import { notBeforeOf, ownRetryIn } from './redelivery-schedule.ts';
import { shownProof } from './shown-proof.ts';

export interface ProofDeliveryPorts {
  readonly journal: Journal;
  /** As in `PaymentSignerPorts`. */
  readonly wallet: (network: string, account: NanoAddress) => Promise<Pick<AccountWallet, 'blockStatus'>>;
  /** Takes back the refused block of a payment, where own nodes show that it is void (see `Recall`). */
  readonly recallIfVoid: (id: PaymentId) => Promise<AnyPayment>;
  /** Sends the challenge's own request again, once, with the proof. */
  readonly deliver: (challenge: Challenge, proof: Proof) => Promise<DeliveryOutcome>;
  /** Sends the body as JSON to the challenge's own URL, and nowhere else; rejects when there is no answer. */
  readonly postFallback: (challenge: Challenge, body: string) => Promise<PostAnswer>;
  /**
   * Has the page send its request once more by itself after a pause (ms), where the user loses nothing by it and
   * `isStillOwed` resolves with true then.
   */
  readonly again: (challenge: Challenge, pause: number, isStillOwed: () => Promise<boolean>) => void;
  /** Called with a payment as each delivery of its proof has left it, and the request that it was delivered to. */
  readonly delivered: (payment: Payment, challenge: Challenge) => void;
  readonly exclusively: Exclusively;
  /** The time (ms since the epoch). */
  readonly now: () => number;
}

/** What a server answered to a proof in the body of a POST. */
export interface PostAnswer extends AnswerHeaders {
  readonly status: number;
  readonly bodyText: string;
  /** The answer as the page may get it. */
  readonly whole: OtherAnswer;
}

/** Presents the proof of a payment to the server, and records the server's answer. */
export class ProofDelivery {
  readonly #ports: ProofDeliveryPorts;

  constructor(ports: ProofDeliveryPorts) {
    this.#ports = ports;
  }

  /**
   * Delivers the kept proof of a payment to a challenge. Resolves with the payment as the answer leaves it: `settled`,
   * `refused` or `unanswered`; or `revoked` where its block was taken back meanwhile.
   *
   * @throws Fault `fault_paymentOver` when the payment has no proof, or is settled; `fault_unknownPayment`
   */
  async deliver(payment: Payment, challenge: Challenge): Promise<Payment> {
    const after = await this.#deliver(payment, challenge);
    this.#ports.delivered(after, challenge);
    return after;
  }

  async #deliver(payment: Payment, challenge: Challenge): Promise<Payment> {
    const { journal } = this.#ports;
    const { id } = payment.intent;
    if (!('proof' in payment.progress)) throw new Fault('fault_paymentOver');
    const { block, hash, proof, represent } = payment.progress;
    const beside = represent === undefined ? {} : { represent };
    // A payment that a killed worker left as `delivered` has no known answer: its proof is delivered again.
    if (payment.progress.state !== 'delivered') {
      await journal.advance(id, { state: 'delivered', block, hash, proof, ...beside });
    }
    const outcome = await this.#present(payment, challenge, { proof, ...beside });
    if (isHandOver(payment.intent.offer)) {
      const present = await findPayment(journal, id);
      // A block that was revoked meanwhile stays revoked, whatever the server answered.
      if (present.progress.state === 'revoked') return wholeOf(present);
    }
    const after = await this.#recallIfVoid(
      wholeOf(await journal.advance(id, { proof, ...beside, ...outcome, block, hash })),
    );
    if (after.progress.state === 'revoked') return after;
    // Another spelling of the proof may go at once.
    const pause = 'proof' in outcome ? 0 : ownRetryIn(after, this.#ports.now());
    if (pause !== null) this.#ports.again(challenge, pause, () => this.#isAsLeft(after));
    return after;
  }

  /**
   * Presents the proof of a settled payment once more, to a document that the user opened again. The payment stays as it is.
   * Where the server refuses the proof, the document is loaded again without it.
   *
   * @throws Fault `fault_paymentOver` when the payment is not settled
   */
  async presentAgain(payment: Payment, challenge: Challenge): Promise<void> {
    const { intent, progress } = payment;
    if (progress.state !== 'settled') throw new Fault('fault_paymentOver');
    const delivery = await this.#ports.deliver(challenge, shownProof(intent.offer, progress));
    if (delivery.kind !== 'answered') return;
    delivery.instead?.(null);
    await delivery.bodyEnd;
    const { kind } = await this.#read(payment, progress.proof, delivery);
    if (kind === 'refused') this.#ports.again(challenge, 0, async () => true);
  }

  /** Takes back a refused block at once where it is void: the next request for the same is a new purchase then. */
  async #recallIfVoid(payment: Payment): Promise<Payment> {
    if (payment.progress.state !== 'refused' || !isHandOver(payment.intent.offer)) return payment;
    try {
      return wholeOf(await this.#ports.recallIfVoid(payment.intent.id));
    } catch (failure) {
      // Without a node or the key it waits for the next maintenance.
      if (failure instanceof Fault) return payment;
      throw failure;
    }
  }

  /** Whether nothing has happened to a payment since: its user may have loaded the page meanwhile, and got what was paid for. */
  async #isAsLeft({ intent, story }: Payment): Promise<boolean> {
    return (await findPayment(this.#ports.journal, intent.id)).story.length === story.length;
  }

  /**
   * Presents the proof, and waits for the whole answer. A payment settles only after the whole body arrived: a truncated
   * body keeps the proof for redelivery.
   */
  async #present(payment: Payment, challenge: Challenge, shown: Shown): Promise<Outcome> {
    const { offer } = payment.intent;
    const presentOnce = async () => {
      const delivery = await this.#ports.deliver(challenge, shownProof(offer, shown));
      let posted: OtherAnswer | null = null;
      const served = (answer: OtherAnswer) => {
        posted = answer;
      };
      try {
        return { delivery, outcome: await this.#outcome(payment, challenge, shown.proof, delivery, served) };
      } finally {
        if (delivery.kind === 'answered') delivery.instead?.(posted);
      }
    };
    // Servers consume a signed payment while they check it; two at once make them lose one (docs/WIRE.md §9).
    const { delivery, outcome } = await (offer.mechanism === 'nanoSignature'
      ? this.#ports.exclusively(`deliver to ${offer.payTo}`, presentOnce)
      : presentOnce());
    if (outcome.state !== 'settled' || 'byPost' in outcome || delivery.kind !== 'answered') return outcome;
    const bodyEnd = await delivery.bodyEnd;
    return bodyEnd === 'complete' ? outcome : { state: 'unanswered', reason: bodyEnd };
  }

  /**
   * What a delivery means for the payment. Where the server could not read the proof as it was sent, the outcome is that
   * of the remedy. No remedy pays.
   *
   * @param served called with the answer to a POST that was served.
   */
  async #outcome(
    payment: Payment,
    challenge: Challenge,
    proof: string,
    delivery: DeliveryOutcome,
    served: Served,
  ): Promise<Outcome> {
    if (delivery.kind === 'unanswered') return { state: 'unanswered', reason: delivery.reason };
    const response = await this.#read(payment, proof, delivery);
    const outcome = this.#outcomeOf(payment, delivery.status, response);
    if (response.kind !== 'refused' || response.remedy === undefined) return outcome;
    switch (response.remedy) {
      case 'lowerCase': {
        const lower = lowerCaseProof(proof);
        return lower === undefined ? outcome : { ...outcome, proof: lower };
      }
      case 'postBody':
        // The extension's own request would be sent outside the private window, and leave the address there.
        return challenge.isPrivate ? outcome : this.#post(payment, challenge, proof, served);
    }
  }

  /** Sends the proof once more, in the body of a POST, to a server that lost the session (docs/WIRE.md §3.4). */
  async #post(payment: Payment, challenge: Challenge, proof: string, served: Served): Promise<Outcome> {
    let answer: PostAnswer;
    try {
      answer = await this.#ports.postFallback(challenge, fallbackBody(proof));
    } catch (failure) {
      console.error(failure);
      return { state: 'unanswered', reason: 'network' };
    }
    const response = await this.#read(payment, proof, answer);
    const outcome = this.#outcomeOf(payment, answer.status, response);
    if (outcome.state !== 'settled') return outcome;
    served(answer.whole);
    return { ...outcome, byPost: true };
  }

  async #read(payment: Payment, proof: string, response: Response): Promise<ServerResponse> {
    // Only what a refusal means depends on the ledger.
    const ownBlock = response.status < 400 ? 'unknown' : await this.#ownBlockState(payment);
    return readResponse(response, { ownBlock, now: this.#ports.now(), proof });
  }

  /** What the wallet's own nodes say of the payment's block. */
  async #ownBlockState({ intent, progress }: Payment): Promise<OwnBlockState> {
    // Where the wallet publishes, the proof is sent after the confirmation (docs/WIRE.md §7.17).
    if (!isHandOver(intent.offer) || !('hash' in progress)) return 'onLedger';
    try {
      const wallet = await this.#ports.wallet(intent.network.id, intent.account);
      return (await wallet.blockStatus(progress.hash)) === 'unknown' ? 'notOnLedger' : 'onLedger';
    } catch (failure) {
      if (failure instanceof Fault) return 'unknown';
      throw failure;
    }
  }

  /** How an answer ends a delivery, as the journal records it. */
  #outcomeOf(payment: Payment, status: number, response: ServerResponse): Outcome {
    switch (response.kind) {
      case 'paid':
        return { state: 'settled', status, ...creditOf(response) };
      case 'pending':
        return { state: 'unanswered', reason: 'pending', ...this.#laterOf(payment, response) };
      case 'refused': {
        const { final, early, text } = response;
        const later = this.#laterOf(payment, response);
        return {
          ...{ state: 'refused' as const, status, final, said: text },
          ...(early && { early }),
          ...creditOf(response),
          ...later,
        };
      }
      case 'unclear':
        return { state: 'unanswered', reason: 'network' };
    }
  }

  #laterOf(
    payment: Payment,
    { retryAfterMs, represent }: Later,
  ): Pick<Shown, 'represent'> & { notBefore?: number } {
    const notBefore = notBeforeOf(payment, retryAfterMs, this.#ports.now());
    return { ...(represent !== undefined && { represent }), ...(notBefore !== undefined && { notBefore }) };
  }
}

type Served = (answer: OtherAnswer) => void;

const creditOf = ({ credit }: { readonly credit?: Raw }) => (credit === undefined ? {} : { credit });

/** What is shown to the server. */
type Shown = Pick<ProgressAt<'delivered'>, 'proof' | 'represent'>;

/**
 * How a delivery ended, as the journal records it; with another spelling of the proof where the server wants one, and
 * the token that it gave for the next delivery.
 */
type Outcome = Partial<Shown> &
  (
    | Pick<ProgressAt<'settled'>, 'state' | 'status' | 'byPost' | 'credit'>
    | Pick<ProgressAt<'refused'>, 'state' | 'status' | 'final' | 'early' | 'said' | 'notBefore' | 'credit'>
    | Pick<ProgressAt<'unanswered'>, 'state' | 'reason' | 'notBefore'>
  );
