import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { NewPassword } from '../../ui/components/NewPassword.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useNewPassword } from '../../ui/password/new-password.ts';
import { assertSameAddress } from './second-opinion.ts';
import type { Secret } from './step.ts';

interface ChoosePasswordProps {
  readonly secret: Secret;
  readonly onDone: () => void;
}

/** The step that chooses the password. */
export function ChoosePassword({ secret, onDone }: ChoosePasswordProps) {
  const form = useNewPassword('purse');
  const action = useAction();

  const seal = async () => {
    const password = await form.accept();
    if (password === null) return;
    const sealed = await action.run(async () => {
      await assertSameAddress(secret);
      await request('vault.create', { secret, password });
    });
    if (sealed) onDone();
  };
  return (
    <Screen title={t('onboarding_passwordTitle')}>
      <p class="lead">{t('onboarding_passwordText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void seal();
        }}
      >
        <NewPassword label={t('ui_password')} form={form} testId="password" />
        <FaultLine fault={action.fault.value} />
        <div class="forward">
          <Button look="primary" submit busy={action.busy.value} testId="seal">
            {t(action.busy.value ? 'onboarding_sealing' : 'onboarding_finish')}
          </Button>
        </div>
      </form>
    </Screen>
  );
}
