import type { ApprovalView } from '../../messages/approval.ts';
import { Account } from '../components/Account.tsx';
import { Amount } from '../components/Amount.tsx';
import { AskedBy } from '../components/AskedBy.tsx';
import { SiteName } from '../components/SiteName.tsx';
import { Value } from '../components/Value.tsx';
import { t } from '../i18n.ts';

/** Who asks for how much, and which account gets it. It is always in sight, as the buttons are. */
export function Head({ approval }: { readonly approval: ApprovalView }) {
  return (
    <section class="question-head" aria-label={t('approve_amount')}>
      <SiteName site={approval.site} testId="approval-site" />
      {approval.askedBy !== null && <AskedBy site={approval.askedBy} testId="approval-asker" />}
      <p class="total">
        <Amount raw={approval.amount} large testId="approval-amount" />
      </p>
      <Value raw={approval.amount} testMoney={approval.network.testMoney} testId="approval-value" />
      <p class="payee">
        <span class="payee-label">{t('approve_payTo')}</span>{' '}
        <Account account={approval.payTo} testId="approval-payee" />
      </p>
    </section>
  );
}
