import { useInPlace } from '../focus.ts';
import { t } from '../i18n.ts';
import { Button } from './Button.tsx';

interface ConfirmProps {
  /** The words of the button. */
  readonly action: string;
  readonly question: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
  /** The id of the element that says what the action is about. */
  readonly describedBy?: string;
}

/** A button for an action that cannot be undone. It asks for confirmation in its own place first. */
export function Confirm({ action, question, confirm, onConfirm, describedBy }: ConfirmProps) {
  const asking = useInPlace<HTMLFieldSetElement>();
  if (!asking.isOpen.value) {
    return (
      <Button look="danger" buttonRef={asking.button} describedBy={describedBy} onClick={asking.open}>
        {action}
      </Button>
    );
  }
  return (
    <fieldset class="confirm" ref={asking.content} aria-describedby={describedBy}>
      <legend>{question}</legend>
      <div class="columns">
        <Button onClick={asking.close}>{t('ui_keep')}</Button>
        <Button look="danger" onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </fieldset>
  );
}
