import type { PageHandlersOf } from '../../messages/router.ts';
import { deriveKeys, newWords, readSeedHex, readWords, type Seed } from '../../nano/seed.ts';
import type { HandlerParts } from './parts.ts';

export function vaultHandlers(parts: HandlerParts): PageHandlersOf<'vault'> {
  const { vault, openWallets, maintenance, notifyPages } = parts;
  return {
    'vault.newWords': async () => ({ words: newWords() }),
    'vault.preview': async ({ text }) => {
      const firstAddress = (seed: Seed) => deriveKeys(seed, 0).address;
      if (!/\s/.test(text.trim())) return { kind: 'seed', address: firstAddress(readSeedHex(text)) };
      const { bip44, legacy } = readWords(text);
      return { kind: 'words', bip44Address: firstAddress(bip44), legacyAddress: firstAddress(legacy) };
    },
    'vault.create': async ({ secret, password }) => {
      await vault.create(secret, password);
      await maintenance.unlocked();
      return null;
    },
    'vault.unlock': async ({ password, which }) => {
      // Also after a wrong password: every open page shows the waiting time, not only the one where it was typed.
      await vault.unlock(password, which).finally(notifyPages);
      await maintenance.unlocked();
      return null;
    },
    'vault.lock': async () => {
      await vault.lock();
      // Notices the lock, and closes the wallets.
      await openWallets.current();
      return null;
    },
    'vault.lockEverything': async () => {
      await lockEverything(parts);
      return null;
    },
    'vault.reveal': ({ password }) => vault.reveal(password).finally(notifyPages),
  };
}

/** Locks the vault, and closes the pocket and every wallet. */
export async function lockEverything({
  vault,
  openWallets,
  notifyPages,
}: Pick<HandlerParts, 'vault' | 'openWallets' | 'notifyPages'>): Promise<void> {
  await vault.lockEverything();
  await openWallets.current();
  notifyPages();
}
