import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { request } from '../../messages/request.ts';
import type { ActivityView, OpenPurseView, PaymentView, TransferView } from '../../messages/views.ts';
import { useAction } from '../../ui/action.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { Account } from '../../ui/components/Account.tsx';
import { Amount } from '../../ui/components/Amount.tsx';
import { AskedBy } from '../../ui/components/AskedBy.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { LongUrl } from '../../ui/components/LongUrl.tsx';
import { FaultLine, Notice, StatusLine } from '../../ui/components/Notice.tsx';
import { PrivateWindow } from '../../ui/components/PrivateWindow.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { exactXno } from '../../ui/format.ts';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { moment, timeOfDay } from '../../ui/time.ts';
import { STATES, signOf, standingOf, toneOf } from './ActivityRow.tsx';
import { findActivity, refreshActivity } from './activity-list.ts';
import { ChequeCard } from './ChequeCard.tsx';
import { go, type Place } from './place.ts';

interface StoryProps {
  readonly id: string;
  readonly from: Place;
  readonly purse: OpenPurseView;
}

/** The story of one payment or transfer, from the first word to the last. */
export function Story({ id, from, purse }: StoryProps) {
  const item = findActivity(id);
  const back = () => go(from);
  if (item === undefined) {
    return (
      <Screen title={t('popup_paymentTitle')} onBack={back}>
        <p>{t('popup_gone')}</p>
      </Screen>
    );
  }
  const title = t(item.kind === 'payment' ? 'popup_paymentTitle' : standingOf(item).key);
  return (
    <Screen title={title} onBack={back}>
      <p>
        <Amount raw={item.amount} large sign={signOf(item)} testId="story-amount" />
      </p>
      {item.kind === 'payment' ? <PaymentStory payment={item} /> : <TransferStory transfer={item} />}
      <Block item={item} purse={purse} />
    </Screen>
  );
}

/** Whether a step is the signature of another block in the place of an earlier one. */
const isAgain = ({ story }: PaymentView, index: number): boolean =>
  story[index]?.state === 'signed' && story.slice(0, index).some(({ state }) => state === 'signed');

function PaymentStory({ payment }: { readonly payment: PaymentView }) {
  const { key, tone } = standingOf(payment);
  return (
    <>
      <p class={`state state-${tone}`} data-testid="payment-state" data-state={payment.state}>
        {t(key)}
      </p>
      {payment.isForgotten && <Notice tone="info">{t('fault_privateForgotten')}</Notice>}
      {payment.fault !== null && <Notice tone="warn">{sentenceOf(payment.fault)}</Notice>}
      {payment.cheque !== null && <ChequeCard id={payment.id} cheque={payment.cheque} />}
      {payment.byPost && <Notice tone="info">{t('popup_byPost')}</Notice>}
      {payment.canDeliver && <Deliver id={payment.id} />}
      <section aria-labelledby="story-title">
        <h2 id="story-title">{t('popup_story')}</h2>
        <ol class="story">
          {payment.story.map(({ state, at }, index) => (
            <li key={`${index} ${state}`} class={`story-${toneOf(state)}`}>
              <span>{t(isAgain(payment, index) ? 'popup_signedAgain' : STATES[state])}</span>
              <time dateTime={new Date(at).toISOString()} title={moment(at)}>
                {timeOfDay(at)}
              </time>
            </li>
          ))}
        </ol>
      </section>
      <dl class="facts">
        <Fact name={t('approve_site')}>
          {payment.site === null ? <PrivateWindow /> : <SiteName site={payment.site} />}
          {payment.askedBy !== null && <AskedBy site={payment.askedBy} />}
          {payment.isPrivate && <p class="hint">{t('popup_privateText')}</p>}
        </Fact>
        {payment.url !== null && (
          <Fact name={t('approve_for')}>
            <span class="code">{payment.method}</span> <LongUrl url={payment.url} />
          </Fact>
        )}
        {payment.description !== null && (
          <Fact name={t('approve_description')}>
            <q>
              <bdi dir="auto">{payment.description}</bdi>
            </q>
          </Fact>
        )}
        <Fact name={t('approve_payTo')}>
          <Account account={payment.payTo} />
        </Fact>
        <Fact name={t('popup_approval')}>
          {t(payment.approval === 'once' ? 'popup_approval_once' : 'popup_approval_budget')},{' '}
          {moment(payment.at)}
        </Fact>
        <Fact name={t('approve_way')}>{mechanismName(payment.mechanism)}</Fact>
        {payment.status !== null && (
          <Fact name={t('popup_httpStatus')}>
            <span data-testid="http-status">
              {t('popup_httpStatusValue', { status: String(payment.status) })}
            </span>
          </Fact>
        )}
        {payment.serverSaid !== null && (
          <Fact name={t('popup_serverSaid')}>
            <q>
              <bdi dir="auto">{payment.serverSaid}</bdi>
            </q>
          </Fact>
        )}
      </dl>
    </>
  );
}

