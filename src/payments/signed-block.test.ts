/** Signed blocks that are handed over: asked about, unpublished for a time, then recalled or published. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import { startProxy } from '../../test/devnet/proxy.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { hashBlock, toRpc, verifySignature } from '../nano/block.ts';
import { thresholdFor } from '../nano/network.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { isDay } from '../policy/spending-windows.ts';
import { siteOf } from '../site.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot, timesHarder } from '../work/difficulty.ts';
import { assertMatchesApproval } from './approval-match.ts';
import { Browser } from './browser.fixture.ts';
import type { Payment } from './payment.ts';
import { wholeOf } from './private-record.ts';
import { DELIVERY_GRACE } from './redelivery-schedule.ts';
import { allowAll, startWorker, type TestWorker, type WorkerOptions } from './worker.fixture.ts';

const XNO = 10n ** 30n;
const PRICE = 10n ** 28n;
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
  devnet.elections.delayMs = 5;
  merchant.reset();
  account = await accountWith(devnet, XNO);
  browser = new Browser();
  worker = startWorker(account, browser);
});

const begin = (options: WorkerOptions = {}) => {
  worker.wallet.close();
  worker = startWorker(account, browser, options);
  return worker;
};
const page = (query: Readonly<Record<string, string>>, path = '/article') =>
  `${merchant.origin}${path}?${new URLSearchParams({ visit: crypto.randomUUID(), ...query })}`;
const payments = async (): Promise<readonly Payment[]> =>
  (await account.database.getAll('payments'))
    .map(({ payment }) => wholeOf(payment))
    .toSorted((a, b) => a.intent.at - b.intent.at);
const newest = async (): Promise<Payment> => {
  const payment = (await payments()).at(-1);
  if (payment === undefined) throw new Error('nothing was paid');
  return payment;
};
const statusOf = ({ id }: { readonly id: string }) => browser.answers.get(id)?.status;
const spent = async ({ intent: { network, site, windows } }: Payment) =>
  (await account.database.get('spending', [network.id, site, windows.day]))?.spent;
const out = async () => (await account.chains.handedOver()).map(({ hash }) => hash);
/** The subtypes of the blocks after the one that opened the account. */
const subtypes = () =>
  account
    .blocks()
    .slice(1)
    .map(({ subtype }) => subtype);
const confirmNewest = () => {
  const newest = account.blocks().at(-1);
  if (newest === undefined) throw new Error('an account with money has a block');
  devnet.elections.confirm(newest.hash);
};
const key = (address: typeof STRANGER) => {
  const bytes = readHex32(publicKeyOf(address));
  if (bytes === undefined) throw new Error('a key is 32 bytes');
  return bytes;
};

/** Asks for a page, waits for the question, and pays. */
async function buy(url: string) {
  const challenge = await browser.visit(url);
  const handled = worker.challengeHandler.handle(challenge);
  await expect.poll(() => worker.approvals.list().map(({ id }) => id)).toContain(challenge.id);
  worker.approvals.answer(challenge.id, { kind: 'once' });
  await handled;
  return challenge;
}

/** Makes a payment whose block the merchant keeps unpublished. */
async function held(mechanism = 'trackA', more: Readonly<Record<string, string>> = {}): Promise<Payment> {
  await buy(page({ mechanism, hold: '1', ...more }));
  return newest();
}

test('a server that takes a send as well is paid by a send', async () => {
  await buy(page({ mechanism: 'signedBlock,trackA,nanoSignature' }));
  expect((await newest()).intent.offer.mechanism).toBe('nanoSignature');
});

const ways = ['trackA', 'signedBlock'].flatMap((mechanism) =>
  ['spec', 'reference'].map((flavour) => ({ mechanism, flavour })),
);

