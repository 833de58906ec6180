import type { ApprovalView } from '../../messages/approval.ts';
import { budgetSentence } from '../budget-words.ts';
import { Account } from '../components/Account.tsx';
import { Amount } from '../components/Amount.tsx';
import { AskedBy } from '../components/AskedBy.tsx';
import { ExactAmount } from '../components/ExactAmount.tsx';
import { Icon } from '../components/Icon.tsx';
import { LongUrl } from '../components/LongUrl.tsx';
import { SiteName } from '../components/SiteName.tsx';
import { Value } from '../components/Value.tsx';
import { shortXno } from '../format.ts';
import { t } from '../i18n.ts';
import { mechanismName } from './mechanism.ts';

/** The site, the amount, and the server's description. */
export function Headline({ approval }: { readonly approval: ApprovalView }) {
  return (
    <section class="headline" aria-label={t('approve_amount')}>
      <SiteName site={approval.site} testId="approval-site" />
      {approval.askedBy !== null && <AskedBy site={approval.askedBy} testId="approval-asker" />}
      <p class="total">
        <Amount raw={approval.amount} large testId="approval-amount" />
      </p>
      <Value raw={approval.amount} testMoney={approval.network.testMoney} testId="approval-value" />
      <ExactAmount raw={approval.amount} />
      {approval.tag !== null && <p class="hint">{t('approve_tag', { amount: shortXno(approval.tag) })}</p>}
      {approval.description !== null && (
        <figure class="description">
          <figcaption>{t('approve_description')}</figcaption>
          <blockquote>
            <bdi dir="auto">{approval.description}</bdi>
          </blockquote>
        </figure>
      )}
    </section>
  );
}

/** The remaining facts about the offer and the request. */
export function Facts({ approval }: { readonly approval: ApprovalView }) {
  const { budget } = approval;
  return (
    <dl class="facts">
      <dt>{t('approve_why')}</dt>
      <dd data-testid="approval-reason">{t(approval.reason)}</dd>
      <dt>{t('approve_payTo')}</dt>
      <dd>
        <Account account={approval.payTo} testId="approval-payee" />
      </dd>
      <dt>{t('approve_for')}</dt>
      <dd>
        <LongUrl url={approval.url} />
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
