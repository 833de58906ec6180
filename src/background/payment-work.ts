import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { workRootOf } from '../nano/block.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { CheckedEngines } from '../work/checked-engines.ts';
import { parseThreshold, parseWorkRoot, type Threshold } from '../work/difficulty.ts';
import type { WorkScheduler } from '../work/scheduler.ts';

export interface PaymentWorkPorts {
  /** As in `OpenWallets`. */
  readonly accountWallet: (
    network: string,
    account: NanoAddress,
  ) => Promise<Pick<AccountWallet, 'readiness' | 'chain'>>;
  readonly networks: () => Promise<readonly NetworkProfile[]>;
  readonly engines: Pick<CheckedEngines, 'searchTime'>;
  readonly scheduler: Pick<WorkScheduler, 'obtain'>;
}

/** The proof of work of the next payment of an account: how long it takes, and the search for it while its user waits. */
export class PaymentWork {
  readonly #ports: PaymentWorkPorts;

  constructor(ports: PaymentWorkPorts) {
    this.#ports = ports;
  }

  /**
   * How long the search takes at most in 95 of 100 cases (ms); 0 when the work is found already, null while the speed of
   * this device is unknown.
   *
   * @throws Fault `fault_locked`, `fault_unknownNetwork`
   */
  async bound(network: string, account: NanoAddress): Promise<number | null> {
    const { accountWallet, engines } = this.#ports;
    const wallet = await accountWallet(network, account);
    if ((await wallet.readiness()) === 'ready') return 0;
    return (await engines.searchTime(await this.#threshold(network)))?.bound ?? null;
  }

  /**
   * Searches with everything that this device has, and keeps what is found for the next block of the account.
   *
   * @throws the signal's reason; Fault as `bound`, as `AccountChain.look` and as `WorkScheduler.obtain`
   */
  async find(network: string, account: NanoAddress, signal: AbortSignal): Promise<void> {
    const { accountWallet, scheduler } = this.#ports;
    const threshold = await this.#threshold(network);
    for (;;) {
      const { chain } = await accountWallet(network, account);
      const root = parseWorkRoot(workRootOf(await chain.look()));
      try {
        return void (await scheduler.obtain(root, threshold, { signal }));
      } catch (failure) {
        // Another block was built on the account meanwhile: the next one stands on that.
        if (!(failure instanceof Fault) || failure.key !== 'fault_workOvertaken') throw failure;
      }
    }
  }

  async #threshold(network: string): Promise<Threshold> {
    const profile = (await this.#ports.networks()).find(({ id }) => id === network);
    if (profile === undefined) throw new Fault('fault_unknownNetwork');
    return parseThreshold(profile.thresholds.send);
  }
}