describe.each(ways)('$mechanism at a merchant in $flavour', ({ mechanism, flavour }) => {
  test('is asked about despite a budget, and paid once', async () => {
    const url = page({ mechanism, flavour });
    await allowAll(account, url);
    const challenge = await buy(url);
    expect(worker.asked).toMatchObject([{ reason: 'reason_signedBlock' }]);
    expect(statusOf(challenge)).toBe(200);
    const { story, intent, progress } = await newest();
    expect(story.map(({ state }) => state)).toEqual(['approved', 'signed', 'proven', 'delivered', 'settled']);
    expect(account.sends()).toMatchObject([
      { amount: intent.amount, hash: 'hash' in progress && progress.hash },
    ]);
    expect(await spent(await newest())).toBe(PRICE);
  });

  test('is followed by payments on top of the block that the server published', async () => {
    await buy(page({ mechanism, flavour }));
    await buy(page({ mechanism, flavour }));
    const paid = await buy(page({ mechanism: 'nanoSession' }));
    expect(statusOf(paid)).toBe(200);
    expect(account.sends()).toHaveLength(3);
    expect(await out()).toEqual([]);
  });
});

describe('the extra of a signed block', () => {
  test('that live sellers write is paid, and comes back in the entry that was paid', async () => {
    const challenge = await buy(page({ mechanism: 'signedBlock', extra: 'live', expiry: '1' }));
    expect(statusOf(challenge)).toBe(200);
    const { offer } = (await newest()).intent;
    expect(offer).toMatchObject({ warnings: [], accepted: { extra: { asset: 'XNO', work: 'required' } } });
  });

  test('with a text that the wallet does not know is paid after a question that says so', async () => {
    const challenge = await buy(page({ mechanism: 'signedBlock', extra: 'unknown' }));
    expect(statusOf(challenge)).toBe(200);
    expect((await newest()).intent.offer.warnings).toEqual(['unknownTerms']);
  });
});

describe('harder work than the network asks for', () => {
  const thresholdIn = ({ intent: { offer } }: Payment) =>
    offer.mechanism === 'signedBlock' ? offer.workThreshold : undefined;
  /** A worker with a pocket, whose budgets pay for signed blocks. */
  const withPocket = (handler: WorkerOptions['handler'] = {}) =>
    begin({
      handler: {
        context: async () => ({
          network: { id: account.network.id, testMoney: true },
          paused: false,
          hasPocket: true,
          preference: [],
          manualSites: [],
          sendThreshold: account.network.thresholds.send,
        }),
        ...handler,
      },
    });

  test('is asked about despite a budget, which pays for the usual work, and the block has it', async () => {
    withPocket();
    const usual = page({ mechanism: 'signedBlock', extra: 'live' });
    await allowAll(account, usual);
    await worker.challengeHandler.handle(await browser.visit(usual));
    expect(worker.asked).toEqual([]);
    const challenge = await buy(page({ mechanism: 'signedBlock', extra: 'harder' }));
    expect(worker.asked).toMatchObject([{ reason: 'reason_harderWork' }]);
    expect(statusOf(challenge)).toBe(200);
    const payment = await newest();
    const threshold = thresholdIn(payment);
    if (!('block' in payment.progress) || threshold === undefined) throw new Error('delivered above');
    expect(timesHarder(threshold, parseThreshold(account.network.thresholds.send))).toBe(4n);
    const { block } = payment.progress;
    expect(meets(parseWorkRoot(block.previous), parseWorkNonce(block.work), threshold)).toBe(true);
    expect(account.sends()).toHaveLength(2);
  });

  test('is refused where this device takes too long for it, with the seconds, and asked about where that is unknown', async () => {
    withPocket({ workTime: async () => 1_000_000_000 });
    const url = page({ mechanism: 'signedBlock', extra: 'harder' });
    await worker.challengeHandler.handle(await browser.visit(url));
    expect(worker.log).toMatchObject([{ key: 'refusal_WORK_TAKES_TOO_LONG' }]);
    expect(worker.log[0]?.args[1]).toBe('1000000');
    withPocket({ workTime: async () => null });
    expect(statusOf(await buy(url))).toBe(200);
    expect(worker.asked).toHaveLength(1);
  });

  test('is not replaced by less: a block with the usual work alone is not signed for it', async () => {
    const payment = await held('signedBlock', { extra: 'live' });
    const [own] = await account.chains.handedOver();
    if (own === undefined) throw new Error('handed over above');
    const workThreshold = parseThreshold('ffffffffffffffff');
    const { intent } = payment;
    if (intent.offer.mechanism !== 'signedBlock') throw new Error('bought above');
    const now = Date.now();
    expect(() => assertMatchesApproval(intent, own, now)).not.toThrow();
    const wanting = { ...intent, offer: { ...intent.offer, workThreshold } };
    expect(() => assertMatchesApproval(wanting, own, now)).toThrow('fault_unexpected');
  });
});

