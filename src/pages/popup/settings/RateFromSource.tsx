import { useSignal } from '@preact/signals';
import * as v from 'valibot';
import browser from 'webextension-polyfill';
import { Fault } from '../../../fault.ts';
import { request } from '../../../messages/request.ts';
import { RateSourceFields, type SettingsView } from '../../../messages/settings.ts';
import { RAW_PER_XNO } from '../../../nano/amount.ts';
import { TextField } from '../../../ui/components/Field.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { RateAge } from '../../../ui/components/RateAge.tsx';
import { sentenceOf, t } from '../../../ui/i18n.ts';
import { worthOf } from '../../../ui/value.ts';
import { readCurrency } from './currency.ts';
import { SettingForm } from './SettingForm.tsx';

const { url: UrlField, path: PathField } = RateSourceFields.entries;

/** The form for a currency whose rate comes from a source, and what that told last. */
export function RateFromSource({ currency, rateSource }: Pick<SettingsView, 'currency' | 'rateSource'>) {
  const code = useSignal(currency?.code ?? '');
  const url = useSignal(rateSource?.url ?? '');
  const path = useSignal(rateSource?.path ?? '');
  // A code alone is read with any rate.
  const reading = readCurrency(code.value, '1');
  const source = { url: url.value.trim(), path: path.value.trim() };
  const named = reading.kind === 'read' ? reading.currency : null;
  const isNew =
    source.url !== rateSource?.url || source.path !== rateSource.path || named?.code !== currency?.code;
  const isValid = named !== null && v.is(RateSourceFields, source);
  return (
    <SettingForm save={isNew && isValid ? () => takeFrom(named.code, source) : null} saveTestId="rate-save">
      <TextField
        label={t('popup_currency')}
        value={code.value}
        testId="rate-code"
        fault={reading.kind === 'badCode' ? { key: 'popup_currencyFault', args: [] } : null}
        onInput={(text) => {
          code.value = text;
        }}
      />
      <TextField
        label={t('popup_rateUrl')}
        hint={t('popup_rateUrlHint')}
        code
        value={url.value}
        testId="rate-url"
        fault={
          url.value === '' || v.is(UrlField, source.url) ? null : { key: 'popup_rateUrlFault', args: [] }
        }
        onInput={(text) => {
          url.value = text;
        }}
      />
      <TextField
        label={t('popup_ratePath')}
        hint={t('popup_ratePathHint')}
        code
        value={path.value}
        testId="rate-path"
        fault={
          path.value === '' || v.is(PathField, source.path) ? null : { key: 'popup_ratePathFault', args: [] }
        }
        onInput={(text) => {
          path.value = text;
        }}
      />
      {currency !== null && rateSource !== null && (
        <p class="hint" data-testid="rate-now">
          {t('popup_rateNow', { value: worthOf(String(RAW_PER_XNO), currency).text })} (
          <RateAge at={rateSource.at} />)
        </p>
      )}
      {rateSource !== null && rateSource.fault !== null && (
        <Notice tone="warn">{sentenceOf(rateSource.fault)}</Notice>
      )}
    </SettingForm>
  );
}

/** Asks the browser for access to the server of a source, which it has already where it may see every site, and uses it. */
async function takeFrom(code: string, source: v.InferOutput<typeof RateSourceFields>): Promise<void> {
  const { host, hostname } = new URL(source.url);
  if (!(await browser.permissions.request({ origins: [`https://${hostname}/*`] })))
    throw new Fault('fault_rateForbidden', [host]);
  await request('settings.rateSource', { code, source });
}
