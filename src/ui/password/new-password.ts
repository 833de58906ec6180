import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Fault, faultOf } from '../../fault.ts';
import { loadEstimator, type PasswordStrength, type PasswordUse, passwordStrength } from './strength.ts';

/** The state of a form for a new password that is typed twice. */
export interface NewPasswordForm {
  readonly password: ReadonlySignal<string>;
  readonly again: ReadonlySignal<string>;
  /** The strength of the current password; null while it is empty or not judged yet. */
  readonly strength: ReadonlySignal<PasswordStrength | null>;
  /** Why the password was not accepted; null until `accept` and after any change. */
  readonly refused: ReadonlySignal<Fault | null>;
  /** Why the repeated password was not accepted; null while it can still become the first one. */
  readonly differs: ReadonlySignal<Fault | null>;
  type(password: string): void;
  typeAgain(again: string): void;
  /** Returns the password when it is accepted; otherwise null, and sets the faults. */
  accept(): Promise<string | null>;
  clear(): void;
}

/** Returns the state of a form for a new password. */
export function useNewPassword(use: PasswordUse): NewPasswordForm {
  const password = useSignal('');
  const again = useSignal('');
  const strength = useSignal<PasswordStrength | null>(null);
  const refused = useSignal<Fault | null>(null);
  const differs = useSignal<Fault | null>(null);

  const judge = async (text: string): Promise<PasswordStrength> => {
    const judged = await passwordStrength(text, use);
    if (password.peek() === text) strength.value = text === '' ? null : judged;
    return judged;
  };
  const form = useRef<NewPasswordForm>({
    password,
    again,
    strength,
    refused,
    differs,
    type(text) {
      password.value = text;
      refused.value = null;
      differs.value = null;
      judge(text).catch(console.error);
    },
    typeAgain(text) {
      again.value = text;
      differs.value = password.peek().startsWith(text) ? null : new Fault('fault_passwordDiffers');
    },
    async accept() {
      const text = password.peek();
      try {
        const { refusal } = await judge(text);
        refused.value = refusal && new Fault(refusal);
      } catch (failure) {
        refused.value = faultOf(failure);
      }
      differs.value = again.peek() === text ? null : new Fault('fault_passwordDiffers');
      return refused.peek() === null && differs.peek() === null ? text : null;
    },
    clear() {
      for (const typed of [password, again]) typed.value = '';
      for (const told of [strength, refused, differs]) told.value = null;
    },
  });
  useEffect(() => void loadEstimator().catch(console.error), []);
  return form.current;
}
