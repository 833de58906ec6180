import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { TextField } from '../../../ui/components/Field.tsx';
import { t } from '../../../ui/i18n.ts';
import { readCurrency } from './currency.ts';
import { SettingForm } from './SettingForm.tsx';

/** The form for a currency and its rate, both typed. */
export function TypedRate({ currency }: Pick<SettingsView, 'currency'>) {
  const code = useSignal(currency?.code ?? '');
  const rate = useSignal(currency?.rate ?? '');
  const reading = readCurrency(code.value, rate.value);
  const isNew = reading.kind === 'read' && JSON.stringify(reading.currency) !== JSON.stringify(currency);
  return (
    <SettingForm
      save={isNew ? () => request('settings.write', { currency: reading.currency }) : null}
      saveTestId="currency-save"
    >
      <div class="columns">
        <TextField
          label={t('popup_currency')}
          value={code.value}
          testId="currency-code"
          fault={reading.kind === 'badCode' ? { key: 'popup_currencyFault', args: [] } : null}
          onInput={(text) => {
            code.value = text;
          }}
        />
        <TextField
          label={t('popup_currencyRate')}
          numeric
          value={rate.value}
          testId="currency-rate"
          fault={reading.kind === 'badRate' ? reading.fault : null}
          onInput={(text) => {
            rate.value = text;
          }}
        />
      </div>
    </SettingForm>
  );
}
