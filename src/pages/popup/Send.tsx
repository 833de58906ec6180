import { useSignal } from '@preact/signals';
import { Fault, faultOf } from '../../fault.ts';
import type { PageInput } from '../../messages/contract.ts';
import type { RawString } from '../../messages/fields.ts';
import type { OpenPurseView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { BURN_ADDRESS, parseAddress } from '../../nano/account.ts';
import { useAction } from '../../ui/action.ts';
import { AmountField, readAmount } from '../../ui/components/AmountField.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { Switch, TextField } from '../../ui/components/Field.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { shortXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { amountFault } from '../../ui/send/amount-fault.ts';
import { OrderReview } from '../../ui/send/OrderReview.tsx';
import { Sent } from '../../ui/send/Sent.tsx';
import { go } from './route.ts';

/** An amount and an account to send it to. */
interface Order {
  readonly to: string;
  readonly amount: RawString;
  readonly everything: boolean;
}

type Step =
  | { readonly kind: 'write' }
  | { readonly kind: 'confirm'; readonly order: Order }
  | { readonly kind: 'sent'; readonly order: Order; readonly blockHash: string };

/** Sends money in three steps: form, review, result. */
export function Send({ purse }: { readonly purse: OpenPurseView }) {
  const step = useSignal<Step>({ kind: 'write' });
  const to = useSignal('');
  const amount = useSignal('');
  const everything = useSignal(false);
  const home = () => go({ name: 'home' });
  const show = (next: Step) => {
    step.value = next;
  };

  switch (step.value.kind) {
    case 'write': {
      const order = readOrder(purse, to.value, amount.value, everything.value);
      return (
        <Screen title={t('popup_send')} onBack={home} key="write">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (order.kind === 'order') show({ kind: 'confirm', order: order.order });
            }}
          >
            <TextField
              label={t('popup_sendTo')}
              hint={t('popup_sendToHint')}
              code
              value={to.value}
              fault={to.value === '' ? null : addressFault(to.value)}
              testId="send-to"
              onInput={(text) => {
                to.value = text;
              }}
            />
            <Switch
              label={t('popup_sendEverything')}
              on={everything.value}
              testId="send-everything"
              onChange={(on) => {
                everything.value = on;
              }}
            />
            {!everything.value && (
              <AmountField
                label={t('popup_sendAmount')}
                value={amount.value}
                testId="send-amount"
                fault={amount.value === '' ? null : amountFault(purse.balance, amount.value)}
                onInput={(text) => {
                  amount.value = text;
                }}
              />
            )}
            {purse.balance !== null && (
              <p class="hint">{t('popup_sendAvailable', { amount: shortXno(purse.balance, 'held') })}</p>
            )}
            <Button look="primary" submit off={order.kind === 'incomplete'} testId="send-review">
              {t('popup_sendReview')}
            </Button>
          </form>
        </Screen>
      );
    }
    case 'confirm': {
      const { order } = step.value;
      return (
        <ConfirmOrder
          key="confirm"
          order={order}
          own={order.to === purse.account}
          onBack={() => show({ kind: 'write' })}
          onSent={(blockHash) => show({ kind: 'sent', order, blockHash })}
        />
      );
    }
    case 'sent':
      return (
        <Screen title={t('popup_sentTitle')} key="sent">
          <Sent amount={step.value.order.amount} blockHash={step.value.blockHash} />
          <Button look="primary" onClick={home}>
            {t('popup_done')}
          </Button>
        </Screen>
      );
  }
}

interface ConfirmOrderProps {
  readonly order: Order;
  /** Whether the account is one of the purse itself. */
  readonly own: boolean;
  readonly onBack: () => void;
  readonly onSent: (blockHash: string) => void;
}

function ConfirmOrder({ order, own, onBack, onSent }: ConfirmOrderProps) {
  const action = useAction();
  const send = () =>
    action.run(async () => {
      const amount: PageInput<'money.send'>['amount'] = order.everything ? 'everything' : order.amount;
      const { blockHash } = await request('money.send', { to: order.to, amount });
      onSent(blockHash);
    });
  return (
    <Screen title={t('popup_sendConfirmTitle')} onBack={onBack}>
      <OrderReview to={order.to} amount={order.amount} isOwn={own} />
      <FaultLine fault={action.fault.value} />
      <div class="columns">
        <Button onClick={onBack}>{t('ui_cancel')}</Button>
        <Button look="primary" busy={action.busy.value} testId="send-now" onClick={() => void send()}>
          {t(action.busy.value ? 'popup_sending' : 'popup_sendNow')}
        </Button>
      </div>
    </Screen>
  );
}

type OrderReading = { readonly kind: 'order'; readonly order: Order } | { readonly kind: 'incomplete' };

function readOrder(purse: OpenPurseView, to: string, amount: string, everything: boolean): OrderReading {
  if (addressFault(to) !== null) return { kind: 'incomplete' };
  const payee = parseAddress(to.trim());
  if (everything) {
    if (purse.balance === null || purse.balance === '0') return { kind: 'incomplete' };
    return { kind: 'order', order: { to: payee, amount: purse.balance, everything } };
  }
  const reading = readAmount(amount);
  if (reading.kind === 'none' || amountFault(purse.balance, amount) !== null) return { kind: 'incomplete' };
  return { kind: 'order', order: { to: payee, amount: reading.raw.toString(), everything } };
}

/** Returns why money cannot be sent to an address, or null. */
function addressFault(text: string): Fault | null {
  try {
    return parseAddress(text.trim()) === BURN_ADDRESS ? new Fault('fault_burnAddress') : null;
  } catch (error) {
    return faultOf(error);
  }
}
