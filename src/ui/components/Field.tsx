import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Sentence } from '../../fault.ts';
import { sentenceOf, t } from '../i18n.ts';
import { IconButton } from './Button.tsx';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  /** What is wrong with the value; of several lines, a sentence for each. */
  readonly fault?: Sentence | readonly Sentence[] | null;
  readonly testId?: string;
}

interface TextFieldProps extends FieldProps {
  /** Uses the monospaced font, for text that is copied rather than read. */
  readonly code?: boolean;
  readonly numeric?: boolean;
  readonly readOnly?: boolean;
}

/** A labelled line of text. */
export function TextField(props: TextFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class={props.code ? 'code' : undefined}
        type="text"
        inputMode={props.numeric ? 'decimal' : undefined}
        autoComplete="off"
        spellcheck={false}
        readOnly={props.readOnly}
        value={props.value}
        data-testid={props.testId}
        {...described(id, props)}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <Remarks id={id} {...props} />
    </div>
  );
}

/** A labelled box for several lines of text. */
export function TextArea(props: FieldProps & { readonly rows: number }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        class="code"
        rows={props.rows}
        autoComplete="off"
        autoCapitalize="off"
        spellcheck={false}
        value={props.value}
        data-testid={props.testId}
        {...described(id, props)}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <Remarks id={id} {...props} />
    </div>
  );
}

interface PasswordFieldProps extends FieldProps {
  readonly kind: 'current-password' | 'new-password';
  /** Takes the focus on mount. */
  readonly first?: boolean;
}

const SHOWN = { type: 'text' } as const;
const HIDDEN = { type: 'password' } as const;

/** A labelled password, hidden until its eye button is pressed. */
export function PasswordField(props: PasswordFieldProps) {
  const id = useId();
  const shown = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.first) input.current?.focus();
  }, [props.first]);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="with-button">
        <input
          id={id}
          {...(shown.value ? SHOWN : HIDDEN)}
          autoComplete={props.kind}
          ref={input}
          spellcheck={false}
          value={props.value}
          data-testid={props.testId}
          {...described(id, props)}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
        <IconButton
          icon={shown.value ? 'eyeOff' : 'eye'}
          label={t(shown.value ? 'ui_hidePassword' : 'ui_showPassword')}
          onClick={() => {
            shown.value = !shown.value;
          }}
        />
      </div>
      <Remarks id={id} {...props} />
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly hint?: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
  readonly testId?: string;
}

/** A labelled on/off switch. */
export function Switch({ label, hint, on, onChange, testId }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch">
      <div>
        <label for={id}>{label}</label>
        {hint !== undefined && (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        data-testid={testId}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </div>
  );
}

function described(id: string, { hint, fault }: Pick<FieldProps, 'hint' | 'fault'>) {
  const isWrong = faultsIn(fault).length > 0;
  const ids = [hint === undefined ? '' : `${id}-hint`, isWrong ? `${id}-fault` : ''].filter(
    (part) => part !== '',
  );
  return {
    'aria-describedby': ids.length === 0 ? undefined : ids.join(' '),
    'aria-invalid': isWrong ? ('true' as const) : undefined,
  };
}

function Remarks({ id, hint, fault }: { readonly id: string } & Pick<FieldProps, 'hint' | 'fault'>) {
  return (
    <>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <p class="field-fault" id={`${id}-fault`} aria-live="polite">
        {faultsIn(fault).map((one, index) => (
          <span key={index} class="field-fault-line">
            {sentenceOf(one)}
          </span>
        ))}
      </p>
    </>
  );
}

const faultsIn = (fault: FieldProps['fault']): readonly Sentence[] => (fault ? [fault].flat() : []);
