import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from '../../test/devnet/address.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { Raw } from '../nano/amount.ts';
import { NodeClient } from '../nano/node-client.ts';
import { type Account, accountWith } from './account.fixture.ts';
import type { AccountWallet, AccountWalletPorts } from './account-wallet.ts';

const FLOOD = 55_000;
const raw = (value: bigint) => value as Raw;

let devnet: Devnet;
let account: Account;
let wallet: AccountWallet;
/** The actions of the requests to the node, in order. */
let asked: string[];
/** The node's answer to a request; undefined for the devnet's own. */
let instead: (request: { readonly action: string; readonly hash?: string }) => object | undefined;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
});
afterAll(() => devnet.close());
beforeEach(async () => {
  account = await accountWith(devnet, 1_000n);
  asked = [];
  instead = () => undefined;
});
afterEach(() => wallet.close());

/** A wallet whose node may lie. It watches no socket, so that every look is one that a test asked for. */
function walletWith(ports: Partial<AccountWalletPorts> = {}): AccountWallet {
  const lyingFetch: typeof fetch = async (url, init) => {
    const request = JSON.parse(String(init?.body));
    asked.push(request.action);
    const told = instead(request);
    return told === undefined ? fetch(url, init) : Response.json(told);
  };
  const rpcUrls = [devnet.rpcUrl];
  wallet = account.wallet({
    node: NodeClient.at({ rpcUrls, fetch: lyingFetch, timeoutMs: 20_000, now: Date.now }),
    openSocket: null,
    ...ports,
  });
  return wallet;
}

async function fund(amount: bigint): Promise<string> {
  const hash = await devnet.faucet(account.address, amount);
  await devnet.confirmed(hash);
  return hash;
}
const times = (action: string) => asked.filter((one) => one === action).length;

/** Names 55,000 sends that do not exist, whatever number was asked for. */
function flood({ action, hash }: { readonly action: string; readonly hash?: string }): object | undefined {
  if (action === 'receivable') {
    const amounts = Array.from({ length: FLOOD }, (_, at) => [
      (at + 1).toString(16).padStart(64, '0').toUpperCase(),
      '5',
    ]);
    return { blocks: Object.fromEntries(amounts) };
  }
  return hash?.startsWith('0'.repeat(40)) ? { error: 'Block not found' } : undefined;
}

describe('PendingReceiver, with a node that names 55,000 sends,', () => {
  test('asks about 32 of them once, and ends the look', async () => {
    instead = flood;
    await walletWith().refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_000n, 'fault_sourceUnproven']);
    expect(times('receivable')).toBe(1);
    // The head of the account, and one request for each of the 32.
    expect(times('block_info')).toBeLessThanOrEqual(34);
  });

  test('asks nothing more once the wallet is closed during the look', async () => {
    instead = (request) => {
      // The wallet is closed while the third send is asked about.
      if (request.hash?.startsWith('0'.repeat(40)) && times('block_info') === 4) wallet.close();
      return flood(request);
    };
    await walletWith().refresh();
    expect(times('block_info')).toBe(4);
    const before = asked.length;
    await wallet.refresh();
    expect(asked).toHaveLength(before);
    expect(account.blocks()).toHaveLength(1);
  });
});

describe('PendingReceiver, with sends that are too small,', () => {
  test('proves none of them, and receives what is large enough', async () => {
    for (let count = 0; count < 40; count++) await devnet.faucet(account.address, 1n);
    await fund(5n);
    await walletWith({ leastReceived: raw(2n) }).refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_005n, null]);
    // The head of the account, the send, and the block below it.
    expect(times('block_info')).toBe(3);
    await wallet.refresh();
    expect(times('block_info')).toBe(4);
  });

  test('does not prove them again with a node that names no amounts, and receives what is behind them', async () => {
    const dust: string[] = [];
    for (let count = 0; count < 33; count++) dust.push(await fund(1n));
    const wanted = await fund(5n);
    instead = ({ action }) => (action === 'receivable' ? { blocks: [...dust, wanted] } : undefined);
    await walletWith({ leastReceived: raw(2n) }).refresh();
    expect(wallet.balance).toBe(1_000n);
    await wallet.refresh();
    expect(wallet.balance).toBe(1_005n);
    asked = [];
    await wallet.refresh();
    // The head of the account; the send that was received and is still named.
    expect(times('block_info')).toBeLessThanOrEqual(3);
  });

  test('believes the amount in the blocks, whatever the node says', async () => {
    const hash = await fund(1n);
    const source = account.address;
    instead = ({ action }) =>
      action === 'receivable' ? { blocks: { [hash]: { amount: '5000', source } } } : undefined;
    await walletWith({ leastReceived: raw(2n) }).refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_000n, null]);
  });

  test('receives them from an account of the user’s own', async () => {
    const hash = await fund(1n);
    const from = devnet.ledger.find(hash).block.account;
    await walletWith({ leastReceived: raw(2n), isOwn: (one) => one === toAddress(from) }).refresh();
    expect(wallet.balance).toBe(1_001n);
  });

  test('receives them when the limit is lowered', async () => {
    await fund(1n);
    await walletWith({ leastReceived: raw(2n) }).refresh();
    expect(wallet.balance).toBe(1_000n);
    wallet.close();
    await walletWith({ leastReceived: raw(1n) }).refresh();
    expect(wallet.balance).toBe(1_001n);
  });
});
