import { useSignal } from '@preact/signals';
import { Fault } from '../../fault.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { PasswordField } from '../../ui/components/Field.tsx';
import { NewPassword } from '../../ui/components/NewPassword.tsx';
import { FaultLine, StatusLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { useNewPassword } from '../../ui/password/new-password.ts';
import { saveFile, today } from '../../ui/save-file.ts';

/** Saves the whole purse as one encrypted file with its own password. */
export function SaveBackup() {
  const current = useSignal('');
  const missing = useSignal<Fault | null>(null);
  const form = useNewPassword('file');
  const outcome = useSignal<string | null>(null);
  const action = useAction();

  const save = async () => {
    outcome.value = null;
    missing.value = current.value === '' ? new Fault('fault_passwordMissing') : null;
    const filePassword = await form.accept();
    if (filePassword === null || missing.value !== null) return;
    await action.run(async () => {
      const { file } = await request('backup.save', { password: current.value, filePassword });
      const name = `nano-purse-backup-${today()}.json`;
      saveFile(name, 'application/json', [file]);
      current.value = '';
      form.clear();
      outcome.value = t('popup_fileSaved', { file: name });
    });
  };
  return (
    <section class="card" aria-labelledby="file-title">
      <h2 id="file-title">{t('popup_fileTitle')}</h2>
      <p class="hint">{t('popup_fileText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <NewPassword label={t('popup_filePassword')} form={form} testId="file-password" />
        <PasswordField
          label={t('popup_filePursePassword')}
          kind="current-password"
          value={current.value}
          fault={missing.value}
          testId="file-purse-password"
          onInput={(text) => {
            current.value = text;
            missing.value = null;
          }}
        />
        <FaultLine fault={action.fault.value} />
        <StatusLine text={outcome.value} />
        <Button look="primary" submit busy={action.busy.value} testId="save-backup">
          {t('popup_fileSave')}
        </Button>
      </form>
    </section>
  );
}
