import type { LockedPocketView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { t } from '../i18n.ts';
import { Amount } from './Amount.tsx';
import { Button } from './Button.tsx';
import { FaultLine, Notice } from './Notice.tsx';

/** Says that the pocket of a locked purse still pays and how much is in it, with the way to close it. */
export function LockedPocket({ pocket }: { readonly pocket: LockedPocketView }) {
  const locking = useAction();
  return (
    <Notice tone="info">
      <div class="unlock-pocket" data-testid="locked-pocket">
        <span>{t('ui_pocketOpen')}</span>
        {pocket.balance !== null && <Amount raw={pocket.balance} use="held" testId="locked-pocket-balance" />}
        <Button
          busy={locking.busy.value}
          onClick={() => void locking.run(() => request('vault.lockEverything', {}))}
          testId="lock-everything"
        >
          {t('ui_lockEverything')}
        </Button>
        <FaultLine fault={locking.fault.value} />
      </div>
    </Notice>
  );
}
