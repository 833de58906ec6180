import { ZERO } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { hexOf } from '../nano/hex.ts';
import { NodeClient } from '../nano/node-client.ts';
import { type AccountKeys, deriveKeys, readSeedHex, seedFor } from '../nano/seed.ts';
import { StoredChains } from '../storage/chains.ts';
import type { Database } from '../storage/schema.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { storedWorkCache } from '../storage/work-cache.ts';
import { AccountLeases } from '../wallet/account-leases.ts';
import { drawOrder } from '../wallet/account-order.ts';
import { AccountWallet } from '../wallet/account-wallet.ts';
import type { Exclusively } from '../wallet/exclusively.ts';
import { Wallet } from '../wallet/wallet.ts';
import { CheckedEngines } from '../work/checked-engines.ts';
import { nonceOf } from '../work/difficulty.ts';
import type { WorkEngine } from '../work/engine.ts';
import { UNKNOWN_SPEED } from '../work/engine-speed.ts';
import { WorkScheduler } from '../work/scheduler.ts';
import { PRACTICE, PRACTICE_FUNDS, PracticeLedger } from './ledger.ts';

const { now } = systemClock;
/** How long a request, and a confirmation, may take (ms): there is no network between. */
const PATIENCE = 5_000;

/** Every nonce is work enough for the practice network. */
const anyNonce: WorkEngine = { name: 'practice', solve: async () => nonceOf(0n) };

/** Keys of a seed that is drawn here, is kept nowhere, and has nothing to do with that of the user. */
export function practiceKeys(): AccountKeys {
  const seed = readSeedHex(hexOf(crypto.getRandomValues(new Uint8Array(32))));
  return deriveKeys(seedFor(PRACTICE, seed), 0);
}

export interface PracticeWalletPorts {
  readonly database: Database;
  readonly exclusively: Exclusively;
  readonly changed: () => void;
}

/** A ledger with one account that has money, and the wallet of that account. */
export function practiceWallet({ database, exclusively, changed }: PracticeWalletPorts) {
  const keys = practiceKeys();
  const ledger = new PracticeLedger();
  ledger.open(keys, PRACTICE_FUNDS);
  const engines = new CheckedEngines({
    local: [anyNonce],
    servers: async () => [],
    limits: async () => ({ workers: 1, batteryFloor: 0 }),
    history: {
      retired: async () => new Set(),
      retire: async () => undefined,
      speed: async () => UNKNOWN_SPEED,
      keepSpeed: async () => undefined,
    },
    cores: 1,
    now,
    report: console.error,
  });
  const chains = new StoredChains(database);
  const account = new AccountWallet({
    network: PRACTICE,
    account: keys.address,
    node: NodeClient.at({ rpcUrls: PRACTICE.rpcUrls, fetch: ledger.fetch, timeoutMs: PATIENCE, now }),
    store: chains,
    work: new WorkScheduler({
      engines,
      cache: storedWorkCache(database),
      clock: systemClock,
      report: console.error,
    }),
    exclusively,
    keys: async () => keys,
    openSocket: null,
    clock: systemClock,
    patienceMs: PATIENCE,
    transfers: new StoredTransfers(database, now),
    leastReceived: ZERO,
    isOwn: (one) => one === keys.address,
    changed,
  });
  account.open();
  const wallet = new Wallet([account], {
    plan: { accounts: 1, each: ZERO },
    order: drawOrder(),
    leases: new AccountLeases(),
    refills: { take: async () => null },
  });
  return { ledger, chains, account, wallet };
}
