/**
 * One seed in two browsers, each with its own journal, that pay at once: every page gets its content, each payment has one
 * block on the ledger, and both journals agree with the ledger and the merchant.
 */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from '../../test/devnet/address.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { startProxy } from '../../test/devnet/proxy.ts';
import { twinOf } from '../../test/devnet/twin.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import { Browser } from './browser.fixture.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { isDebited, type PaymentState } from './payment.ts';
import { debitedOf, paymentsOf } from './records.fixture.ts';
import { allowAll, type Kill, startWorker, type TestWorker, type WorkerOptions } from './worker.fixture.ts';

const XNO = 10n ** 30n;
let devnet: Devnet;
let merchant: Merchant;
const others: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 200, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(() => devnet.faults.clear());
afterEach(async () => {
  for (const one of others.splice(0)) await one.close();
});

/** One of the browsers: its account, which outlives the worker, and its pages. */
interface Installation {
  readonly account: Account;
  readonly browser: Browser;
}

const paid = (mechanism = 'nanoSession') =>
  `${merchant.origin}/article?mechanism=${mechanism}&visit=${crypto.randomUUID()}`;

/** Two browsers of one seed with money, both of which allow the merchant everything. */
async function twins(): Promise<readonly [Installation, Installation]> {
  const first = await accountWith(devnet, 100n * XNO);
  const second = await first.elsewhere();
  for (const account of [first, second]) await allowAll(account, merchant.origin);
  return [
    { account: first, browser: new Browser() },
    { account: second, browser: new Browser() },
  ];
}
const wake = ({ account, browser }: Installation, options?: WorkerOptions) =>
  startWorker(account, browser, options);

/** Visits a page. Resolves with `content`, or the reason why there is none. */
async function visit(
  worker: TestWorker,
  { browser }: Installation,
  url = paid(),
): Promise<'content' | NotPaidReason | undefined> {
  return served(worker, browser, await browser.visit(url));
}
async function served(
  worker: TestWorker,
  browser: Browser,
  challenge: Challenge,
): Promise<'content' | NotPaidReason | undefined> {
  await worker.challengeHandler.handle(challenge);
  if (browser.answers.get(challenge.id)?.status === 200) return 'content';
  return worker.log.find((line) => line.challenge === challenge.id)?.key;
}

/** Expects that ledger, both journals, the merchant and both budgets agree on each payment. */
async function expectRecordsAgree(
  installations: readonly Installation[],
  times: number,
  ends: readonly PaymentState[] = ['settled'],
): Promise<void> {
  const lines = (all: readonly (readonly unknown[])[]) => all.map(String).toSorted();
  const journals = await Promise.all(installations.map(({ account }) => paymentsOf(account)));
  const standing = journals.flat().filter(({ progress }) => isDebited(progress.state));
  const inJournals = standing.map(({ intent, progress }) => [
    'hash' in progress ? progress.hash : progress.state,
    intent.amount,
    intent.offer.payTo,
  ]);
  expect(standing.map(({ progress }) => progress.state).filter((state) => !ends.includes(state))).toEqual([]);
  const [account] = installations.map((one) => one.account);
  if (account === undefined) throw new Error('there are two');
  const sends = account.sends();
  expect(lines(sends.map(({ hash, amount, block }) => [hash, amount, toAddress(block.link)]))).toEqual(
    lines(inJournals),
  );
  expect(sends).toHaveLength(times);
  const sold = merchant.books().payments.filter(({ payer }) => payer === account.address);
  expect(lines(sold.map(({ hash, amountRaw, payTo }) => [hash, amountRaw, payTo]))).toEqual(
    lines(inJournals),
  );
  const debited = await Promise.all(installations.map((one) => debitedOf(one.account)));
  expect(debited.reduce((sum, one) => sum + one, 0n)).toBe(
    sends.reduce((sum, { amount }) => sum + amount, 0n),
  );
}

/** Keys that are given only once so many wallets have asked for them: their first blocks stand on one head. */
function inStep(many: number): (one: Installation) => WorkerOptions {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  let asked = 0;
  return ({ account }) => ({
    wallet: {
      keys: async () => {
        asked += 1;
        if (asked === many) resolve();
        await promise;
        return account.keys;
      },
    },
  });
}

