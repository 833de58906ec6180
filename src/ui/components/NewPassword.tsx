import { t } from '../i18n.ts';
import type { NewPasswordForm } from '../password/new-password.ts';
import { PasswordField } from './Field.tsx';
import { Strength } from './Strength.tsx';

interface NewPasswordProps {
  readonly label: string;
  readonly form: NewPasswordForm;
  readonly hint?: string;
  /** The test id of the first field. That of the second field ends in `-again`. */
  readonly testId: string;
}

/** Two fields for a new password, with its strength. */
export function NewPassword({ label, form, hint, testId }: NewPasswordProps) {
  return (
    <>
      <PasswordField
        label={label}
        kind="new-password"
        value={form.password.value}
        {...(hint !== undefined && { hint })}
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
