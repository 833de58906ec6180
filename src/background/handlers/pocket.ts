import type { PocketView } from '../../messages/purse.ts';
import { type PocketPlan, typedLevelOf } from '../../wallet/pocket-plan.ts';
import type { Wallet } from '../../wallet/wallet.ts';
import type { HandlerParts } from './parts.ts';

/** Lays the pocket out anew, and begins to fill or to empty its accounts. */
export async function layOutPocket(
  plan: PocketPlan,
  { settings, vault, maintenance }: Pick<HandlerParts, 'settings' | 'vault' | 'maintenance'>,
): Promise<void> {
  await settings.write('float', plan);
  await vault.renewPocket();
  await maintenance.layOutPocket();
}

/** The pocket of an unlocked wallet, as pages see it; null without one. */
export async function pocketView(
  wallet: Wallet,
  { settings }: Pick<HandlerParts, 'settings'>,
): Promise<PocketView | null> {
  const plan = await settings.read('float');
  if (plan.accounts === 1) return null;
  return { balance: wallet.pocketBalance?.toString() ?? null, level: typedLevelOf(plan).toString() };
}
