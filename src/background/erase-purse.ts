import { eraseRecords } from '../storage/erase-records.ts';
import type { HandlerParts } from './handlers/parts.ts';
import { linkListener } from './link-listener.ts';
import { eraseSession } from './session-storage.ts';

type Parts = Pick<
  HandlerParts,
  'vault' | 'openWallets' | 'approvals' | 'database' | 'settings' | 'notifications' | 'notifyPages'
>;

/**
 * Deletes the purse from this browser: seed, keys, payments, budgets and settings. The keys go first, so that nothing is
 * signed any more, and the records last, so that a purse whose worker ends in between is still there and whole but for its
 * second copy.
 */
export async function erasePurse(parts: Parts): Promise<void> {
  const { vault, openWallets, approvals, database, settings, notifications, notifyPages } = parts;
  for (const { id } of approvals.list()) approvals.answer(id, { kind: 'decline' });
  await vault.lockEverything();
  // Notices the lock, and closes the wallets.
  await openWallets.current();
  await linkListener.stop();
  await notifications.stop();
  await vault.erase(() => eraseRecords(database));
  await eraseSession();
  await vault.setAutoLock(await settings.read('autoLockMinutes'));
  notifyPages();
}
