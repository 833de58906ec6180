import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Confirm } from '../../ui/components/Confirm.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { refreshActivity } from './activity-list.ts';

interface ChequeCardProps {
  readonly id: string;
  readonly cheque: 'out' | 'cashed';
}

/** Where a signed block is that was handed over; while it is out, a way to revoke it. */
export function ChequeCard({ id, cheque }: ChequeCardProps) {
  const action = useAction();
  const revoke = async () => {
    await action.run(() => request('payment.revoke', { id }));
    await refreshActivity();
  };
  return (
    <div data-testid="cheque" data-state={cheque} aria-busy={action.busy.value}>
      <Notice tone={cheque === 'out' ? 'warn' : 'info'}>
        {t(cheque === 'out' ? 'popup_chequeOut' : 'popup_chequeCashed')}
      </Notice>
      {cheque === 'out' && (
        <Confirm
          action={t('popup_revoke')}
          question={t('popup_revokeAsk')}
          confirm={t('popup_revoke')}
          onConfirm={() => void revoke()}
        />
      )}
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