describe('a block that is handed over', () => {
  test('sends exactly the price on the confirmed frontier, with the work of a send and a valid signature', async () => {
    const [frontier] = account.blocks().slice(-1);
    const { progress } = await held();
    if (!('proof' in progress)) throw new Error('delivered above');
    const { block } = progress;
    expect(block.previous).toBe(frontier?.hash);
    expect(block.balance).toBe(XNO - PRICE);
    expect(block.link).toBe(publicKeyOf((await newest()).intent.offer.payTo));
    expect(verifySignature(block, account.keys.publicKey)).toBe(true);
    const threshold = parseThreshold(thresholdFor(account.network, 'send'));
    expect(meets(parseWorkRoot(block.previous), parseWorkNonce(block.work), threshold)).toBe(true);
    const proof = JSON.parse(Buffer.from(progress.proof, 'base64').toString());
    expect(proof.payload.block).toMatchObject({ previous: block.previous, balance: String(block.balance) });
  });

  test('is signed only after the block below it is confirmed', async () => {
    devnet.elections.delayMs = 1_000;
    await worker.wallet.send(STRANGER, 7n as Raw);
    const handled = buy(page({ mechanism: 'trackA' }));
    await expect.poll(async () => (await payments()).length).toBe(1);
    expect(await out()).toEqual([]);
    confirmNewest();
    devnet.elections.delayMs = 5;
    const challenge = await handled;
    expect(statusOf(challenge)).toBe(200);
    expect(account.sends().map(({ amount }) => amount)).toEqual([7n, PRICE]);
  });

  test('is not signed when the block below it is not confirmed in time', async () => {
    begin({ wallet: { patienceMs: 200 } });
    devnet.faults.set({ kind: 'never_confirm' });
    await worker.wallet.send(STRANGER, 7n as Raw);
    const challenge = await buy(page({ mechanism: 'signedBlock' }));
    expect((await newest()).progress).toMatchObject({ state: 'abandoned', fault: 'fault_headUnconfirmed' });
    expect(browser.released).toEqual([challenge.id]);
    expect(await spent(await newest())).toBe(0n);
  });
});

/** The amount that the wallet is receiving, after a refresh (raw). */
async function incoming(): Promise<Raw> {
  await worker.wallet.refresh();
  return worker.wallet.incoming;
}

