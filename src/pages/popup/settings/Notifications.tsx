import browser from 'webextension-polyfill';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { Switch } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

/**
 * The setting whether the system's notifications are used. It is on while the browser's permission for them is granted. The
 * background hears of that from the browser: the question of the browser may close the popup.
 */
export function Notifications({ notifies }: Pick<SettingsView, 'notifies'>) {
  const action = useAction();
  const change = async (on: boolean) => {
    if (on) await browser.permissions.request({ permissions: ['notifications'] });
    else await request('settings.stopNotifications', {});
  };
  return (
    <>
      <Switch
        label={t('popup_notifications')}
        hint={t('popup_notificationsHint')}
        on={notifies}
        testId="notifications"
        onChange={(on) => void action.run(() => change(on))}
      />
      <FaultLine fault={action.fault.value} />
    </>
  );
}
