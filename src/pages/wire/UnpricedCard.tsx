import type { ExplainedResponse } from '../../protocol/explain/response.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { Fact } from '../../ui/components/Fact.tsx';
import { exactXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { Findings } from './Findings.tsx';
import { Verdict } from './Verdict.tsx';
import './wire.css';

/** A 402 without PAYMENT-REQUIRED: how it asks for money, and whether the purse pays it. */
export function UnpricedCard({ explained }: { readonly explained: ExplainedResponse }) {
  const { payable, code, rule, price, link, headers, findings } = explained;
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={payable}
          label={t(payable ? 'ui_wirePayable' : 'ui_wireNotPaid')}
          code={code}
          rule={rule}
        />
        <dl class="facts">
          {price !== null && (
            <>
              <Fact name={t('ui_wireAmount')} testId="wire-amount">
                <span class="code">{exactXno(price.amount)}</span> {t('ui_xno')}
                <br />
                <span class="hint code">{t('ui_raw', { amount: price.amount })}</span>
              </Fact>
              <Fact name={t('ui_wirePayTo')}>
                <FullAccount account={price.payTo} />
              </Fact>
            </>
          )}
          {link !== null && (
            <Fact name={t('ui_wireLink')} testId="wire-link">
              <bdi dir="ltr" class="code">
                {link}
              </bdi>
            </Fact>
          )}
          {headers.map(([name, value], index) => (
            <Fact key={index} name={name}>
              <bdi dir="ltr" class="code">
                {value}
              </bdi>
            </Fact>
          ))}
        </dl>
        <Findings findings={findings} />
      </section>
    </div>
  );
}
