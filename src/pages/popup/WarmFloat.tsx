import { useSignal } from '@preact/signals';
import { request } from '../../messages/request.ts';
import type { SettingsView } from '../../messages/views.ts';
import { useAction } from '../../ui/action.ts';
import { AmountField, readAmount } from '../../ui/components/AmountField.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { SelectField } from '../../ui/components/Choice.tsx';
import { FaultLine, StatusLine } from '../../ui/components/Notice.tsx';
import { exactXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';

/** How many accounts stand ready to pay; the first one alone is no float. */
const SIZES = ['1', '2', '3', '4', '5', '6', '7', '8'] as const;
type Size = (typeof SIZES)[number];

/** Accounts that are kept funded, each with its work ready, so that several payments at once wait for none. */
export function WarmFloat({ float }: Pick<SettingsView, 'float'>) {
  const accounts = useSignal<Size>(SIZES[float.accounts - 1] ?? '1');
  const each = useSignal(float.accounts === 1 ? '' : exactXno(float.each));
  const said = useSignal<string | null>(null);
  const action = useAction();
  const isOn = accounts.value !== '1';
  const amount = readAmount(each.value);
  const raw = amount.kind === 'amount' ? amount.raw.toString() : undefined;
  const wanted = isOn ? raw : '0';

  const save = async () => {
    if (wanted === undefined) return;
    if (await action.run(() => request('settings.float', { accounts: Number(accounts.value), each: wanted })))
      said.value = t('ui_saved');
  };
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p class="hint">{t('popup_floatHint')}</p>
      <SelectField
        label={t('popup_floatAccounts')}
        value={accounts.value}
        options={SIZES.map((size) => ({
          value: size,
          name: size === '1' ? t('popup_floatOff') : t('popup_floatSize', { count: size }),
        }))}
        onChange={(size) => {
          accounts.value = size;
          said.value = null;
        }}
        testId="float-accounts"
      />
      {isOn && (
        <AmountField
          label={t('popup_floatEach')}
          value={each.value}
          testId="float-each"
          onInput={(text) => {
            each.value = text;
            said.value = null;
          }}
        />
      )}
      <FaultLine fault={action.fault.value} />
      <StatusLine text={said.value} />
      <Button
        submit
        off={wanted === undefined || (Number(accounts.value) === float.accounts && wanted === float.each)}
        busy={action.busy.value}
        testId="float-save"
      >
        {t('ui_save')}
      </Button>
    </form>
  );
}
