import { useSignal } from '@preact/signals';
import { t } from '../i18n.ts';
import { Button } from './Button.tsx';

interface ConfirmProps {
  /** What the button offers to do. */
  readonly action: string;
  readonly question: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** A button for what cannot be undone: it asks back, in the page, before it does it. */
export function Confirm({ action, question, confirm, onConfirm }: ConfirmProps) {
  const asking = useSignal(false);
  if (!asking.value) {
    return (
      <Button
        look="danger"
        onClick={() => {
          asking.value = true;
        }}
      >
        {action}
      </Button>
    );
  }
  return (
    <fieldset class="confirm">
      <legend>{question}</legend>
      <div class="columns">
        <Button
          onClick={() => {
            asking.value = false;
          }}
        >
          {t('ui_cancel')}
        </Button>
        <Button look="danger" onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </fieldset>
  );
}
