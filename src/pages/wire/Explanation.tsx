import type { Explained } from '../../protocol/explain/index.ts';
import { OfferCard } from './OfferCard.tsx';
import { OtherProofCard } from './OtherProofCard.tsx';
import { ProofCard } from './ProofCard.tsx';
import { ResponseCard } from './ResponseCard.tsx';
import { UnpricedCard } from './UnpricedCard.tsx';
import './wire.css';

interface ExplanationProps {
  readonly explained: Explained;
  /** The time against which expiry is shown (ms). */
  readonly now: number;
}

/** Explains a payment header, or a 402 without PAYMENT-REQUIRED, with everything that is wrong with it. */
export function Explanation({ explained, now }: ExplanationProps) {
  switch (explained.header) {
    case 'PAYMENT-REQUIRED':
      return <OfferCard explained={explained} now={now} />;
    case 'PAYMENT-SIGNATURE':
      return <ProofCard explained={explained} now={now} />;
    case 'PAYMENT-RESPONSE':
      return <ResponseCard explained={explained} />;
    case 'X-PAYMENT':
    case 'X-Nano-Payment':
      return <OtherProofCard explained={explained} />;
    case '402':
      return <UnpricedCard explained={explained} />;
  }
}
