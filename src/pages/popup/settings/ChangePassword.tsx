import { useSignal } from '@preact/signals';
import { Fault } from '../../../fault.ts';
import { request } from '../../../messages/request.ts';
import { useAction } from '../../../ui/action.ts';
import { Button } from '../../../ui/components/Button.tsx';
import { PasswordField } from '../../../ui/components/Field.tsx';
import { NewPassword } from '../../../ui/components/NewPassword.tsx';
import { FaultLine, StatusLine } from '../../../ui/components/Notice.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { useNewPassword } from '../../../ui/password/new-password.ts';
import { SHORTEST_PASSWORD } from '../../../vault/password.ts';
import { go } from '../route.ts';

/** Changes the password of the purse. The current one is asked for, although the purse is open. */
export function ChangePassword() {
  const current = useSignal('');
  const missing = useSignal<Fault | null>(null);
  const form = useNewPassword('purse');
  const changed = useSignal(false);
  const action = useAction();

  const change = async () => {
    changed.value = false;
    missing.value = current.value === '' ? new Fault('fault_passwordMissing') : null;
    const next = await form.accept();
    if (next === null || missing.value !== null) return;
    const done = await action.run(() => request('vault.changePassword', { current: current.value, next }));
    if (!done) return;
    current.value = '';
    form.clear();
    changed.value = true;
  };
  return (
    <Screen title={t('popup_password')} onBack={() => go({ name: 'settings' })}>
      <p class="hint">{t('popup_passwordText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <PasswordField
          label={t('popup_passwordCurrent')}
          kind="current-password"
          value={current.value}
          fault={missing.value}
          testId="current-password"
          onInput={(text) => {
            current.value = text;
            missing.value = null;
          }}
        />
        <NewPassword
          label={t('popup_passwordNew')}
          hint={t('popup_passwordHint', { length: String(SHORTEST_PASSWORD) })}
          form={form}
          testId="new-password"
        />
        <FaultLine fault={action.fault.value} />
        <StatusLine text={changed.value ? t('popup_passwordChanged') : null} />
        <Button look="primary" submit busy={action.busy.value} testId="change-password">
          {t(action.busy.value ? 'popup_passwordChanging' : 'popup_passwordSave')}
        </Button>
      </form>
    </Screen>
  );
}
