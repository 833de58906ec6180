import type { Fault } from '../../fault.ts';
import type { ApprovalView } from '../../messages/approval.ts';
import { Amount } from '../components/Amount.tsx';
import { Button } from '../components/Button.tsx';
import { ExactAmount } from '../components/ExactAmount.tsx';
import { FaultLine } from '../components/Notice.tsx';
import { Screen } from '../components/Screen.tsx';
import { SiteName } from '../components/SiteName.tsx';
import { t } from '../i18n.ts';

interface TooLateProps {
  readonly approval: ApprovalView;
  readonly fault: Fault;
  readonly onClose: () => void;
}

/** Says that an answer came too late, with the payment and the reason. */
export function TooLate({ approval, fault, onClose }: TooLateProps) {
  return (
    <div class="approval" data-testid="approval-gone">
      <Screen title={t('approve_goneTitle')}>
        <section class="headline">
          <SiteName site={approval.site} />
          <p class="total">
            <Amount raw={approval.amount} large />
          </p>
          <ExactAmount raw={approval.amount} />
        </section>
        <FaultLine fault={fault} />
        <Button look="primary" testId="approval-gone-close" onClick={onClose}>
          {t('ui_close')}
        </Button>
      </Screen>
    </div>
  );
}
