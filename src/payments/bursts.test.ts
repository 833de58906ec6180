/** Many payments at once: one chain without a fork, no work computed twice, and each page gets its content. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { Challenge, DeliveryOutcome } from '../interception/challenge.ts';
import type { Proof } from '../interception/headers.ts';
import type { Raw } from '../nano/amount.ts';
import { siteOf } from '../site.ts';
import { type Account, accountWith, devWork, STRANGER, workOver } from '../wallet/account.fixture.ts';
import type { WorkEngine } from '../work/engine.ts';
import { Browser } from './browser.fixture.ts';
import { allowAll, type Kill, startWorker, type WorkerOptions } from './worker.fixture.ts';

const XNO = 10n ** 30n;
/** What the merchant's nanoSignature costs (raw): its price, and nothing on top. */
const PRICE = 10n ** 28n;
const MANY = 50;
let devnet: Devnet;
let merchant: Merchant;
beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 600, intervalMs: 5 } });
});
afterEach(() => devnet.faults.clear());
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});

const paid = (mechanism: string, visit: unknown = crypto.randomUUID()) =>
  `${merchant.origin}/article?mechanism=${mechanism}&visit=${visit}`;
/** What a script of one document asks for: beside each other, however often. */
const script = () => ({ kind: 'xmlhttprequest', documentId: 'the one', initiator: merchant.origin }) as const;
const together = <T>(many: number, one: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: many }, (_, n) => one(n)));
const paymentsOf = async ({ database }: Account) =>
  (await database.getAll('payments')).map(({ payment }) => payment);

/** An engine that records the root of every search. */
function countingWork(): { readonly engine: WorkEngine; readonly roots: string[] } {
  const roots: string[] = [];
  const engine: WorkEngine = {
    name: 'counting',
    async solve(root, threshold, options) {
      const nonce = await devWork.solve(root, threshold, options);
      // What was called off, for one that waits for it, is searched for once more; found it is once.
      options.signal.throwIfAborted();
      roots.push(root);
      return nonce;
    },
  };
  return { engine, roots };
}

/** Expects that journal, ledger and merchant agree on each payment, and that each was paid once. */
async function expectRecordsAgree(account: Account, times: number): Promise<void> {
  const alive = (await paymentsOf(account)).filter(({ progress }) => progress.state !== 'abandoned');
  const inJournal = alive.map(({ intent, progress }) => ['hash' in progress && progress.hash, intent.amount]);
  const onLedger = account.sends().map(({ hash, amount }) => [hash, amount]);
  const atMerchant = merchant
    .books()
    .payments.filter(({ payer }) => payer === account.address)
    .map(({ hash, amountRaw }) => [hash, BigInt(amountRaw)]);
  const sorted = (lines: readonly (readonly unknown[])[]) => lines.map(String).toSorted();
  expect(sorted(onLedger)).toEqual(sorted(inJournal));
  expect(sorted(atMerchant)).toEqual(sorted(inJournal));
  expect(new Set(inJournal.map(([hash]) => hash)).size).toBe(times);
}

test('fifty payments are on the ledger before the first of them is confirmed', async () => {
  const account = await accountWith(devnet, 100n * XNO);
  const { engine, roots } = countingWork();
  let sockets = 0;
  const ports: WorkerOptions['wallet'] = {
    work: workOver(account.database, engine),
    patienceMs: 600_000,
    openSocket: () => {
      sockets += 1;
      return new WebSocket(devnet.wsUrl);
    },
  };
  const browser = new Browser();
  const worker = startWorker(account, browser, { wallet: ports });
  worker.wallet.open();
  await worker.wallet.refresh();
  const challenges = await together(MANY, (n) => browser.visit(paid('nanoSession', n)));
  await allowAll(account, merchant.origin);

  devnet.faults.set({ kind: 'never_confirm' });
  devnet.stats.reset();
  const allHandled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
  await expect.poll(() => account.sends(), { timeout: 150_000, interval: 20 }).toHaveLength(MANY);
  expect(devnet.stats.accepted).toBe(MANY);
  expect(devnet.stats.counts()).toMatchObject({ process: MANY });
  expect(account.sends().filter(({ hash }) => devnet.ledger.isConfirmed(devnet.ledger.find(hash)))).toEqual(
    [],
  );
  expect(browser.proofs).toEqual([]);

  devnet.faults.clear();
  for (const { hash } of account.sends()) devnet.elections.confirm(hash);
  await Promise.all(allHandled);
  expect([...browser.answers.values()].map(({ status }) => status)).toEqual(Array(MANY).fill(200));
  expect(new Set(browser.proofs).size).toBe(MANY);
  await expectRecordsAgree(account, MANY);
  // One search for each block and one ahead, and one connection for all of them.
  expect(new Set(roots).size).toBe(roots.length);
  expect(roots.length).toBeLessThanOrEqual(MANY + 1);
  expect(sockets).toBe(1);
  worker.wallet.close();
});

