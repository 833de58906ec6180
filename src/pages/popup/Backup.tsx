import { useSignal } from '@preact/signals';
import { request } from '../../messages/request.ts';
import type { RevealedSecret } from '../../messages/vault.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { PasswordField } from '../../ui/components/Field.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { Words } from '../../ui/components/Words.tsx';
import { t } from '../../ui/i18n.ts';
import { go } from './route.ts';
import { SaveBackup } from './SaveBackup.tsx';

/** The two ways to back up: the recovery phrase behind the password, and a backup file. */
export function Backup() {
  return (
    <Screen title={t('popup_backupTitle')} onBack={() => go({ name: 'settings' })}>
      <RevealSecret />
      <SaveBackup />
    </Screen>
  );
}

/** Shows the recovery phrase after the password. It is dropped when the screen closes. */
function RevealSecret() {
  const password = useSignal('');
  const secret = useSignal<RevealedSecret | null>(null);
  const action = useAction();
  const reveal = () =>
    action.run(async () => {
      secret.value = await request('vault.reveal', { password: password.value });
      password.value = '';
    });
  return (
    <section class="card" aria-labelledby="words-title">
      <h2 id="words-title">{t('popup_backupWords')}</h2>
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
          <Button submit off={password.value === ''} busy={action.busy.value} testId="reveal">
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
    </section>
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
        <div>
          <h3>{t('popup_backupSeed')}</h3>
          <p class="code secret" data-testid="seed">
            {secret.hex}
          </p>
        </div>
      );
  }
}

const READINGS = { bip44: 'popup_backupReading_bip44', legacy: 'popup_backupReading_legacy' } as const;
