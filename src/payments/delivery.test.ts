import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { Fault } from '../fault.ts';
import { siteOf } from '../site.ts';
import { type Account, accountWith, locks, STRANGER } from '../wallet/account.fixture.ts';
import { Delivery, type DeliveryPorts } from './delivery.ts';
import { OfferClock } from './offer-clock.ts';
import type { Intent } from './payment.ts';
import { PaymentRunner } from './payment-runner.ts';
import { wholeOf } from './private-record.ts';
import { KEPT_FOR } from './redelivery-schedule.ts';
import {
  challengeIn,
  challengeOf,
  intentOf,
  type RequestIntent,
  SHOP,
  sessionOffer,
  signatureOffer,
} from './samples.fixture.ts';
import { silentRecorder } from './worker.fixture.ts';

let devnet: Devnet;
let account: Account;
beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, 1_000n);
});

const reserve = async (parts: Partial<RequestIntent> = {}): Promise<RequestIntent> => {
  const offer = sessionOffer(10n, { payTo: STRANGER });
  const intent = intentOf({ account: account.address, offer, ...parts });
  await account.journal.reserve(intent);
  return intent;
};
const COMPLETE = Promise.resolve('complete' as const);
const stateOf = async ({ id }: Intent) => (await account.journal.find(id))?.progress.state;
const runnerWith = (ports: Partial<ConstructorParameters<typeof PaymentRunner>[0]> = {}) => {
  const wallet = account.wallet();
  return new PaymentRunner({
    journal: account.journal,
    wallet: async () => wallet,
    recall: () => Promise.reject(new Error('no block is late in this test')),
    recallIfVoid: () => Promise.reject(new Error('no signed block is refused in this test')),
    deliver: async () => ({ kind: 'unanswered', reason: 'gone' }),
    postFallback: () => Promise.reject(new TypeError('no proof is posted in this test')),
    delivered: () => undefined,
    again: () => undefined,
    exclusively: locks(),
    now: Date.now,
    offerClock: new OfferClock(ports.now ?? Date.now, () => performance.now()),
    ...ports,
  });
};
const deliveryWith = (runner: PaymentRunner, ports: Partial<DeliveryPorts> = {}) =>
  new Delivery({
    journal: account.journal,
    runner,
    waits: async () => false,
    release: () => undefined,
    endReload: () => undefined,
    handleAgain: () => undefined,
    recorder: silentRecorder,
    now: Date.now,
    ...ports,
  });

test('an approved payment without a block is abandoned on resume, unless its page still waits', async () => {
  const [gone, waiting] = [await reserve(), await reserve()];
  const delivery = deliveryWith(runnerWith(), { waits: async ({ id }) => id === waiting.challenge.id });
  await Promise.all([delivery.resume(), delivery.resume()]);
  expect([await stateOf(gone), await stateOf(waiting)]).toEqual(['abandoned', 'approved']);
  const row = await account.database.get('spending', [
    gone.network.id,
    siteOf(gone.challenge.url),
    gone.windows.day,
  ]);
  expect(row?.spent).toBe(10n);
  expect(account.sends()).toEqual([]);
});

test('a payment that cannot go on does not delay the others', async () => {
  const wallet = account.wallet({ patienceMs: 60_000 });
  devnet.faults.set({ kind: 'never_confirm', times: 1 });
  const stuck = await reserve();
  void runnerWith({ wallet: async () => wallet })
    .run(stuck.id)
    .catch(() => undefined);
  await expect.poll(() => stateOf(stuck)).toBe('published');
  const abroad = await reserve({ network: { id: 'nano:other', testMoney: true } });
  const next = await reserve();
  const own = await wallet.chain.send({ to: STRANGER, amount: next.amount }, async (block) => {
    await account.journal.sign(next.id, block);
  });
  expect(own.delta).toBe(10n);

  const runner = runnerWith({
    wallet: async (network) => {
      if (network !== account.network.id) throw new Fault('fault_unknownNetwork');
      return wallet;
    },
  });
  void deliveryWith(runner, { waits: async () => true }).resume();
  await expect.poll(() => stateOf(next)).toBe('proven');
  expect(await stateOf(abroad)).toBe('approved');
  wallet.close();
});

test('a payment that is resumed and served at once is run once and delivered once', async () => {
  const challenge = challengeOf();
  const intent = await reserve({ challenge });
  const delivered: string[] = [];
  const runner = runnerWith({
    deliver: async (_, proof) => {
      delivered.push(proof.value);
      return {
        kind: 'answered',
        status: 200,
        paymentResponse: null,
        paymentRequired: null,
        bodyEnd: COMPLETE,
      };
    },
  });
  const delivery = deliveryWith(runner, { waits: async () => true });
  const found = await account.journal.find(intent.id);
  if (found === null) throw new Error('reserved above');
  const payment = wholeOf(found);
  const [served, second] = await Promise.all([
    delivery.serve(payment, challenge),
    delivery.serve(payment, challenge),
    delivery.resume(),
    delivery.resume(),
  ]);
  expect([served, second]).toEqual([true, false]);
  expect(delivered).toHaveLength(1);
  expect(account.sends()).toHaveLength(1);
});

