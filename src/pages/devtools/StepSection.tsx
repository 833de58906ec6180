import type { ExchangeStory, StepView } from '../../messages/exchange.ts';
import { t } from '../../ui/i18n.ts';
import { moment } from '../../ui/time.ts';
import { HeaderSection } from './HeaderSection.tsx';
import { Section } from './Section.tsx';

const WAYS = { page: 'devtools_way_page', post: 'devtools_way_post', replay: 'devtools_way_replay' } as const;

/** One step of an exchange, where it has something on the wire to show. */
export function StepSection({ step, story }: { readonly step: StepView; readonly story: ExchangeStory }) {
  switch (step.kind) {
    case 'priced':
      return <HeaderSection header="PAYMENT-REQUIRED" value={step.header} story={story} at={step.at} />;
    case 'answered':
      return (
        <Section title={t('devtools_answer')}>
          <p data-testid="answer" data-way={step.way}>
            <strong>HTTP {step.status}</strong> · {t(WAYS[step.way])} · {moment(step.at)}
          </p>
          {step.paymentResponse === null && <p class="hint">{t('devtools_noResponse')}</p>}
          {step.paymentResponse !== null && (
            <HeaderSection
              header="PAYMENT-RESPONSE"
              value={step.paymentResponse}
              story={story}
              at={step.at}
            />
          )}
          {step.paymentRequired !== null && (
            <HeaderSection
              header="PAYMENT-REQUIRED"
              value={step.paymentRequired}
              story={story}
              at={step.at}
            />
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
