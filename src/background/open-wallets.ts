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
import { MOST_ACCOUNTS } from '../wallet/account-order.ts';
import { AccountWallet } from '../wallet/account-wallet.ts';
import type { HandedOver } from '../wallet/own-block.ts';
import type { TransferStore } from '../wallet/transfer.ts';
import { Wallet } from '../wallet/wallet.ts';
import type { WorkScheduler } from '../work/scheduler.ts';

export interface OpenWalletsPorts {
  readonly vault: Vault;
  readonly settings: StoredSettings;
  readonly transfers: TransferStore;
  readonly chains: StoredChains;
  readonly work: WorkScheduler;
  readonly exclusively: Exclusively;
  readonly changed: () => void;
  /** Returns the network of this id, where a tab in the sandbox pays on it. */
  readonly beside: (id: string) => Promise<NetworkProfile | null>;
  /** Called when the wallet turns out to be locked: by the user, or by its deadline. */
  readonly locked: () => void;
}

/** How long a node may take for one response before the next node is asked (ms). */
const NODE_TIMEOUT = 10_000;
/** How long a payment waits for its confirmation (ms). Then maintenance goes on with it. */
const CONFIRMATION_PATIENCE = 120_000;
/** How many accounts without a block in a row end the search for used accounts. */
const GAP = 2;

/**
 * Holds the open wallets. While the vault is unlocked there is one on the network in use, and one on each test network
 * that a tab pays on.
 */
export class OpenWallets {
  readonly #ports: OpenWalletsPorts;
  readonly #wallets = new Map<string, Promise<Wallet>>();
  /** The network in use. After a change of it the wallets have to be closed. */
  #inUse: Promise<NetworkProfile> | undefined;

  constructor(ports: OpenWalletsPorts) {
    this.#ports = ports;
  }

  /** The open wallet on the network in use, or null while the vault is locked or empty. */
  async current(): Promise<Wallet | null> {
    if (!(await this.#isUnlocked())) return null;
    this.#inUse ??= this.#ports.settings.network();
    return this.#on(await this.#inUse);
  }

  /** The open wallet on a network that a tab pays on, or null while the vault is locked or empty. */
  async on(network: NetworkProfile): Promise<Wallet | null> {
    return (await this.#isUnlocked()) ? this.#on(network) : null;
  }

  /** The open wallet on the network in use. @throws Fault `fault_locked` */
  async opened(): Promise<Wallet> {
    const wallet = await this.current();
    if (wallet === null) throw new Fault('fault_locked');
    return wallet;
  }

  /**
   * The open wallet on a network: the network in use, or one that a tab pays on, or did when this was called.
   *
   * @throws Fault `fault_locked`, `fault_unknownNetwork`, `fault_sandboxGone`
   */
  async openedOn(network: string): Promise<Wallet> {
    const open = (await this.#isUnlocked()) ? this.#wallets.get(network) : undefined;
    if (open !== undefined) return open;
    const current = await this.opened();
    if (current.network.id === network) return current;
    const beside = await this.#ports.beside(network);
    if (beside === null) throw new Fault('fault_unknownNetwork');
    return this.#on(beside);
  }

  /** The open wallet of one account on a network. @throws Fault as `openedOn` */
  async accountWallet(network: string, account: NanoAddress): Promise<AccountWallet> {
    const wallet = (await this.openedOn(network)).of(account);
    if (wallet === undefined) throw new Fault('fault_unknownNetwork');
    return wallet;
  }

  /** The own accounts on a network; null while the vault is locked or empty. @throws Fault as `openedOn` */
  async accountsOn(network: string): Promise<readonly NanoAddress[] | null> {
    return (await this.#ports.vault.isUnlocked()) ? (await this.openedOn(network)).accounts : null;
  }

  /**
   * The handed-over block of the wallet that its payee has not published yet; null without one, and while the vault is
   * locked or empty.
   *
   * @throws Fault as `openedOn`
   */
  async handedOverOn(network: string): Promise<HandedOver | null> {
    return (await this.#ports.vault.isUnlocked()) ? (await this.openedOn(network)).handedOver() : null;
  }

  /** Every wallet that is open now. */
  async all(): Promise<readonly Wallet[]> {
    await this.current();
    return Promise.all(this.#wallets.values());
  }

  /** Closes the wallets and drops their keys, sockets and balances. */
  async close(): Promise<void> {
    const wallets = [...this.#wallets.values()];
    this.#wallets.clear();
    this.#inUse = undefined;
    for (const wallet of wallets) (await wallet.catch(() => undefined))?.close();
  }

  async #isUnlocked(): Promise<boolean> {
    if (await this.#ports.vault.isUnlocked()) return true;
    if (this.#wallets.size > 0) {
      await this.close();
      this.#ports.locked();
    }
    return false;
  }

  #on(network: NetworkProfile): Promise<Wallet> {
    const { id } = network;
    const open = this.#wallets.get(id);
    if (open !== undefined) return open;
    const wallet = this.#open(network);
    this.#wallets.set(id, wallet);
    // An opening that failed is tried again the next time.
    wallet.catch(() => {
      if (this.#wallets.get(id) === wallet) this.#wallets.delete(id);
    });
    return wallet;
  }

  async #open(chosen: NetworkProfile): Promise<Wallet> {
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
    const wallets = [open(main, 0), ...others.map((account, index) => open(account, index + 1))] as const;
    return new Wallet(wallets, plan, order);
  }

  #purse(
    network: NetworkProfile,
    node: NodeClient,
    account: NanoAddress,
    index: number,
    { own, leastReceived }: { readonly own: readonly NanoAddress[]; readonly leastReceived: Raw },
  ): AccountWallet {
    const { transfers, chains, work, exclusively, changed, vault } = this.#ports;
    const { wsUrl } = network;
    const wallet = new AccountWallet({
      network,
      account,
      node,
      store: chains,
      work,
      exclusively,
      // Keys are derived from the vault again at each use, so that none outlives a lock.
      keys: async () => deriveKeys(await vault.seed(), index),
      openSocket: wsUrl === null ? null : () => new WebSocket(wsUrl),
      clock: systemClock,
      patienceMs: CONFIRMATION_PATIENCE,
      transfers,
      leastReceived,
      isOwn: (one) => own.includes(one),
      changed,
    });
    wallet.open();
    return wallet;
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