test('a request that joins a payment too late is handled once more', async () => {
  const script = { kind: 'xmlhttprequest', documentId: 'document' } as const;
  const [first, second] = [challengeOf(script), challengeOf(script)];
  const intent = await reserve({ challenge: first });
  const handledAgain: string[] = [];
  const { journal } = account;
  const wallet = account.wallet();
  let delivery: Delivery | undefined;
  const runner = runnerWith({
    wallet: async () => {
      delivery?.withdraw(first);
      return wallet;
    },
    journal: {
      find: (id) => journal.find(id),
      reserve: (intent) => journal.reserve(intent),
      sign: (id, own) => journal.sign(id, own),
      signInstead: (id, lost, own, how) => journal.signInstead(id, lost, own, how),
      reinstate: (id, lost, own) => journal.reinstate(id, lost, own),
      takeBack: (id, instead) => journal.takeBack(id, instead),
      underway: () => journal.underway(),
      forChallenge: (id) => journal.forChallenge(id),
      recall: (challenge, network) => journal.recall(challenge, network),
      advance: (id, progress, lost) => {
        // The page sends its request again while the payment is being given up.
        if (progress.state === 'abandoned') expect(delivery?.reassign(second)).toBe(true);
        return journal.advance(id, progress, lost);
      },
    },
  });
  delivery = deliveryWith(runner, { handleAgain: ({ id }) => handledAgain.push(id) });
  const found = await account.journal.find(intent.id);
  if (found === null) throw new Error('reserved above');
  const payment = wholeOf(found);
  await expect(delivery.serve(payment, first)).rejects.toThrow('fault_withdrawn');
  expect(handledAgain).toEqual([second.id]);
  expect(account.sends()).toEqual([]);
  wallet.close();
});

test('signed proofs are delivered to one payee one at a time, sessions in parallel', async () => {
  const most = { nanoSignature: 0, nanoSession: 0 };
  let underway = 0;
  const serveAll = async (mechanism: keyof typeof most) => {
    const offer = () => (mechanism === 'nanoSession' ? sessionOffer(1n) : signatureOffer(1n));
    const runner = runnerWith({
      deliver: async () => {
        underway += 1;
        most[mechanism] = Math.max(most[mechanism], underway);
        // Long enough for the others to come here too, if nothing keeps them.
        for (let turn = 0; turn < 30; turn++) await account.journal.underway();
        underway -= 1;
        return {
          kind: 'answered',
          status: 200,
          paymentResponse: null,
          paymentRequired: null,
          bodyEnd: COMPLETE,
        };
      },
    });
    const delivery = deliveryWith(runner);
    const intents = [
      await reserve({ offer: offer() }),
      await reserve({ offer: offer() }),
      await reserve({ offer: offer() }),
    ];
    // Paid first, so that all three are ready to be delivered at the same moment.
    const paid = [];
    for (const { id } of intents) paid.push(await runner.run(id));
    await Promise.all(paid.map((payment) => delivery.serve(payment, challengeIn(payment.intent))));
  };
  await serveAll('nanoSignature');
  await serveAll('nanoSession');
  expect(most).toEqual({ nanoSignature: 1, nanoSession: 3 });
});

test('a proof is kept for its request for a day after its approval, and longer on request', async () => {
  const { id, at, challenge } = await reserve();
  const runner = runnerWith();
  await runner.run(id);
  let now = at + KEPT_FOR - 1;
  const delivery = deliveryWith(runner, { now: () => now });
  const undelivered = async () => (await account.journal.recall(challenge, account.network.id)).undelivered;
  const kept = async () => (await delivery.keptFor(challenge, await undelivered()))?.intent.id;
  expect(await kept()).toBe(id);
  now += 1;
  expect(await kept()).toBeUndefined();
  await delivery.requestRedelivery(id);
  expect(await kept()).toBe(id);
});

test('the proof of a test of a server is kept for no request, and cannot be asked for', async () => {
  const url = `${SHOP}/article`;
  const offer = sessionOffer(10n, { payTo: STRANGER });
  const intent = {
    ...intentOf({ account: account.address, offer }),
    challenge: { kind: 'test', url },
  } as const;
  await account.journal.reserve(intent);
  const runner = runnerWith();
  const payment = await runner.run(intent.id);
  expect(payment.progress.state).toBe('proven');

  const delivery = deliveryWith(runner, { waits: async () => true });
  const challenge = challengeOf({ url });
  const { ofChallenge, undelivered } = await account.journal.recall(challenge, account.network.id);
  expect([ofChallenge, undelivered]).toEqual([undefined, []]);
  expect(await delivery.serve(payment, challenge)).toBe(false);
  expect(await delivery.keptFor(challenge, [payment])).toBeUndefined();
  await expect(delivery.requestRedelivery(intent.id)).rejects.toThrow('fault_paymentOver');
});

test('a test without a block is abandoned on resume', async () => {
  const offer = sessionOffer(10n, { payTo: STRANGER });
  const intent = intentOf({ account: account.address, offer });
  await account.journal.reserve({ ...intent, challenge: { kind: 'test', url: `${SHOP}/article` } });
  await deliveryWith(runnerWith(), { waits: async () => true }).resume();
  expect(await stateOf(intent)).toBe('abandoned');
});

test('a payment that its own page still waits for is kept for no other page', async () => {
  const { id, challenge } = await reserve({ challenge: challengeOf({ tabId: 1 }) });
  const runner = runnerWith();
  await runner.run(id);
  const other = challengeOf({ tabId: 2 });
  const { undelivered } = await account.journal.recall(other, account.network.id);
  const stateFor = async (delivery: Delivery) => [
    (await delivery.keptFor(other, undelivered))?.intent.id,
    await delivery.isPaidInVain(other, undelivered),
  ];
  expect(await stateFor(deliveryWith(runner, { waits: async (one) => one.id === challenge.id }))).toEqual([
    undefined,
    false,
  ]);
  expect(await stateFor(deliveryWith(runner, { waits: async () => false }))).toEqual([id, true]);
});
