import { useSignal } from '@preact/signals';
import { request } from '../../messages/request.ts';
import type { SettingsView } from '../../messages/views.ts';
import { useAction } from '../../ui/action.ts';
import { AmountField, readAmount } from '../../ui/components/AmountField.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine, StatusLine } from '../../ui/components/Notice.tsx';
import { exactXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';

/** What an incoming payment must be worth to be received. */
export function LeastReceived({ leastReceived }: Pick<SettingsView, 'leastReceived'>) {
  const text = useSignal(exactXno(leastReceived));
  const said = useSignal<string | null>(null);
  const action = useAction();
  const reading = readAmount(text.value);
  const wanted = reading.kind === 'amount' ? reading.raw.toString() : undefined;

  const save = async () => {
    if (wanted === undefined) return;
    if (await action.run(() => request('settings.leastReceived', { amount: wanted })))
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
      <p class="hint">{t('popup_leastReceivedHint')}</p>
      <AmountField
        label={t('popup_leastReceived')}
        value={text.value}
        testId="least-received"
        onInput={(value) => {
          text.value = value;
          said.value = null;
        }}
      />
      <FaultLine fault={action.fault.value} />
      <StatusLine text={said.value} />
      <Button
        submit
        off={wanted === undefined || wanted === leastReceived}
        busy={action.busy.value}
        testId="least-received-save"
      >
        {t('ui_save')}
      </Button>
    </form>
  );
}
