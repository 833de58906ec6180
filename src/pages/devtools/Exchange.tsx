import type { ExchangeStory, ProofView } from '../../messages/exchange.ts';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { Fact } from '../../ui/components/Fact.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { curlOf } from './curl.ts';
import { Decision } from './Decision.tsx';
import { HeaderSection } from './HeaderSection.tsx';
import { Replay } from './Replay.tsx';
import { RequestFacts } from './RequestFacts.tsx';
import { Section } from './Section.tsx';
import { StepSection } from './StepSection.tsx';
import { Waterfall } from './Waterfall.tsx';
import { spansOf } from './waterfall.ts';

/** One exchange from its request to its receipt, with every header explained. */
export function Exchange({ id }: { readonly id: string }) {
  const story = useQuery('exchange.read', { id });
  if (story.kind === 'waiting') return <Loading />;
  if (story.kind === 'failed') return <FaultLine fault={story.fault} />;
  return <Story story={story.value} />;
}

function Story({ story }: { readonly story: ExchangeStory }) {
  const { method, url, steps, proof, paid } = story;
  const first = steps[0];
  return (
    <article class="panel-story" aria-label={`${method} ${url}`} data-testid="story">
      <div class="panel-actions">
        <CopyButton text={curlOf(story, null)} label={t('devtools_copyCurl')} />
        {proof !== null && (
          <>
            <CopyButton text={proof.value} label={t('devtools_copyProof')} />
            <CopyButton text={curlOf(story, proof)} label={t('devtools_copyCurlProof')} />
          </>
        )}
        {story.canReplay && <Replay id={story.id} />}
      </div>
      <Section title={t('devtools_request')}>
        <RequestFacts story={story} />
      </Section>
      <Section title={t('devtools_time')}>
        <Waterfall spans={spansOf(story)} />
      </Section>
      <Section title={t('devtools_decision')}>
        <Decision story={story} />
      </Section>
      {first?.kind === 'unpriced' && (
        <Section title={t('devtools_headers')}>
          <dl class="facts">
            {first.headers.map(([name, value], index) => (
              <Fact key={index} name={name}>
                <bdi dir="ltr" class="code">
                  {value}
                </bdi>
              </Fact>
            ))}
          </dl>
          {first.headers.length === 0 && <p class="hint">{t('devtools_noHeaders')}</p>}
        </Section>
      )}
      {steps.map((step, index) => (
        <StepSection key={index} step={step} story={story} />
      ))}
      {paid !== null && proof === null && <p class="hint">{t('devtools_proofHidden')}</p>}
      {proof !== null && <ProofSection proof={proof} story={story} />}
    </article>
  );
}

/** The proof: explained, or a bare block hash as it is. */
function ProofSection({ proof, story }: { readonly proof: ProofView; readonly story: ExchangeStory }) {
  const { header, value } = proof;
  switch (header) {
    case 'PAYMENT-SIGNATURE':
      return <HeaderSection header={header} value={value} story={story} />;
    case 'X-Nano-Payment':
      return (
        <Section title={header}>
          <bdi dir="ltr" class="code" data-testid="raw" data-header={header}>
            {value}
          </bdi>
        </Section>
      );
  }
}