/** The blocks that were lost to payments of these browsers, and how. */
async function lostBy(...installations: readonly Installation[]) {
  const payments = (await Promise.all(installations.map(({ account }) => paymentsOf(account)))).flat();
  return {
    replaced: payments.flatMap(({ replaced = [] }) => replaced),
    claimed: payments.flatMap(({ claimed = [] }) => claimed),
  };
}

describe('twenty requests in two browsers at once all end with their content, and each is paid once', () => {
  test.each<[string, readonly string[], 'replaced' | 'claimed']>([
    ['whose amounts differ', ['nanoSession'], 'replaced'],
    ['of one amount to one payee', ['nanoSignature'], 'claimed'],
    ['of all kinds', ['nanoSession', 'nanoSignature', 'nymChallenge', 'trackB'], 'replaced'],
  ])('%s', async (_, mechanisms, how) => {
    const both = await twins();
    const step = inStep(2);
    const workers = both.map((one) => wake(one, step(one)));
    for (const { wallet } of workers) wallet.open();
    await Promise.all(workers.map(({ wallet }) => wallet.refresh()));
    const visits = both.flatMap((one, n) =>
      Array.from({ length: 10 }, async (_, count) =>
        visit(workers[n] as TestWorker, one, paid(mechanisms[count % mechanisms.length])),
      ),
    );
    expect(await Promise.all(visits)).toEqual(Array(20).fill('content'));
    await expectRecordsAgree(both, 20);
    expect((await lostBy(...both))[how]).not.toEqual([]);
    const proofs = both.flatMap(({ browser }) => browser.proofs);
    expect(new Set(proofs).size).toBe(proofs.length);
    for (const { wallet } of workers) wallet.close();
  });
});

describe('the very same block in both browsers', () => {
  /** Both look at the ledger; then one pays, and the other signs the same on what it knows. */
  async function oneBehind(options?: WorkerOptions) {
    const [first, second] = await twins();
    const behind = wake(second, options);
    await behind.wallet.chain.look();
    expect(await visit(wake(first), first, paid('nanoSignature'))).toBe('content');
    return { first, second, behind };
  }

  test('is proof only for the payment that published it', async () => {
    const { first, second, behind } = await oneBehind();
    const [taken] = first.account.sends();
    expect(await visit(behind, second, paid('nanoSignature'))).toBe('content');
    expect(await lostBy(first, second)).toEqual({ replaced: [], claimed: [taken?.hash] });
    expect(second.browser.proofs).toHaveLength(1);
    const [shown = ''] = second.browser.proofs;
    expect(atob(shown)).not.toContain(taken?.hash);
    await expectRecordsAgree([first, second], 2);
  });

  test('is known as the other browser’s after a kill of the worker as well', async () => {
    const { first, second, behind } = await oneBehind({ kill: { at: 'signed', when: 'after' } });
    const url = paid('nanoSignature');
    const challenge = await second.browser.visit(url);
    void behind.challengeHandler.handle(challenge);
    await behind.died;
    behind.wallet.close();
    const again = wake(second);
    await Promise.all([again.delivery.resume(), served(again, second.browser, challenge)]);
    expect(second.browser.served).toContain(url);
    expect((await lostBy(second)).claimed).toHaveLength(1);
    await expectRecordsAgree([first, second], 2);
  });

  test('is our own where a connection sends it twice, and where the worker is killed before the answer', async () => {
    const [one] = await twins();
    const line = await startProxy(devnet);
    others.push(line);
    const worker = wake(one, { wallet: { node: nodeAt(line.rpcUrl) } });
    line.set({ kind: 'duplicate', way: 'there', action: 'process' });
    expect(await visit(worker, one, paid('nanoSignature'))).toBe('content');
    line.set();
    const dying = wake(one, { kill: { at: 'published', when: 'before' } });
    const url = paid('nanoSignature');
    const challenge = await one.browser.visit(url);
    void dying.challengeHandler.handle(challenge);
    await dying.died;
    const again = wake(one);
    await Promise.all([again.delivery.resume(), served(again, one.browser, challenge)]);
    expect(one.browser.served).toContain(url);
    expect(await lostBy(one)).toEqual({ replaced: [], claimed: [] });
    await expectRecordsAgree([one], 2);
  });

  test('is ours where any node has it from us', async () => {
    const [first, second] = await twins();
    const apart = await twinOf(devnet);
    others.push(apart);
    const behind = wake(second, { wallet: { node: nodeAt(devnet.rpcUrl, apart.rpcUrl) } });
    await behind.wallet.chain.look();
    expect(await visit(wake(first), first, paid('nanoSignature'))).toBe('content');
    // Both browsers have a node that has it from them: either may think so, and the server serves one of them.
    expect(await visit(behind, second, paid('nanoSignature'))).toBeUndefined();
    expect(await lostBy(first, second)).toEqual({ replaced: [], claimed: [] });
    expect(first.account.sends()).toHaveLength(1);
    const [payment] = await paymentsOf(second.account);
    expect(payment?.progress).toMatchObject({ state: 'refused' });
  });
});

