/**
 * Payments from a private window (invariant 12): the site is never on disk, a kill of the worker loses nothing, and the end
 * of the browser loses only the proof.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { takeRecords } from '../storage/backup/backup.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import { Browser } from './browser.fixture.ts';
import type { Journal } from './journal.ts';
import type { PaymentState } from './payment.ts';
import { type AnyPayment, isWhole } from './private-record.ts';
import { requiredIn } from './samples.fixture.ts';
import { type Kill, startWorker, type TestWorker } from './worker.fixture.ts';

const XNO = 10n ** 30n;
let devnet: Devnet;
let merchant: Merchant;
let account: Account;
let browser: Browser;
beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 300, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(async () => {
  account = await accountWith(devnet, XNO);
  browser = new Browser();
});

const STEPS: readonly PaymentState[] = [
  'approved',
  'signed',
  'published',
  'confirmed',
  'proven',
  'delivered',
  'settled',
];
const HANDED_OVER: readonly PaymentState[] = ['approved', 'signed', 'proven', 'delivered', 'settled'];
const kills = ['nanoSession', 'nanoSignature', 'trackA'].flatMap((mechanism) =>
  (mechanism === 'trackA' ? HANDED_OVER : STEPS).flatMap((at) =>
    (['before', 'after'] as const).map((when) => ({ mechanism, at, when })),
  ),
);

const urlOf = (mechanism: string, path = '/article') =>
  `${merchant.origin}${path}?mechanism=${mechanism}&visit=${crypto.randomUUID()}`;
const visit = (url: string) => browser.visit(url, { isPrivate: true });

/** Answers every question of a worker with a payment, until the returned function is called. */
function payAll({ approvals }: TestWorker): () => void {
  const timer = setInterval(() => {
    for (const { id } of approvals.list()) approvals.answer(id, { kind: 'once' });
  }, 5);
  return () => clearInterval(timer);
}

/** Pays for a private page until the worker is killed. */
async function payUntil(kill: Kill, url: string): Promise<Challenge> {
  const worker = startWorker(account, browser, { kill });
  const challenge = await visit(url);
  const stop = payAll(worker);
  void worker.challengeHandler.handle(challenge);
  await worker.died;
  stop();
  worker.wallet.close();
  return challenge;
}

