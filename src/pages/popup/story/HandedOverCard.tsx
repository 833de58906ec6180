import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Confirm } from '../../../ui/components/Confirm.tsx';
import { FaultLine, Notice } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { refreshActivity } from '../activity-list.ts';

interface HandedOverCardProps {
  readonly id: string;
  /** `out` until the payee publishes the block, `published` from then on. */
  readonly state: 'out' | 'published';
}

/** The state of a signed block that was handed over. While it is out, a button recalls it. */
export function HandedOverCard({ id, state }: HandedOverCardProps) {
  const action = useAction();
  const recall = async () => {
    await action.run(() => request('payment.recall', { id }));
    await refreshActivity();
  };
  return (
    <div data-testid="cheque" data-state={state} aria-busy={action.busy.value}>
      <Notice tone={state === 'out' ? 'warn' : 'info'}>
        {t(state === 'out' ? 'popup_chequeOut' : 'popup_chequeCashed')}
      </Notice>
      {state === 'out' && (
        <Confirm
          action={t('popup_revoke')}
          question={t('popup_revokeAsk')}
          confirm={t('popup_revoke')}
          onConfirm={() => void recall()}
        />
      )}
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
