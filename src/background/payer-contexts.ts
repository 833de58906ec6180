import { MAINNET } from '../nano/network.ts';
import type { PayerContext } from '../payments/challenge-handler-ports.ts';
import type { StoredSettings } from '../storage/settings.ts';
import type { Vault } from '../vault/vault.ts';
import { FIRST_FOR_BLOCKS } from '../wallet/pocket-plan.ts';
import type { Sandbox } from './sandbox.ts';

export interface PayerContextsPorts {
  readonly vault: Pick<Vault, 'exists'>;
  readonly settings: StoredSettings;
  readonly sandbox: Sandbox;
}

/** Says for each tab on which network and under which settings it pays. */
export class PayerContexts {
  readonly #ports: PayerContextsPorts;

  constructor(ports: PayerContextsPorts) {
    this.#ports = ports;
  }

  /** The context of a tab; null while there is no purse. @throws Fault `fault_sandboxGone` */
  async contextOf(tabId: number): Promise<PayerContext | null> {
    const { vault, settings, sandbox } = this.#ports;
    const [test, [paused, preference], [{ accounts }, manualSites]] = await Promise.all([
      sandbox.networkOf(tabId),
      settings.readBoth('paused', 'preference'),
      settings.readBoth('float', 'manualSites'),
    ]);
    if (!(await vault.exists())) return null;
    const { id, testMoney, thresholds } = test ?? (await settings.network());
    return {
      network: { id, testMoney },
      paused,
      hasPocket: accounts > FIRST_FOR_BLOCKS,
      preference,
      manualSites,
      sendThreshold: thresholds.send,
      // A server under test may name the real network, as it does in production. In the sandbox it gets test money.
      alsoNamed: test === null ? undefined : MAINNET.id,
    };
  }

  /** The network to show for a tab. A sandbox whose network is gone pays nothing; its exchanges are shown all the same. */
  async shownNetworkOf(tabId: number): Promise<PayerContext['network']> {
    const { settings, sandbox } = this.#ports;
    return (await sandbox.networkOf(tabId).catch(() => null)) ?? settings.network();
  }
}
