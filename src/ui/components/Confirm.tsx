import { useSignal } from '@preact/signals';
import { t } from '../i18n.ts';
import { Button } from './Button.tsx';

interface ConfirmProps {
  /** The words of the button. */
  readonly action: string;
  readonly question: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** A button for an action that cannot be undone. It asks for confirmation in the page first. */
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
