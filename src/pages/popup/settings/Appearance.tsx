import { request } from '../../../messages/request.ts';
import type { PlainSettings } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { SelectField } from '../../../ui/components/Choice.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

const NAMES = {
  system: 'popup_themeSystem',
  light: 'popup_themeLight',
  dark: 'popup_themeDark',
} as const;
const THEMES = ['system', 'light', 'dark'] as const;

/** The setting of the colors of all pages of the extension. A choice is saved at once. */
export function Appearance({ theme }: Pick<PlainSettings, 'theme'>) {
  const action = useAction();
  return (
    <>
      <SelectField
        label={t('popup_theme')}
        value={theme}
        options={THEMES.map((value) => ({ value, name: t(NAMES[value]) }))}
        testId="theme"
        onChange={(chosen) => void action.run(() => request('settings.write', { theme: chosen }))}
      />
      <FaultLine fault={action.fault.value} />
    </>
  );
}
