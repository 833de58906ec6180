import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { socketsInTurn } from '../nano/confirmation-socket.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { StoredChains } from '../storage/chains.ts';
import type { Vault } from '../vault/vault.ts';
import { AccountWallet } from '../wallet/account-wallet.ts';
import type { Exclusively } from '../wallet/exclusively.ts';
import type { TransferStore } from '../wallet/transfer.ts';
import type { WorkScheduler } from '../work/scheduler.ts';
import { keysAt } from './own-keys.ts';

export interface AccountPorts {
  readonly vault: Vault;
  readonly transfers: TransferStore;
  readonly chains: StoredChains;
  readonly work: WorkScheduler;
  readonly exclusively: Exclusively;
  readonly changed: () => void;
}

/** An account of the seed, as it is opened on a network. */
export interface AccountToOpen {
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly account: NanoAddress;
  /** All accounts of the seed on such a network. */
  readonly own: readonly NanoAddress[];
  /** Raw. */
  readonly leastReceived: Raw;
}

/** How long a payment waits for its confirmation (ms). Then maintenance goes on with it. */
const CONFIRMATION_PATIENCE = 120_000;

/** Opens one account of the seed. */
export function openAccount(
  { vault, transfers, chains, work, exclusively, changed }: AccountPorts,
  { network, node, account, own, leastReceived }: AccountToOpen,
): AccountWallet {
  const sockets = network.wsUrl === null ? [] : [network.wsUrl, ...(network.otherWsUrls ?? [])];
  const wallet = new AccountWallet({
    network,
    account,
    node,
    store: chains,
    work,
    exclusively,
    // Keys are read from the vault again at each use, so that none outlives a lock.
    keys: () => keysAt(vault, network, own.indexOf(account)),
    openSocket: socketsInTurn(sockets, (url) => new WebSocket(url)),
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
