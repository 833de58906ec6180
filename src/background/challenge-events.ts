import type { Exchanges } from '../exchanges/exchanges.ts';
import type { Challenge, Unpriced } from '../interception/challenge.ts';
import type { ChallengeHandler } from '../payments/challenge-handler.ts';
import type { NotPaidReason } from '../payments/not-paid-reason.ts';
import { recogniseDialect } from '../protocol/dialects/recognise.ts';
import { refusalSentence } from '../protocol/offer/codes.ts';
import type { NotPaidLog } from './not-paid-log.ts';

export interface ChallengeEventsPorts {
  readonly exchanges: Exchanges;
  readonly challengeHandler: ChallengeHandler;
  readonly notPaidLog: NotPaidLog;
  readonly notifyPages: () => void;
}

/** Responds to what interception reports: records every 402, and handles those that can be paid. */
export class ChallengeEvents {
  readonly #ports: ChallengeEventsPorts;

  constructor(ports: ChallengeEventsPorts) {
    this.#ports = ports;
  }

  /** A 402 whose request can be sent again. */
  challenged(challenge: Challenge): Promise<void> {
    const { exchanges, challengeHandler, notifyPages } = this.#ports;
    exchanges.saw(challenge);
    return challengeHandler.handle(challenge).finally(notifyPages);
  }

  /** The page took the request back, or was left. */
  withdrawn(challenge: Challenge): Promise<void> {
    const { exchanges, challengeHandler, notifyPages } = this.#ports;
    exchanges.saw(challenge);
    return challengeHandler.withdraw(challenge).finally(notifyPages);
  }

  /** A 402 whose request cannot be sent again. */
  notHeld(challenge: Challenge): Promise<void> {
    return this.#notPaid(challenge, 'refusal_UNHELD');
  }

  /** A 402 whose page says that it handles it. */
  manual(challenge: Challenge): Promise<void> {
    return this.#notPaid(challenge, 'refusal_MANUAL_PAGE');
  }

  /** A 402 beyond the number that may wait at once. */
  overLimit(challenge: Challenge): Promise<void> {
    return this.#notPaid(challenge, 'refusal_QUEUE_FULL');
  }

  /** A 402 that names no price. Only one that asks for money in another way gets a line in the log. */
  async unpriced(response: Unpriced): Promise<void> {
    const { exchanges, notPaidLog } = this.#ports;
    const dialect = recogniseDialect(response);
    exchanges.sawUnpriced(response);
    if (dialect === undefined) return exchanges.left(response, 'refusal_NO_PRICE', []);
    const { code, args, link } = dialect;
    exchanges.left(response, refusalSentence(code), args);
    await notPaidLog.add(response, refusalSentence(code), args, link);
  }

  #notPaid(challenge: Challenge, reason: NotPaidReason): Promise<void> {
    const { exchanges, notPaidLog } = this.#ports;
    exchanges.saw(challenge);
    exchanges.left(challenge, reason, []);
    return notPaidLog.add(challenge, reason, []);
  }
}
