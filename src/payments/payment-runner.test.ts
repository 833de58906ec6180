import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import { type NodeProxy, startProxy } from '../../test/devnet/proxy.ts';
import { Fault } from '../fault.ts';
import type { DeliveryOutcome } from '../interception/challenge.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { hashBlock, toRpc } from '../nano/block.ts';
import { hash as hashOf, nodeAt } from '../nano/nodes.fixture.ts';
import type { PaymentId } from '../payment-id.ts';
import { SIGNING_MARGIN } from '../policy/expiry-margins.ts';
import { type Account, accountWith, locks, STRANGER, workOver } from '../wallet/account.fixture.ts';
import type { AccountWallet } from '../wallet/account-wallet.ts';
import type { WorkEngine } from '../work/engine.ts';
import { OfferClock } from './offer-clock.ts';
import { copyOf, type Intent } from './payment.ts';
import { PaymentRunner, type PaymentRunnerPorts } from './payment-runner.ts';
import { wholeOf } from './private-record.ts';
import { challengeIn, intentOf, type RequestIntent, sessionOffer } from './samples.fixture.ts';

const COMPLETE = Promise.resolve('complete' as const);

let devnet: Devnet;
let account: Account;
let wallet: AccountWallet;
let answer: DeliveryOutcome;
let runner: PaymentRunner;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, 1_000n);
  wallet = account.wallet();
  answer = { kind: 'answered', status: 200, paymentResponse: null, paymentRequired: null, bodyEnd: COMPLETE };
  runner = runnerWith({});
});

const runnerWith = (ports: Partial<PaymentRunnerPorts>) =>
  new PaymentRunner({
    journal: account.journal,
    wallet: async () => wallet,
    recall: () => Promise.reject(new Error('no block is late in this test')),
    recallIfVoid: () => Promise.reject(new Error('no signed block is refused in this test')),
    deliver: async () => answer,
    postFallback: () => Promise.reject(new TypeError('no proof is posted in this test')),
    delivered: () => undefined,
    again: () => undefined,
    exclusively: locks(),
    now: Date.now,
    offerClock: new OfferClock(ports.now ?? Date.now, () => performance.now()),
    ...ports,
  });
const reserve = async (amount = 10n): Promise<RequestIntent> => {
  const intent = intentOf({ account: account.address, offer: sessionOffer(amount, { payTo: STRANGER }) });
  await account.journal.reserve(intent);
  return intent;
};
/** Runs a payment with a wallet that waits only 300 ms for a confirmation. */
const payImpatiently = async ({ id }: Intent) => {
  const patient = wallet;
  wallet = account.wallet({ patienceMs: 300 });
  return runner.run(id).finally(() => {
    wallet = patient;
  });
};
const stateOf = async ({ id }: Intent) => (await account.journal.find(id))?.progress.state;
const amounts = () => account.sends().map(({ amount }) => amount);
const spent = async ({ network, site, windows }: Intent) =>
  (await account.database.get('spending', [network.id, site, windows.day]))?.spent;
/** A send that another wallet with the same key signs on the present head. */
const otherSend = async (amount: bigint) => {
  const key = readHex32(publicKeyOf(STRANGER));
  if (key === undefined) throw new Error('a key is 32 bytes');
  return account.otherWallet().send(key, amount);
};

describe('one run', () => {
  test('is joined by later callers, and its result is kept', async () => {
    const { id } = await reserve();
    const runs = await Promise.all([runner.run(id), runner.run(id), runner.run(id)]);
    expect(new Set(runs.map(({ progress }) => progress.state))).toEqual(new Set(['proven']));
    expect(await runner.run(id)).toEqual(runs[0]);
    expect(amounts()).toEqual([10n]);
  });

  test('by each of two runners over one journal pays once', async () => {
    const intent = await reserve();
    const other = runnerWith({ wallet: async () => account.wallet() });
    const runs = await Promise.allSettled([runner.run(intent.id), other.run(intent.id)]);
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(amounts()).toEqual([10n]);
    expect((await runner.run(intent.id)).progress.state).toBe('proven');
    expect(amounts()).toEqual([10n]);
  });

  test('of an unknown payment is rejected', async () => {
    await expect(runner.run('nothing' as PaymentId)).rejects.toThrow('fault_unknownPayment');
  });
});

