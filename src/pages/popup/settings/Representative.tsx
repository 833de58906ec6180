import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import { TextField } from '../../../ui/components/Field.tsx';
import { t } from '../../../ui/i18n.ts';
import { SettingForm } from './SettingForm.tsx';

/** Shows the account that votes with the weight of this wallet, and changes it. */
export function Representative({ account }: { readonly account: string }) {
  const text = useSignal(account);
  const typed = text.value.trim();
  const isNew = typed !== '' && typed !== account;
  return (
    <SettingForm save={isNew ? () => request('settings.representative', { account: typed }) : null}>
      <TextField
        label={t('popup_representativeAddress')}
        hint={t('popup_representativeHint')}
        code
        value={text.value}
        testId="representative"
        onInput={(value) => {
          text.value = value;
        }}
      />
    </SettingForm>
  );
}
