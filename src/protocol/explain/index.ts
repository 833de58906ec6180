import { type ExplainedAnswer, explainAnswer } from './answer.ts';
import { type ExplainContext, type ExplainedOffer, explainOffer } from './offer.ts';
import type { HeaderName } from './paste.ts';
import { type ExplainedProof, explainProof } from './proof.ts';

/** The value of one of the three payment headers, read and judged. */
export type Explained = ExplainedOffer | ExplainedProof | ExplainedAnswer;

/** Says what the value of a payment header means, and what is wrong with it. Total: any text gives a result. */
export function explain(header: HeaderName, value: string, context: ExplainContext): Explained {
  switch (header) {
    case 'PAYMENT-REQUIRED':
      return explainOffer(value, context);
    case 'PAYMENT-SIGNATURE':
      return explainProof(value, context);
    case 'PAYMENT-RESPONSE':
      return explainAnswer(value);
  }
}
