import { useSignal } from '@preact/signals';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { AmountField } from '../../../ui/components/AmountField.tsx';
import { Button } from '../../../ui/components/Button.tsx';
import { SelectField } from '../../../ui/components/Choice.tsx';
import { FaultLine, StatusLine } from '../../../ui/components/Notice.tsx';
import { exactXno } from '../../../ui/format.ts';
import { t, tCount } from '../../../ui/i18n.ts';
import { readAmount } from '../../../ui/typed-amount.ts';
import { SettingForm } from './SettingForm.tsx';

/** How many accounts the pocket has. With none, budgets pay from savings while the purse is unlocked. */
const SIZES = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;
type Size = (typeof SIZES)[number];

/** The setting of the pocket: how much budgets can spend at most, and over how many accounts that is spread. */
export function Pocket({ pocket }: { readonly pocket: SettingsView['pocket'] }) {
  const before = pocket.accounts - 1;
  const size = useSignal<Size>(SIZES[before] ?? '0');
  const text = useSignal(before === 0 ? '' : exactXno(pocket.level));
  const isOn = size.value !== '0';
  const reading = readAmount(text.value);
  const accounts = Number(size.value);
  const typed = reading.kind === 'amount' ? String(reading.raw / BigInt(accounts || 1)) : undefined;
  const each = isOn ? typed : '0';
  const isNew = each !== undefined && (accounts !== before || (isOn && each !== pocket.each));
  const save = isNew ? () => request('settings.pocket', { accounts: accounts + 1, each }) : null;
  return (
    <>
      <SettingForm save={save} saveTestId="pocket-save">
        <p class="hint">{t('popup_pocketHint')}</p>
        <SelectField
          label={t('popup_pocketAccounts')}
          value={size.value}
          options={SIZES.map((value) => ({
            value,
            name: value === '0' ? t('popup_pocketNone') : tCount('popup_accounts', Number(value)),
          }))}
          onChange={(value) => {
            size.value = value;
          }}
          testId="pocket-accounts"
        />
        {isOn && (
          <AmountField
            label={t('popup_pocketLevel')}
            value={text.value}
            testId="pocket-level"
            onInput={(value) => {
              text.value = value;
            }}
          />
        )}
      </SettingForm>
      {before > 0 && <Refill />}
    </>
  );
}

function Refill() {
  const action = useAction();
  const begun = useSignal(false);
  const refill = async () => {
    if (await action.run(() => request('purse.refillPocket', {}))) begun.value = true;
  };
  return (
    <>
      <Button busy={action.busy.value} onClick={() => void refill()} testId="pocket-refill">
        {t('popup_pocketRefill')}
      </Button>
      <FaultLine fault={action.fault.value} />
      <StatusLine text={begun.value ? t('popup_pocketRefilling') : null} />
    </>
  );
}
