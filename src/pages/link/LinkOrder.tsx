import { useSignal } from '@preact/signals';
import type { Fault } from '../../fault.ts';
import type { RawString } from '../../messages/fields.ts';
import type { LinkOrderView } from '../../messages/link.ts';
import '../../ui/approval/approval.css';
import { useAccountName } from '../../ui/account-names.ts';
import { type Choice, DecisionButtons, useArming } from '../../ui/approval/DecisionButtons.tsx';
import { AmountField } from '../../ui/components/AmountField.tsx';
import { NetworkBanner } from '../../ui/components/NetworkBanner.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { Available } from '../../ui/send/Available.tsx';
import { amountFault, balanceFault } from '../../ui/send/amount-fault.ts';
import { OrderReview } from '../../ui/send/OrderReview.tsx';
import { readAmount } from '../../ui/typed-amount.ts';
import { LinkSite } from './LinkSite.tsx';

interface LinkOrderProps {
  readonly order: LinkOrderView;
  readonly sending: boolean;
  readonly fault: Fault | null;
  /** Whether the question was answered: it is then closed for good, whatever became of the answer. */
  readonly isAnswered: boolean;
  /** @param typed whether the user typed the amount, and not the link */
  readonly onSend: (amount: RawString, typed: boolean) => void;
  readonly onDecline: () => void;
}

/** The question whether to send what a link asks for. Where the link has no amount, its user types one. */
export function LinkOrder({ order, sending, fault, isAnswered, onSend, onDecline }: LinkOrderProps) {
  const text = useSignal('');
  const name = useAccountName(order.to);
  const isTyped = order.amount === null;
  const amount = order.amount ?? typedAmount(order, text.value);
  const missing = amount === null ? null : balanceFault(order.balance, amount);
  const arming = useArming(String(isAnswered));
  const choices: readonly Choice[] = [
    ...(isAnswered
      ? []
      : [
          {
            name: t('popup_sendNow'),
            look: 'primary',
            testId: 'link-send',
            choose: amount === null || missing !== null ? null : () => onSend(amount, isTyped),
          } as const,
        ]),
    {
      name: t(isAnswered ? 'ui_close' : 'ui_cancel'),
      look: 'plain',
      testId: 'link-decline',
      choose: onDecline,
    },
  ];
  return (
    <div class="approval" data-testid="link-order">
      <header>
        <NetworkBanner network={order.network} />
      </header>
      <Screen title={t('popup_sendConfirmTitle')}>
        <FaultLine fault={fault ?? missing} />
        {isTyped && (
          <AmountField
            label={t('popup_sendAmount')}
            hint={t('link_noAmount')}
            value={text.value}
            testId="link-amount"
            fault={text.value === '' ? null : amountFault(order.balance, text.value)}
            onInput={(typed) => {
              text.value = typed;
            }}
          />
        )}
        {isTyped && <Available balance={order.balance} typed={text.value} />}
        <OrderReview
          to={order.to}
          name={name}
          amount={amount}
          testMoney={order.network.testMoney}
          isOwn={order.isOwn}
        >
          <LinkSite link={order} />
          <LinkWords order={order} />
        </OrderReview>
      </Screen>
      <DecisionButtons key={String(isAnswered)} choices={choices} sending={sending} arming={arming} />
    </div>
  );
}

/** The amount that the user typed; null while it cannot be sent. */
function typedAmount({ balance }: LinkOrderView, text: string): RawString | null {
  const reading = readAmount(text);
  return reading.kind === 'none' || amountFault(balance, text) !== null ? null : reading.raw.toString();
}

/** The link's own words, which are not verified. */
function LinkWords({ order: { label, message } }: { readonly order: LinkOrderView }) {
  const words = [label, message].filter((one) => one !== null);
  if (words.length === 0) return null;
  return (
    <figure class="description" data-testid="link-words">
      <figcaption>{t('link_says')}</figcaption>
      {words.map((one, nth) => (
        <blockquote key={nth === 0 ? 'first' : 'second'}>
          <bdi dir="auto">{one}</bdi>
        </blockquote>
      ))}
    </figure>
  );
}
