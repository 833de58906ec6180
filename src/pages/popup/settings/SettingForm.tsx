import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { FaultLine, StatusLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';

interface SettingFormProps {
  /** Sends the new value to the background; null while the fields hold nothing new that is valid. */
  readonly save: (() => Promise<unknown>) | null;
  readonly saveTestId?: string;
  /** A field with the button beside it, instead of below the fields. */
  readonly field?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** A form for one setting: its fields, the button that saves them, and the outcome until the next edit. */
export function SettingForm({ save, saveTestId, field, children }: SettingFormProps) {
  const saved = useSignal(false);
  const action = useAction();
  const submit = async () => {
    if (save !== null && (await action.run(save))) saved.value = true;
  };
  const button = (
    <Button submit off={save === null} busy={action.busy.value} testId={saveTestId}>
      {t('ui_save')}
    </Button>
  );
  return (
    <form
      class="setting"
      onInput={() => {
        saved.value = false;
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {field !== undefined && (
        <div class="field-line">
          {field}
          {button}
        </div>
      )}
      {children}
      <FaultLine fault={action.fault.value} />
      <StatusLine text={saved.value ? t('ui_saved') : null} />
      {field === undefined && button}
    </form>
  );
}
