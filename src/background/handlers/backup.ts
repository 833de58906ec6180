import { Fault } from '../../fault.ts';
import { MOST_BACKUP } from '../../messages/backup.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import { readBackup, writeBackup } from '../../storage/backup/file.ts';
import { firstRecord, generationOver } from '../../vault/seed-copies.ts';
import type { HandlerParts } from './parts.ts';

export function backupHandlers({
  vault,
  database,
  settings,
  maintenance,
  notifyPages,
}: HandlerParts): PageHandlersOf<'backup'> {
  return {
    'backup.save': async ({ password, filePassword }) => {
      const secret = await vault.reveal(password).finally(notifyPages);
      const file = await writeBackup(database, secret, filePassword);
      if (file.length > MOST_BACKUP) throw new Fault('fault_backupFailed');
      return { file };
    },
    'backup.restore': async ({ file, password }) => {
      // Throws where there is a purse already, before the file is opened, which takes a while.
      generationOver(await vault.copies());
      const { source, write } = await readBackup(file, password);
      await vault.restore(source, password, (copy) => write(database, firstRecord(copy)));
      await vault.setAutoLock(await settings.read('autoLockMinutes'));
      await maintenance.unlocked();
      return null;
    },
  };
}
