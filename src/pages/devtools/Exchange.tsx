import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { ExchangeStory, ReplayView, StepView } from '../../messages/exchange-views.ts';
import { request } from '../../messages/request.ts';
import { explain } from '../../protocol/explain/index.ts';
import type { HeaderName } from '../../protocol/explain/paste.ts';
import { useAction } from '../../ui/action.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { kindWord, stateWords, whyWords } from '../../ui/exchange-words.ts';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { moment } from '../../ui/time.ts';
import { Explanation } from '../wire/Explanation.tsx';
import { curlOf } from './curl.ts';
import { Waterfall } from './Waterfall.tsx';
import { spansOf } from './waterfall.ts';

/** One exchange from its request to its receipt, each header in words. */
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
            <CopyButton text={proof} label={t('devtools_copyProof')} />
            <CopyButton text={curlOf(story, proof)} label={t('devtools_copyCurlProof')} />
          </>
        )}
        {story.canReplay && <Replay id={story.id} />}
      </div>
      <Section title={t('devtools_request')}>
        <Request story={story} />
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
        <OfStep key={index} step={step} story={story} />
      ))}
      {paid !== null && proof === null && <p class="hint">{t('devtools_proofHidden')}</p>}
      {proof !== null && <Header header="PAYMENT-SIGNATURE" value={proof} story={story} />}
    </article>
  );
}

function Request({ story }: { readonly story: ExchangeStory }) {
  const { method, url, kind, frameId, documentId, initiator, redirectedBy, topOrigin, at } = story;
  return (
    <dl class="facts">
      <Fact name={t('devtools_url')}>
        <bdi dir="ltr" class="code" data-testid="request">
          {method} {url}
        </bdi>
      </Fact>
      <Fact name={t('devtools_kind')}>
        {kindWord(kind)} <span class="hint code">{kind}</span>
      </Fact>
      <Fact name={t('devtools_initiator')}>
        <bdi class="code">{initiator ?? t('devtools_byUser')}</bdi>
      </Fact>
      {redirectedBy !== null && (
        <Fact name={t('devtools_redirectedBy')}>
          <bdi class="code">{redirectedBy}</bdi>
        </Fact>
      )}
      <Fact name={t('devtools_page')}>
        <bdi class="code">{topOrigin ?? '–'}</bdi>
      </Fact>
      <Fact name={t('devtools_frame')}>
        <span class="code">
          {frameId}
          {documentId !== null && ` · ${documentId}`}
        </span>
      </Fact>
      <Fact name={t('devtools_at')}>{moment(at)}</Fact>
    </dl>
  );
}

function Decision({ story }: { readonly story: ExchangeStory }) {
  const { state, paid, amount, mechanism, steps } = story;
  const decisions = steps.filter((step) => step.kind === 'decided');
  const why = whyWords(story);
  return (
    <>
      <p>
        <strong data-testid="story-state">{stateWords(state)}</strong>
        {why !== '' && ` · ${why}`}
      </p>
      <dl class="facts">
        {decisions.map((step, index) => (
          <Fact key={index} name={t(HOW[step.how])}>
            {step.why === null ? t('devtools_byBudget') : sentenceOf({ key: step.why, args: [] })}
          </Fact>
        ))}
        {amount !== null && (
          <Fact name={t('devtools_amount')}>
            <Amount raw={amount} /> <span class="hint code">{t('ui_raw', { amount })}</span>
          </Fact>
        )}
        {mechanism !== null && (
          <Fact name={t('devtools_mechanism')}>
            <span class="code">{mechanism}</span> · {mechanismName(mechanism)}
          </Fact>
        )}
        {paid !== null && (
          <Fact name={t('devtools_payment')}>
            <span class="code">{paid.id}</span>
            {paid.at < story.at && <span class="hint"> {t('devtools_kept')}</span>}
          </Fact>
        )}
        {paid?.blockHash && (
          <Fact name={t('devtools_block')}>
            <span class="code" data-testid="story-block">
              {paid.blockHash}
            </span>
          </Fact>
        )}
      </dl>
    </>
  );
}

