import type { ApprovalView } from '../../messages/approval.ts';
import { budgetSentence } from '../budget-words.ts';
import { Amount } from '../components/Amount.tsx';
import { Icon } from '../components/Icon.tsx';
import { LongUrl } from '../components/LongUrl.tsx';
import { exactXno, shortXno } from '../format.ts';
import { sentenceOf, t } from '../i18n.ts';
import { isDangerous } from './Cautions.tsx';
import { mechanismName } from './mechanism.ts';

/** The usual facts of a question, each a plain line. */
export function PlainFacts({ approval }: { readonly approval: ApprovalView }) {
  const { budget, reason, args } = approval;
  return (
    <dl class="facts">
      {!isDangerous(approval) && (
        <>
          <dt>{t('approve_why')}</dt>
          <dd data-testid="approval-reason">{sentenceOf({ key: reason, args })}</dd>
        </>
      )}
      {approval.isFirstPayment && (
        <>
          <dt>{t('approve_payTo')}</dt>
          <dd data-testid="approval-first">{t('approve_firstPayment')}</dd>
        </>
      )}
      {budget !== null && (
        <>
          <dt>{t('approve_budget')}</dt>
          <dd class="sentence" data-testid="approval-budget">
            {budgetSentence(budget)}
          </dd>
        </>
      )}
      <dt>{t('approve_balance')}</dt>
      <dd>
        {approval.balance === null ? (
          t('approve_balanceUnknown')
        ) : (
          <Amount raw={approval.balance} beside={approval.amount} testId="approval-balance" />
        )}
      </dd>
    </dl>
  );
}

/** What few users want to know, under a disclosure. */
export function Details({ approval }: { readonly approval: ApprovalView }) {
  return (
    <details class="rules">
      <summary data-testid="approval-details">{t('approve_details')}</summary>
      <dl class="facts">
        <dt>{t('approve_for')}</dt>
        <dd>
          <LongUrl url={approval.url} />
        </dd>
        <dt>{t('ui_exact')}</dt>
        <dd>
          <p class="code">
            {exactXno(approval.amount)} {t('ui_xno')}
          </p>
          <p class="code">{t('ui_raw', { amount: approval.amount })}</p>
          {approval.tag !== null && <p>{t('approve_tag', { amount: shortXno(approval.tag) })}</p>}
        </dd>
        <dt>{t('approve_way')}</dt>
        <dd>{mechanismName(approval.mechanism)}</dd>
        <dt>{t('approve_checked')}</dt>
        <dd>
          <ul class="checks">
            {approval.checks.map((check) => (
              <li key={check}>
                <Icon name="check" />
                {t(check)}
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </details>
  );
}