describe('within a budget, with a pocket, a signed block', () => {
  beforeEach(() => {
    const network = { id: account.network.id, testMoney: true };
    begin({
      handler: {
        context: async () => ({ network, paused: false, hasPocket: true, preference: [], manualSites: [] }),
        // Another account of the pocket could pay.
        handedOver: async () => null,
      },
    });
  });
  const visit = async (query: Readonly<Record<string, string>>) => {
    const url = page(query);
    await allowAll(account, url);
    return browser.visit(url);
  };

  test.each(['trackA', 'signedBlock'])('of %s is handed over without a question', async (mechanism) => {
    await worker.challengeHandler.handle(await visit({ mechanism }));
    expect(worker.asked).toEqual([]);
    expect(await newest()).toMatchObject({ intent: { approval: 'budget' }, progress: { state: 'settled' } });
  });

  test('is asked about while another one of its site is out, and not any more once that is published', async () => {
    await worker.challengeHandler.handle(await visit({ mechanism: 'trackA', hold: '1' }));
    expect(await out()).toHaveLength(1);
    const second = await visit({ mechanism: 'trackA' });
    const handled = worker.challengeHandler.handle(second);
    await expect.poll(() => worker.approvals.list()).toMatchObject([{ reason: 'reason_blockOut' }]);
    worker.approvals.answer(second.id, { kind: 'decline' });
    await handled;

    await merchant.publishHeld();
    await worker.wallet.refresh();
    expect(await out()).toEqual([]);
    await worker.challengeHandler.handle(await visit({ mechanism: 'trackA' }));
    expect(await newest()).toMatchObject({ intent: { approval: 'budget' }, progress: { state: 'settled' } });
  });

  test('goes to one of two requests of its site at once, and the other is asked about', async () => {
    const urls = [page({ mechanism: 'trackA', hold: '1' }), page({ mechanism: 'trackA', hold: '1' })];
    await allowAll(account, urls[0] ?? '');
    const challenges = await Promise.all(urls.map((url) => browser.visit(url)));
    const handled = challenges.map((challenge) => worker.challengeHandler.handle(challenge));
    await expect.poll(() => worker.approvals.list()).toMatchObject([{ reason: 'reason_blockOut' }]);
    for (const { id } of worker.approvals.list()) worker.approvals.answer(id, { kind: 'decline' });
    await Promise.all(handled);
    expect(await payments()).toHaveLength(1);
  });
});

