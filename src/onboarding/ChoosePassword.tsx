import { useSignal } from '@preact/signals';
import { ask } from '../messages/ask.ts';
import { useAction } from '../ui/action.ts';
import { Button } from '../ui/components/Button.tsx';
import { PasswordField } from '../ui/components/Field.tsx';
import { FaultLine } from '../ui/components/Notice.tsx';
import { Screen } from '../ui/components/Screen.tsx';
import { Strength } from '../ui/components/Strength.tsx';
import { t } from '../ui/i18n.ts';
import { LEAST_SCORE, passwordStrength } from '../vault/password.ts';
import type { Secret } from './step.ts';

interface ChoosePasswordProps {
  readonly secret: Secret;
  readonly onDone: () => void;
}

/** The password that seals the purse, typed twice. */
export function ChoosePassword({ secret, onDone }: ChoosePasswordProps) {
  const password = useSignal('');
  const again = useSignal('');
  const action = useAction();
  const strong = passwordStrength(password.value).score >= LEAST_SCORE;
  const differs = again.value !== '' && !password.value.startsWith(again.value);
  const ready = strong && again.value === password.value;

  const seal = async () => {
    if (!ready) return;
    if (await action.run(() => ask('vault.create', { secret, password: password.value }))) onDone();
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
        <PasswordField
          label={t('ui_password')}
          kind="new-password"
          value={password.value}
          testId="password"
          onInput={(text) => {
            password.value = text;
          }}
        />
        <Strength password={password.value} />
        <PasswordField
          label={t('onboarding_passwordAgain')}
          kind="new-password"
          value={again.value}
          testId="password-again"
          onInput={(text) => {
            again.value = text;
          }}
        />
        <p class="field-fault" role="status">
          {differs && t('onboarding_passwordDiffers')}
        </p>
        <FaultLine fault={action.fault.value} />
        <div class="forward">
          <Button look="primary" submit off={!ready} busy={action.busy.value} testId="seal">
            {t(action.busy.value ? 'onboarding_sealing' : 'onboarding_finish')}
          </Button>
        </div>
      </form>
    </Screen>
  );
}
