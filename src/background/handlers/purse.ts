import type { LockedPurseView, OpenPurseView, PurseView } from '../../messages/purse.ts';
import type { PageHandlersOf } from '../../messages/router.ts';
import type { HandedOverBlock } from '../../wallet/own-block.ts';
import type { Wallet } from '../../wallet/wallet.ts';
import { faultView, handedOverView } from '../views/fault.ts';
import { networkView } from '../views/network.ts';
import { seedView } from '../views/seed.ts';
import type { HandlerParts } from './parts.ts';
import { pocketView } from './pocket.ts';

export function purseHandlers(parts: HandlerParts): PageHandlersOf<'purse'> {
  const { vault, openWallets, settings, maintenance, earlyPage, notifyPages } = parts;
  return {
    'purse.state': () => purseState(parts),
    'purse.refresh': async () => {
      await (await openWallets.current())?.retry();
      return null;
    },
    'purse.refillPocket': async () => {
      await openWallets.opened();
      void maintenance.refillPocket().catch(console.error);
      return null;
    },
    'purse.early': async () => {
      const site = await earlyPage.site();
      return site === null ? null : { site };
    },
    'purse.continue': async () => {
      await earlyPage.open();
      return null;
    },
    'purse.touch': async () => {
      await vault.touch();
      return null;
    },
    'purse.pause': async ({ paused }) => {
      await settings.write('paused', paused);
      notifyPages();
      return null;
    },
  };
}

async function purseState(parts: HandlerParts): Promise<PurseView> {
  const { vault, openWallets, approvals } = parts;
  if (!(await vault.exists())) return { kind: 'empty' };
  const waiting = approvals.list().length;
  // Reads the session store, where `isUnlocked` may answer from memory: what is shown has to be right.
  const lockAt = await vault.deadline();
  const wallet = await openWallets.current();
  if (wallet === null) return { ...(await lockedState(parts)), waiting };
  return { ...(await openState(wallet, parts)), lockAt, waiting };
}

async function lockedState({
  vault,
  openWallets,
  settings,
}: HandlerParts): Promise<Omit<LockedPurseView, 'waiting'>> {
  const { id, label, testMoney } = await settings.network();
  const pocket = await openWallets.lockedPocket();
  return {
    kind: 'locked',
    seed: seedView(await vault.copies()),
    retryAt: await vault.retryAt(),
    network: { id, label, testMoney },
    pocket: pocket && { balance: pocket.balance?.toString() ?? null },
  };
}

async function openState(
  wallet: Wallet,
  { vault, settings, chains }: HandlerParts,
): Promise<Omit<OpenPurseView, 'lockAt' | 'waiting'>> {
  return {
    kind: 'open',
    account: wallet.account,
    balance: wallet.balance?.toString() ?? null,
    pocket: await pocketView(wallet, { settings }),
    incoming: wallet.incoming.toString(),
    network: networkView(wallet.network),
    trouble: faultView(wallet.trouble),
    seedCopyFault: (await vault.copyFault())?.key ?? null,
    handedOverBlock: handedOverView((await chains.handedOver()).find(isOf(wallet))?.handedOver ?? null),
    work: await wallet.readiness(),
    paused: await settings.read('paused'),
  };
}

const isOf =
  (wallet: Wallet) =>
  ({ network, account }: HandedOverBlock): boolean =>
    network === wallet.network.id && wallet.of(account) !== undefined;
