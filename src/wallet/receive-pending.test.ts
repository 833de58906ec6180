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
/** What the purse's node was asked, in order. */
let asked: string[];
/** What the node does with a request; undefined for what the devnet itself says. */
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

/** A purse whose node may lie. It watches no socket, so that every look is one that a test asked for. */
function purseWith(ports: Partial<AccountWalletPorts> = {}): AccountWallet {
  const line: typeof fetch = async (url, init) => {
    const request = JSON.parse(String(init?.body));
    asked.push(request.action);
    const told = instead(request);
    return told === undefined ? fetch(url, init) : Response.json(told);
  };
  const rpcUrls = [devnet.rpcUrl];
  wallet = account.purse({
    node: NodeClient.at({ rpcUrls, fetch: line, timeoutMs: 20_000, now: Date.now }),
    openSocket: null,
    ...ports,
  });
  return wallet;
}

async function arrives(amount: bigint): Promise<string> {
  const hash = await devnet.faucet(account.address, amount);
  await devnet.confirmed(hash);
  return hash;
}
const times = (action: string) => asked.filter((one) => one === action).length;

/** Names 55,000 payments that never were, whatever number it was asked for. */
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

describe('a node that names 55,000 payments', () => {
  test('is asked about 32 of them, once, and the look ends', async () => {
    instead = flood;
    await purseWith().refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_000n, 'fault_sourceUnproven']);
    expect(times('receivable')).toBe(1);
    // The head of the account, and one question for each payment of the batch.
    expect(times('block_info')).toBeLessThanOrEqual(34);
  });

  test('is asked nothing more once the purse is locked in the middle of it', async () => {
    instead = (request) => {
      // The third payment of the batch is being asked about when the purse locks.
      if (request.hash?.startsWith('0'.repeat(40)) && times('block_info') === 4) wallet.close();
      return flood(request);
    };
    await purseWith().refresh();
    expect(times('block_info')).toBe(4);
    const before = asked.length;
    await wallet.refresh();
    expect(asked).toHaveLength(before);
    expect(account.blocks()).toHaveLength(1);
  });
});

describe('what is too small to be received', () => {
  test('is left waiting without being proven, and what is large enough is taken in', async () => {
    for (let count = 0; count < 40; count++) await devnet.faucet(account.address, 1n);
    await arrives(5n);
    await purseWith({ leastReceived: raw(2n) }).refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_005n, null]);
    // The head of the account, the payment, and the block below it.
    expect(times('block_info')).toBe(3);
    await wallet.refresh();
    expect(times('block_info')).toBe(4);
  });

  test('is not proven again by a node that tells no amounts, and does not hide what stands behind it', async () => {
    const dust: string[] = [];
    for (let count = 0; count < 33; count++) dust.push(await arrives(1n));
    const wanted = await arrives(5n);
    instead = ({ action }) => (action === 'receivable' ? { blocks: [...dust, wanted] } : undefined);
    await purseWith({ leastReceived: raw(2n) }).refresh();
    expect(wallet.balance).toBe(1_000n);
    await wallet.refresh();
    expect(wallet.balance).toBe(1_005n);
    asked = [];
    await wallet.refresh();
    // The head of the account; the payment that was taken in and is named for ever.
    expect(times('block_info')).toBeLessThanOrEqual(3);
  });

  test('is what its blocks say, whatever the node says', async () => {
    const hash = await arrives(1n);
    const source = account.address;
    instead = ({ action }) =>
      action === 'receivable' ? { blocks: { [hash]: { amount: '5000', source } } } : undefined;
    await purseWith({ leastReceived: raw(2n) }).refresh();
    expect([wallet.balance, wallet.trouble?.key ?? null]).toEqual([1_000n, null]);
  });

  test('is received from an account of the user’s own', async () => {
    const hash = await arrives(1n);
    const from = devnet.ledger.find(hash).block.account;
    await purseWith({ leastReceived: raw(2n), isOwn: (one) => one === toAddress(from) }).refresh();
    expect(wallet.balance).toBe(1_001n);
  });

  test('is received when the limit is lowered', async () => {
    await arrives(1n);
    await purseWith({ leastReceived: raw(2n) }).refresh();
    expect(wallet.balance).toBe(1_000n);
    wallet.close();
    await purseWith({ leastReceived: raw(1n) }).refresh();
    expect(wallet.balance).toBe(1_001n);
  });
});
