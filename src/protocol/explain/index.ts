import { type ExplainedAnswer, explainAnswer } from './answer.ts';
import { type ExplainContext, type ExplainedOffer, explainOffer } from './offer.ts';
import { type ExplainedOtherProof, explainShownHash, explainVersion1 } from './other-proof.ts';
import type { HeaderName } from './paste/header-names.ts';
import { type ExplainedProof, explainProof } from './proof.ts';
import type { ExplainedResponse } from './response.ts';

/** The value of a payment header, or a 402 without PAYMENT-REQUIRED, read and judged. */
export type Explained =
  | ExplainedOffer
  | ExplainedProof
  | ExplainedAnswer
  | ExplainedOtherProof
  | ExplainedResponse;

/** Says what the value of a payment header means, and what is wrong with it. Total: any text gives a result. */
export function explain(
  header: HeaderName,
  value: string,
  context: ExplainContext,
): Exclude<Explained, ExplainedResponse> {
  switch (header) {
    case 'PAYMENT-REQUIRED':
      return explainOffer(value, context);
    case 'PAYMENT-SIGNATURE':
      return explainProof(value, context);
    case 'PAYMENT-RESPONSE':
      return explainAnswer(value);
    case 'X-PAYMENT':
      return explainVersion1(value);
    case 'X-Nano-Payment':
      return explainShownHash(value);
  }
}