describe('a payment whose block was replaced', () => {
  const deaths = (['nanoSession', 'nanoSignature'] as const).flatMap((mechanism) =>
    (['before', 'after'] as const).map((when) => ({ mechanism, when })),
  );

  test.each(deaths)(
    'or taken, by $mechanism, survives a kill of its worker $when another one is signed',
    async ({ mechanism, when }) => {
      const [first, second] = await twins();
      const behind = wake(second, { kill: { at: 'signedInstead', when } });
      await behind.wallet.chain.look();
      expect(await visit(wake(first), first, paid(mechanism))).toBe('content');
      const url = paid(mechanism);
      const challenge = await second.browser.visit(url);
      void behind.challengeHandler.handle(challenge);
      await behind.died;
      behind.wallet.close();
      const again = wake(second);
      await Promise.all([again.delivery.resume(), served(again, second.browser, challenge)]);
      expect(second.browser.served).toContain(url);
      const { replaced, claimed } = await lostBy(second);
      expect(mechanism === 'nanoSession' ? replaced : claimed).toHaveLength(1);
      await expectRecordsAgree([first, second], 2);
    },
  );

  describe('as one node alone has it', () => {
    /**
     * The other browser's block is on an island that nobody else hears of, ours on the real ledger: a purse that asks the
     * island alone pays again, on the branch that the real ledger never takes.
     */
    async function misled(kill?: Kill) {
      const [first, second] = await twins();
      const island = await twinOf(devnet);
      others.push(island);
      const there = wake(first, { wallet: { node: nodeAt(island.rpcUrl), openSocket: null } });
      devnet.faults.set({ kind: 'never_confirm' });
      const real = wake(second, { wallet: { patienceMs: 300 } });
      const url = paid();
      expect(await visit(real, second, url)).toBe('fault_notConfirmed');
      const [ours] = second.account.sends();
      if (ours === undefined) throw new Error('published above');
      await there.wallet.send(STRANGER, 1n as Raw);
      await island.confirmed(await newestOf(first));
      island.faults.set({ kind: 'never_confirm' });
      const astray = wake(second, {
        wallet: { node: nodeAt(island.rpcUrl), patienceMs: 300, openSocket: null },
        ...(kill && { kill }),
      });
      await Promise.race([astray.delivery.resume(), astray.died]);
      astray.wallet.close();
      expect((await lostBy(second)).replaced).toEqual([ours.hash]);
      expect(await newestOf(second)).not.toBe(ours.hash);
      devnet.faults.clear();
      devnet.elections.confirm(ours.hash);
      return { second, url, ours, island };
    }
    const newestOf = async ({ account }: Installation) =>
      (await account.chains.newest(account.network.id, account.address))?.hash ?? '';

    test.each<Kill | undefined>([
      undefined,
      { at: 'reinstated', when: 'before' },
      { at: 'reinstated', when: 'after' },
    ])(
      'goes on with its first block where that is on the ledger after all, after the kill %o',
      async (kill) => {
        const { second, url, ours } = await misled();
        const home = wake(second, kill && { kill });
        await Promise.race([home.delivery.resume(), home.died]);
        home.wallet.close();
        const again = wake(second);
        await again.delivery.resume();
        expect(await visit(again, second, url)).toBe('content');
        expect(second.account.sends().map(({ hash }) => hash)).toEqual([ours.hash]);
        await expectRecordsAgree([second], 1);
        // The account is free: the blocks on the other branch delay no payment.
        expect(await visit(again, second)).toBe('content');
        await expectRecordsAgree([second], 2);
      },
    );

    test('is not recalled as too late where its first block has paid', async () => {
      const { second, ours } = await misled({ at: 'signedInstead', when: 'after' });
      const late = { now: () => Date.now() + 3_600_000 };
      const home = wake(second, late);
      await Promise.all([home.delivery.resume(), home.wallet.refresh(), home.recall.maintain()]);
      await home.delivery.resume();
      const [payment] = await paymentsOf(second.account);
      expect(payment?.progress).toMatchObject({ state: 'proven', hash: ours.hash });
      expect(await home.wallet.chain.handedOver()).toBeNull();
      expect(second.account.sends().map(({ hash }) => hash)).toEqual([ours.hash]);
      expect(await debitedOf(second.account)).toBe(ours.amount);
      await home.wallet.send(STRANGER, 1n as Raw);
      home.wallet.close();
    });

    test('is not paid again while another node reports its block as confirmed', async () => {
      const { second, url, ours, island } = await misled();
      const [payment] = await paymentsOf(second.account);
      const signed = await second.account.database.count('blocks');
      const torn = wake(second, {
        wallet: { node: nodeAt(island.rpcUrl, devnet.rpcUrl), patienceMs: 300, openSocket: null },
      });
      await torn.delivery.resume();
      expect(await second.account.database.count('blocks')).toBe(signed);
      expect((await paymentsOf(second.account))[0]?.replaced).toHaveLength(1);
      const home = wake(second);
      await home.delivery.resume();
      expect(await visit(home, second, url)).toBe('content');
      expect(second.account.sends().map(({ hash }) => hash)).toEqual([ours.hash]);
      expect(payment?.intent.amount).toBe(ours.amount);
    });
  });
});

