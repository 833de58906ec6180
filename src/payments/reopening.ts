import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { PaymentId } from '../payment-id.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import { findPayment, type Journal } from './journal.ts';
import { requestOf } from './payment.ts';
import type { PaymentRunner } from './payment-runner.ts';
import { isWhole, wholeOf } from './private-record.ts';
import { mayGet } from './proof-recipient.ts';

export interface ReopeningPorts {
  readonly journal: Pick<Journal, 'find'>;
  readonly runner: Pick<PaymentRunner, 'presentAgain'>;
  readonly recorder: Pick<ExchangeRecorder, 'served'>;
  readonly now: () => number;
}

/** How long after the user opened again what was bought its page may ask for the proof (ms). */
const WITHIN = 60_000;

/** Presents the proofs of settled payments once more, to documents that the user opens again. */
export class Reopening {
  readonly #ports: ReopeningPorts;
  /** The payments that the user wants opened again, with the time (ms since the epoch). */
  readonly #requested = new Map<PaymentId, number>();

  constructor(ports: ReopeningPorts) {
    this.#ports = ports;
  }

  /**
   * Has the proof of a settled payment presented to the next document of the same URL. A payment in another state gets its
   * proof as with any visit (see `Delivery`). Resolves with the request that was paid for, whose URL the caller opens.
   *
   * @throws Fault `fault_unknownPayment`, `fault_privateForgotten`, `fault_paymentOver` where there is nothing to open
   */
  async request(id: PaymentId): Promise<Challenge> {
    const payment = wholeOf(await findPayment(this.#ports.journal, id));
    const request = requestOf(payment.intent);
    if (request?.method !== 'GET') throw new Fault('fault_paymentOver');
    if (payment.progress.state === 'settled') this.#requested.set(id, this.#ports.now());
    return request;
  }

  /**
   * Presents the proof of a settled payment to a document that the user opened again, at most once. Resolves with whether
   * there was such a payment. Nothing is paid: where the server refuses the proof, the document is loaded again without it,
   * and no budget pays for a document that the browser loads again.
   */
  async serve(challenge: Challenge): Promise<boolean> {
    if (challenge.kind !== 'main_frame' || challenge.method !== 'GET') return false;
    const { journal, runner, recorder, now } = this.#ports;
    for (const [id, at] of this.#requested) {
      if (now() - at > WITHIN) {
        this.#requested.delete(id);
        continue;
      }
      const payment = await journal.find(id);
      if (payment === null || !isWhole(payment)) continue;
      const request = requestOf(payment.intent);
      if (request?.url !== challenge.url || !mayGet(challenge, request)) continue;
      // Another challenge may have taken it while the journal was read.
      if (!this.#requested.delete(id)) continue;
      recorder.served(challenge, id);
      await runner.presentAgain(payment, challenge);
      return true;
    }
    return false;
  }
}
