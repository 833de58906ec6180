import type { ExchangeStory } from '../../messages/exchange.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Fact } from '../../ui/components/Fact.tsx';
import { stateWords, whyWords } from '../../ui/exchange-words.ts';
import { sentenceOf, t } from '../../ui/i18n.ts';

const HOW = {
  pay: 'devtools_decided_pay',
  ask: 'devtools_decided_ask',
  refuse: 'devtools_decided_refuse',
} as const;

/** What was decided about an exchange and why, and the payment that followed. */
export function Decision({ story }: { readonly story: ExchangeStory }) {
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
            {step.why === null
              ? t('devtools_byBudget')
              : sentenceOf({ key: step.why, args: step.args ?? [] })}
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
