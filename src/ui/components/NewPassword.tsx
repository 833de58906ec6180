import { t } from '../i18n.ts';
import type { NewPasswordForm } from '../password/new-password.ts';
import { PasswordField } from './Field.tsx';
import { Strength } from './Strength.tsx';

interface NewPasswordProps {
  readonly label: string;
  readonly form: NewPasswordForm;
  /** Of the first field; that of the second ends in `-again`. */
  readonly testId: string;
}

/** A new password, typed twice, and how hard it is to guess. */
export function NewPassword({ label, form, testId }: NewPasswordProps) {
  return (
    <>
      <PasswordField
        label={label}
        kind="new-password"
        value={form.password.value}
        fault={form.refused.value}
        testId={testId}
        onInput={form.type}
      />
      <Strength strength={form.strength.value} />
      <PasswordField
        label={t('ui_passwordAgain')}
        kind="new-password"
        value={form.again.value}
        fault={form.differs.value}
        testId={`${testId}-again`}
        onInput={form.typeAgain}
      />
    </>
  );
}
