import { useSignal } from '@preact/signals';
import { ask } from '../messages/ask.ts';
import type { RevealedSecret } from '../messages/views.ts';
import { useAction } from '../ui/action.ts';
import { Button } from '../ui/components/Button.tsx';
import { PasswordField } from '../ui/components/Field.tsx';
import { FaultLine, Notice } from '../ui/components/Notice.tsx';
import { Screen } from '../ui/components/Screen.tsx';
import { Words } from '../ui/components/Words.tsx';
import { t } from '../ui/i18n.ts';
import { go } from './place.ts';

/** The words that restore the purse, behind the password; forgotten when the screen closes. */
export function Backup() {
  const password = useSignal('');
  const secret = useSignal<RevealedSecret | null>(null);
  const action = useAction();
  const reveal = () =>
    action.run(async () => {
      secret.value = await ask('vault.reveal', { password: password.value });
      password.value = '';
    });
  return (
    <Screen title={t('popup_backupTitle')} onBack={() => go({ name: 'settings' })}>
      <Notice tone="warn">{t('popup_backupText')}</Notice>
      {secret.value === null ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (password.value !== '') void reveal();
          }}
        >
          <PasswordField
            label={t('ui_password')}
            kind="current-password"
            value={password.value}
            testId="reveal-password"
            onInput={(text) => {
              password.value = text;
            }}
          />
          <FaultLine fault={action.fault.value} />
          <Button look="primary" submit off={password.value === ''} busy={action.busy.value}>
            {t('popup_backupReveal')}
          </Button>
        </form>
      ) : (
        <>
          <Secret secret={secret.value} />
          <Button
            icon="eyeOff"
            onClick={() => {
              secret.value = null;
            }}
          >
            {t('popup_backupHide')}
          </Button>
        </>
      )}
    </Screen>
  );
}

function Secret({ secret }: { readonly secret: RevealedSecret }) {
  switch (secret.kind) {
    case 'words':
      return (
        <>
          <Words words={secret.words} />
          <p class="hint">{t(READINGS[secret.reading])}</p>
        </>
      );
    case 'seed':
      return (
        <section aria-labelledby="seed-title">
          <h2 id="seed-title">{t('popup_backupSeed')}</h2>
          <p class="code secret" data-testid="seed">
            {secret.hex}
          </p>
        </section>
      );
  }
}

const READINGS = { bip44: 'popup_backupReading_bip44', legacy: 'popup_backupReading_legacy' } as const;