describe('a node that lies cannot make it pay anything else than the offer (invariant 4)', () => {
  test.each([
    { kind: 'lie_balance', offset: '-900' },
    { kind: 'lie_balance', absolute: '1000000' },
    { kind: 'process_other_hash' },
    { kind: 'drop_reply_after_accepting', action: 'process' },
  ] as const)('%o: the offer is paid once', async (fault) => {
    devnet.faults.set(fault);
    const intent = await reserve();
    expect((await runner.run(intent.id)).progress.state).toBe('proven');
    expect(amounts()).toEqual([10n]);
    expect(await spent(intent)).toBe(10n);
  });

  test.each([
    { kind: 'lie_balance', offset: '-900', contents: true },
    { kind: 'lie_balance', offset: '900', contents: true },
    { kind: 'http_status', status: 503 },
    { kind: 'drop_request' },
    { kind: 'truncated_json' },
  ] as const)('%o: nothing is paid, and nothing is debited', async (fault) => {
    devnet.faults.set(fault);
    const intent = await reserve();
    expect((await runner.run(intent.id)).progress.state).toBe('abandoned');
    expect(await spent(intent)).toBe(0n);
    devnet.faults.clear();
    await wallet.chain.look();
    expect(amounts()).toEqual([]);
  });

  test('a false confirmation of a block that no ledger has delays the payment, and loses no money', async () => {
    devnet.faults.set({ kind: 'confirm_never_seen', times: 1 });
    const first = await reserve(10n);
    await payImpatiently(first).catch((failure) => expect(failure).toBeInstanceOf(Fault));
    const second = await reserve(20n);
    await account.wallet().chain.look();
    await runner.run(second.id);
    expect((await runner.run(first.id)).progress.state).toBe('proven');
    expect(amounts()).toEqual([10n, 20n]);
  });
});

describe('a payment that cannot go on now', () => {
  test('waits while its block reaches no node, and publishes it once', async () => {
    const intent = await reserve();
    await wallet.chain.look();
    devnet.faults.set({ kind: 'http_status', status: 503 });
    await expect(runner.run(intent.id)).rejects.toThrow('fault_blockWaits');
    expect(await stateOf(intent)).toBe('signed');
    expect(await spent(intent)).toBe(10n);
    devnet.faults.clear();
    expect((await runner.run(intent.id)).progress.state).toBe('proven');
    expect(amounts()).toEqual([10n]);
  });

  test('waits for the confirmation, and publishes a lost block again', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    const intent = await reserve();
    const run = payImpatiently(intent);
    await expect.poll(() => stateOf(intent)).toBe('published');
    const [sent] = account.sends();
    if (sent === undefined) throw new Error('published above');
    devnet.ledger.rollback(sent.hash);
    devnet.faults.clear();
    await expect(run).rejects.toThrow('fault_notConfirmed');
    expect(await stateOf(intent)).toBe('published');
    expect((await runner.run(intent.id)).progress.state).toBe('proven');
    expect(account.sends().map(({ hash }) => hash)).toEqual([sent.hash]);
  });

  test('publishes a block that was lost between two runs again', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    const intent = await reserve();
    await expect(payImpatiently(intent)).rejects.toThrow('fault_notConfirmed');
    const [sent] = account.sends();
    if (sent === undefined) throw new Error('published above');
    devnet.ledger.rollback(sent.hash);
    devnet.faults.clear();
    expect((await runner.run(intent.id)).progress.state).toBe('proven');
    expect(account.sends().map(({ hash }) => hash)).toEqual([sent.hash]);
  });

  test('waits for its own network, and sends no request to another one', async () => {
    devnet.faults.set({ kind: 'never_confirm' });
    const intent = await reserve();
    await expect(payImpatiently(intent)).rejects.toThrow('fault_notConfirmed');
    const abroad = runnerWith({ wallet: () => Promise.reject(new Fault('fault_unknownNetwork')) });
    devnet.stats.reset();
    await expect(abroad.run(intent.id)).rejects.toThrow('fault_unknownNetwork');
    expect(devnet.stats.counts()).toEqual({});
    expect(await stateOf(intent)).toBe('published');
  });

  test('goes on after the next unlock where the wallet was locked before the confirmation', async () => {
    devnet.faults.set({ kind: 'never_confirm', times: 1 });
    wallet = account.wallet();
    const intent = await reserve();
    const run = runner.run(intent.id);
    await expect.poll(() => stateOf(intent)).toBe('published');
    wallet.close();
    await expect(run).rejects.toThrow('fault_locked');
    wallet = account.wallet();
    const [sent] = account.sends();
    if (sent === undefined) throw new Error('published above');
    devnet.elections.confirm(sent.hash);
    expect((await runner.run(intent.id)).progress.state).toBe('proven');
    expect(amounts()).toEqual([10n]);
  });
});

