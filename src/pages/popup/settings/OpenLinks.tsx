import browser from 'webextension-polyfill';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { Switch } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

/**
 * The setting whether clicks on payment links open the purse. It is on while the browser's permission for it is granted,
 * which the browser gives only in answer to a click on a page.
 */
export function OpenLinks({ opensLinks }: Pick<SettingsView, 'opensLinks'>) {
  const action = useAction();
  const change = async (on: boolean) => {
    if (on && !(await browser.permissions.request({ permissions: ['scripting'] }))) return;
    await request('link.listen', { on });
  };
  return (
    <>
      <Switch
        label={t('popup_openLinks')}
        hint={t('popup_openLinksHint')}
        on={opensLinks}
        testId="open-links"
        onChange={(on) => void action.run(() => change(on))}
      />
      <FaultLine fault={action.fault.value} />
    </>
  );
}
