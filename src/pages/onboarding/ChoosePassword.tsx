import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { NewPassword } from '../../ui/components/NewPassword.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { useNewPassword } from '../../ui/password/new-password.ts';
import { SHORTEST_PASSWORD } from '../../vault/password.ts';
import { assertSameAddress } from './second-opinion.ts';
import type { Secret } from './step.ts';

interface ChoosePasswordProps {
  readonly secret: Secret;
  /** Whether a purse that is here gets another password, instead of a new purse its first one. */
  readonly recovering?: boolean;
  readonly onDone: () => void;
}

/** The step that chooses the password. */
export function ChoosePassword({ secret, recovering = false, onDone }: ChoosePasswordProps) {
  const form = useNewPassword('purse');
  const action = useAction();
  const hint = t('popup_passwordHint', { length: String(SHORTEST_PASSWORD) });
  const [idle, busy] = recovering
    ? (['forgot_recover', 'forgot_recovering'] as const)
    : (['onboarding_finish', 'onboarding_sealing'] as const);

  const seal = async () => {
    const password = await form.accept();
    if (password === null) return;
    const sealed = await action.run(async () => {
      await assertSameAddress(secret);
      await request(recovering ? 'vault.recover' : 'vault.create', { secret, password });
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
        <NewPassword label={t('ui_password')} form={form} hint={hint} testId="password" />
        <FaultLine fault={action.fault.value} />
        <div class="forward">
          <Button look="primary" submit busy={action.busy.value} testId="seal">
            {t(action.busy.value ? busy : idle)}
          </Button>
        </div>
      </form>
    </Screen>
  );
}
