import type { TransferView } from '../../../messages/activity.ts';
import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Account } from '../../../ui/components/Account.tsx';
import { Button } from '../../../ui/components/Button.tsx';
import { Fact } from '../../../ui/components/Fact.tsx';
import { FaultLine, Notice } from '../../../ui/components/Notice.tsx';
import { sentenceOf, t } from '../../../ui/i18n.ts';
import { moment } from '../../../ui/time.ts';
import { refreshActivity } from '../activity-list.ts';
import { statusOf } from '../activity-status.ts';

/** The other account of a transfer, when it was made, and what keeps it from being done. */
export function TransferStory({ transfer }: { readonly transfer: TransferView }) {
  const { kind, state, at, counterparty } = transfer;
  return (
    <>
      {state !== 'done' && <Undone transfer={transfer} />}
      <dl class="facts">
        <Fact name={t(kind === 'received' ? 'popup_from' : 'popup_to')}>
          <Account account={counterparty} />
        </Fact>
        <Fact name={t(state === 'done' ? statusOf(transfer).key : 'popup_state_signed')}>{moment(at)}</Fact>
      </dl>
    </>
  );
}

/** Says why a transfer is not done, with a button that tries again unless another block took its place. */
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