test('whatever both browsers do at once, and whenever their workers are killed, each page is paid for once', async () => {
  const worker = fc.record({
    pays: fc.array(fc.constantFrom('nanoSession', 'nanoSignature'), { maxLength: 3 }),
    dies: fc.constantFrom<(Kill['at'] | null)[]>(
      null,
      null,
      'signed',
      'signedInstead',
      'published',
      'confirmed',
    ),
    when: fc.constantFrom<Kill['when'][]>('before', 'after'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(worker, worker), { minLength: 1, maxLength: 3 }), async (rounds) => {
      const both = await twins();
      const asked: (readonly [Installation, Challenge])[] = [];
      for (const round of rounds) {
        await Promise.all(
          both.map(async (one, n) => {
            const { pays = [], dies = null, when = 'after' } = round[n] ?? {};
            const now = wake(one, dies === null ? {} : { kill: { at: dies, when } });
            const visits = pays.map(async (mechanism) => {
              const challenge = await one.browser.visit(paid(mechanism));
              asked.push([one, challenge]);
              await served(now, one.browser, challenge);
            });
            await Promise.race([Promise.all([now.delivery.resume(), ...visits]), now.died]);
            now.wallet.close();
          }),
        );
      }
      const last = new Map(both.map((one) => [one, wake(one)]));
      await Promise.all([...last.values()].map(({ delivery }) => delivery.resume()));
      // A page that still waits is handled again; one that has its 402 is loaded again.
      for (const [one, { url, ...rest }] of asked) {
        const now = last.get(one);
        if (now === undefined) throw new Error('one of both');
        const challenge = { url, ...rest };
        if (one.browser.waits(challenge)) await served(now, one.browser, challenge);
        if (!one.browser.served.has(url)) expect(await visit(now, one, url)).toBe('content');
      }
      // A worker may die over the answer to its proof: the page has it, and the journal does not know.
      await expectRecordsAgree(both, asked.length, ['settled', 'delivered']);
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 180_000);