describe.each(['trackA', 'signedBlock'])(
  'while a block of %s is handed over and unpublished',
  (mechanism) => {
    let handedOver: Payment;
    const locked = new RegExp(`fault_chequeOut ${'http://127.0.0.1'}`);
    beforeEach(async () => {
      handedOver = await held(mechanism);
    });

    test('it is settled, debited from budget and balance, and not on the ledger', async () => {
      expect(handedOver.progress.state).toBe('settled');
      await worker.wallet.refresh();
      expect(worker.wallet.balance).toBe(XNO - PRICE);
      expect(await spent(handedOver)).toBe(PRICE);
      expect(account.sends()).toEqual([]);
      expect(await out()).toEqual(['hash' in handedOver.progress && handedOver.progress.hash]);
    });

    test.each(['this worker', 'a restarted worker'])(
      'nothing is sent, received or changed in %s',
      async (which) => {
        if (which === 'a restarted worker') begin();
        await devnet.faucet(account.address, 5n);
        await expect.poll(incoming).toBe(5n);
        await expect(worker.wallet.send(STRANGER, 1n as Raw)).rejects.toThrow(locked);
        await expect(worker.wallet.send(STRANGER, 'everything')).rejects.toThrow(locked);
        await expect(worker.wallet.chain.changeRepresentative(STRANGER)).rejects.toThrow(locked);
        await worker.delivery.resume();
        expect(subtypes()).toEqual([]);
        expect(worker.wallet.trouble?.key).toBeUndefined();
        expect(worker.wallet.incoming).toBe(5n);
      },
    );

    test('other payments are asked about as usual, then released with the site that has the block', async () => {
      const challenge = await browser.visit(page({ mechanism: 'nanoSession' }));
      const handled = worker.challengeHandler.handle(challenge);
      await expect.poll(() => worker.approvals.list().map(({ id }) => id)).toEqual([challenge.id]);
      expect(browser.released).toEqual([]);
      worker.approvals.answer(challenge.id, { kind: 'once' });
      await handled;
      expect(browser.released).toEqual([challenge.id]);
      expect(worker.log.at(-1)).toMatchObject({ key: 'fault_chequeOut', args: [merchant.origin] });
    });

    test('a payment within a budget is asked about, and not paid', async () => {
      const url = page({ mechanism: 'nanoSession' });
      await allowAll(account, url);
      const challenge = await browser.visit(url);
      const handled = worker.challengeHandler.handle(challenge);
      await expect.poll(() => worker.approvals.list()).toMatchObject([{ reason: 'reason_blockOut' }]);
      worker.approvals.answer(challenge.id, { kind: 'decline' });
      await handled;
      expect(account.sends()).toEqual([]);
    });

    test('and the server publishes it, it is found by its hash, and the account goes on from it', async () => {
      await devnet.faucet(account.address, 5n);
      expect(await merchant.publishHeld()).toEqual([{ kind: 'published' }]);
      await worker.wallet.send(STRANGER, 1n as Raw);
      await expect.poll(incoming).toBe(0n);
      await expect.poll(subtypes).toEqual(['send', 'send', 'receive']);
      expect(worker.wallet.balance).toBe(XNO - PRICE - 1n + 5n);
      expect(await out()).toEqual([]);
      expect((await newest()).progress.state).toBe('settled');
      expect(await spent(handedOver)).toBe(PRICE);
    });

    test('a recall puts a change in its place, gives the money back, and the server cannot publish it', async () => {
      const { id } = handedOver.intent;
      expect((await worker.recall.recall(id)).progress.state).toBe('revoked');
      expect(await spent(handedOver)).toBe(0n);
      expect(await merchant.publishHeld()).toMatchObject([{ kind: 'bounced', moved: true }]);
      const [, change] = account.blocks();
      const signed = 'block' in handedOver.progress ? handedOver.progress.block : undefined;
      expect(change).toMatchObject({ subtype: 'change', amount: 0n });
      expect(change && devnet.ledger.isConfirmed(change)).toBe(true);
      expect(change?.block.previous).toBe(signed?.previous);
      expect(change?.block.representative).toBe(account.blocks()[0]?.block.representative);
      expect(await out()).toEqual([]);
      await worker.wallet.send(STRANGER, 1n as Raw);
      expect(worker.wallet.balance).toBe(XNO - 1n);
      // A second recall has no effect.
      expect((await worker.recall.recall(id)).progress.state).toBe('revoked');
      expect(subtypes()).toEqual(['change', 'send']);
    });

    test('a recall after its publication leaves it paid', async () => {
      await merchant.publishHeld();
      expect((await worker.recall.recall(handedOver.intent.id)).progress.state).toBe('settled');
      expect(subtypes()).toEqual(['send']);
      expect(await spent(handedOver)).toBe(PRICE);
      expect(await out()).toEqual([]);
    });

    test('a publication during the recall leaves it paid', async () => {
      const first = begin({ kill: { at: 'replacement', when: 'after' } });
      void first.recall.recall(handedOver.intent.id);
      await first.died;
      await merchant.publishHeld();
      begin();
      await worker.recall.maintain();
      expect((await newest()).progress.state).toBe('settled');
      expect(subtypes()).toEqual(['send']);
      expect(await spent(handedOver)).toBe(PRICE);
      expect(await out()).toEqual([]);
      await worker.wallet.send(STRANGER, 1n as Raw);
    });

    test('another wallet’s block in its place makes it void, and gives the money back', async () => {
      await account.publish(await account.otherWallet().send(key(STRANGER), 100n));
      begin({ wallet: { patienceMs: 300 } });
      expect((await worker.recall.recall(handedOver.intent.id)).progress.state).toBe('revoked');
      expect(await spent(handedOver)).toBe(0n);
      await worker.wallet.send(STRANGER, 1n as Raw);
      expect(account.sends().map(({ amount }) => amount)).toEqual([100n, 1n]);
    });

    test('a recall waits for the network where a node has the block unconfirmed', async () => {
      if (!('block' in handedOver.progress)) throw new Error('handed over above');
      const { block, hash } = handedOver.progress;
      begin({ wallet: { patienceMs: 300 } });
      devnet.faults.set({ kind: 'never_confirm' });
      await expect(worker.recall.recall(handedOver.intent.id)).rejects.toThrow('fault_revokeWaits');
      const other = await startProxy(devnet);
      other.set({
        kind: 'twist',
        action: 'block_info',
        twist: (answer, asked) =>
          asked.hash === hash ? { contents: toRpc(block), confirmed: 'false' } : answer,
      });
      begin({ wallet: { node: nodeAt(other.rpcUrl) } });
      await worker.wallet.refresh();
      await expect(worker.wallet.send(STRANGER, 1n as Raw)).rejects.toThrow(locked);
      await other.close();
      expect(await out()).toEqual([hash]);
      devnet.faults.clear();
      confirmNewest();
      begin();
      await worker.recall.maintain();
      expect((await newest()).progress.state).toBe('revoked');
      expect(await spent(handedOver)).toBe(0n);
      expect(subtypes()).toEqual(['change']);
    });

    test('a node that invents a block in its place gets no money given back: the server can still publish it', async () => {
      if (!('block' in handedOver.progress)) throw new Error('handed over above');
      const { block } = handedOver.progress;
      const madeUp = { ...block, balance: (block.balance - 1n) as Raw };
      const liar = await startProxy(devnet);
      liar.set(
        { kind: 'answer', way: 'there', action: 'process', body: '{"error":"Fork"}' },
        {
          kind: 'twist',
          action: 'block_info',
          twist: (answer, { hash }) => {
            if (hash === block.previous) return { ...answer, successor: hashBlock(madeUp) };
            return hash === hashBlock(madeUp) ? { contents: toRpc(madeUp), confirmed: 'true' } : answer;
          },
        },
      );
      begin({ wallet: { node: nodeAt(liar.rpcUrl), patienceMs: 300 } });
      await expect(worker.recall.recall(handedOver.intent.id)).rejects.toThrow('fault_revokeWaits');
      await liar.close();
      expect((await newest()).progress.state).toBe('settled');
      expect(await spent(handedOver)).toBe(PRICE);
      expect(await merchant.publishHeld()).toEqual([{ kind: 'published' }]);
      begin();
      await worker.recall.maintain();
      expect((await newest()).progress.state).toBe('settled');
      expect(account.sends().map(({ amount }) => amount)).toEqual([PRICE]);
      expect(await spent(handedOver)).toBe(PRICE);
    });

    test('it is recalled automatically a minute after the expiry of its offer, not before', async () => {
      let now = handedOver.intent.offer.expiresAt + DELIVERY_GRACE - 1;
      begin({ now: () => now });
      await worker.recall.maintain();
      expect((await newest()).progress.state).toBe('settled');
      now += 1;
      await Promise.all([worker.recall.maintain(), worker.recall.maintain()]);
      expect((await newest()).progress.state).toBe('revoked');
      expect(subtypes()).toEqual(['change']);
    });

    test('and no node can be reached, it is not recalled', async () => {
      devnet.faults.set({ kind: 'http_status', status: 503 });
      await expect(worker.recall.recall(handedOver.intent.id)).rejects.toThrow('fault_nodeUnreachable');
      expect((await account.chains.newest(account.network.id, account.address))?.replaces).toBeUndefined();
      devnet.faults.clear();
      expect(await out()).toHaveLength(1);
    });

    test('its money counts as spent until the replacement is confirmed', async () => {
      begin({ wallet: { patienceMs: 300 } });
      devnet.faults.set({ kind: 'never_confirm' });
      await expect(worker.recall.recall(handedOver.intent.id)).rejects.toThrow('fault_revokeWaits');
      expect(await spent(handedOver)).toBe(PRICE);
      await expect(worker.wallet.send(STRANGER, 1n as Raw)).rejects.toThrow(locked);
      devnet.faults.clear();
      confirmNewest();
      await worker.recall.maintain();
      expect((await newest()).progress.state).toBe('revoked');
      expect(subtypes()).toEqual(['change']);
    });
  },
);

