import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { Fault } from '../../fault.ts';
import { MOST_BACKUP } from '../../messages/backup.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { PasswordField } from '../../ui/components/Field.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { assertSameAddress } from './second-opinion.ts';

interface RestoreProps {
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** The step that restores a backup file. The password of the file becomes that of the purse. */
export function Restore({ onDone, onBack }: RestoreProps) {
  const file = useSignal<File | null>(null);
  const password = useSignal('');
  const action = useAction();
  const input = useId();
  const chosen = file.value;
  const ready = chosen !== null && password.value !== '';

  const restore = async () => {
    if (chosen === null || password.value === '') return;
    const restored = await action.run(async () => {
      if (chosen.size > MOST_BACKUP) throw new Fault('fault_backupTooLarge');
      const text = await chosen.text().catch((cause) => {
        throw new Fault('fault_fileGone', [], { cause });
      });
      const { readBackup } = await import('../../storage/backup/file.ts');
      const { source } = await readBackup(text, password.value);
      await assertSameAddress(source);
      await request('backup.restore', { file: text, password: password.value });
    });
    if (restored) onDone();
  };
  return (
    <Screen title={t('onboarding_restoreTitle')} onBack={onBack}>
      <p class="lead">{t('onboarding_restoreLead')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void restore();
        }}
      >
        <div class="field">
          <label for={input}>{t('onboarding_restoreFile')}</label>
          <input
            id={input}
            type="file"
            accept=".json,application/json"
            data-testid="backup-file"
            onChange={(event) => {
              file.value = event.currentTarget.files?.[0] ?? null;
              action.clear();
            }}
          />
        </div>
        <PasswordField
          label={t('onboarding_restorePassword')}
          hint={t('onboarding_restoreHint')}
          kind="current-password"
          value={password.value}
          testId="backup-password"
          onInput={(text) => {
            password.value = text;
          }}
        />
        <FaultLine fault={action.fault.value} />
        <div class="forward">
          <Button look="primary" submit off={!ready} busy={action.busy.value} testId="restore-done">
            {t(action.busy.value ? 'onboarding_restoring' : 'onboarding_restoreDone')}
          </Button>
        </div>
      </form>
    </Screen>
  );
}
