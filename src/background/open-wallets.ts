import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { NodeClient } from '../nano/node-client.ts';
import { deriveKeys } from '../nano/seed.ts';
import type { StoredChains } from '../storage/chains.ts';
import type { StoredSettings } from '../storage/settings.ts';
import type { Vault } from '../vault/vault.ts';
import type { Exclusively } from '../wallet/account-chain.ts';
import { Purse } from '../wallet/account-wallet.ts';
import type { TransferBook } from '../wallet/transfer.ts';
import { Float, MOST_ACCOUNTS } from '../wallet/wallet.ts';
import type { WorkScheduler } from '../work/scheduler.ts';

export interface KeeperPorts {
  readonly vault: Vault;
  readonly settings: StoredSettings;
  readonly transfers: TransferBook;
  readonly chains: StoredChains;
  readonly work: WorkScheduler;
  readonly exclusively: Exclusively;
  readonly changed: () => void;
  /** The network of this id, where some tab pays on it beside the one in use. */
  readonly beside: (id: string) => Promise<NetworkProfile | null>;
  /** Told when the purse is found locked: by the user, or by its deadline. */
  readonly locked: () => void;
}

/** How long one node may take for one answer before the next one is asked (ms). */
const NODE_TIMEOUT = 10_000;
/** How long a payment waits for its confirmation before the purse comes back to it at the next occasion (ms). */
const CONFIRMATION_PATIENCE = 120_000;
/** How many accounts in a row without a block end the search for those that were in use. */
const GAP = 2;

/**
 * Keeps the open purses: one while the vault is unlocked, on the network in use, and one more on each test network that
 * some tab pays on.
 */
export class Keeper {
  readonly #ports: KeeperPorts;
  readonly #floats = new Map<string, Promise<Float>>();
  /** The network in use: whoever changes it, or anything of it, closes the purses. */
  #inUse: Promise<NetworkProfile> | undefined;

  constructor(ports: KeeperPorts) {
    this.#ports = ports;
  }

  /** The open purse on the network in use, or null while the vault is locked or empty. */
  async current(): Promise<Float | null> {
    if (!(await this.#isUnlocked())) return null;
    this.#inUse ??= this.#ports.settings.network();
    return this.#on(await this.#inUse);
  }

  /** The open purse on a network that a tab pays on, or null while the vault is locked or empty. */
  async on(network: NetworkProfile): Promise<Float | null> {
    return (await this.#isUnlocked()) ? this.#on(network) : null;
  }

  /** The open purse on the network in use. @throws Fault `fault_locked` */
  async opened(): Promise<Float> {
    const float = await this.current();
    if (float === null) throw new Fault('fault_locked');
    return float;
  }

  /**
   * The open purse on a network: the one in use, or one that a tab pays on, or paid on when this began.
   *
   * @throws Fault `fault_locked`, `fault_unknownNetwork`, `fault_sandboxGone`
   */
  async openedOn(network: string): Promise<Float> {
    const open = (await this.#isUnlocked()) ? this.#floats.get(network) : undefined;
    if (open !== undefined) return open;
    const current = await this.opened();
    if (current.network.id === network) return current;
    const beside = await this.#ports.beside(network);
    if (beside === null) throw new Fault('fault_unknownNetwork');
    return this.#on(beside);
  }

  /** The open purse of one account, if it is of this network. @throws Fault as `openedOn` */
  async purseOf(network: string, account: NanoAddress): Promise<Purse> {
    const purse = (await this.openedOn(network)).of(account);
    if (purse === undefined) throw new Fault('fault_unknownNetwork');
    return purse;
  }

  /** Every purse that is open now. */
  async all(): Promise<readonly Float[]> {
    await this.current();
    return Promise.all(this.#floats.values());
  }

  /** Lets go of the purses: keys, sockets and balances with them. */
  async close(): Promise<void> {
    const floats = [...this.#floats.values()];
    this.#floats.clear();
    this.#inUse = undefined;
    for (const float of floats) (await float.catch(() => undefined))?.close();
  }

  async #isUnlocked(): Promise<boolean> {
    if (await this.#ports.vault.isUnlocked()) return true;
    if (this.#floats.size > 0) {
      await this.close();
      this.#ports.locked();
    }
    return false;
  }

  #on(network: NetworkProfile): Promise<Float> {
    const { id } = network;
    const open = this.#floats.get(id);
    if (open !== undefined) return open;
    const float = this.#open(network);
    this.#floats.set(id, float);
    // What could not be opened now may be opened the next time.
    float.catch(() => {
      if (this.#floats.get(id) === float) this.#floats.delete(id);
    });
    return float;
  }

  async #open(chosen: NetworkProfile): Promise<Float> {
    const { settings, vault } = this.#ports;
    const network: NetworkProfile = {
      ...chosen,
      representative: (await settings.read('representative')) ?? chosen.representative,
    };
    const node = NodeClient.at({
      rpcUrls: network.rpcUrls,
      fetch: (...request) => fetch(...request),
      timeoutMs: NODE_TIMEOUT,
      now: systemClock.now,
    });
    const seed = await vault.seed();
    const all = Array.from({ length: MOST_ACCOUNTS }, (_, index) => deriveKeys(seed, index).address);
    const plan = await settings.read('float');
    const leastReceived = await settings.read('leastReceived');
    const order = await settings.accountOrder();
    const key = `${network.id} ${all[0]}`;
    const { [key]: reach } = await settings.read('reach');
    if (reach === undefined) void this.#search(key, node, all).catch(console.error);
    else if (reach < plan.accounts) await this.#reach(key, plan.accounts);

    const [main, ...others] = all.slice(0, Math.max(plan.accounts, reach ?? 1));
    const open = (account: NanoAddress, index: number) =>
      this.#purse(network, node, account, index, { own: all, leastReceived });
    if (main === undefined) throw new Fault('fault_unexpected');
    const purses = [open(main, 0), ...others.map((account, index) => open(account, index + 1))] as const;
    return new Float(purses, plan, order);
  }

  #purse(
    network: NetworkProfile,
    node: NodeClient,
    account: NanoAddress,
    index: number,
    { own, leastReceived }: { readonly own: readonly NanoAddress[]; readonly leastReceived: Raw },
  ): Purse {
    const { transfers, chains, work, exclusively, changed, vault } = this.#ports;
    const { wsUrl } = network;
    const purse = new Purse({
      network,
      account,
      node,
      store: chains,
      work,
      exclusively,
      // Keys are derived anew from the vault at each use, so that none outlives a lock.
      keys: async () => deriveKeys(await vault.seed(), index),
      openSocket: wsUrl === null ? null : () => new WebSocket(wsUrl),
      clock: systemClock,
      patienceMs: CONFIRMATION_PATIENCE,
      transfers,
      leastReceived,
      isOwn: (one) => own.includes(one),
      changed,
    });
    purse.open();
    return purse;
  }

  /** Asks the ledger which accounts of a seed were in use before, as a restored one's may have been; once. */
  async #search(key: string, node: NodeClient, accounts: readonly NanoAddress[]): Promise<void> {
    let reach = 1;
    for (let index = 1; index < accounts.length && index < reach + GAP; index++) {
      const account = accounts[index];
      if (account !== undefined && (await node.accountInfo(account)) !== null) reach = index + 1;
    }
    await this.#reach(key, reach);
    if (reach === 1) return;
    await this.close();
    this.#ports.changed();
  }

  async #reach(key: string, accounts: number): Promise<void> {
    const { settings } = this.#ports;
    await settings.write('reach', { ...(await settings.read('reach')), [key]: accounts });
  }
}