function TransferStory({ transfer }: { readonly transfer: TransferView }) {
  const { kind, state, at, counterparty } = transfer;
  return (
    <>
      {state !== 'done' && <Undone transfer={transfer} />}
      <dl class="facts">
        <Fact name={t(kind === 'received' ? 'popup_from' : 'popup_to')}>
          <Account account={counterparty} />
        </Fact>
        <Fact name={t(state === 'done' ? standingOf(transfer).key : 'popup_state_signed')}>{moment(at)}</Fact>
      </dl>
    </>
  );
}

/** Why a transfer is not done, and a way to try it now where it may yet be. */
function Undone({ transfer }: { readonly transfer: TransferView }) {
  const { state, fault } = transfer;
  const action = useAction();
  const retry = () => action.run(() => request('purse.refresh', {})).then(() => refreshActivity());
  return (
    <div data-testid="transfer-state" data-state={state}>
      <Notice tone={state === 'waiting' ? 'info' : 'warn'}>
        {fault !== null && <p>{sentenceOf(fault)}</p>}
        <p>{t(state === 'replaced' ? 'fault_blockForked' : 'popup_triedAgain')}</p>
        {state !== 'replaced' && (
          <Button busy={action.busy.value} testId="try-now" onClick={() => void retry()}>
            {t('popup_tryNow')}
          </Button>
        )}
      </Notice>
      <FaultLine fault={action.fault.value} />
    </div>
  );
}

/** What of it stands on the ledger. */
function Block({ item, purse }: { readonly item: ActivityView; readonly purse: OpenPurseView }) {
  const explorer = item.network === purse.network.id ? purse.network.explorerUrl : null;
  return (
    <dl class="facts">
      <Fact name={t('popup_exactAmount')}>
        <span class="code">
          {exactXno(item.amount)} {t('ui_xno')}
        </span>
      </Fact>
      <Fact name={t('popup_network')}>
        {item.network} {item.testMoney && <span class="chip chip-warn">{t('popup_networkTestChip')}</span>}
      </Fact>
      {item.blockHash !== null && (
        <Fact name={t('popup_block')}>
          <span class="code" data-testid="block-hash">
            {item.blockHash}
          </span>
          <div class="inline-actions">
            <CopyButton text={item.blockHash} label={t('popup_copyBlock')} />
            {explorer !== null && (
              <a href={explorer + item.blockHash} target="_blank" rel="noreferrer noopener">
                {t('popup_explorer')}
              </a>
            )}
          </div>
        </Fact>
      )}
    </dl>
  );
}

function Deliver({ id }: { readonly id: string }) {
  const action = useAction();
  const said = useSignal<string | null>(null);
  const deliver = async () => {
    said.value = null;
    if (!(await action.run(() => request('payment.deliver', { id })))) return;
    said.value = t('popup_delivered');
    await refreshActivity();
  };
  return (
    <div class="card">
      <p class="hint">{t('popup_deliverHint')}</p>
      <Button look="primary" busy={action.busy.value} testId="deliver" onClick={() => void deliver()}>
        {t('popup_deliver')}
      </Button>
      <FaultLine fault={action.fault.value} />
      <StatusLine text={said.value} />
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
