import type { Signal } from '@preact/signals';
import { LEAST_SCORE, passwordStrength } from '../../vault/password.ts';
import { t } from '../i18n.ts';
import { PasswordField } from './Field.tsx';
import { Strength } from './Strength.tsx';

/** A new password, as it is typed twice. */
export interface TypedTwice {
  readonly password: string;
  readonly again: string;
}

/** Whether the two are the same, and hard enough to guess. */
export function isReady({ password, again }: TypedTwice): boolean {
  return passwordStrength(password).score >= LEAST_SCORE && again === password;
}

interface NewPasswordProps {
  readonly label: string;
  readonly typed: Signal<TypedTwice>;
  /** Of the first field; that of the second ends in `-again`. */
  readonly testId: string;
}

/** A new password, typed twice, and how hard it is to guess. */
export function NewPassword({ label, typed, testId }: NewPasswordProps) {
  const { password, again } = typed.value;
  const differs = again !== '' && !password.startsWith(again);
  return (
    <>
      <PasswordField
        label={label}
        kind="new-password"
        value={password}
        testId={testId}
        onInput={(text) => {
          typed.value = { ...typed.peek(), password: text };
        }}
      />
      <Strength password={password} />
      <PasswordField
        label={t('ui_passwordAgain')}
        kind="new-password"
        value={again}
        testId={`${testId}-again`}
        onInput={(text) => {
          typed.value = { ...typed.peek(), again: text };
        }}
      />
      <p class="field-fault" role="status">
        {differs && t('ui_passwordDiffers')}
      </p>
    </>
  );
}
