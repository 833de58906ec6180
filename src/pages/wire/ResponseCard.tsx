import type { ExplainedAnswer } from '../../protocol/explain/answer.ts';
import { Fact } from '../../ui/components/Fact.tsx';
import { t } from '../../ui/i18n.ts';
import { Decoded, EncodingFacts } from './EncodingFacts.tsx';
import { Findings } from './Findings.tsx';
import { Verdict } from './Verdict.tsx';

const SHAPES = {
  settlement: 'ui_wireShapeSettlement',
  rev7: 'ui_wireShapeRev7',
  rev8: 'ui_wireShapeRev8',
  track: 'ui_wireShapeTrack',
  unknown: 'ui_wireShapeUnknown',
} as const;

/** A PAYMENT-RESPONSE header: whether the payment settled. */
export function ResponseCard({ explained }: { readonly explained: ExplainedAnswer }) {
  const { receipt, shape } = explained;
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={receipt?.settled === true}
          label={t(settledWord(receipt?.settled))}
          code={explained.code}
          rule={null}
        />
        <dl class="facts">
          <Fact name={t('ui_wireShape')} testId="wire-shape">
            {t(SHAPES[shape])}
          </Fact>
          {receipt !== null && receipt.text !== '' && (
            <Fact name={t('ui_wireError')}>
              <bdi>{receipt.text}</bdi>
            </Fact>
          )}
          {receipt?.transaction !== undefined && (
            <Fact name={t('ui_wireBlock')} code>
              {receipt.transaction}
            </Fact>
          )}
          {explained.network !== null && (
            <Fact name={t('ui_wireNetwork')} code>
              <bdi>{explained.network}</bdi>
            </Fact>
          )}
          {explained.payer !== null && (
            <Fact name={t('ui_wirePayer')} code>
              <bdi>{explained.payer}</bdi>
            </Fact>
          )}
          <EncodingFacts encoding={explained.encoding} />
        </dl>
        <Findings findings={explained.findings} />
        <Decoded encoding={explained.encoding} />
      </section>
    </div>
  );
}

function settledWord(settled: boolean | undefined) {
  if (settled === undefined) return 'ui_wireNeither';
  return settled ? 'ui_wireSettled' : 'ui_wireRefused';
}