test('a burst of mixed mechanisms is paid and served', async () => {
  const account = await accountWith(devnet, 10n * XNO);
  const browser = new Browser();
  const worker = startWorker(account, browser);
  const ways = ['nanoSession', 'nanoSignature', 'nymChallenge', 'trackB'];
  const challenges = await together(24, (n) => browser.visit(paid(ways[n % ways.length] ?? '')));
  await allowAll(account, merchant.origin);
  await Promise.all(challenges.map((challenge) => worker.challengeHandler.handle(challenge)));
  expect(worker.log).toEqual([]);
  expect([...browser.answers.values()].map(({ status }) => status)).toEqual(Array(24).fill(200));
  await expectRecordsAgree(account, 24);
  worker.wallet.close();
});

test('signed proofs are delivered to one payee one at a time', async () => {
  /** Counts the proofs that are on their way at once. */
  class Counting extends Browser {
    #now = 0;
    most = 0;

    override async deliver(challenge: Challenge, proof: Proof): Promise<DeliveryOutcome> {
      this.#now += 1;
      this.most = Math.max(this.most, this.#now);
      try {
        return await super.deliver(challenge, proof);
      } finally {
        this.#now -= 1;
      }
    }
  }
  const account = await accountWith(devnet, XNO);
  await allowAll(account, merchant.origin);
  for (const { mechanism, atOnce } of [
    { mechanism: 'nanoSignature', atOnce: false },
    { mechanism: 'nanoSession', atOnce: true },
  ]) {
    const browser = new Counting();
    const worker = startWorker(account, browser);
    const challenges = await together(8, () => browser.visit(paid(mechanism)));
    // All proofs are ready before the first of them goes.
    devnet.faults.set({ kind: 'never_confirm' });
    const before = account.sends().length;
    const allHandled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => account.sends(), { timeout: 60_000 }).toHaveLength(before + 8);
    devnet.faults.clear();
    for (const { hash } of account.sends()) devnet.elections.confirm(hash);
    await Promise.all(allHandled);
    expect(browser.answers.size).toBe(8);
    expect(browser.most > 1).toBe(atOnce);
    worker.wallet.close();
  }
});

test('a burst that exceeds its budget pays what fits; of the rest 20 are asked about, and the others released', async () => {
  const account = await accountWith(devnet, 10n * XNO);
  const browser = new Browser();
  const worker = startWorker(account, browser);
  const challenges = await together(MANY, (n) => browser.visit(paid('nanoSignature', `cap-${n}`)));
  await allowAll(account, merchant.origin, 17n * PRICE + PRICE / 2n);
  const allHandled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
  await expect.poll(() => browser.answers.size, { timeout: 60_000 }).toBe(17);
  await expect.poll(() => worker.log, { timeout: 60_000 }).toHaveLength(MANY - 17 - 20);
  expect(new Set(worker.log.map(({ key }) => key))).toEqual(new Set(['refusal_QUEUE_FULL']));
  expect(worker.approvals.list().map(({ reason }) => reason)).toEqual(Array(20).fill('reason_overDay'));
  worker.approvals.lapse(() => true);
  await Promise.all(allHandled);
  await expectRecordsAgree(account, 17);
  expect(browser.released).toHaveLength(MANY - 17);
  worker.wallet.close();
});

test('a page that is closed during its payment loses nothing: the next visit gets the content', async () => {
  const account = await accountWith(devnet, 10n * XNO);
  const browser = new Browser();
  const worker = startWorker(account, browser);
  await allowAll(account, merchant.origin);
  const challenges = await together(12, (n) => browser.visit(paid('nanoSession', `leave-${n}`)));
  devnet.faults.set({ kind: 'never_confirm' });
  const allHandled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
  await expect.poll(() => account.sends(), { timeout: 60_000 }).toHaveLength(12);
  const gone = challenges.filter((_, n) => n % 2 === 0);
  for (const challenge of gone) browser.leave(challenge);
  devnet.faults.clear();
  for (const { hash } of account.sends()) devnet.elections.confirm(hash);
  await Promise.all(allHandled);
  expect(browser.answers.size).toBe(6);

  const again = await Promise.all(gone.map(({ url }) => browser.visit(url)));
  await Promise.all(again.map((challenge) => worker.challengeHandler.handle(challenge)));
  expect(again.map(({ id }) => browser.answers.get(id)?.status)).toEqual(Array(6).fill(200));
  await expectRecordsAgree(account, 12);
  worker.wallet.close();
});

