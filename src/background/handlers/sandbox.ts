import type { PageHandlersOf } from '../../messages/router.ts';
import type { TestMoneyView } from '../../messages/sandbox.ts';
import { RAW_PER_XNO, type Raw } from '../../nano/amount.ts';
import { askFaucet } from '../../nano/faucet.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import { faultView } from '../views/fault.ts';
import { networkView } from '../views/network.ts';
import type { HandlerParts } from './parts.ts';

/** How much one click on the faucet asks for (raw). */
const FAUCET_AMOUNT = (10n * RAW_PER_XNO) as Raw;
/** How long a node may take to send it (ms). */
const FAUCET_TIMEOUT = 10_000;

/** Handles the requests about tabs that pay with test money. */
export function sandboxHandlers({
  sandbox,
  settings,
  openWallets,
  approvals,
  now,
  notifyPages,
}: HandlerParts): PageHandlersOf<'sandbox'> {
  /** Withdraws the questions of a tab: they were asked about its earlier network. */
  const lapse = (tab: number) => {
    approvals.lapse(({ challenge }) => challenge.tabId === tab);
    notifyPages();
  };
  const money = async (network: NetworkProfile): Promise<TestMoneyView | null> => {
    const wallet = await openWallets.on(network);
    if (wallet === null) return null;
    return {
      network: networkView(network),
      account: wallet.account,
      balance: wallet.balance?.toString() ?? null,
      incoming: wallet.incoming.toString(),
      trouble: faultView(wallet.trouble),
    };
  };

  return {
    'sandbox.read': async () => {
      const active = await settings.network();
      const whole = active.testMoney ? active : null;
      const used = (await sandbox.networks()).filter(({ id }) => id !== whole?.id);
      const all = await Promise.all([...(whole === null ? [] : [whole]), ...used].map(money));
      return {
        tabs: await sandbox.tabs(),
        networks: (await settings.networks()).filter(({ testMoney }) => testMoney).map(networkView),
        whole: whole && networkView(whole),
        money: all.filter((one) => one !== null),
      };
    },
    'sandbox.enter': async ({ tab, network }) => {
      await sandbox.enter(tab, network);
      // Opens the wallet now, so that it knows its balance by the time a page asks for money.
      await openWallets.on(await sandbox.testNetwork(network));
      lapse(tab);
      return null;
    },
    'sandbox.leave': async ({ tab }) => {
      await sandbox.leave(tab);
      lapse(tab);
      return null;
    },
    'sandbox.faucet': async ({ network }) => {
      const wallet = await openWallets.openedOn(network);
      const options = {
        fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
        timeoutMs: FAUCET_TIMEOUT,
        now,
      };
      await askFaucet(wallet.network, { to: wallet.account, amount: FAUCET_AMOUNT }, options);
      await wallet.retry();
      return null;
    },
  };
}
