import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { systemClock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { NodeClient } from '../nano/node-client.ts';
import { type AccountKeys, deriveKeys } from '../nano/seed.ts';
import type { Exclusively } from '../payments/chain.ts';
import { Purse } from '../payments/purse.ts';
import type { StoredChains } from '../storage/chains.ts';
import type { Database } from '../storage/database.ts';
import type { StoredSettings } from '../storage/settings.ts';
import { recordTransfer } from '../storage/transfers.ts';
import type { Vault } from '../vault/vault.ts';
import type { WorkScheduler } from '../work/scheduler.ts';

export interface KeeperPorts {
  readonly vault: Vault;
  readonly settings: StoredSettings;
  readonly database: Database;
  readonly chains: StoredChains;
  readonly work: WorkScheduler;
  readonly exclusively: Exclusively;
  readonly changed: () => void;
  /** Told when the purse is found locked: by the user, or by its deadline. */
  readonly locked: () => void;
}

/** How long one node may take for one answer before the next one is asked (ms). */
const NODE_TIMEOUT = 10_000;
/** How long a payment waits for its confirmation before the purse comes back to it at the next occasion (ms). */
const CONFIRMATION_PATIENCE = 120_000;
/** Which account pays: the first one of the seed. */
const SPENDING_ACCOUNT = 0;

/** Keeps the one open purse: there is one while the vault is unlocked, on the network in use. */
export class Keeper {
  readonly #ports: KeeperPorts;
  #purse: Promise<Purse> | undefined;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** The open purse, or null while the vault is locked or empty. */
  async current(): Promise<Purse | null> {
    if (!(await this.#ports.vault.isUnlocked())) {
      if (this.#purse !== undefined) {
        await this.close();
        this.#ports.locked();
      }
      return null;
    }
    if (this.#purse !== undefined) return this.#purse;
    const purse = this.#open();
    this.#purse = purse;
    // What could not be opened now may be opened the next time.
    purse.catch(() => {
      if (this.#purse === purse) this.#purse = undefined;
    });
    return purse;
  }

  /** The open purse. @throws Fault `fault_locked` */
  async opened(): Promise<Purse> {
    const purse = await this.current();
    if (purse === null) throw new Fault('fault_locked');
    return purse;
  }

  /** The open purse, if it is of this account and network. @throws Fault `fault_locked`, `fault_unknownNetwork` */
  async purseOf(network: string, account: NanoAddress): Promise<Purse> {
    const purse = await this.opened();
    if (purse.network.id !== network || purse.account !== account) throw new Fault('fault_unknownNetwork');
    return purse;
  }

  /** Lets go of the purse: keys, sockets and balances with it. */
  async close(): Promise<void> {
    const purse = this.#purse;
    this.#purse = undefined;
    (await purse?.catch(() => undefined))?.close();
  }

  async #open(): Promise<Purse> {
    const { settings, database, chains, work, exclusively, changed, vault } = this.#ports;
    const chosen = await settings.network();
    const network: NetworkProfile = {
      ...chosen,
      representative: (await settings.read('representative')) ?? chosen.representative,
    };
    // Keys are derived anew from the vault at each use, so that none outlives a lock.
    const keys = async (): Promise<AccountKeys> => deriveKeys(await vault.seed(), SPENDING_ACCOUNT);
    const { wsUrl } = network;
    const purse = new Purse({
      network,
      account: (await keys()).address,
      node: NodeClient.at({
        rpcUrls: network.rpcUrls,
        fetch: (...request) => fetch(...request),
        timeoutMs: NODE_TIMEOUT,
        now: systemClock.now,
      }),
      store: chains,
      work,
      exclusively,
      keys,
      openSocket: wsUrl === null ? null : () => new WebSocket(wsUrl),
      clock: systemClock,
      patienceMs: CONFIRMATION_PATIENCE,
      recordTransfer: (transfer, own) => recordTransfer(database, transfer, own),
      changed,
    });
    purse.open();
    return purse;
  }
}
