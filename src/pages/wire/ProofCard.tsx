import type { ExplainedProof } from '../../protocol/explain/proof.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { Fact } from '../../ui/components/Fact.tsx';
import { t } from '../../ui/i18n.ts';
import { Decoded, EncodingFacts } from './EncodingFacts.tsx';
import { EntryCard } from './EntryCard.tsx';
import { Findings } from './Findings.tsx';
import { Verdict } from './Verdict.tsx';

const SIGNED = {
  plain: 'ui_wireSignedPlain',
  noms: 'ui_wireSignedNoms',
  block: 'ui_wireSignedBlock',
} as const;

/** A PAYMENT-SIGNATURE header: what it proves, and the entry that it accepts. */
export function ProofCard({ explained, now }: { readonly explained: ExplainedProof; readonly now: number }) {
  const { accepted, mechanism, hash, payer, message, findings } = explained;
  const wrong = findings.some(({ tone }) => tone === 'wrong');
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={!wrong}
          label={t(wrong ? 'ui_wireProofWrong' : 'ui_wireProofSound')}
          code={explained.code}
          rule={null}
        />
        <dl class="facts">
          {mechanism !== null && (
            <Fact name={t('ui_wireMechanism')}>
              <span class="code">{mechanism}</span> · {mechanismName(mechanism)}
            </Fact>
          )}
          {hash !== null && (
            <Fact name={t('ui_wireBlock')} code testId="wire-hash">
              {hash}
            </Fact>
          )}
          {payer !== null && (
            <Fact name={t('ui_wirePayer')}>
              <FullAccount account={payer} />
            </Fact>
          )}
          {message !== null && (
            <Fact name={t('ui_wireSigned')}>
              {t(SIGNED[message.kind])}
              <br />
              <bdi dir="ltr" class="code">
                {message.text}
              </bdi>
            </Fact>
          )}
          <EncodingFacts encoding={explained.encoding} />
        </dl>
        <Findings findings={findings} />
        <Decoded encoding={explained.encoding} />
      </section>
      {accepted !== null && <EntryCard entry={accepted} now={now} title={t('ui_wireAccepted')} />}
    </div>
  );
}