const HOW = {
  pay: 'devtools_decided_pay',
  ask: 'devtools_decided_ask',
  refuse: 'devtools_decided_refuse',
} as const;
const WAYS = { page: 'devtools_way_page', post: 'devtools_way_post', replay: 'devtools_way_replay' } as const;

function OfStep({ step, story }: { readonly step: StepView; readonly story: ExchangeStory }) {
  switch (step.kind) {
    case 'priced':
      return <Header header="PAYMENT-REQUIRED" value={step.header} story={story} at={step.at} />;
    case 'answered':
      return (
        <Section title={t('devtools_answer')}>
          <p data-testid="answer" data-way={step.way}>
            <strong>HTTP {step.status}</strong> · {t(WAYS[step.way])} · {moment(step.at)}
          </p>
          {step.paymentResponse === null && <p class="hint">{t('devtools_noResponse')}</p>}
          {step.paymentResponse !== null && (
            <Header header="PAYMENT-RESPONSE" value={step.paymentResponse} story={story} at={step.at} />
          )}
          {step.paymentRequired !== null && (
            <Header header="PAYMENT-REQUIRED" value={step.paymentRequired} story={story} at={step.at} />
          )}
        </Section>
      );
    case 'unanswered':
      return (
        <Section title={t('devtools_answer')}>
          <p data-testid="answer" data-way={step.way}>
            <strong>{t('devtools_noAnswer')}</strong> · {t(WAYS[step.way])} · {moment(step.at)}{' '}
            <span class="code">{step.reason}</span>
          </p>
        </Section>
      );
    case 'unpriced':
    case 'decided':
    case 'served':
    case 'left':
      return null;
  }
}

interface HeaderProps {
  readonly header: HeaderName;
  readonly value: string;
  readonly story: ExchangeStory;
  /** When it came (ms): what it meant then is what counts. */
  readonly at?: number;
}

/** A payment header in words, and as it came. */
function Header({ header, value, story, at = story.at }: HeaderProps) {
  const { url, network } = story;
  const explained = explain(header, value, { now: at, arrivedAt: at, url, network });
  return (
    <Section title={header}>
      <Explanation explained={explained} now={Date.now()} />
      <details class="panel-raw">
        <summary>{t('devtools_raw')}</summary>
        <bdi dir="ltr" class="code" data-testid="raw" data-header={header}>
          {value}
        </bdi>
        <CopyButton text={value} label={t('devtools_copy')} />
      </details>
    </Section>
  );
}

/** Sends the proof once more to the server that had it, and shows what comes back: it costs nothing. */
function Replay({ id }: Pick<ExchangeStory, 'id'>) {
  const action = useAction();
  const answer = useSignal<ReplayView | null>(null);
  const replay = () =>
    action.run(async () => {
      answer.value = await request('exchange.replay', { id });
    });
  return (
    <>
      <Button busy={action.busy.value} testId="replay" onClick={() => void replay()}>
        {t('devtools_replay')}
      </Button>
      <FaultLine fault={action.fault.value} />
      <div role="status" class="live panel-replay">
        {answer.value !== null && <Replayed answer={answer.value} />}
      </div>
    </>
  );
}

function Replayed({ answer }: { readonly answer: ReplayView }) {
  if (answer.kind === 'unanswered') return <p data-testid="replayed">{t('devtools_noAnswer')}</p>;
  return (
    <>
      <p data-testid="replayed" data-status={answer.status}>
        {t('devtools_replayed', { status: String(answer.status), duration: String(answer.took) })}
      </p>
      {answer.body !== '' && (
        <pre class="code panel-body">
          <bdi>{answer.body.slice(0, 4_000)}</bdi>
        </pre>
      )}
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section class="panel-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
