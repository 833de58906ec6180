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
import { assertSameAddress, isOwn } from './second-opinion.ts';
import type { Secret } from './step.ts';

interface RestoreProps {
  /** Gets the secret in the file, which belongs to the purse in this browser. Nothing is restored then. */
  readonly onSecret?: (secret: Secret) => void;
  readonly onDone?: () => void;
  readonly onBack: () => void;
}

const RESTORE = {
  title: 'onboarding_restoreTitle',
  lead: 'onboarding_restoreLead',
  idle: 'onboarding_restoreDone',
  busy: 'onboarding_restoring',
} as const;
const OPEN = {
  title: 'forgot_file',
  lead: 'forgot_fileLead',
  idle: 'forgot_fileRead',
  busy: 'forgot_fileReading',
} as const;

/**
 * The step that restores a backup file, whose password becomes that of the purse. Where the purse is still here and its
 * password is forgotten, only the secret is read from the file.
 */
export function Restore({ onSecret, onDone, onBack }: RestoreProps) {
  const file = useSignal<File | null>(null);
  const password = useSignal('');
  const action = useAction();
  const input = useId();
  const chosen = file.value;
  const words = onSecret === undefined ? RESTORE : OPEN;
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
      if (onSecret === undefined) await request('backup.restore', { file: text, password: password.value });
      else if (await isOwn(source)) onSecret(source);
      else throw new Fault('fault_otherSeed');
    });
    if (restored) onDone?.();
  };
  return (
    <Screen title={t(words.title)} onBack={onBack}>
      <p class="lead">{t(words.lead)}</p>
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
          {...(onSecret === undefined && { hint: t('onboarding_restoreHint') })}
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
            {t(action.busy.value ? words.busy : words.idle)}
          </Button>
        </div>
      </form>
    </Screen>
  );
}
