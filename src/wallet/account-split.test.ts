/** Fills the pocket on a devnet that validates blocks, with workers that are killed in the middle of it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { Hash } from '../../test/devnet/hex.ts';
import type { Raw } from '../nano/amount.ts';
import { NodeClient } from '../nano/node-client.ts';
import type { PaymentId } from '../payment-id.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import { AccountLeases } from './account-leases.ts';
import type { Settling } from './account-split.ts';
import { Killable } from './killable.fixture.ts';
import { Wallet } from './wallet.ts';

let devnet: Devnet;
let savings: Account;
let pocket: Account;
const workers: Worker[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  savings = await accountWith(devnet, 1_000n);
  pocket = await accountWith(devnet, 10n);
});
afterEach(() => {
  for (const { killable, wallet } of workers.splice(0)) {
    killable.kill();
    wallet.close();
  }
  devnet.faults.clear();
});

interface Worker {
  readonly killable: Killable;
  readonly wallet: Wallet;
}

/** Starts a worker over the stored blocks, which looks at both accounts and has the work for the next move. */
async function start(patienceMs = 20_000): Promise<Worker> {
  const killable = new Killable();
  const request: typeof fetch = (url, init) => killable.call(() => fetch(url, init));
  const walletOf = (account: Account) =>
    account.wallet({
      node: NodeClient.at({ ...account.network, fetch: request, timeoutMs: 10_000, now: Date.now }),
      store: killable.port(account.chains),
      transfers: killable.port(new StoredTransfers(account.database, Date.now)),
      isOwn: (one) => one === savings.address || one === pocket.address,
      patienceMs,
    });
  const wallet = new Wallet([walletOf(savings), walletOf(pocket)], {
    plan: { accounts: 2, each: 100n as Raw },
    order: [0, 1],
    leases: new AccountLeases(),
    refills: { take: async () => async () => undefined },
  });
  const worker = { killable, wallet };
  workers.push(worker);
  await wallet.refresh();
  await workFound(wallet);
  return worker;
}

const workFound = (wallet: Wallet) =>
  expect.poll(() => wallet.of(savings.address)?.readiness()).toBe('ready');

/** Has the next block of savings stay unconfirmed. */
const leaveUnconfirmed = () =>
  devnet.faults.set({ kind: 'never_confirm', action: 'process', account: savings.address, times: 1 });

/** The first send of savings. */
function sent(): Hash {
  const [send] = savings.sends();
  if (send === undefined) throw new Error('savings has sent nothing');
  return send.hash;
}

/** Has a worker fill the pocket, and kills it once its send is published, and before it is confirmed. */
async function killedRefill(isWished: boolean): Promise<void> {
  leaveUnconfirmed();
  const { killable, wallet } = await start();
  void wallet.settle(isWished).catch(() => undefined);
  await expect.poll(() => savings.sends().length).toBe(1);
  killable.kill();
}

const balances = async ({ wallet }: Worker) => {
  await wallet.refresh();
  return wallet.accounts.map((account) => Number(wallet.of(account)?.balance));
};

test.each([
  ['by itself', false],
  ['at the user’s wish', true],
])(
  'a pocket filled %s is filled once, where the worker is killed before the send is confirmed',
  async (_, isWished) => {
    await killedRefill(isWished);
    const worker = await start();
    const settling = worker.wallet.settle(isWished);
    devnet.elections.confirm(sent());
    expect(await settling).toBe('settled');
    await expect.poll(() => balances(worker)).toEqual([910, 100]);
    expect(await worker.wallet.settle(isWished)).toBe('settled');
    expect(savings.sends()).toHaveLength(1);
  },
);

test('a pocket waits to be filled while the last send of savings stays unconfirmed', async () => {
  await killedRefill(true);
  const worker = await start(50);
  expect(await worker.wallet.settle(true)).toBe('waits');
  devnet.elections.confirm(sent());
  await expect.poll(() => worker.wallet.settle(true)).toBe('settled');
  await expect.poll(() => balances(worker)).toEqual([910, 100]);
  expect(savings.sends()).toHaveLength(1);
});

describe('while the last send of savings is unconfirmed,', () => {
  /** Has a worker wait for the network to decide about a send before it fills the pocket. */
  async function waiting(): Promise<{ readonly wallet: Wallet; readonly settling: Promise<Settling> }> {
    leaveUnconfirmed();
    const { wallet } = await start();
    await wallet.of(savings.address)?.send(STRANGER, 1n as Raw);
    await workFound(wallet);
    devnet.stats.reset();
    const settling = wallet.settle();
    // It asks whether the send is confirmed.
    await expect.poll(() => devnet.stats.counts()).toMatchObject({ block_info: expect.any(Number) });
    return { wallet, settling };
  }

  test('an account that hands a block over is not filled: it could not receive', async () => {
    const { wallet, settling } = await waiting();
    const payee = { payment: crypto.randomUUID() as PaymentId, site: null };
    const order = { to: STRANGER, amount: 1n as Raw };
    await wallet.of(pocket.address)?.chain.handOver(order, payee, (own) => pocket.chains.put(own));
    devnet.elections.confirm(sent());
    expect(await settling).toBe('waits');
    expect(savings.sends()).toHaveLength(1);
  });

  test('an account that savings sends to meanwhile is not filled as well', async () => {
    const { wallet, settling } = await waiting();
    leaveUnconfirmed();
    await wallet.of(savings.address)?.send(pocket.address, 90n as Raw);
    devnet.elections.confirm(sent());
    expect(await settling).toBe('waits');
    expect(savings.sends()).toHaveLength(2);
  });
});

test('a pocket waits to be filled while no node tells what is on its way there', async () => {
  const { wallet } = await start();
  devnet.faults.set({ kind: 'http_status', status: 503, action: 'receivable' });
  expect(await wallet.settle(true)).toBe('waits');
  expect(savings.sends()).toEqual([]);
  devnet.faults.clear();
  expect(await wallet.settle(true)).toBe('moved');
  expect(savings.sends()).toHaveLength(1);
});
