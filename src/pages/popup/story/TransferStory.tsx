import type { PlainMessageKey } from '../../../fault.ts';
import type { TransferView } from '../../../messages/activity.ts';
import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Account } from '../../../ui/components/Account.tsx';
import { Button } from '../../../ui/components/Button.tsx';
import { Fact } from '../../../ui/components/Fact.tsx';
import { FaultLine, Notice } from '../../../ui/components/Notice.tsx';
import { PrivateWindow } from '../../../ui/components/PrivateWindow.tsx';
import { SiteName } from '../../../ui/components/SiteName.tsx';
import { sentenceOf, t } from '../../../ui/i18n.ts';
import { moment } from '../../../ui/time.ts';
import { refreshActivity } from '../activity-list.ts';
import { statusOf } from '../activity-status.ts';

/** The other account of a transfer, when it was made, and what keeps it from being done. */
export function TransferStory({ transfer }: { readonly transfer: TransferView }) {
  const { kind, state, at, counterparty, refundOf } = transfer;
  return (
    <>
      {state !== 'done' && <Undone transfer={transfer} />}
      <dl class="facts">
        {refundOf !== null && (
          <Fact name={t('approve_site')}>
            {refundOf.site === null ? (
              <PrivateWindow />
            ) : (
              <SiteName site={refundOf.site} testId="refund-of" />
            )}
          </Fact>
        )}
        <Fact name={t(kind === 'received' ? 'popup_from' : 'popup_to')}>
          <Account account={counterparty} />
        </Fact>
        <Fact name={t(timeName(transfer))}>{moment(at)}</Fact>
      </dl>
    </>
  );
}

/** Names the time of a transfer. That of a refund is when it was received. */
function timeName(transfer: TransferView): PlainMessageKey {
  if (transfer.state !== 'done') return 'popup_state_signed';
  return transfer.refundOf === null ? statusOf(transfer).key : 'popup_received';
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
