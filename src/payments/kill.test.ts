/** A payment survives a kill of its worker at every step: one block at most, one proof, and the page is served. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { Raw } from '../nano/amount.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import { Browser } from './browser.fixture.ts';
import type { Intent, PaymentState } from './payment.ts';
import { wholeOf } from './private-record.ts';
import { allowAll, type Kill, startWorker, type TestWorker } from './worker.fixture.ts';

const XNO = 10n ** 30n;
let devnet: Devnet;
let merchant: Merchant;
beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 300, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});

const paymentsOf = async ({ database }: Account) =>
  (await database.getAll('payments')).map(({ payment }) => wholeOf(payment));
const settledIn = (account: Account) =>
  merchant.books().payments.filter(({ payer }) => payer === account.address);
const sum = (intents: readonly Intent[]) => intents.reduce((total, { amount }) => total + amount, 0n);

const STEPS: readonly Kill['at'][] = [
  'approved',
  'signed',
  'published',
  'confirmed',
  'proven',
  'delivered',
  'delivery',
  'settled',
];
const kills = STEPS.flatMap((at) => (['before', 'after'] as const).map((when) => ({ at, when })));
/** The request with the proof has been answered: its page is served already, and waits for nothing. */
const isOver = ({ at, when }: Kill) => at === 'settled' || (at === 'delivery' && when === 'after');

describe.each(['nanoSession', 'nanoSignature'])('%s', (mechanism) => {
  const cases = kills.flatMap((kill) => [
    { ...kill, page: 'waits' as const },
    { ...kill, page: 'is loaded again' as const },
  ]);

  test.each(cases)('killed $when $at, and the page $page', async ({ page, ...kill }) => {
    const account = await accountWith(devnet, XNO);
    const browser = new Browser();
    const url = `${merchant.origin}/article?mechanism=${mechanism}&visit=${crypto.randomUUID()}`;
    await allowAll(account, url);

    const first = startWorker(account, browser, { kill });
    const challenge = await browser.visit(url);
    void first.challengeHandler.handle(challenge);
    await first.died;
    first.wallet.close();

    const over = isOver(kill);
    if (page === 'is loaded again') browser.leave(challenge);
    const present = page === 'waits' ? challenge : await browser.visit(url);
    const second = startWorker(account, browser);
    const handle = () =>
      browser.waits(present) ? second.challengeHandler.handle(present) : Promise.resolve();
    // An alarm, an unlock and the page, all at once; then the alarm again.
    await Promise.all([second.delivery.resume(), second.delivery.resume(), handle()]);
    await second.delivery.resume();
    second.wallet.close();

    const settledBefore = over && kill.at === 'settled' && kill.when === 'after';
    const payments = await paymentsOf(account);
    const alive = payments.filter(({ progress }) => progress.state !== 'abandoned');
    const isSecondPurchase = settledBefore && page === 'is loaded again';
    const times = isSecondPurchase ? 2 : 1;

    expect(account.sends()).toHaveLength(times);
    expect(alive).toHaveLength(times);
    expect(new Set(browser.proofs).size).toBe(times);
    const ledger = account.sends().reduce((total, { amount }) => total + amount, 0n);
    expect(ledger).toBe(sum(alive.map(({ intent }) => intent)));
    expect(
      settledIn(account)
        .map(({ hash }) => hash)
        .toSorted(),
    ).toEqual(
      account
        .sends()
        .map(({ hash }) => hash)
        .toSorted(),
    );
    const states: readonly PaymentState[] = alive.map(({ progress }) => progress.state);
    if (over && !settledBefore) {
      // The page got the content, but the journal does not know. A new page gets the proof, never a new payment.
      expect(browser.answers.get(challenge.id)?.status).toBe(200);
      expect(states).toEqual([page === 'waits' ? 'delivered' : 'refused']);
    } else {
      expect(browser.answers.get(present.id)?.status).toBe(200);
      for (const state of states) expect(state).toBe('settled');
    }
  });
});

test.each(['approved', 'signed', 'published'] as const)(
  'a payment that the user allowed once is not asked about again after a kill at %s',
  async (at) => {
    const account = await accountWith(devnet, XNO);
    const browser = new Browser();
    const challenge = await browser.visit(`${merchant.origin}/article?visit=${crypto.randomUUID()}`);
    const first = startWorker(account, browser, { kill: { at, when: 'after' } });
    void first.challengeHandler.handle(challenge);
    await expect.poll(() => first.approvals.list().length).toBe(1);
    first.approvals.answer(challenge.id, { kind: 'once' });
    await first.died;

    const second = startWorker(account, browser);
    await Promise.all([second.delivery.resume(), second.challengeHandler.handle(challenge)]);
    expect(second.asked).toEqual([]);
    expect(browser.answers.get(challenge.id)?.status).toBe(200);
    expect(account.sends()).toHaveLength(1);
  },
);

