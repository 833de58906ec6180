import { useSignal } from '@preact/signals';
import type { PageInput } from '../../../messages/contract.ts';
import type { OpenPurseView } from '../../../messages/purse.ts';
import { request } from '../../../messages/request.ts';
import type { RecipientView, SendDraftView } from '../../../messages/send.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { Loading } from '../../../ui/components/Loading.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { useQuery } from '../../../ui/invalidations.ts';
import { OrderReview } from '../../../ui/send/OrderReview.tsx';
import { Sent } from '../../../ui/send/Sent.tsx';
import { go } from '../route.ts';
import type { SendOrder } from './order.ts';
import { SendForm } from './SendForm.tsx';

type Step =
  | { readonly kind: 'write' }
  | { readonly kind: 'confirm'; readonly order: SendOrder; readonly name: string | null }
  | { readonly kind: 'sent'; readonly order: SendOrder; readonly blockHash: string };

const NOTHING: SendDraftView = { to: '', amount: '', everything: false };
const home = () => go({ name: 'home' });

/** Sends money. It starts with what was typed before and not sent. */
export function Send({ purse }: { readonly purse: OpenPurseView }) {
  const draft = useQuery('send.draft', {});
  const recipients = useQuery('send.recipients', {});
  if (draft.kind === 'given' && recipients.kind === 'given') {
    return <Steps purse={purse} draft={draft.value ?? NOTHING} recipients={recipients.value} />;
  }
  return (
    <Screen title={t('popup_send')} onBack={home}>
      {[draft, recipients].map((one) => one.kind === 'failed' && <FaultLine fault={one.fault} />)}
      <Loading />
    </Screen>
  );
}

interface StepsProps {
  readonly purse: OpenPurseView;
  /** Read at the first render only. */
  readonly draft: SendDraftView;
  readonly recipients: readonly RecipientView[];
}

/** The three steps: form, review, result. */
function Steps({ purse, draft: first, recipients }: StepsProps) {
  const step = useSignal<Step>({ kind: 'write' });
  const draft = useSignal(first);
  const show = (next: Step) => {
    step.value = next;
  };
  switch (step.value.kind) {
    case 'write':
      return (
        <Screen title={t('popup_send')} onBack={home} key="write">
          <SendForm
            purse={purse}
            draft={draft}
            recipients={recipients}
            onReview={(order, name) => show({ kind: 'confirm', order, name })}
          />
        </Screen>
      );
    case 'confirm': {
      const { order, name } = step.value;
      return (
        <ConfirmOrder
          key="confirm"
          order={order}
          name={name}
          testMoney={purse.network.testMoney}
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
  readonly order: SendOrder;
  /** The user's name for the account; null where it has none. */
  readonly name: string | null;
  readonly testMoney: boolean;
  /** Whether the account is one of the purse itself. */
  readonly own: boolean;
  readonly onBack: () => void;
  readonly onSent: (blockHash: string) => void;
}

function ConfirmOrder({ order, name, testMoney, own, onBack, onSent }: ConfirmOrderProps) {
  const action = useAction();
  const send = () =>
    action.run(async () => {
      const amount: PageInput<'money.send'>['amount'] = order.everything ? 'everything' : order.amount;
      const { blockHash } = await request('money.send', { to: order.to, amount });
      onSent(blockHash);
    });
  return (
    <Screen title={t('popup_sendConfirmTitle')} onBack={onBack}>
      <OrderReview to={order.to} name={name} amount={order.amount} testMoney={testMoney} isOwn={own} />
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