describe('another wallet on the same account', () => {
  /** The blocks of a payment, and the amount that was debited. */
  const blocksOf = async (intent: Intent) => {
    const payment = await account.journal.find(intent.id);
    const progress = payment?.progress;
    return {
      state: progress?.state,
      hash: progress !== undefined && 'hash' in progress ? progress.hash : undefined,
      replaced: payment?.replaced,
      spent: await spent(intent),
    };
  };
  /** Rolls our block back, and has the other one confirmed in its place. */
  const outvote = async (theirs: Awaited<ReturnType<typeof otherSend>>) => {
    const [ours] = account.sends();
    if (ours === undefined) throw new Error('published before');
    devnet.ledger.rollback(ours.hash);
    devnet.faults.clear();
    await account.publish(theirs);
    return ours;
  };

  test('that was faster: the payment is made on top of its block, under the same approval', async () => {
    await wallet.chain.look();
    const theirs = await otherSend(100n);
    await account.publish(theirs);
    const intent = await reserve();
    const { progress, story, replaced } = await runner.run(intent.id);
    expect(progress.state).toBe('proven');
    expect(story.map(({ state }) => state)).toEqual([
      ...['approved', 'signed', 'signed', 'published', 'confirmed', 'proven'],
    ]);
    const [, ours] = account.sends();
    expect(ours).toMatchObject({ amount: 10n, block: { previous: theirs.hash } });
    const [first] = replaced ?? [];
    expect(first).toBeDefined();
    const lost = first === undefined ? null : await account.chains.signed(first);
    expect(lost?.block.previous).not.toBe(ours?.block.previous);
    expect(await account.chains.signed(hashOf(ours?.hash ?? ''))).toMatchObject({ excludes: lost?.hash });
    expect(await blocksOf(intent)).toMatchObject({ hash: ours?.hash, replaced: [lost?.hash], spent: 10n });
    expect(amounts()).toEqual([100n, 10n]);
  });

  test('that has a conflicting block: payments wait until the network has confirmed one, and go on by themselves', async () => {
    await wallet.chain.look();
    devnet.faults.set({ kind: 'never_confirm' });
    const theirs = await otherSend(100n);
    await fetch(devnet.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: theirs.json }),
    });
    const awaited = vi.spyOn(wallet, 'confirmed');
    const waits = () => awaited.mock.calls.filter(([hash]) => String(hash) === theirs.hash).length;
    const one = await reserve(10n);
    const first = runner.run(one.id);
    await expect.poll(() => waits()).toBe(1);
    // The next payment has no head to build on yet.
    const other = await reserve(20n);
    const second = runner.run(other.id);
    await expect.poll(() => waits()).toBe(2);
    devnet.faults.clear();
    devnet.elections.confirm(theirs.hash);
    for (const { progress } of await Promise.all([first, second])) expect(progress.state).toBe('proven');
    expect(new Set(amounts())).toEqual(new Set([100n, 10n, 20n]));
    expect([await spent(one), await spent(other)]).toEqual([30n, 30n]);
  });

  test('whose block wins after ours was published: the payment is made on top of it at once', async () => {
    const theirs = await otherSend(100n);
    devnet.faults.set({ kind: 'never_confirm' });
    const intent = await reserve();
    wallet = account.wallet({ patienceMs: 600_000 });
    const run = runner.run(intent.id);
    await expect.poll(() => stateOf(intent)).toBe('published');
    await outvote(theirs);
    expect((await run).progress.state).toBe('proven');
    expect(amounts()).toEqual([100n, 10n]);
    expect(await spent(intent)).toBe(10n);
    wallet.close();
  });

  test('whose block wins while no worker runs: the payment is made on top of it', async () => {
    const theirs = await otherSend(100n);
    devnet.faults.set({ kind: 'never_confirm' });
    const intent = await reserve();
    await expect(payImpatiently(intent)).rejects.toThrow('fault_notConfirmed');
    const lost = await outvote(theirs);
    const patient = account.wallet({ patienceMs: 600_000 });
    const next = runnerWith({ wallet: async () => patient });
    expect((await next.run(intent.id)).progress.state).toBe('proven');
    expect(await blocksOf(intent)).toMatchObject({ replaced: [lost.hash], spent: 10n });
    expect(amounts()).toEqual([100n, 10n]);
    patient.close();
  });

  test('that is faster every time: nine blocks are signed at most', async () => {
    // The keys are asked for right before the signature.
    wallet = account.wallet({
      keys: async () => {
        await account.publish(await otherSend(1n));
        return account.keys;
      },
    });
    const intent = await reserve();
    const { progress } = await runner.run(intent.id);
    expect(progress).toMatchObject({ state: 'abandoned', fault: 'fault_blockForked' });
    expect((await blocksOf(intent)).replaced).toHaveLength(8);
    expect(await spent(intent)).toBe(0n);
    expect(amounts()).toEqual(Array(9).fill(1n));
  });

  describe('and a payment that cannot be made again', () => {
    test.each<[string, string, () => Promise<unknown>, (intent: Intent) => Partial<PaymentRunnerPorts>]>([
      ['that is too expensive', 'fault_insufficient', () => otherSend(995n), () => ({})],
      [
        'that is too late',
        'fault_offerExpired',
        () => otherSend(1n),
        ({ offer }) => ({ now: () => offer.expiresAt - SIGNING_MARGIN + 1 }),
      ],
    ])('%s: it is abandoned, and its money is given back', async (_, fault, theirs, ports) => {
      await wallet.chain.look();
      const intent = await reserve();
      const own = await wallet.chain.send({ to: STRANGER, amount: 10n as Raw }, async (signed) => {
        await account.journal.sign(intent.id, signed);
      });
      await account.publish((await theirs()) as Awaited<ReturnType<typeof otherSend>>);
      const { progress } = await runnerWith(ports(intent)).run(intent.id);
      expect(progress).toMatchObject({ state: 'abandoned', fault });
      expect(await spent(intent)).toBe(0n);
      expect(amounts()).toHaveLength(1);
      expect(account.sends()).not.toMatchObject([{ hash: own.hash }]);
    });

    test('that no request waits for: it is abandoned, and its money is given back', async () => {
      await wallet.chain.look();
      await account.publish(await otherSend(100n));
      const intent = await reserve();
      let looks = 0;
      const demand = {
        beginSigning: () => {
          if (++looks > 1) throw new Fault('fault_withdrawn');
        },
        signal: new AbortController().signal,
      };
      expect((await runner.run(intent.id, demand)).progress).toMatchObject({
        state: 'abandoned',
        fault: 'fault_withdrawn',
      });
      expect(await spent(intent)).toBe(0n);
      expect(amounts()).toEqual([100n]);
    });

    test('that was restored from a backup: it is abandoned, and its money is given back', async () => {
      await wallet.chain.look();
      const intent = await reserve();
      await wallet.chain.send({ to: STRANGER, amount: 10n as Raw }, async (signed) => {
        await account.journal.sign(intent.id, signed);
      });
      const row = await account.database.get('payments', intent.id);
      if (row === undefined) throw new Error('reserved above');
      await account.database.put('payments', { ...row, payment: copyOf(row.payment) });
      await account.publish(await otherSend(100n));
      expect((await runner.run(intent.id)).progress).toMatchObject({ fault: 'fault_blockForked' });
      expect(await spent(intent)).toBe(0n);
      expect(amounts()).toEqual([100n]);
    });
  });

  describe('that one node invents', () => {
    let liar: NodeProxy;
    beforeEach(async () => {
      liar = await startProxy(devnet);
    });
    afterEach(() => liar.close());

    /** The node hides our block, and shows in its place a confirmed one that our key never signed. */
    const lie = () => {
      const madeUp = async () => {
        const own = await account.chains.newest(account.network.id, account.address);
        if (own === null) throw new Error('signed before the node is asked');
        const block = { ...own.block, balance: (own.block.balance - 1n) as Raw };
        return { own, block, hash: hashBlock(block) };
      };
      liar.set(
        { kind: 'answer', way: 'there', action: 'process', body: '{"error":"Fork"}' },
        {
          kind: 'twist',
          action: 'block_info',
          twist: async (answer, asked) => {
            const { own, block, hash } = await madeUp();
            if (asked.hash === own.block.previous) return { ...answer, successor: hash };
            if (asked.hash === hash) return { contents: toRpc(block), confirmed: 'true' };
            return asked.hash === own.hash ? { error: 'Block not found' } : answer;
          },
        },
      );
    };

    test('before ours was published: the payment waits, and its money stays reserved', async () => {
      wallet = account.wallet({ node: nodeAt(liar.rpcUrl) });
      await wallet.chain.look();
      const intent = await reserve();
      lie();
      await expect(runner.run(intent.id)).rejects.toThrow('fault_blockWaits');
      expect([await stateOf(intent), await spent(intent)]).toEqual(['signed', 10n]);
      liar.set();
      expect((await runner.run(intent.id)).progress.state).toBe('proven');
      expect(amounts()).toEqual([10n]);
    });

    test('after ours was published: the payment waits, and its money stays reserved', async () => {
      devnet.faults.set({ kind: 'never_confirm' });
      const intent = await reserve();
      await expect(runner.run(intent.id)).rejects.toThrow('fault_notConfirmed');
      wallet = account.wallet({ node: nodeAt(liar.rpcUrl), patienceMs: 300 });
      lie();
      await expect(runner.run(intent.id)).rejects.toThrow('fault_notConfirmed');
      expect([await stateOf(intent), await spent(intent)]).toEqual(['published', 10n]);
      liar.set();
      wallet.close();
      wallet = account.wallet({ node: nodeAt(liar.rpcUrl), patienceMs: 600_000 });
      const [sent] = account.sends();
      if (sent === undefined) throw new Error('published above');
      devnet.elections.confirm(sent.hash);
      expect((await runner.run(intent.id)).progress.state).toBe('proven');
      expect(amounts()).toEqual([10n]);
    });
  });

  test('is followed by payments on top of its block', async () => {
    await wallet.chain.look();
    await account.publish(await otherSend(100n));
    await runner.run((await reserve()).id);
    expect((await runner.run((await reserve(7n)).id)).progress.state).toBe('proven');
    expect(amounts()).toEqual([100n, 10n, 7n]);
  });
});