/** Everything that the database holds, and that a backup takes out of it, as text. */
async function onDisk(): Promise<string> {
  const stores = [...account.database.objectStoreNames];
  const rows = await Promise.all(stores.map((name) => account.database.getAll(name)));
  const keys = await Promise.all(stores.map((name) => account.database.getAllKeys(name)));
  const backup = await takeRecords(account.database);
  return JSON.stringify([rows, keys, backup], (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Expects that the disk has neither the address, nor the server's session ids, nor the proof. */
async function expectNoTrace(challenge: Challenge, told: readonly string[] = []): Promise<void> {
  const { url } = challenge;
  const header = requiredIn(challenge);
  const disk = await onDisk();
  const { origin, host, pathname, searchParams } = new URL(url);
  const offered = Buffer.from(header, 'base64').toString();
  const sessions = [...offered.matchAll(/"(?:id|sessionId|nonce)":"([^"]+)"/g)].map(([, id]) => id ?? '');
  const words = [url, origin, host, pathname, searchParams.get('visit') ?? url, header, ...sessions, ...told];
  for (const word of words) expect(disk).not.toContain(word);
}

const paid = async (journal: Journal): Promise<readonly AnyPayment[]> => {
  const rows = await account.database.getAll('payments');
  const all = await Promise.all(rows.map(({ payment }) => journal.find(payment.intent.id)));
  return all.filter((one) => one !== null).filter(({ progress }) => progress.state !== 'abandoned');
};

describe.each(kills)('of $mechanism, killed $when $at', ({ mechanism, at, when }) => {
  test('the worker: a restarted one pays once and serves the page, and no address is on disk', async () => {
    const challenge = await payUntil({ at, when }, urlOf(mechanism));
    await expectNoTrace(challenge, browser.proofs);

    const journal = await account.nextJournal('worker');
    const worker = startWorker(account, browser, { journal });
    const stop = payAll(worker);
    const handled = browser.waits(challenge) ? worker.challengeHandler.handle(challenge) : undefined;
    await Promise.all([worker.delivery.resume(), handled]);
    stop();
    worker.wallet.close();

    expect(account.sends()).toHaveLength(1);
    expect(new Set(browser.proofs).size).toBe(1);
    expect(browser.answers.get(challenge.id)?.status).toBe(200);
    const payments = await paid(journal);
    expect(payments.map(isWhole)).toEqual([true]);
    // The content came while the worker died: the journal has the proof, and waits for no page.
    const isUnknown = at === 'settled' && when === 'before';
    expect(payments[0]?.progress.state).toBe(isUnknown ? 'delivered' : 'settled');
    await expectNoTrace(challenge, browser.proofs);
  });

  test('the browser: the block reaches the ledger, no request is sent for the page, and the account goes on', async () => {
    const challenge = await payUntil({ at, when }, urlOf(mechanism));
    browser.leave(challenge);
    const proofs = [...browser.proofs];

    const journal = await account.nextJournal('browser');
    const worker = startWorker(account, browser, { journal });
    await worker.delivery.resume();
    await worker.delivery.resume();
    const payments = await paid(journal);
    expect(payments.map(isWhole)).toEqual(payments.map(() => false));
    expect(await journal.underway()).toEqual([]);
    expect([browser.proofs, browser.posts, browser.repeated, worker.asked]).toEqual([proofs, [], [], []]);

    const published = account.sends();
    const alive = payments.filter(({ progress }) => progress.state !== 'revoked');
    const known = alive.map(({ progress }) => ('hash' in progress ? progress.hash : null));
    const isOut = mechanism === 'trackA' && published.length === 0;
    if (isOut) for (const { intent } of alive) await worker.recall.recall(intent.id);
    else expect(known).toEqual(published.map(({ hash }) => hash));
    await worker.wallet.send(STRANGER, 1n as Raw);
    worker.wallet.close();
    await expectNoTrace(challenge, proofs);
  });
});

test('an undelivered payment is served to the next private visit after a restart of the worker', async () => {
  const url = urlOf('nanoSession', '/loses-answer');
  const first = startWorker(account, browser);
  const stop = payAll(first);
  const challenge = await visit(url);
  await first.challengeHandler.handle(challenge);
  stop();
  first.wallet.close();
  expect((await paid(account.journal)).map(({ progress }) => progress.state)).toEqual(['unanswered']);

  const journal = await account.nextJournal('worker');
  const second = startWorker(account, browser, { journal });
  const again = await visit(url);
  await second.challengeHandler.handle(again);
  second.wallet.close();
  expect(second.asked).toEqual([]);
  expect(browser.answers.get(again.id)?.status).toBe(200);
  expect(account.sends()).toHaveLength(1);
  await expectNoTrace(challenge, browser.proofs);
});

test('a session that was paid in a private window is not paid again in any window, nor after the end of the browser', async () => {
  const first = startWorker(account, browser);
  const stop = payAll(first);
  const challenge = await visit(urlOf('nanoSession'));
  await first.challengeHandler.handle(challenge);
  stop();
  first.wallet.close();
  for (const after of ['worker', 'browser'] as const) {
    for (const isPrivate of [true, false]) {
      const worker = startWorker(account, browser, { journal: await account.nextJournal(after) });
      const same = browser.show({ ...challenge, id: crypto.randomUUID(), seenAt: Date.now(), isPrivate });
      const stop = payAll(worker);
      await worker.challengeHandler.handle(same);
      stop();
      worker.wallet.close();
      expect(worker.log).toMatchObject([{ challenge: same.id, key: 'refusal_ALREADY_PAID' }]);
    }
  }
  expect(account.sends()).toHaveLength(1);
});

test('a server that lost the session gets no request from outside the private window', async () => {
  const worker = startWorker(account, browser);
  const challenge = await visit(`${urlOf('nanoSession')}&lose-session=1`);
  const stop = payAll(worker);
  await worker.challengeHandler.handle(challenge);
  stop();
  worker.wallet.close();
  expect(browser.proofs).toHaveLength(1);
  expect(browser.posts).toEqual([]);
  expect((await paid(account.journal)).map(({ progress }) => progress.state)).toEqual(['refused']);
});

test('a payment from a private window counts in the cap over all sites, and under no site', async () => {
  const worker = startWorker(account, browser);
  const challenge = await visit(urlOf('nanoSession'));
  const stop = payAll(worker);
  await worker.challengeHandler.handle(challenge);
  stop();
  worker.wallet.close();
  const [payment] = await paid(account.journal);
  const rows = await account.database.getAll('spending');
  const { day, month } = payment?.intent.windows ?? { day: '', month: '' };
  expect(rows.map(({ site, window, spent }) => [site, window, spent]).toSorted()).toEqual(
    [
      ['*', day, payment?.intent.amount],
      ['*', month, payment?.intent.amount],
    ].toSorted(),
  );
});
