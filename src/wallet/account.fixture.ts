/** For tests: an account with money on a devnet that validates blocks, and wallets over one database. */
import 'fake-indexeddb/auto';
import { WebSocket } from 'ws';
import type { Devnet } from '../../test/devnet/devnet.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import type { Entry } from '../../test/devnet/ledger.ts';
import { TestAccount } from '../../test/devnet/test-account.ts';
import { findWork } from '../../test/devnet/work.ts';
import { KeyedSerialQueue } from '../concurrency.ts';
import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { ZERO } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { DEVNET, type NetworkProfile } from '../nano/network.ts';
import { freshKeys, nodeAt, openAccount } from '../nano/nodes.fixture.ts';
import type { AccountKeys } from '../nano/seed.ts';
import { StoredChains } from '../storage/chains.ts';
import { openDatabase } from '../storage/database.ts';
import { StoredJournal } from '../storage/journal.ts';
import { memorySession, noParts } from '../storage/private-parts.fixture.ts';
import { PrivateParts } from '../storage/private-parts.ts';
import type { Database } from '../storage/schema.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { storedWorkCache } from '../storage/work-cache.ts';
import { nonceOf } from '../work/difficulty.ts';
import type { WorkEngine } from '../work/engine.ts';
import { checked } from '../work/engines.fixture.ts';
import { WorkScheduler } from '../work/scheduler.ts';
import { AccountWallet, type AccountWalletPorts } from './account-wallet.ts';
import type { Exclusively } from './exclusively.ts';

/** An account that is not the user's. */
export const STRANGER: NanoAddress = freshKeys().address;

/** What outlives the service worker: the keys, the database and the ledger. */
export interface Account {
  readonly devnet: Devnet;
  readonly network: NetworkProfile;
  readonly keys: AccountKeys;
  readonly address: NanoAddress;
  readonly database: Database;
  readonly journal: StoredJournal;
  /** The journal as it is opened after the worker, or the browser, was restarted. */
  nextJournal(after: 'worker' | 'browser'): Promise<StoredJournal>;
  readonly chains: StoredChains;
  /** A new wallet over the same database, as after a restart of the worker. Its ports may be replaced. */
  wallet(ports?: Partial<AccountWalletPorts>): AccountWallet;
  /** The same account in another browser: over a database of its own. */
  elsewhere(): Promise<Account>;
  /** The account's blocks on the ledger, oldest first. */
  blocks(): readonly Entry[];
  /** The sends among them. */
  sends(): readonly Entry[];
  /** Another wallet with the same key. */
  otherWallet(): TestAccount;
  /** Publishes a block, and waits until it is confirmed. */
  publish(block: { readonly hash: string; readonly json: object }): Promise<void>;
}

/** An account with this balance (raw) and one confirmed block; with null, an account without blocks. */
export async function accountWith(devnet: Devnet, raw: bigint | null): Promise<Account> {
  return accountOf(devnet, raw === null ? freshKeys() : await openAccount(devnet, raw.toString()));
}

async function accountOf(devnet: Devnet, keys: AccountKeys): Promise<Account> {
  const database = await openDatabase(crypto.randomUUID());
  const { id, rpcUrls, wsUrl, thresholds } = devnet.profile;
  const network = { ...DEVNET, id, rpcUrls, wsUrl, thresholds };
  const chains = new StoredChains(database);
  const session = memorySession();
  const key = readHex32(keys.publicKey);
  if (key === undefined) throw new Error('a public key is 32 bytes');
  const blocks = () => devnet.ledger.chain(key);
  return {
    devnet,
    network,
    keys,
    address: keys.address,
    database,
    journal: new StoredJournal(database, await PrivateParts.open(session), Date.now),
    async nextJournal(after) {
      const parts = after === 'worker' ? await PrivateParts.open(session) : await noParts();
      return new StoredJournal(database, parts, Date.now);
    },
    chains,
    wallet: (ports) =>
      new AccountWallet({
        network,
        account: keys.address,
        node: nodeAt(...network.rpcUrls),
        store: chains,
        work: workOver(database),
        exclusively: locks(),
        keys: async () => keys,
        openSocket: () => new WebSocket(devnet.wsUrl),
        clock: systemClock,
        patienceMs: 20_000,
        transfers: new StoredTransfers(database, Date.now),
        leastReceived: ZERO,
        isOwn: () => false,
        changed: () => undefined,
        ...ports,
      }),
    elsewhere: () => accountOf(devnet, keys),
    blocks,
    sends: () => blocks().filter(({ subtype }) => subtype === 'send'),
    otherWallet: () => new TestAccount(devnet.ledger, keys.privateKey),
    async publish({ hash, json }) {
      const answer = await fetch(devnet.rpcUrl, {
        method: 'POST',
        body: JSON.stringify({ action: 'process', json_block: 'true', block: json }),
      });
      const text = await answer.text();
      if (!text.includes(hash)) throw new Error(text);
      await devnet.confirmed(hash);
    },
  };
}

/** Finds work by computing it. */
export const devWork: WorkEngine = {
  name: 'devnet',
  async solve(root, threshold, { signal }) {
    const key = readHex32(root);
    if (key === undefined) throw new Fault('fault_workUnavailable');
    return nonceOf(await findWork(key, BigInt(`0x${threshold}`), signal));
  },
};

export function workOver(database: Database, engine = devWork): WorkScheduler {
  return new WorkScheduler({
    engines: checked([engine]),
    cache: storedWorkCache(database),
    clock: { now: Date.now },
    report: console.error,
  });
}

/** The browser's locks, as one worker holds them. */
export function locks(): Exclusively {
  const queues = new KeyedSerialQueue<string>();
  return (name, work) => queues.run(name, work);
}
