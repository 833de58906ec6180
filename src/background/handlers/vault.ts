import type { PageHandlersOf } from '../../messages/router.ts';
import { type NanoAddress, parseAddress } from '../../nano/account.ts';
import { type ChainHead, readChainHead } from '../../nano/chain-head.ts';
import type { NodeClient } from '../../nano/node-client.ts';
import { deriveKeys, readSeedHex, readWords, type Seed } from '../../nano/seed.ts';
import { undeliveredPayments } from '../../storage/erase-records.ts';
import { isOf } from '../../vault/seed-copies.ts';
import { erasePurse } from '../erase-purse.ts';
import { nodeOf } from '../node-of.ts';
import type { HandlerParts } from './parts.ts';

export function vaultHandlers(parts: HandlerParts): PageHandlersOf<'vault'> {
  const { vault, newPhrase, openWallets, maintenance, database, settings, notifyPages } = parts;
  return {
    'vault.newWords': async () => ({ words: await newPhrase.words() }),
    'vault.preview': async ({ text }) => {
      const firstAddress = (seed: Seed) => deriveKeys(seed, 0).address;
      const copies = await vault.copies();
      const ownOf = (...addresses: readonly (NanoAddress | null)[]) =>
        addresses.find((address) => address !== null && isOf(copies, address)) ?? null;
      if (!/\s/.test(text.trim())) {
        const address = firstAddress(readSeedHex(text));
        return { kind: 'seed', address, own: ownOf(address) };
      }
      const words = readWords(text);
      const bip44Address = firstAddress(words.bip44);
      const legacyAddress = words.legacy && firstAddress(words.legacy);
      return { kind: 'words', bip44Address, legacyAddress, own: ownOf(bip44Address, legacyAddress) };
    },
    'vault.balances': async ({ accounts }) => {
      const network = await settings.network();
      if (network.testMoney) return accounts.map(() => null);
      return Promise.all(accounts.map((text) => provenBalance(nodeOf(network), parseAddress(text))));
    },
    'vault.create': async ({ secret, password }) => {
      await vault.create(secret, password);
      await newPhrase.forget();
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
    'vault.changePassword': async ({ current, next }) => {
      await vault.changePassword(current, next).finally(notifyPages);
      return null;
    },
    'vault.recover': async ({ secret, password }) => {
      await vault.recover(secret, password);
      await maintenance.unlocked();
      return null;
    },
    'vault.erase': async (proof) => {
      if (proof.kind === 'password') await vault.reveal(proof.password).finally(notifyPages);
      await erasePurse(parts);
      return null;
    },
    'vault.undelivered': async () => ({ count: await undeliveredPayments(database) }),
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

/** The balance that the newest block of an account proves (raw); null where no node shows one that can be proven. */
async function provenBalance(node: NodeClient, account: NanoAddress): Promise<string | null> {
  let head: ChainHead;
  try {
    head = await readChainHead(node, account);
  } catch (failure) {
    // The user can choose without it.
    console.error(failure);
    return null;
  }
  return head.kind === 'open' ? head.balance.toString() : '0';
}
