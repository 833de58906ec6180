/** Blocks that reach no node before their offer expires: they are recalled, and nothing is paid for nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { Raw } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import type { ChainStore } from '../wallet/chain-store.ts';
import { Browser } from './browser.fixture.ts';
import type { Payment } from './payment.ts';
import { wholeOf } from './private-record.ts';
import { debitedOf } from './records.fixture.ts';
import { allowAll, type Kill, startWorker, type TestWorker, type WorkerOptions } from './worker.fixture.ts';

const XNO = 10n ** 30n;
let devnet: Devnet;
let merchant: Merchant;
let account: Account;
let browser: Browser;
let worker: TestWorker;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 300, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, XNO);
  browser = new Browser();
  worker = startWorker(account, browser);
});

const restart = (options: WorkerOptions = {}) => {
  worker.wallet.close();
  worker = startWorker(account, browser, options);
  return worker;
};
const payments = async (): Promise<readonly Payment[]> =>
  (await account.database.getAll('payments'))
    .map(({ payment }) => wholeOf(payment))
    .toSorted((a, b) => a.intent.at - b.intent.at);
const first = async (): Promise<Payment> => {
  const [payment] = await payments();
  if (payment === undefined) throw new Error('nothing was approved');
  return payment;
};
const states = async () => (await payments()).map(({ progress }) => progress.state);
const subtypes = () =>
  account
    .blocks()
    .slice(1)
    .map(({ subtype }) => subtype);
const spent = () => debitedOf(account);

/** Makes a payment whose block is signed, but that no node has seen. */
async function unpublished(): Promise<Payment> {
  const url = `${merchant.origin}/article?visit=${crypto.randomUUID()}`;
  await allowAll(account, url);
  devnet.faults.set({ kind: 'drop_request', action: 'process' });
  const challenge = await browser.visit(url);
  await worker.challengeHandler.handle(challenge);
  devnet.faults.clear();
  browser.leave(challenge);
  const payment = await first();
  expect(payment.progress.state).toBe('signed');
  return payment;
}

/** From here on a block would come too late: its offer has 7 seconds left. */
const lastMoment = ({ intent }: Payment) => intent.offer.expiresAt - 7_000;

describe('a signed block that no node has', () => {
  test('is published while its offer is valid', async () => {
    const payment = await unpublished();
    restart({ now: () => lastMoment(payment) - 1 });
    await worker.delivery.resume();
    expect(await states()).toEqual(['proven']);
    expect(subtypes()).toEqual(['send']);
  });

  test('is recalled when it is too late: nothing is paid, and the money is given back', async () => {
    const payment = await unpublished();
    expect(await spent()).toBe(payment.intent.amount);
    restart({ now: () => lastMoment(payment) });
    await Promise.all([worker.delivery.resume(), worker.wallet.refresh(), worker.delivery.resume()]);
    expect(await states()).toEqual(['revoked']);
    expect(subtypes()).toEqual(['change']);
    expect(await spent()).toBe(0n);
    expect(await account.chains.handedOver()).toEqual([]);
    await worker.wallet.send(STRANGER, 1n as Raw);
    expect(worker.wallet.balance).toBe(XNO - 1n);
  });

  test('is not published by a refresh of the account either', async () => {
    const payment = await unpublished();
    restart({ now: () => lastMoment(payment) });
    await worker.wallet.refresh();
    expect(subtypes()).toEqual([]);
    await expect(worker.wallet.send(STRANGER, 1n as Raw)).rejects.toThrow('fault_chequeOut');
    await worker.recall.maintain();
    expect(await states()).toEqual(['revoked']);
    await worker.wallet.send(STRANGER, 1n as Raw);
  });

  test('stays withheld where a refresh of the account comes first', async () => {
    const payment = await unpublished();
    const now = () => lastMoment(payment);
    const otherWallet = account.wallet({ clock: { ...systemClock, now } });
    const { chains } = account;
    let isFirst = true;
    const store: ChainStore = {
      async newest(network, address) {
        const newest = await chains.newest(network, address);
        if (isFirst) {
          isFirst = false;
          await otherWallet.refresh();
        }
        return newest;
      },
      signed: (hash) => chains.signed(hash),
      put: (own) => chains.put(own),
      publishedByPayee: (block) => chains.publishedByPayee(block),
      handedOver: () => chains.handedOver(),
      withhold: (block) => chains.withhold(block),
    };
    restart({ now, wallet: { store } });
    await worker.delivery.resume();
    otherWallet.close();
    expect(subtypes()).toEqual(['change']);
    expect(await states()).toEqual(['revoked']);
    expect(await spent()).toBe(0n);
  });

  test('that a node has after all stays paid, and its proof is kept', async () => {
    const payment = await unpublished();
    if (!('block' in payment.progress)) throw new Error('signed above');
    const { block } = payment.progress;
    const json = {
      type: 'state',
      account: account.address,
      previous: block.previous,
      representative: block.representative,
      balance: String(block.balance),
      link: block.link,
      signature: block.signature,
      work: block.work,
    };
    await account.publish({ hash: payment.progress.hash, json });
    restart({ now: () => lastMoment(payment) });
    expect(await worker.wallet.chain.withhold(payment.progress.hash)).toBe(false);
    expect(await account.chains.handedOver()).toEqual([]);
    await worker.delivery.resume();
    expect(await states()).toEqual(['proven']);
    expect(subtypes()).toEqual(['send']);
    expect(await spent()).toBe(payment.intent.amount);
  });

  test('is recalled only once a node can be reached', async () => {
    const payment = await unpublished();
    devnet.faults.set({ kind: 'drop_request' });
    restart({ now: () => lastMoment(payment) });
    await worker.delivery.resume();
    expect(await states()).toEqual(['signed']);
    devnet.faults.clear();
    await worker.delivery.resume();
    expect(await states()).toEqual(['revoked']);
  });
});

test.each(['withheld', 'replacement', 'revoked'] as const)(
  'a withheld block is recalled even when the clock is set back after a kill at %s',
  async (at) => {
    const payment = await unpublished();
    const when = at === 'withheld' ? 'after' : 'before';
    const dying = restart({ kill: { at, when }, now: () => lastMoment(payment) });
    void dying.delivery.resume();
    await dying.died;
    restart();
    await worker.delivery.resume();
    expect(await states()).toEqual(['revoked']);
    expect(subtypes()).toEqual(['change']);
    expect(await spent()).toBe(0n);
    await worker.wallet.send(STRANGER, 1n as Raw);
  },
);

const kills = (['withheld', 'replacement', 'revoked'] as const).flatMap((at) =>
  (['before', 'after'] as const).map((when): Kill => ({ at, when })),
);

test.each(kills)(
  'a recall that is killed $when $at leaves one block, and the money is given back',
  async (kill) => {
    const payment = await unpublished();
    const dying = restart({ kill, now: () => lastMoment(payment) });
    void dying.delivery.resume();
    await dying.died;
    restart({ now: () => lastMoment(payment) + 1 });
    await Promise.all([worker.delivery.resume(), worker.recall.maintain()]);
    expect(await states()).toEqual(['revoked']);
    expect(subtypes()).toEqual(['change']);
    expect(await spent()).toBe(0n);
    await worker.wallet.send(STRANGER, 1n as Raw);
  },
);