test('a block that the server publishes late is found without a request to the wallet', async () => {
  worker.wallet.open();
  await held('signedBlock', { hold: '0', publish: 'late' });
  expect(await out()).toHaveLength(1);
  await expect.poll(out).toEqual([]);
  expect(worker.wallet.balance).toBe(XNO - PRICE);
  worker.wallet.close();
});

test('only a payment that handed over a block can be recalled', async () => {
  await buy(page({ mechanism: 'nanoSession' }));
  const { intent } = await newest();
  await expect(worker.recall.recall(intent.id)).rejects.toThrow('fault_paymentOver');
  await expect(worker.recall.recall(`${intent.id}?` as typeof intent.id)).rejects.toThrow(
    'fault_unknownPayment',
  );
});

test('a payment that is recalled during the delivery of its proof stays revoked, whatever the server answers', async () => {
  const challenge = await browser.visit(page({ mechanism: 'trackA', hold: '1' }));
  const deliver = browser.deliver.bind(browser);
  vi.spyOn(browser, 'deliver').mockImplementation(async (...sent) => {
    const delivery = await deliver(...sent);
    await worker.recall.recall((await newest()).intent.id);
    return delivery;
  });
  const handled = worker.challengeHandler.handle(challenge);
  await expect.poll(() => worker.approvals.list().length).toBe(1);
  worker.approvals.answer(challenge.id, { kind: 'once' });
  await handled;
  expect((await newest()).progress.state).toBe('revoked');
  expect(worker.log).toEqual([]);
});

