/** For tests of the account chain: an account with 1,000 raw for each test, on a devnet for each file. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Hex32, readHex32 } from '../../test/devnet/hex.ts';
import { type NodeProxy, type ProxyFault, startProxy } from '../../test/devnet/proxy.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import type { AccountChain } from './account-chain.ts';
import type { OwnBlock } from './own-block.ts';
import type { PersistReceives, Receipt } from './receives.ts';
import type { Order } from './send-order.ts';

export interface ChainEnvironment {
  readonly devnet: Devnet;
  /** May be replaced by a test, as may `chain`. */
  account: Account;
  chain: AccountChain;
  /** Starts a proxy before the devnet's node, which changes its answers. It ends with the test. */
  proxy(...faults: readonly ProxyFault[]): Promise<NodeProxy>;
  /** Stores a block. */
  persist(own: OwnBlock): Promise<void>;
  /** Sends to a stranger, and expects the block to be on the ledger. */
  pay(amount: bigint): Promise<OwnBlock>;
  /** Receives one send, doing something else before it is published. */
  receive(source: VerifiedSource, meanwhile?: () => Promise<void>): Promise<Receipt>;
  /** The amounts of the account's sends on the ledger, oldest first. */
  amounts(): readonly bigint[];
  /** How many requests of each action the node got while something was done. */
  requests(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>>;
}

/** An order that pays a stranger. */
export const order = (amount: bigint): Order => ({ to: STRANGER, amount: amount as Raw });

/** The stranger's key, as the devnet writes it. */
export function strangerKey(): Hex32 {
  const key = readHex32(publicKeyOf(STRANGER));
  if (key === undefined) throw new Error('a key is 32 bytes');
  return key;
}

/** Registers the hooks of a test file. */
export function chainEnvironment(): ChainEnvironment {
  const proxies: NodeProxy[] = [];
  let devnet: Devnet;
  let account: Account;
  let chain: AccountChain;
  beforeAll(async () => {
    devnet = await startDevnet({ confirmationDelayMs: 1 });
  });
  afterAll(() => devnet?.close());
  beforeEach(async () => {
    devnet.faults.clear();
    account = await accountWith(devnet, 1_000n);
    chain = account.wallet().chain;
  });
  afterEach(() => Promise.all(proxies.splice(0).map((one) => one.close())));
  const persist = (own: OwnBlock) => account.chains.put(own);
  return {
    get devnet() {
      return devnet;
    },
    get account() {
      return account;
    },
    set account(next) {
      account = next;
    },
    get chain() {
      return chain;
    },
    set chain(next) {
      chain = next;
    },
    async proxy(...faults) {
      const proxy = await startProxy(devnet);
      proxies.push(proxy);
      proxy.set(...faults);
      return proxy;
    },
    persist,
    async pay(amount) {
      const own = await chain.send(order(amount), persist);
      expect(await chain.publish(own)).toBe('onLedger');
      return own;
    },
    async receive(source, meanwhile = async () => {}) {
      const persistReceives: PersistReceives = async (receives) => {
        for (const { own } of receives) await persist(own);
        await meanwhile();
      };
      const [receipt] = await chain.receive([source], persistReceives, new AbortController().signal);
      if (receipt === undefined) throw new Error('it was received before');
      return receipt;
    },
    amounts: () => account.sends().map(({ amount }) => amount),
    async requests(work) {
      devnet.stats.reset();
      await work();
      return devnet.stats.counts();
    },
  };
}
