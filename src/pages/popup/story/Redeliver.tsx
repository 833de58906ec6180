import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { FaultLine, StatusLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { refreshActivity } from '../activity-list.ts';

/** A button that presents the proof of a payment again, without paying again. */
export function Redeliver({ id }: { readonly id: string }) {
  const action = useAction();
  const outcome = useSignal<string | null>(null);
  const redeliver = async () => {
    outcome.value = null;
    if (!(await action.run(() => request('payment.deliver', { id })))) return;
    outcome.value = t('popup_delivered');
    await refreshActivity();
  };
  return (
    <div class="card">
      <p class="hint">{t('popup_deliverHint')}</p>
      <Button look="primary" busy={action.busy.value} testId="deliver" onClick={() => void redeliver()}>
        {t('popup_deliver')}
      </Button>
      <FaultLine fault={action.fault.value} />
      <StatusLine text={outcome.value} />
    </div>
  );
}
