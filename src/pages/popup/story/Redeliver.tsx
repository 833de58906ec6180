import { useRef } from 'preact/hooks';
import type { PaymentView } from '../../../messages/payment.ts';
import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { useKeptFocus } from '../../../ui/focus.ts';
import { t } from '../../../ui/i18n.ts';
import { refreshActivity } from '../activity-list.ts';
import { markSentAgain } from '../sent-again.ts';

interface RedeliverProps {
  readonly payment: PaymentView;
  /** Leaves out the explanation. */
  readonly isShort?: boolean;
}

/** A button that presents the proof of a payment again, without paying again. */
export function Redeliver({ payment, isShort = false }: RedeliverProps) {
  const action = useAction();
  const place = useRef<HTMLDivElement>(null);
  useKeptFocus(place);
  const redeliver = async () => {
    if (!(await action.run(() => request('payment.deliver', { id: payment.id })))) return;
    markSentAgain(payment);
    await refreshActivity();
  };
  return (
    <div class={isShort ? 'row-action' : 'card'} ref={place}>
      {!isShort && <p class="hint">{t('popup_deliverHint')}</p>}
      <Button
        look={isShort ? 'plain' : 'primary'}
        busy={action.busy.value}
        testId={isShort ? 'try-again' : 'deliver'}
        onClick={() => void redeliver()}
      >
        {t('popup_deliver')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
