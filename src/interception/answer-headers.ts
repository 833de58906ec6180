/** The headers of an answer to a proof that tell what became of it (docs/WIRE.md §11.1). */
export interface AnswerHeaders {
  /** Value of PAYMENT-RESPONSE, if any. */
  readonly paymentResponse: string | null;
  /** Value of a new PAYMENT-REQUIRED, if any. Its `error` says why the proof was refused. */
  readonly paymentRequired: string | null;
  /** Value of Retry-After. */
  readonly retryAfter?: string;
  /** Value of X-Nano-Represent: a token for the next delivery. */
  readonly represent?: string;
  /** Value of X-Nano-Block-Status or X-Nano-Status: what the seller says of the block. */
  readonly blockStatus?: string;
  /** Value of X-Nano-Credit-Remaining-Raw: the credit (raw) that the seller keeps on the block hash. */
  readonly credit?: string;
}

/**
 * Picks the headers of an answer to a proof.
 *
 * @param headerValue the value of a header, whose name is in lower case; null where the answer does not have it
 */
export function answerHeaders(headerValue: (name: string) => string | null): AnswerHeaders {
  const retryAfter = headerValue('retry-after');
  const represent = headerValue('x-nano-represent');
  const blockStatus = headerValue('x-nano-block-status') ?? headerValue('x-nano-status');
  const credit = headerValue('x-nano-credit-remaining-raw');
  return {
    paymentResponse: headerValue('payment-response'),
    paymentRequired: headerValue('payment-required'),
    ...(retryAfter !== null && { retryAfter }),
    ...(represent !== null && { represent }),
    ...(blockStatus !== null && { blockStatus }),
    ...(credit !== null && { credit }),
  };
}