describe('a refused block', () => {
  test('whose place another wallet took before its delivery is recalled at once, and the next visit buys anew', async () => {
    const url = page({ mechanism: 'signedBlock' });
    const deliver = browser.deliver.bind(browser);
    vi.spyOn(browser, 'deliver').mockImplementationOnce(async (...sent) => {
      await account.publish(await account.otherWallet().send(key(STRANGER), 100n));
      return deliver(...sent);
    });
    const challenge = await buy(url);
    expect(statusOf(challenge)).toBe(402);
    const first = await newest();
    expect(first.story.map(({ state }) => state).slice(-2)).toEqual(['refused', 'revoked']);
    expect(await spent(first)).toBe(0n);

    const again = await buy(url);
    expect(statusOf(again)).toBe(200);
    expect(account.sends().map(({ amount }) => amount)).toEqual([100n, PRICE]);
    expect(await spent(first)).toBe(PRICE);
  });

  test('that only its server calls void stays spent, and is delivered again', async () => {
    vi.spyOn(browser, 'deliver').mockResolvedValueOnce({
      ...{ kind: 'answered', status: 402, paymentResponse: null, paymentRequired: null },
      ...{ blockStatus: 'frontier moved', bodyEnd: Promise.resolve('complete') },
    });
    const url = page({ mechanism: 'signedBlock' });
    await buy(url);
    const refused = await newest();
    expect(refused.progress.state).toBe('refused');
    expect(await spent(refused)).toBe(PRICE);
    await worker.recall.maintain();
    expect(subtypes()).toEqual([]);

    const again = await browser.visit(url);
    await worker.challengeHandler.handle(again);
    expect(statusOf(again)).toBe(200);
    expect(await payments()).toHaveLength(1);
  });

  test('whose place was taken after its delivery is recalled by the next maintenance', async () => {
    vi.spyOn(browser, 'deliver').mockResolvedValueOnce({
      ...{ kind: 'answered', status: 402, paymentResponse: null, paymentRequired: null },
      bodyEnd: Promise.resolve('complete'),
    });
    await buy(page({ mechanism: 'trackA' }));
    await account.publish(await account.otherWallet().send(key(STRANGER), 100n));
    await worker.recall.maintain();
    expect((await newest()).progress.state).toBe('revoked');
    expect(await spent(await newest())).toBe(0n);
  });
});

