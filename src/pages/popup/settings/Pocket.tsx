import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { AmountField, readAmount } from '../../../ui/components/AmountField.tsx';
import { SelectField } from '../../../ui/components/Choice.tsx';
import { exactXno } from '../../../ui/format.ts';
import { t, tCount } from '../../../ui/i18n.ts';
import { SettingForm } from './SettingForm.tsx';

/** How many accounts pay. With one, savings pays by itself and there is no pocket. */
const SIZES = ['1', '2', '3', '4', '5', '6', '7', '8'] as const;
type Size = (typeof SIZES)[number];

/** The setting of the pocket: accounts that are kept funded, with work ready, so that payments can run at the same time. */
export function Pocket({ pocket }: { readonly pocket: SettingsView['pocket'] }) {
  const size = useSignal<Size>(SIZES[pocket.accounts - 1] ?? '1');
  const text = useSignal(pocket.accounts === 1 ? '' : exactXno(pocket.each));
  const isOn = size.value !== '1';
  const reading = readAmount(text.value);
  const typed = reading.kind === 'amount' ? reading.raw.toString() : undefined;
  const accounts = Number(size.value);
  const each = isOn ? typed : '0';
  const isNew = each !== undefined && (accounts !== pocket.accounts || each !== pocket.each);
  return (
    <SettingForm
      save={isNew ? () => request('settings.pocket', { accounts, each }) : null}
      saveTestId="float-save"
    >
      <p class="hint">{t('popup_floatHint')}</p>
      <SelectField
        label={t('popup_floatAccounts')}
        value={size.value}
        options={SIZES.map((value) => ({
          value,
          name: value === '1' ? t('popup_floatOff') : tCount('popup_accounts', Number(value)),
        }))}
        onChange={(value) => {
          size.value = value;
        }}
        testId="float-accounts"
      />
      {isOn && (
        <AmountField
          label={t('popup_floatEach')}
          value={text.value}
          testId="float-each"
          onInput={(value) => {
            text.value = value;
          }}
        />
      )}
    </SettingForm>
  );
}
