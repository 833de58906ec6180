import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { AmountField } from '../../../ui/components/AmountField.tsx';
import { exactXno } from '../../../ui/format.ts';
import { t } from '../../../ui/i18n.ts';
import { readAmount } from '../../../ui/typed-amount.ts';
import { SettingForm } from './SettingForm.tsx';

/** The setting of the smallest incoming payment that is received. */
export function LeastReceived({ leastReceived }: Pick<SettingsView, 'leastReceived'>) {
  const text = useSignal(exactXno(leastReceived));
  const reading = readAmount(text.value);
  const amount = reading.kind === 'amount' ? reading.raw.toString() : undefined;
  const isNew = amount !== undefined && amount !== leastReceived;
  return (
    <SettingForm
      save={isNew ? () => request('settings.leastReceived', { amount }) : null}
      saveTestId="least-received-save"
    >
      <p class="hint">{t('popup_leastReceivedHint')}</p>
      <AmountField
        label={t('popup_leastReceived')}
        value={text.value}
        testId="least-received"
        onInput={(value) => {
          text.value = value;
        }}
      />
    </SettingForm>
  );
}