test('a page that was closed before its question is not asked about', async () => {
  const account = await accountWith(devnet, XNO);
  const browser = new Browser();
  const worker = startWorker(account, browser);
  const challenge = await browser.visit(paid('nanoSession'));
  browser.leave(challenge);
  await worker.challengeHandler.handle(challenge);
  expect(worker.asked).toEqual([]);
  expect(worker.log).toMatchObject([{ key: 'refusal_LAPSED' }]);
  worker.wallet.close();
});

test('of two pages that ask for a signed block at once, one gets it and the other the name of that site', async () => {
  const account = await accountWith(devnet, XNO);
  const browser = new Browser();
  const worker = startWorker(account, browser);
  const challenges = await together(2, () => browser.visit(`${paid('trackA')}&hold=1`));
  const allHandled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
  await expect.poll(() => worker.approvals.list(), { timeout: 60_000 }).toHaveLength(2);
  for (const { id } of challenges) worker.approvals.answer(id, { kind: 'once' });
  await Promise.all(allHandled);
  expect([...browser.answers.values()].map(({ status }) => status)).toEqual([200]);
  expect(worker.log).toMatchObject([{ key: 'fault_chequeOut', args: [siteOf(merchant.origin)] }]);
  expect(await account.chains.handedOver()).toHaveLength(1);

  await merchant.publishHeld();
  await worker.wallet.send(STRANGER, 1n as Raw);
  expect(account.sends()).toHaveLength(2);
  worker.wallet.close();
});

describe('identical requests at once', () => {
  test('get a payment and a proof each', async () => {
    const account = await accountWith(devnet, XNO);
    const browser = new Browser();
    const worker = startWorker(account, browser);
    await allowAll(account, merchant.origin);
    const url = paid('nanoSession');
    const challenges = await together(10, () => browser.visit(url, script()));
    await Promise.all(challenges.map((challenge) => worker.challengeHandler.handle(challenge)));
    expect(worker.log).toEqual([]);
    expect([...browser.answers.values()].map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(browser.proofs).size).toBe(10);
    await expectRecordsAgree(account, 10);
    worker.wallet.close();
  });

  const kills = (['approved', 'signed', 'published', 'confirmed', 'proven', 'delivered'] as const).flatMap(
    (at) => (['before', 'after'] as const).map((when): Kill => ({ at, when })),
  );
  test.each(kills)(
    'keep their payments when the worker is killed $when $at, beside new requests',
    async (kill) => {
      const account = await accountWith(devnet, XNO);
      const browser = new Browser();
      await allowAll(account, merchant.origin);
      const url = paid('nanoSession');
      const challenges = await together(8, () => browser.visit(url, script()));
      const first = startWorker(account, browser, { kill });
      for (const challenge of challenges.slice(0, 5)) void first.challengeHandler.handle(challenge);
      await first.died;
      first.wallet.close();

      const second = startWorker(account, browser);
      const handle = (some: readonly Challenge[]) =>
        Promise.all(some.map((one) => second.challengeHandler.handle(one)));
      // Pages that waited for the worker to come back may be slower than those that ask for the first time.
      await Promise.all([second.delivery.resume(), handle(challenges.slice(5))]);
      await Promise.all([second.delivery.resume(), handle(challenges.slice(0, 5))]);
      expect(second.log).toEqual([]);
      expect(challenges.map(({ id }) => browser.answers.get(id)?.status)).toEqual(Array(8).fill(200));
      await expectRecordsAgree(account, 8);
      second.wallet.close();
    },
  );

  test('get the kept proofs first, and only the rest pay', async () => {
    const account = await accountWith(devnet, XNO);
    const browser = new Browser();
    const worker = startWorker(account, browser);
    await allowAll(account, merchant.origin);
    const url = paid('nanoSession');
    const left = await together(3, () => browser.visit(url, script()));
    devnet.faults.set({ kind: 'never_confirm' });
    const allHandled = left.map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => account.sends(), { timeout: 60_000 }).toHaveLength(3);
    for (const challenge of left) browser.leave(challenge);
    devnet.faults.clear();
    for (const { hash } of account.sends()) devnet.elections.confirm(hash);
    await Promise.all(allHandled);

    const again = await together(5, () => browser.visit(url, script()));
    await Promise.all(again.map((challenge) => worker.challengeHandler.handle(challenge)));
    expect(worker.log).toEqual([]);
    expect(again.map(({ id }) => browser.answers.get(id)?.status)).toEqual(Array(5).fill(200));
    await expectRecordsAgree(account, 5);
    worker.wallet.close();
  });
});
