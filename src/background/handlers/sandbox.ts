import type { PageHandlers } from '../../messages/router.ts';
import type { TestMoneyView } from '../../messages/views.ts';
import { RAW_PER_XNO, type Raw } from '../../nano/amount.ts';
import { askFaucet } from '../../nano/faucet.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import type { ApprovalQueue } from '../../payments/approval-queue.ts';
import type { StoredSettings } from '../../storage/settings.ts';
import type { OpenWallets } from '../open-wallets.ts';
import type { Sandbox } from '../sandbox.ts';
import { faultView, networkView } from '../views/index.ts';

export interface SandboxParts {
  readonly sandbox: Sandbox;
  readonly settings: StoredSettings;
  readonly openWallets: OpenWallets;
  readonly approvals: ApprovalQueue;
  readonly now: () => number;
  readonly changed: () => void;
}

/** What one click on the faucet asks for (raw). */
const GIFT = (10n * RAW_PER_XNO) as Raw;
/** How long a node may take to give it (ms). */
const PATIENCE = 10_000;

type SandboxQuestion = Extract<keyof PageHandlers, `sandbox.${string}`>;

/** What the background does for the pages about test money. */
export function sandboxAnswers({
  sandbox,
  settings,
  openWallets,
  approvals,
  now,
  changed,
}: SandboxParts): Pick<PageHandlers, SandboxQuestion> {
  /** A tab keeps its network for the life of a question: whoever changes it takes its questions back. */
  const lapse = (tab: number) => {
    approvals.lapse(({ challenge }) => challenge.tabId === tab);
    changed();
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
      // Opened now, it has looked at its ledger by the time a page asks for money.
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
        timeoutMs: PATIENCE,
        now,
      };
      await askFaucet(wallet.network, { to: wallet.account, amount: GIFT }, options);
      await wallet.retry();
      return null;
    },
  };
}
