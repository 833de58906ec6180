import { useSignal } from '@preact/signals';
import type { CapView } from '../../../messages/budget.ts';
import type { RawString } from '../../../messages/fields.ts';
import { request } from '../../../messages/request.ts';
import { AmountField } from '../../../ui/components/AmountField.tsx';
import { Meter } from '../../../ui/components/Meter.tsx';
import { exactXno } from '../../../ui/format.ts';
import { t } from '../../../ui/i18n.ts';
import { readAmount } from '../../../ui/typed-amount.ts';
import { SettingForm } from './SettingForm.tsx';

/** The setting of what all sites together may spend without asking. */
export function GlobalCap({ cap }: { readonly cap: CapView }) {
  const dayText = useSignal(textOf(cap.perDay));
  const monthText = useSignal(textOf(cap.perMonth));
  const perDay = limitIn(dayText.value);
  const perMonth = limitIn(monthText.value);
  const isValid = perDay !== undefined && perMonth !== undefined;
  const isNew = perDay !== cap.perDay || perMonth !== cap.perMonth;
  return (
    <SettingForm
      save={isValid && isNew ? () => request('settings.cap', { perDay, perMonth }) : null}
      saveTestId="cap-save"
    >
      <p class="hint">{t('popup_capHint')}</p>
      {cap.uses.map((use) => (
        <Meter key={use.limit} use={use} />
      ))}
      <div class="columns">
        <AmountField
          label={t('approve_perDay')}
          value={dayText.value}
          testId="cap-per-day"
          onInput={(text) => {
            dayText.value = text;
          }}
        />
        <AmountField
          label={t('popup_perMonth')}
          value={monthText.value}
          testId="cap-per-month"
          onInput={(text) => {
            monthText.value = text;
          }}
        />
      </div>
    </SettingForm>
  );
}

const textOf = (limit: RawString | null) => (limit === null ? '' : exactXno(limit));

/** Returns the limit that a field holds: null when it is empty, undefined when its text is not an amount. */
function limitIn(text: string): RawString | null | undefined {
  if (text.trim() === '') return null;
  const reading = readAmount(text);
  return reading.kind === 'amount' ? reading.raw.toString() : undefined;
}