test('an offer that expired before the worker was restarted is not paid', async () => {
  const offer = sessionOffer(10n, { payTo: STRANGER, expiresAt: Date.now() + 5_000 });
  const intent = intentOf({ account: account.address, offer });
  await account.journal.reserve(intent);
  expect((await runner.run(intent.id)).progress).toMatchObject({
    state: 'abandoned',
    fault: 'fault_offerExpired',
  });
  expect(await account.chains.newest(account.network.id, account.address)).toBeNull();
  await wallet.chain.look();
  expect(amounts()).toEqual([]);
});

test('a search for work that outlives the offer is aborted, and the chain is free again', async () => {
  const searching: AbortSignal[] = [];
  const endless: WorkEngine = {
    name: 'endless',
    solve: (_root, _threshold, { signal }) =>
      new Promise((_, reject) => {
        searching.push(signal);
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  wallet = account.wallet({ work: workOver(account.database, endless) });
  const at = Date.now();
  // Long enough for the search to begin on a busy machine.
  const offer = sessionOffer(10n, { payTo: STRANGER, expiresAt: at + SIGNING_MARGIN + 2_000 });
  const intent = intentOf({ account: account.address, offer });
  await account.journal.reserve(intent);
  const { progress } = await runnerWith({ now: () => at }).run(intent.id);
  expect(progress).toMatchObject({ state: 'abandoned', fault: 'fault_offerExpired' });
  expect(searching.map(({ aborted }) => aborted)).toEqual([true]);
  expect(await spent(intent)).toBe(0n);
});

test('an unexpected failure is logged to the console, and the payment is abandoned', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    const cause = new TypeError('an unplanned failure');
    const broken = runnerWith({ wallet: () => Promise.reject(cause) });
    const intent = await reserve();
    expect((await broken.run(intent.id)).progress).toMatchObject({
      state: 'abandoned',
      fault: 'fault_unexpected',
    });
    expect(said).toHaveBeenCalledWith(cause);
  } finally {
    said.mockRestore();
  }
});

describe('the delivery of a proof', () => {
  const proven = async () => runner.run((await reserve()).id);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');

  test.each<[string, DeliveryOutcome, object]>([
    [
      'a page',
      { kind: 'answered', status: 204, paymentResponse: null, paymentRequired: null, bodyEnd: COMPLETE },
      { state: 'settled', status: 204 },
    ],
    [
      'a refusal after the block is on the ledger, which is never final',
      {
        kind: 'answered',
        status: 402,
        paymentResponse: encode({ error: 'Payment already spent' }),
        paymentRequired: null,
        bodyEnd: COMPLETE,
      },
      { state: 'refused', status: 402, final: false, said: 'Payment already spent' },
    ],
    [
      'a refusal for now',
      { kind: 'answered', status: 503, paymentResponse: null, paymentRequired: null, bodyEnd: COMPLETE },
      { state: 'refused', status: 503, final: false },
    ],
    [
      'a proof that was taken, for content that comes later',
      { kind: 'answered', status: 202, paymentResponse: null, paymentRequired: null, bodyEnd: COMPLETE },
      { state: 'unanswered', reason: 'pending' },
    ],
    [
      'a redirect that was not followed',
      { kind: 'answered', status: 304, paymentResponse: null, paymentRequired: null, bodyEnd: COMPLETE },
      { state: 'unanswered', reason: 'network' },
    ],
    ...(['gone', 'network'] as const).map((reason): [string, DeliveryOutcome, object] => [
      `an answer that breaks off (${reason})`,
      {
        kind: 'answered',
        status: 200,
        paymentResponse: null,
        paymentRequired: null,
        bodyEnd: Promise.resolve(reason),
      },
      { state: 'unanswered', reason },
    ]),
    ['no page', { kind: 'unanswered', reason: 'gone' }, { state: 'unanswered', reason: 'gone' }],
  ])('records and reports %s', async (_, delivery, progress) => {
    answer = delivery;
    const payment = await proven();
    const challenge = challengeIn(payment.intent);
    const reported: unknown[] = [];
    const reporting = runnerWith({ delivered: (...ended) => void reported.push(ended) });
    const ended = await reporting.deliver(payment, challenge);
    expect(ended.progress).toMatchObject(progress);
    expect(reported).toEqual([[ended, challenge]]);
  });

  test('writes `delivered` before the proof is sent, and sends the same proof every time', async () => {
    const seen: unknown[] = [];
    const payment = await proven();
    const careful = runnerWith({
      deliver: async (challenge, proof) => {
        seen.push([challenge.id, proof.value, await stateOf(payment.intent)]);
        return { kind: 'unanswered', reason: 'network' };
      },
    });
    const challenge = challengeIn(payment.intent);
    await careful.deliver(await careful.deliver(payment, challenge), challenge);
    const proof = 'proof' in payment.progress ? payment.progress.proof : '';
    expect(seen).toEqual([
      [challenge.id, proof, 'delivered'],
      [challenge.id, proof, 'delivered'],
    ]);
  });

  test('is rejected without a proof, and after the payment was settled', async () => {
    const intent = await reserve();
    const approved = await account.journal.find(intent.id);
    if (approved === null) throw new Error('reserved above');
    await expect(runner.deliver(wholeOf(approved), intent.challenge)).rejects.toThrow('fault_paymentOver');
    const settled = await runner.deliver(await runner.run(intent.id), intent.challenge);
    await expect(runner.deliver(settled, intent.challenge)).rejects.toThrow('fault_paymentOver');
  });
});