type Action =
  | 'hold'
  | 'publish'
  | 'recall'
  | 'publish and recall'
  | 'late'
  | 'send'
  | 'receive'
  | 'restart'
  | 'buy';
const acts: readonly Action[] = [
  'hold',
  'hold',
  'publish',
  'recall',
  'publish and recall',
  'late',
  'send',
  'receive',
  'restart',
  'buy',
];

test('in any order of purchases, publications, recalls and restarts, the budget is debited with what is on the ledger', async () => {
  const recallNewest = async () => {
    const payment = (await payments()).findLast(({ progress }) => 'hash' in progress);
    if (payment?.intent.offer.mechanism === 'trackA') await worker.recall.recall(payment.intent.id);
  };
  const locked = (failure: unknown) => expect(String(failure)).toContain('fault_chequeOut');
  const perform: Readonly<Record<Action, () => Promise<unknown>>> = {
    // While a block is unpublished the user may not be asked: the page is released.
    hold: () => buyIfAsked(page({ mechanism: 'trackA', hold: '1' })),
    buy: () => buyIfAsked(page({ mechanism: 'nanoSignature' })),
    publish: () => merchant.publishHeld(),
    recall: recallNewest,
    'publish and recall': () => Promise.all([merchant.publishHeld(), recallNewest()]),
    late: () =>
      startWorker(account, browser, { wallet: {}, now: () => Date.now() + 86_400_000 }).recall.maintain(),
    send: () => worker.wallet.send(STRANGER, 1n as Raw).catch(locked),
    receive: async () => {
      await devnet.faucet(account.address, 1_000n);
      await worker.wallet.refresh();
    },
    restart: async () => begin(),
  };
  const buyIfAsked = async (url: string) => {
    const challenge = await browser.visit(url);
    const handled = worker.challengeHandler.handle(challenge);
    await expect
      .poll(() => worker.approvals.list().length === 1 || browser.released.includes(challenge.id))
      .toBe(true);
    for (const { id } of worker.approvals.list()) worker.approvals.answer(id, { kind: 'once' });
    await handled;
  };

  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...acts), { minLength: 3, maxLength: 8 }), async (script) => {
      merchant.reset();
      account = await accountWith(devnet, XNO);
      browser = new Browser();
      worker = startWorker(account, browser);
      for (const act of script) await perform[act]();
      await recallNewest();

      const ledger = new Set(account.sends().map(({ hash }) => String(hash)));
      const all = await payments();
      let paid = 0n;
      for (const { intent, progress } of all) {
        const isOn = 'hash' in progress && ledger.has(progress.hash);
        expect([
          intent.offer.mechanism,
          progress.state === 'revoked' || progress.state === 'abandoned',
        ]).toEqual([intent.offer.mechanism, !isOn]);
        if (isOn) paid += intent.amount;
      }
      const given = await account.database.getAll('transfers');
      const sent = given.filter(({ kind }) => kind === 'sent');
      expect(ledger.size).toBe(all.filter(({ progress }) => 'proof' in progress).length + sent.length);
      const spending = await account.database.getAll('spending');
      const days = spending.filter(({ site, window }) => site === siteOf(merchant.origin) && isDay(window));
      expect(days.reduce((sum, row) => sum + row.spent, 0n)).toBe(paid);
      expect(await out()).toEqual([]);
      const received = given.filter(({ kind }) => kind === 'received');
      const moved = (rows: typeof given) => rows.reduce((sum, { amount }) => sum + amount, 0n);
      expect(account.blocks().at(-1)?.block.balance).toBe(XNO + moved(received) - moved(sent) - paid);
    }),
    { numRuns: 12 },
  );
}, 120_000);
