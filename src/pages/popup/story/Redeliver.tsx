import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { refreshActivity } from '../activity-list.ts';

/**
 * A button that presents the proof of a payment again, without paying again.
 *
 * @param onSent called once the page is opened that presents it
 */
export function Redeliver({ id, onSent }: { readonly id: string; readonly onSent: () => void }) {
  const action = useAction();
  const redeliver = async () => {
    if (!(await action.run(() => request('payment.deliver', { id })))) return;
    onSent();
    await refreshActivity();
  };
  return (
    <div class="card">
      <p class="hint">{t('popup_deliverHint')}</p>
      <Button look="primary" busy={action.busy.value} testId="deliver" onClick={() => void redeliver()}>
        {t('popup_deliver')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
