import type { ComponentChildren } from 'preact';
import type { RawString } from '../../messages/fields.ts';
import { FullAccount } from '../components/Account.tsx';
import { Amount } from '../components/Amount.tsx';
import { ExactAmount } from '../components/ExactAmount.tsx';
import { Notice } from '../components/Notice.tsx';
import { Value } from '../components/Value.tsx';
import { t } from '../i18n.ts';

interface OrderReviewProps {
  readonly to: string;
  /** The user's name for the account; null where it has none. */
  readonly name?: string | null;
  /** Null while there is none. */
  readonly amount: RawString | null;
  readonly testMoney: boolean;
  /** Whether the account is one of the purse itself. */
  readonly isOwn: boolean;
  /** Shown below the account and the amount. */
  readonly children?: ComponentChildren;
}

/** What is about to be sent, as its user reads it before they agree. */
export function OrderReview({ to, name = null, amount, testMoney, isOwn, children }: OrderReviewProps) {
  return (
    <>
      {amount !== null && (
        <div>
          <Amount raw={amount} large testId="send-total" />
          <Value raw={amount} testMoney={testMoney} testId="send-value" />
          <ExactAmount raw={amount} />
        </div>
      )}
      <dl class="facts">
        <dt>{t('popup_sendTo')}</dt>
        <dd>
          {name !== null && (
            <p data-testid="send-payee-name">
              <strong>
                <bdi dir="auto">{name}</bdi>
              </strong>
            </p>
          )}
          <FullAccount account={to} testId="send-payee" />
        </dd>
      </dl>
      {children}
      {isOwn && <Notice tone="warn">{t('popup_sendSelf')}</Notice>}
      <p class="hint">{t('popup_sendConfirmText')}</p>
    </>
  );
}
