import { request } from '../../../messages/request.ts';
import type { PocketCloses as Choice, SettingsView } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { SelectField } from '../../../ui/components/Choice.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

/** The setting when the pocket of a locked purse closes. A choice is saved at once. */
export function PocketCloses({
  settings: { pocketCloses: chosen, tellsScreenLock },
}: {
  readonly settings: Pick<SettingsView, 'pocketCloses' | 'tellsScreenLock'>;
}) {
  const action = useAction();
  const offered = CHOICES.filter((value) => value !== 'screen' || tellsScreenLock);
  return (
    <>
      <SelectField
        label={t('popup_pocketCloses')}
        hint={t(HINTS[chosen])}
        value={chosen}
        options={offered.map((value) => ({ value, name: t(NAMES[value]) }))}
        testId="pocket-closes"
        onChange={(pocketCloses) => void action.run(() => request('settings.write', { pocketCloses }))}
      />
      <FaultLine fault={action.fault.value} />
    </>
  );
}

const CHOICES: readonly Choice[] = ['later', 'screen', 'lock'];

const NAMES = {
  later: 'popup_pocketClosesLater',
  screen: 'popup_pocketClosesScreen',
  lock: 'popup_pocketClosesLock',
} as const;

const HINTS = {
  later: 'popup_pocketClosesLaterHint',
  screen: 'popup_pocketClosesScreenHint',
  lock: 'popup_pocketClosesLockHint',
} as const;
