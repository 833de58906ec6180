import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Fault } from '../../fault.ts';
import { faultOf } from '../query.ts';
import { loadEstimator, type PasswordStrength, type PasswordUse, passwordStrength } from './strength.ts';

/** A new password that is typed twice, and why it may not be used. */
export interface NewPasswordForm {
  readonly password: ReadonlySignal<string>;
  readonly again: ReadonlySignal<string>;
  /** Of the password as it stands; null while it is empty or not judged yet. */
  readonly strength: ReadonlySignal<PasswordStrength | null>;
  /** Why the password was not accepted; null until `accept` and after any change. */
  readonly refused: ReadonlySignal<Fault | null>;
  /** Why the second typing was not accepted; null as long as it may still become the first. */
  readonly differs: ReadonlySignal<Fault | null>;
  type(password: string): void;
  typeAgain(again: string): void;
  /** The password when it may be used; null otherwise, and then the two faults say why. */
  accept(): Promise<string | null>;
  clear(): void;
}

/** The state of a form in which a password is chosen. */
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
