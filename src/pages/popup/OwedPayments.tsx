import { useEffect } from 'preact/hooks';
import type { PaymentView } from '../../messages/payment.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { PrivateWindow } from '../../ui/components/PrivateWindow.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { shortXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { focusHeading } from './focus-heading.ts';

/** How many payments are listed. The activity has them all. */
const MOST = 3;

/** The payments that bought nothing yet, each with a way to try again. What is shown here is taken from the toolbar button. */
export function OwedPayments() {
  const owed = useQuery('payment.owed', {});
  if (owed.kind === 'failed') return <FaultLine fault={owed.fault} />;
  if (owed.kind === 'waiting') return null;
  return (
    <>
      {owed.value.slice(0, MOST).map((payment) => (
        <Owed key={payment.id} payment={payment} />
      ))}
    </>
  );
}

function Owed({ payment: { id, site, amount } }: { readonly payment: PaymentView }) {
  const action = useAction();
  useEffect(() => {
    void request('payment.seen', { id }).catch(console.error);
  }, [id]);
  const dismiss = async () => {
    await request('payment.dismiss', { id });
    focusHeading();
  };
  return (
    <div data-testid="owed" data-id={id}>
      <Notice tone="bad">
        <strong>{t('popup_owedTitle', { amount: shortXno(amount) })}</strong>
        <p>{site === null ? <PrivateWindow /> : <SiteName site={site} />}</p>
        <Button
          busy={action.busy.value}
          testId="owed-deliver"
          onClick={() => void action.run(() => request('payment.deliver', { id }))}
        >
          {t('popup_deliver')}
        </Button>
        <Button look="quiet" testId="owed-dismiss" onClick={() => void action.run(dismiss)}>
          {t('popup_owedDismiss')}
        </Button>
        <FaultLine fault={action.fault.value} />
      </Notice>
    </div>
  );
}
