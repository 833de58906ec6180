import type { ExplainedOtherProof } from '../../protocol/explain/other-proof.ts';
import { Fact } from '../../ui/components/Fact.tsx';
import { t } from '../../ui/i18n.ts';
import { Decoded, EncodingFacts } from './EncodingFacts.tsx';
import { Findings } from './Findings.tsx';
import { Verdict } from './Verdict.tsx';

/** A proof in another header than that of x402 version 2. */
export function OtherProofCard({ explained }: { readonly explained: ExplainedOtherProof }) {
  const { hash, chain, encoding, rule, findings } = explained;
  const wrong = findings.some(({ tone }) => tone === 'wrong');
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={!wrong}
          label={t(wrong ? 'ui_wireProofWrong' : 'ui_wireProofSound')}
          code={null}
          rule={rule}
        />
        <dl class="facts">
          {hash !== null && (
            <Fact name={t('ui_wireBlock')} code testId="wire-hash">
              {hash}
            </Fact>
          )}
          {chain !== null && (
            <Fact name={t('ui_wireNetwork')}>
              <bdi>{chain}</bdi>
            </Fact>
          )}
          {encoding !== null && <EncodingFacts encoding={encoding} />}
        </dl>
        <Findings findings={findings} />
        {encoding !== null && <Decoded encoding={encoding} />}
      </section>
    </div>
  );
}
