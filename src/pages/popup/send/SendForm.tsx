import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type Fault, faultOf } from '../../../fault.ts';
import type { OpenPurseView } from '../../../messages/purse.ts';
import { request } from '../../../messages/request.ts';
import { LONGEST_DRAFT, type RecipientView, type SendDraftView } from '../../../messages/send.ts';
import { useAction } from '../../../ui/action.ts';
import { AmountField } from '../../../ui/components/AmountField.tsx';
import { Button } from '../../../ui/components/Button.tsx';
import { Switch, TextField } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { Value } from '../../../ui/components/Value.tsx';
import { t } from '../../../ui/i18n.ts';
import { Available } from '../../../ui/send/Available.tsx';
import { amountFault } from '../../../ui/send/amount-fault.ts';
import { LONGEST_NAME, withName } from './contacts.ts';
import { orderOf, type SendOrder, withRecipient } from './order.ts';
import { RecipientField } from './RecipientField.tsx';
import { readRecipient } from './recipient.ts';

interface SendFormProps {
  readonly purse: OpenPurseView;
  readonly draft: Signal<SendDraftView>;
  readonly recipients: readonly RecipientView[];
  /** @param name the user's name for the account; null where it has none */
  readonly onReview: (order: SendOrder, name: string | null) => void;
}

/** The form of *Send*. What is typed is kept in the background at once: the popup can be closed at any moment. */
export function SendForm({ purse, draft, recipients, onReview }: SendFormProps) {
  const { to, amount, everything } = draft.value;
  const typedName = useSignal<{ readonly account: string; readonly text: string } | null>(null);
  const unkept = useSignal<Fault | null>(null);
  const rest = useRef<HTMLDivElement>(null);
  const action = useAction();

  const recipient = readRecipient(to);
  const account = recipient.kind === 'none' || recipient.account === purse.account ? null : recipient.account;
  const known = recipients.find((one) => one.account === account)?.name ?? '';
  const name = typedName.value !== null && typedName.value.account === account ? typedName.value.text : known;
  const order = orderOf(draft.value, purse.balance);

  const set = (next: SendDraftView) => {
    const [text, sum] = [next.to.slice(0, LONGEST_DRAFT.to), next.amount.slice(0, LONGEST_DRAFT.amount)];
    draft.value = { ...next, to: text, amount: sum };
    unkept.value = null;
    request('send.keepDraft', draft.value).catch((failure: unknown) => {
      unkept.value = faultOf(failure);
    });
  };
  const review = (sent: SendOrder) =>
    action.run(async () => {
      const contacts = account === null ? null : withName(recipients, account, name);
      if (contacts !== null) await request('settings.write', { contacts });
      onReview(sent, account === null ? null : name.trim() || null);
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (order !== null) void review(order);
      }}
    >
      <RecipientField
        text={to}
        recipients={recipients}
        onText={(text, isWhole) => {
          set(withRecipient(draft.value, text));
          if (isWhole) rest.current?.querySelector('input')?.focus();
        }}
      />
      {account !== null && (
        <TextField
          label={t('popup_contactName')}
          hint={t('popup_contactNameHint')}
          value={name}
          testId="send-name"
          onInput={(text) => {
            typedName.value = { account, text: text.slice(0, LONGEST_NAME) };
          }}
        />
      )}
      <div class="send-part" ref={rest}>
        {!everything && (
          <AmountField
            label={t('popup_sendAmount')}
            value={amount}
            testId="send-amount"
            fault={amount === '' ? null : amountFault(purse.balance, amount)}
            onInput={(text) => set({ ...draft.value, amount: text })}
          />
        )}
        {order !== null && (
          <Value raw={order.amount} testMoney={purse.network.testMoney} testId="send-form-value" />
        )}
        <Available balance={purse.balance} typed={everything ? '' : amount} />
        <Switch
          label={t('popup_sendEverything')}
          on={everything}
          testId="send-everything"
          onChange={(on) => set({ ...draft.value, everything: on })}
        />
      </div>
      <FaultLine fault={action.fault.value ?? unkept.value} />
      <Button look="primary" submit off={order === null} busy={action.busy.value} testId="send-review">
        {t('popup_sendReview')}
      </Button>
    </form>
  );
}