/** Answers every question of a worker with a payment, until the returned function is called. */
function payAll({ approvals }: TestWorker): () => void {
  const timer = setInterval(() => {
    for (const { id } of approvals.list()) approvals.answer(id, { kind: 'once' });
  }, 5);
  return () => clearInterval(timer);
}

describe.each(['trackA', 'signedBlock'])('a block that is handed over, %s', (mechanism) => {
  const steps: readonly Kill['at'][] = ['approved', 'signed', 'proven', 'delivered', 'delivery', 'settled'];
  const cases = steps.flatMap((at) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['waits', 'is loaded again'] as const).map((page) => ({ at, when, page })),
    ),
  );

  test.each(cases)('killed $when $at, and the page $page', async ({ page, ...kill }) => {
    const account = await accountWith(devnet, XNO);
    const browser = new Browser();
    const url = `${merchant.origin}/article?mechanism=${mechanism}&visit=${crypto.randomUUID()}`;
    const first = startWorker(account, browser, { kill });
    const challenge = await browser.visit(url);
    const stopFirst = payAll(first);
    void first.challengeHandler.handle(challenge);
    await first.died;
    stopFirst();
    first.wallet.close();

    if (page === 'is loaded again') browser.leave(challenge);
    const present = page === 'waits' ? challenge : await browser.visit(url);
    const second = startWorker(account, browser);
    const stopSecond = payAll(second);
    const handle = () =>
      browser.waits(present) ? second.challengeHandler.handle(present) : Promise.resolve();
    await Promise.all([
      second.delivery.resume(),
      second.recall.maintain(),
      second.delivery.resume(),
      handle(),
    ]);
    stopSecond();

    const over = isOver(kill);
    const settledBefore = kill.at === 'settled' && kill.when === 'after';
    const times = settledBefore && page === 'is loaded again' ? 2 : 1;
    const alive = (await paymentsOf(account)).filter(({ progress }) => progress.state !== 'abandoned');
    expect(account.sends()).toHaveLength(times);
    expect(alive).toHaveLength(times);
    expect(new Set(browser.proofs).size).toBe(times);
    expect(settledIn(account)).toHaveLength(times);
    const states: readonly PaymentState[] = alive.map(({ progress }) => progress.state);
    if (over && !settledBefore) expect(states).toEqual([page === 'waits' ? 'delivered' : 'refused']);
    else for (const state of states) expect(state).toBe('settled');
    // The account is free again.
    await second.wallet.send(STRANGER, 1n as Raw);
    second.wallet.close();
  });
});

describe('the recall of a block that was handed over', () => {
  const points = (['replacement', 'revoked', 'publishedByPayee'] as const).flatMap((at) =>
    (['before', 'after'] as const).flatMap((when) =>
      ['keeps it', 'publishes it'].map((server) => ({ at, when, server })),
    ),
  );

  test.each(points)('killed $when $at, while the server $server', async ({ server, ...kill }) => {
    merchant.reset();
    const account = await accountWith(devnet, XNO);
    const browser = new Browser();
    const url = `${merchant.origin}/article?mechanism=trackA&hold=1&visit=${crypto.randomUUID()}`;
    const first = startWorker(account, browser, { kill });
    const stop = payAll(first);
    await first.challengeHandler.handle(await browser.visit(url));
    stop();
    const [payment] = await paymentsOf(account);
    if (payment === undefined) throw new Error('paid above');
    const { id, amount, network, site, windows } = payment.intent;

    if (kill.at === 'publishedByPayee') await merchant.publishHeld();
    void first.recall.recall(id);
    await first.died;
    first.wallet.close();
    if (server === 'publishes it') await merchant.publishHeld();

    const second = startWorker(account, browser);
    await Promise.all([second.recall.maintain(), second.wallet.refresh(), second.delivery.resume()]);
    await Promise.all([second.recall.recall(id), second.recall.maintain()]);
    second.wallet.close();

    // Either the send is on the ledger and spent, or the change is, and the money is given back.
    const isPaid = account.sends().length === 1;
    expect(account.blocks().at(-1)?.subtype).toBe(isPaid ? 'send' : 'change');
    const [after] = await paymentsOf(account);
    expect(after?.progress.state).toBe(isPaid ? 'settled' : 'revoked');
    const row = await account.database.get('spending', [network.id, site, windows.day]);
    expect(row?.spent).toBe(isPaid ? amount : 0n);
    expect(await account.chains.handedOver()).toEqual([]);
    expect(isPaid).toBe(
      kill.at === 'publishedByPayee' || (server === 'publishes it' && kill.at === 'replacement'),
    );

    const third = startWorker(account, browser);
    await third.wallet.send(STRANGER, 1n as Raw);
    expect(account.sends()).toHaveLength(isPaid ? 2 : 1);
    third.wallet.close();
  });
});
