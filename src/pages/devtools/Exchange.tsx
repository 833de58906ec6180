import type { ExchangeStory, ProofView, StepView } from '../../messages/exchange.ts';
import { explainResponse, responseText } from '../../protocol/explain/response.ts';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { Fact } from '../../ui/components/Fact.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { Explanation } from '../wire/Explanation.tsx';
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
          <Unpriced story={story} headers={first.headers} />
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

/** A 402 without PAYMENT-REQUIRED: explained where its headers tell how it asks for money, else as it is. */
function Unpriced({ story, headers }: UnpricedProps) {
  const text = responseText({ headers: headers.map(([name, value]) => ({ name, value })) });
  const { at, url, network } = story;
  const explained = explainResponse(text, { now: at, arrivedAt: at, url, network });
  if (explained) return <Explanation explained={explained} now={Date.now()} />;
  if (headers.length === 0) return <p class="hint">{t('devtools_noHeaders')}</p>;
  return (
    <dl class="facts">
      {headers.map(([name, value], index) => (
        <Fact key={index} name={name}>
          <bdi dir="ltr" class="code">
            {value}
          </bdi>
        </Fact>
      ))}
    </dl>
  );
}

interface UnpricedProps {
  readonly story: ExchangeStory;
  readonly headers: Extract<StepView, { readonly kind: 'unpriced' }>['headers'];
}

/** The proof, explained. */
const ProofSection = ({ proof, story }: { readonly proof: ProofView; readonly story: ExchangeStory }) => (
  <HeaderSection header={proof.header} value={proof.value} story={story} />
);
