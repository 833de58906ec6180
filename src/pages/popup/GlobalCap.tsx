import { useSignal } from '@preact/signals';
import { request } from '../../messages/request.ts';
import type { CapView, RawString } from '../../messages/views.ts';
import { useAction } from '../../ui/action.ts';
import { AmountField, readAmount } from '../../ui/components/AmountField.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { Meter } from '../../ui/components/Meter.tsx';
import { FaultLine, StatusLine } from '../../ui/components/Notice.tsx';
import { exactXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';

/** What all sites together may spend without asking. */
export function GlobalCap({ cap }: { readonly cap: CapView }) {
  const perDay = useSignal(textOf(cap.perDay));
  const perMonth = useSignal(textOf(cap.perMonth));
  const said = useSignal<string | null>(null);
  const action = useAction();
  const wanted = { perDay: rawOf(perDay.value), perMonth: rawOf(perMonth.value) };

  const save = async () => {
    const { perDay: day, perMonth: month } = wanted;
    if (day === undefined || month === undefined) return;
    if (await action.run(() => request('settings.cap', { perDay: day, perMonth: month })))
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
      <p class="hint">{t('popup_capHint')}</p>
      {cap.uses.map((use) => (
        <Meter key={use.limit} use={use} />
      ))}
      <div class="columns">
        <AmountField
          label={t('approve_perDay')}
          value={perDay.value}
          testId="cap-per-day"
          onInput={(text) => {
            perDay.value = text;
            said.value = null;
          }}
        />
        <AmountField
          label={t('popup_perMonth')}
          value={perMonth.value}
          testId="cap-per-month"
          onInput={(text) => {
            perMonth.value = text;
            said.value = null;
          }}
        />
      </div>
      <FaultLine fault={action.fault.value} />
      <StatusLine text={said.value} />
      <Button
        submit
        off={
          wanted.perDay === undefined ||
          wanted.perMonth === undefined ||
          (wanted.perDay === cap.perDay && wanted.perMonth === cap.perMonth)
        }
        busy={action.busy.value}
        testId="cap-save"
      >
        {t('ui_save')}
      </Button>
    </form>
  );
}

const textOf = (limit: RawString | null) => (limit === null ? '' : exactXno(limit));

/** What stands in a box: a limit, null for none, undefined for what is no amount. */
function rawOf(text: string): RawString | null | undefined {
  if (text.trim() === '') return null;
  const reading = readAmount(text);
  return reading.kind === 'amount' ? reading.raw.toString() : undefined;
}
