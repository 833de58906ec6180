import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Switch } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

/** The setting that every lock closes the pocket too. */
export function PocketLocks({ on }: { readonly on: boolean }) {
  const action = useAction();
  return (
    <>
      <Switch
        label={t('popup_pocketLocks')}
        hint={t('popup_pocketLocksHint')}
        on={on}
        testId="pocket-locks"
        onChange={(pocketLocks) => void action.run(() => request('settings.write', { pocketLocks }))}
      />
      <FaultLine fault={action.fault.value} />
    </>
  );
}
