import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { systemClock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { StoredSettings } from '../storage/settings.ts';
import { AccountLeases } from '../wallet/account-leases.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import { LockedPocket } from '../wallet/locked-pocket.ts';
import type { HandedOver } from '../wallet/own-block.ts';
import type { PayingWallet } from '../wallet/paying-wallet.ts';
import { Pocket } from '../wallet/pocket.ts';
import { RefillLimit } from '../wallet/refill-limit.ts';
import { Wallet } from '../wallet/wallet.ts';
import { AccountReach } from './account-reach.ts';
import { nodeOf } from './node-of.ts';
import { type AccountPorts, openAccount } from './open-account.ts';
import { ownAddresses } from './own-keys.ts';

export interface OpenWalletsPorts extends AccountPorts {
  readonly settings: StoredSettings;
  /** Returns the network of this id, where a tab in the sandbox pays on it. */
  readonly inSandbox: (id: string) => Promise<NetworkProfile | null>;
  /** Called when the wallet turns out to be locked: by the user, or by its deadline. */
  readonly locked: () => void;
}

/** Which keys can be read: all of them, those of the pocket, or none. */
type Access = 'unlocked' | 'pocket' | 'closed';

/** The open accounts on one network. */
interface OpenNetwork {
  readonly network: NetworkProfile;
  /** They stay open over a lock, with the payments that they make. */
  readonly pocket: readonly AccountWallet[];
  /** Savings, and what is beyond the pocket; none while locked. */
  readonly others: readonly AccountWallet[];
  readonly leases: AccountLeases;
  readonly wallet: Wallet | LockedPocket;
}

/**
 * Holds the open wallets: one on the network in use, and one on each test network that a tab pays on. Each is whole while
 * the vault is unlocked, and the pocket alone while only that is open.
 */
export class OpenWallets {
  readonly #ports: OpenWalletsPorts;
  readonly #reach: AccountReach;
  readonly #networks = new Map<string, Promise<OpenNetwork>>();
  #access: Access = 'closed';
  /** The network in use. A change of the network, or of its profile, closes the wallets. */
  #inUse: Promise<NetworkProfile> | undefined;

  constructor(ports: OpenWalletsPorts) {
    this.#ports = ports;
    this.#reach = new AccountReach(ports.settings, async () => {
      await this.close();
      ports.changed();
    });
  }

  /** Returns the wallet on the network in use; null while the vault is locked or empty. */
  async current(): Promise<Wallet | null> {
    return (await this.#accessNow()) === 'unlocked' ? wholeOf(await this.#on(await this.#used())) : null;
  }

  /** Returns the pocket on the network in use while it alone is open; else null. */
  async lockedPocket(): Promise<LockedPocket | null> {
    if ((await this.#accessNow()) !== 'pocket') return null;
    const { wallet } = await this.#on(await this.#used());
    return wallet instanceof LockedPocket ? wallet : null;
  }

  /** Returns the wallet on a network that a tab pays on; null while the vault is locked or empty. */
  async on(network: NetworkProfile): Promise<Wallet | null> {
    return (await this.#accessNow()) === 'unlocked' ? wholeOf(await this.#on(network)) : null;
  }

  /** Returns the wallet on the network in use. @throws Fault `fault_locked` */
  async opened(): Promise<Wallet> {
    const wallet = await this.current();
    if (wallet === null) throw new Fault('fault_locked');
    return wallet;
  }

  /**
   * Returns the wallet on the network in use, or on one that a tab pays on now, or paid on when the payment began.
   *
   * @throws Fault `fault_locked`, `fault_unknownNetwork`, `fault_sandboxGone`
   */
  async openedOn(network: string): Promise<Wallet> {
    if ((await this.#accessNow()) !== 'unlocked') throw new Fault('fault_locked');
    return wholeOf(await this.#onId(network));
  }

  /** Returns what can pay on a network as in `openedOn`: while locked, the pocket. @throws Fault as `openedOn` */
  async payingOn(network: string): Promise<PayingWallet> {
    if ((await this.#accessNow()) === 'closed') throw new Fault('fault_locked');
    return (await this.#onId(network)).wallet;
  }

  /** Returns the wallet of one account, if it can pay now on this network. @throws Fault as `openedOn` */
  async accountWallet(network: string, account: NanoAddress): Promise<AccountWallet> {
    const paying = await this.payingOn(network);
    const wallet = paying.of(account);
    if (wallet !== undefined) return wallet;
    throw new Fault(paying instanceof LockedPocket ? 'fault_locked' : 'fault_unknownNetwork');
  }

  /** Returns the own accounts on a network; null while nothing can pay. @throws Fault as `openedOn` */
  async accountsOn(network: string): Promise<readonly NanoAddress[] | null> {
    return (await this.canPay()) ? (await this.payingOn(network)).accounts : null;
  }

  /**
   * Returns the handed-over block of the wallet that its payee has not published yet; null without one, and while nothing
   * can pay.
   *
   * @throws Fault as `openedOn`
   */
  async handedOverOn(network: string): Promise<HandedOver | null> {
    return (await this.canPay()) ? (await this.payingOn(network)).handedOver() : null;
  }

  /** Whether payments can go on: from all accounts, or from the pocket. */
  async canPay(): Promise<boolean> {
    return (await this.#accessNow()) !== 'closed';
  }

  /** Returns every wallet that is open now; none while the vault is locked. */
  async all(): Promise<readonly Wallet[]> {
    await this.current();
    const networks = await Promise.all(this.#networks.values());
    return networks.flatMap(({ wallet }) => (wallet instanceof Wallet ? [wallet] : []));
  }

  /** Lays the pocket out anew, as the settings say now. The accounts stay open, with the payments that they make. */
  async layOutPocket(): Promise<void> {
    await this.#accessNow();
    this.#reopenAll(({ pocket, others }) => [...pocket, ...others]);
    await Promise.all(this.#networks.values());
  }

  /** Closes the wallets and drops their keys, sockets and balances. */
  async close(): Promise<void> {
    const networks = [...this.#networks.values()];
    this.#networks.clear();
    this.#inUse = undefined;
    for (const opening of networks) {
      const network = await opening.catch(() => null);
      for (const wallet of network === null ? [] : [...network.pocket, ...network.others]) wallet.close();
    }
  }

  /** Tells which keys can be read now. After a lock or an unlocking the wallets have changed once this resolves. */
  async #accessNow(): Promise<Access> {
    const { vault, locked } = this.#ports;
    let access: Access = 'unlocked';
    if (!(await vault.isUnlocked())) access = (await vault.isPocketOpen()) ? 'pocket' : 'closed';
    const before = this.#access;
    if (access === before) return access;
    this.#access = access;
    if (access === 'closed') await this.close();
    else this.#reopenAll(({ pocket }) => pocket);
    if (before === 'unlocked' || access === 'closed') locked();
    return access;
  }

  #used(): Promise<NetworkProfile> {
    this.#inUse ??= this.#ports.settings.network();
    return this.#inUse;
  }

  async #onId(id: string): Promise<OpenNetwork> {
    const open = this.#networks.get(id);
    if (open !== undefined) return open;
    const used = await this.#used();
    const network = used.id === id ? used : await this.#ports.inSandbox(id);
    if (network === null) throw new Fault('fault_unknownNetwork');
    return this.#on(network);
  }

  #on(network: NetworkProfile): Promise<OpenNetwork> {
    return (
      this.#networks.get(network.id) ??
      this.#keep(network.id, this.#open(network, { leases: new AccountLeases(), kept: [] }))
    );
  }

  #keep(id: string, opening: Promise<OpenNetwork>): Promise<OpenNetwork> {
    this.#networks.set(id, opening);
    // An opening that failed is tried again the next time.
    opening.catch(() => {
      if (this.#networks.get(id) === opening) this.#networks.delete(id);
    });
    return opening;
  }

  /** Opens the accounts of each network anew, but for those that stay open, with the payments that they make. */
  #reopenAll(stay: (before: OpenNetwork) => readonly AccountWallet[]): void {
    const reopen = (before: OpenNetwork): Promise<OpenNetwork> => {
      const kept = stay(before);
      for (const wallet of [...before.pocket, ...before.others]) if (!kept.includes(wallet)) wallet.close();
      return this.#open(before.network, { leases: before.leases, kept });
    };
    for (const [id, opening] of this.#networks) this.#keep(id, opening.then(reopen));
  }

  async #open(
    chosen: NetworkProfile,
    { leases, kept }: { readonly leases: AccountLeases; readonly kept: readonly AccountWallet[] },
  ): Promise<OpenNetwork> {
    const { settings } = this.#ports;
    const network: NetworkProfile = {
      ...chosen,
      representative: (await settings.read('representative')) ?? chosen.representative,
    };
    const node = nodeOf(network);
    const own = await ownAddresses(this.#ports.vault, network);
    const [savings] = own;
    if (savings === undefined) throw new Fault('fault_unexpected');
    const plan = await settings.read('float');
    const leastReceived = await settings.read('leastReceived');
    const order = await settings.accountOrder();
    const openAt = (account: NanoAddress): AccountWallet =>
      kept.find((wallet) => wallet.account === account) ??
      openAccount(this.#ports, { network, node, account, own, leastReceived });
    const pocket = own.slice(1, plan.accounts).map(openAt);
    if (this.#access !== 'unlocked') {
      const wallet = new LockedPocket(own, new Pocket({ accounts: pocket, leases, order }));
      return { network: chosen, pocket, others: [], leases, wallet };
    }
    const reach = await this.#reach.of({ network: network.id, node, own, planned: plan.accounts });
    const beyond = own.slice(plan.accounts, reach).map(openAt);
    const main = openAt(savings);
    const refills = new RefillLimit(settings.refillsOf(`${network.id} ${savings}`), systemClock.now);
    const wallet = new Wallet([main, ...pocket, ...beyond], { plan, order, leases, refills });
    return { network: chosen, pocket, others: [main, ...beyond], leases, wallet };
  }
}

function wholeOf({ wallet }: OpenNetwork): Wallet {
  // The vault was locked since the wallet was asked for.
  if (wallet instanceof LockedPocket) throw new Fault('fault_locked');
  return wallet;
}
