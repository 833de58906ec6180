import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { Switch } from '../../../ui/components/Field.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { RateFromSource } from './RateFromSource.tsx';
import { TypedRate } from './TypedRate.tsx';

/** The setting of the currency in which amounts are valued. The user types the rate, or names a source for it. */
export function CurrencyRate({ currency, rateSource }: Pick<SettingsView, 'currency' | 'rateSource'>) {
  const isSourced = useSignal(rateSource !== null);
  const action = useAction();
  const change = (on: boolean) => {
    isSourced.value = on;
    // The rate stays as if it had been typed, and the source is asked no more.
    if (!on && rateSource !== null) void action.run(() => request('settings.write', { currency }));
  };
  return (
    <>
      <p class="hint">{t('popup_currencyHint')}</p>
      <Switch
        label={t('popup_rateSource')}
        hint={t('popup_rateSourceHint')}
        on={isSourced.value}
        testId="rate-source"
        onChange={change}
      />
      <FaultLine fault={action.fault.value} />
      {isSourced.value ? (
        <RateFromSource currency={currency} rateSource={rateSource} />
      ) : (
        <TypedRate currency={currency} />
      )}
    </>
  );
}
