import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import { TextField } from '../../../ui/components/Field.tsx';
import { t } from '../../../ui/i18n.ts';
import { SettingForm } from './SettingForm.tsx';

const MOST_MINUTES = 1440;

/** The setting of the idle time after which the wallet locks (minutes). */
export function AutoLock({ minutes }: { readonly minutes: number }) {
  const text = useSignal(String(minutes));
  const typed = /^[1-9][0-9]{0,3}$/.test(text.value) ? Number(text.value) : null;
  const isValid = typed !== null && typed <= MOST_MINUTES;
  return (
    <SettingForm
      save={isValid && typed !== minutes ? () => request('settings.write', { autoLockMinutes: typed }) : null}
      field={
        <TextField
          label={t('popup_autoLock')}
          hint={isValid ? t('popup_autoLockHint') : t('popup_autoLockFault')}
          numeric
          value={text.value}
          testId="auto-lock"
          onInput={(value) => {
            text.value = value;
          }}
        />
      }
    />
  );
}
