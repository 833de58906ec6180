import { useSignal } from '@preact/signals';
import { ask } from '../messages/ask.ts';
import { useAction } from '../ui/action.ts';
import { Button } from '../ui/components/Button.tsx';
import { PasswordField } from '../ui/components/Field.tsx';
import { isReady, NewPassword, type TypedTwice } from '../ui/components/NewPassword.tsx';
import { FaultLine, StatusLine } from '../ui/components/Notice.tsx';
import { t } from '../ui/i18n.ts';
import { saveFile, today } from '../ui/save-file.ts';

const NOTHING: TypedTwice = { password: '', again: '' };

/** The whole purse as one encrypted file, under a password of its own. */
export function SaveBackup() {
  const current = useSignal('');
  const typed = useSignal(NOTHING);
  const said = useSignal<string | null>(null);
  const action = useAction();
  const ready = current.value !== '' && isReady(typed.value);

  const save = async () => {
    if (!ready) return;
    said.value = null;
    await action.run(async () => {
      const { password: filePassword } = typed.value;
      const { file } = await ask('backup.save', { password: current.value, filePassword });
      const name = `nano-purse-backup-${today()}.json`;
      saveFile(name, 'application/json', [file]);
      current.value = '';
      typed.value = NOTHING;
      said.value = t('popup_fileSaved', name);
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
        <NewPassword label={t('popup_filePassword')} typed={typed} testId="file-password" />
        <PasswordField
          label={t('popup_filePursePassword')}
          kind="current-password"
          value={current.value}
          testId="file-purse-password"
          onInput={(text) => {
            current.value = text;
          }}
        />
        <FaultLine fault={action.fault.value} />
        <StatusLine text={said.value} />
        <Button look="primary" submit off={!ready} busy={action.busy.value} testId="save-backup">
          {t('popup_fileSave')}
        </Button>
      </form>
    </section>
  );
}
