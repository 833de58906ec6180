/**
 * Payments over a faulty connection to the node: at most one block per payment; ledger, journal, merchant and budget agree;
 * the page, or its next visit, gets the content or a clear reason.
 */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { toAddress } from '../../test/devnet/address.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { DevnetFault } from '../../test/devnet/faults.ts';
import { genesisBlock } from '../../test/devnet/genesis.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import { type NodeProxy, type ProxyFault, startProxy } from '../../test/devnet/proxy.ts';
import type { SocketFault } from '../../test/devnet/proxy-socket.ts';
import { twinOf } from '../../test/devnet/twin.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import { publicKeyOf } from '../nano/account.ts';
import { NodeClient } from '../nano/node-client.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import { Browser } from './browser.fixture.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { expectNothingLost, expectRecordsAgree, ownSends } from './records.fixture.ts';
import { allowAll, startWorker, type TestWorker } from './worker.fixture.ts';

const XNO = 10n ** 30n;
const GENESIS = toAddress(genesisBlock().account);
/** How long a node may take, and a confirmation (ms): far more than they need on a busy machine. */
const TIMEOUT = 2_500;
const PATIENCE = 6_000;
const SLOW = 3_500;
/** Longer than any node's Retry-After (ms). */
const RESTED = 60_000;
let devnet: Devnet;
let merchant: Merchant;
let account: Account;
let browser: Browser;
let proxy: NodeProxy;
let url: string;
/** The clock by which a node is left alone that asked for it (ms). It stands still, so that no slow test outlasts a pause. */
let clock: number;
const others: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 100, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, XNO);
  browser = new Browser();
  clock = Date.now();
  proxy = await startProxy(devnet);
  url = `${merchant.origin}/article?visit=${crypto.randomUUID()}`;
  await allowAll(account, url);
});
afterEach(async () => {
  await proxy.close();
  for (const one of others.splice(0)) await one.close();
});

/** A worker whose wallet asks these nodes. */
const workerOn = (...rpcUrls: string[]) => workerWith(rpcUrls, TIMEOUT, PATIENCE);
function workerWith(rpcUrls: readonly string[], timeoutMs: number, patienceMs: number) {
  const node = NodeClient.at({ rpcUrls, fetch, timeoutMs, now: () => clock });
  const openSocket = () => new WebSocket(proxy.wsUrl);
  return startWorker(account, browser, { wallet: { node, openSocket, patienceMs } });
}

/** Visits the page. Resolves with `content`, or the reason why there is none. */
async function visit(worker: TestWorker, at = url): Promise<'content' | NotPaidReason | undefined> {
  const challenge = await browser.visit(at);
  await worker.challengeHandler.handle(challenge);
  if (browser.answers.get(challenge.id)?.status === 200) return 'content';
  return worker.log.find((line) => line.challenge === challenge.id)?.key;
}

/** Does what an alarm, an unlock or a start of the worker does. */
const maintain = async (worker: TestWorker) => {
  await worker.wallet.refresh();
  await worker.delivery.resume();
};

interface Row {
  readonly name: string;
  readonly faults?: readonly ProxyFault[];
  readonly socket?: SocketFault;
  /** The head is not known yet, as after a start. */
  readonly cold?: boolean;
  /** What the first visit brings. */
  readonly first: 'content' | NotPaidReason;
}

const there = { way: 'there' } as const;
const back = { way: 'back' } as const;
const process = { action: 'process' } as const;
const html = { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><p>Hello' };

const rows: readonly Row[] = [
  {
    name: 'process is cut on its way there, once',
    faults: [{ kind: 'cut', ...there, ...process, times: 1 }],
    first: 'content',
  },
  {
    name: 'process is cut on its way there',
    faults: [{ kind: 'cut', ...there, ...process }],
    first: 'fault_blockWaits',
  },
  { name: 'its answer is cut', faults: [{ kind: 'cut', ...back, ...process }], first: 'content' },
  {
    name: 'process comes too late',
    faults: [{ kind: 'delay', ...there, ms: SLOW, ...process }],
    first: 'fault_blockWaits',
  },
  {
    name: 'its answer comes too late',
    faults: [{ kind: 'delay', ...back, ms: SLOW, ...process }],
    first: 'content',
  },
  {
    name: '503 before',
    faults: [{ kind: 'answer', ...there, status: 503, ...process }],
    first: 'fault_blockWaits',
  },
  { name: '500 after', faults: [{ kind: 'answer', ...back, status: 500, ...process }], first: 'content' },
  {
    name: '429 before',
    faults: [{ kind: 'answer', ...there, status: 429, headers: { 'Retry-After': '1' }, ...process }],
    first: 'fault_blockWaits',
  },
  {
    name: '429 after',
    faults: [{ kind: 'answer', ...back, status: 429, ...process }],
    first: 'fault_blockWaits',
  },
  {
    name: 'a web page before',
    faults: [{ kind: 'answer', ...there, ...html, ...process }],
    first: 'fault_blockWaits',
  },
  { name: 'a web page after', faults: [{ kind: 'answer', ...back, ...html, ...process }], first: 'content' },
  { name: 'half an answer', faults: [{ kind: 'half', ...process }], first: 'content' },
  {
    name: 'half an answer as if it were all',
    faults: [{ kind: 'half', quietly: true, ...process }],
    first: 'content',
  },
  { name: 'process twice', faults: [{ kind: 'duplicate', ...there, ...process }], first: 'content' },
  { name: 'its answer twice', faults: [{ kind: 'duplicate', ...back, ...process }], first: 'content' },
  {
    name: 'its answer drips',
    faults: [{ kind: 'drip', bytes: 1, everyMs: 100, ...process }],
    first: 'content',
  },
  {
    name: 'every answer drips, in time',
    faults: [{ kind: 'drip', bytes: 100, everyMs: 1 }],
    cold: true,
    first: 'content',
  },
  { name: 'every request is cut', faults: [{ kind: 'cut', ...there }], first: 'fault_blockWaits' },
  { name: 'every answer is cut', faults: [{ kind: 'cut', ...back }], first: 'fault_blockWaits' },
  { name: 'every answer is half', faults: [{ kind: 'half' }], first: 'fault_blockWaits' },
  {
    name: 'every request is cut, from the start',
    faults: [{ kind: 'cut', ...there }],
    cold: true,
    first: 'fault_nodeUnreachable',
  },
  {
    name: 'every answer is 503, from the start',
    faults: [{ kind: 'answer', ...there, status: 503 }],
    cold: true,
    first: 'fault_nodeUnreachable',
  },
  {
    name: 'every answer is a web page, from the start',
    faults: [{ kind: 'answer', ...there, ...html }],
    cold: true,
    first: 'fault_nodeNonsense',
  },
  {
    name: 'every answer is half, from the start',
    faults: [{ kind: 'half', quietly: true }],
    cold: true,
    first: 'fault_nodeNonsense',
  },
  { name: 'the WebSocket is mute', socket: 'mute', first: 'content' },
  { name: 'the WebSocket is closed', socket: 'closed', first: 'content' },
  { name: 'the WebSocket says everything twice', socket: 'twice', first: 'content' },
  {
    name: 'the WebSocket is mute and polling fails for a while',
    socket: 'mute',
    faults: [{ kind: 'cut', ...there, action: 'block_info', times: 2 }],
    first: 'content',
  },
  {
    name: 'the WebSocket is mute and polling always fails',
    socket: 'mute',
    faults: [{ kind: 'answer', ...there, status: 429, action: 'block_info' }],
    first: 'fault_notConfirmed',
  },
];

describe.each(['the same worker', 'a restarted worker'])('%s goes on after a fault', (which) => {
  test.each(rows)('$name: first $first', async ({ faults = [], socket = null, cold = false, first }) => {
    const worker = workerOn(proxy.rpcUrl);
    if (!cold) await worker.wallet.chain.look();
    proxy.set(...faults);
    proxy.socket(socket);
    expect(await visit(worker)).toBe(first);
    await expectNothingLost(account);
    if (which === 'the same worker') await maintain(worker);

    proxy.set();
    proxy.socket(null);
    clock += RESTED;
    const after = which === 'the same worker' ? worker : workerOn(proxy.rpcUrl);
    await maintain(after);
    if (first !== 'content') expect(await visit(after)).toBe('content');
    const payments = await expectRecordsAgree(account, merchant);
    expect(payments).toMatchObject([{ progress: { state: 'settled' } }]);
  });
});

describe('the network', () => {
  test('confirms by the WebSocket alone where polling always fails', async () => {
    const worker = workerOn(proxy.rpcUrl);
    await worker.wallet.chain.look();
    proxy.set({ kind: 'cut', way: 'there', action: 'block_info' });
    let came: unknown;
    void visit(worker).then((what) => {
      came = what;
    });
    // Whenever the purse begins to listen, there is something to hear.
    await expect
      .poll(() => {
        for (const entry of account.sends()) devnet.elections.announce(entry, 'active_quorum');
        return came;
      })
      .toBe('content');
    expect(await expectRecordsAgree(account, merchant)).toHaveLength(1);
  });

  test('confirms late: the payment waits, and the page gets the content then', async () => {
    const worker = workerOn(proxy.rpcUrl);
    devnet.faults.set({ kind: 'never_confirm' });
    expect(await visit(worker)).toBe('fault_notConfirmed');
    await maintain(worker);
    expect(await visit(worker)).toBe('fault_notConfirmed');
    await expectNothingLost(account);
    for (const { hash } of account.sends()) devnet.elections.confirm(hash);
    expect(await visit(worker)).toBe('content');
    expect(await expectRecordsAgree(account, merchant)).toHaveLength(1);
  });

  test('loses the block: the same block is published again', async () => {
    const worker = workerOn(proxy.rpcUrl);
    devnet.faults.set({ kind: 'never_confirm' });
    expect(await visit(worker)).toBe('fault_notConfirmed');
    for (const { hash } of account.sends()) devnet.ledger.rollback(hash);
    devnet.faults.clear();
    await maintain(worker);
    expect(await visit(worker)).toBe('content');
    expect(await expectRecordsAgree(account, merchant)).toHaveLength(1);
  });
});

/** A send to a stranger that another wallet with the same key signs. */
async function otherSend(amount = 5n) {
  const key = readHex32(publicKeyOf(STRANGER));
  if (key === undefined) throw new Error('a key is 32 bytes');
  return account.otherWallet().send(key, amount);
}

describe('another wallet on the same seed', () => {
  test('pays before our block is signed: ours is made on top of theirs', async () => {
    const worker = workerOn(proxy.rpcUrl);
    await worker.wallet.chain.look();
    const theirs = await otherSend();
    await account.publish(theirs);
    expect(await visit(worker)).toBe('content');
    expect(ownSends(account, [theirs.hash])).toMatchObject([{ block: { previous: theirs.hash } }]);
    expect(await expectRecordsAgree(account, merchant, [theirs.hash])).toHaveLength(1);
  });

  test('pays after ours was signed and before it is published: ours is made on top of theirs', async () => {
    const worker = workerOn(proxy.rpcUrl);
    await worker.wallet.chain.look();
    const theirs = await otherSend();
    proxy.set({ kind: 'cut', way: 'there', action: 'process' });
    expect(await visit(worker)).toBe('fault_blockWaits');
    await account.publish(theirs);
    proxy.set();
    expect(await visit(worker)).toBe('content');
    expect(await expectRecordsAgree(account, merchant, [theirs.hash])).toHaveLength(1);
  });

  test.each(['ours', 'theirs'])(
    'pays at the same time as ours, and the network confirms %s',
    async (winner) => {
      const worker = workerOn(proxy.rpcUrl);
      await worker.wallet.chain.look();
      devnet.faults.set({ kind: 'never_confirm' });
      const theirs = await otherSend();
      await fetch(devnet.rpcUrl, {
        method: 'POST',
        body: JSON.stringify({ action: 'process', json_block: 'true', block: theirs.json }),
      });
      expect(await visit(worker)).toBe('fault_blockWaits');
      await maintain(worker);
      expect(worker.wallet.trouble?.key ?? null).toBe('fault_nodeBehind');
      await expectNothingLost(account, [theirs.hash]);
      devnet.faults.clear();
      if (winner === 'theirs') devnet.elections.confirm(theirs.hash);
      else devnet.ledger.rollback(theirs.hash);
      await maintain(worker);
      if (winner === 'theirs') expect((await visit(worker)) === 'content').toBe(true);
      else expect(await visit(worker)).toBe('content');
      expect(await expectRecordsAgree(account, merchant, [theirs.hash])).toHaveLength(1);
    },
  );
});

describe('two nodes', () => {
  /** A node that takes and confirms what it is given, of which no other ever hears. */
  async function island(): Promise<Devnet> {
    const twin = await twinOf(devnet);
    others.push(twin);
    return twin;
  }

  test('of which one is down', async () => {
    proxy.set({ kind: 'cut', way: 'there' });
    expect(await visit(workerOn(proxy.rpcUrl, devnet.rpcUrl))).toBe('content');
    expect(await expectRecordsAgree(account, merchant)).toHaveLength(1);
  });

  test.each(['first', 'second'])(
    'of which the %s is an island: the other one has the block too',
    async (place) => {
      const { rpcUrl } = await island();
      proxy.set({ kind: 'elsewhere', rpcUrl });
      const urls = [proxy.rpcUrl, devnet.rpcUrl];
      const worker = workerOn(...(place === 'first' ? urls : urls.reverse()));
      await worker.wallet.chain.look();
      expect(await visit(worker)).toBe('content');
      expect(await expectRecordsAgree(account, merchant)).toHaveLength(1);
    },
  );

  test('of which one is behind and takes a block that the other has replaced: ours is made on top of the other block', async () => {
    const behind = await island();
    behind.faults.set({ kind: 'never_confirm' });
    // Its patience ends before it looks for what replaced the block: then it publishes the block again, and learns of it.
    const worker = workerWith([behind.rpcUrl, devnet.rpcUrl], TIMEOUT, 2_000);
    await worker.wallet.chain.look();
    const theirs = await otherSend();
    await account.publish(theirs);
    expect(await visit(worker)).toBe('content');
    expect(await expectRecordsAgree(account, merchant, [theirs.hash])).toHaveLength(1);
  });

  test('of which only the island is reached: its blocks are published to the other one later', async () => {
    const { rpcUrl } = await island();
    const away = workerOn(rpcUrl);
    const urls = [url, `${url}&second=1`, `${url}&third=1`];
    for (const each of urls) expect(await visit(away, each)).not.toBe('content');
    expect(account.sends()).toEqual([]);
    await expectNothingLost(account);
    const home = workerOn(devnet.rpcUrl);
    await maintain(home);
    for (const each of urls) expect(await visit(home, each)).toBe('content');
    expect(await expectRecordsAgree(account, merchant)).toHaveLength(3);
    expect(home.wallet.trouble?.key).toBeUndefined();
  });
});

describe('with any faults in any order during one to five payments', () => {
  const times = fc.integer({ min: 1, max: 4 });
  const action = fc.constantFrom('process', 'block_info', 'account_info', 'receivable');
  const way = fc.constantFrom('there' as const, 'back' as const);
  const status = fc.constantFrom(429, 500, 503);
  const onTheLine: fc.Arbitrary<ProxyFault> = fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), way, action, times }),
    fc.record({ kind: fc.constant('delay' as const), way, ms: fc.constantFrom(5, 150), action, times }),
    fc.record({ kind: fc.constant('duplicate' as const), way, action, times }),
    fc.record({ kind: fc.constant('half' as const), quietly: fc.boolean(), action, times }),
    fc.record({ kind: fc.constant('answer' as const), way, status, action, times }),
  );
  const box = { account: fc.constant(''), times };
  const atTheNode: fc.Arbitrary<DevnetFault> = fc.oneof(
    fc.record({ kind: fc.constant('never_confirm' as const), ...box }),
    fc.record({ kind: fc.constant('confirm_never_seen' as const), ...box }),
    fc.record({ kind: fc.constant('process_other_hash' as const), ...box }),
    fc.record({ kind: fc.constant('drop_reply_after_accepting' as const), ...box }),
    fc.record({ kind: fc.constant('stale_frontier' as const), ...box }),
    fc.record({ kind: fc.constant('foreign_frontier' as const), of: fc.constant(GENESIS), ...box }),
    fc.record({ kind: fc.constant('lie_balance' as const), offset: fc.constantFrom('-7', '7'), ...box }),
  );
  const step = fc.record({
    line: fc.array(onTheLine, { maxLength: 2 }),
    node: fc.array(atTheNode, { maxLength: 2 }),
    socket: fc.constantFrom<(SocketFault | null)[]>(null, null, 'mute', 'closed', 'twice'),
    dies: fc.boolean(),
  });

  test('the ledger has what was debited, each payment once, and every page gets its content in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        account = await accountWith(devnet, XNO);
        browser = new Browser();
        clock = Date.now();
        await allowAll(account, url);
        const urls = steps.map((_, n) => `${url}&account=${account.address}&n=${n}`);
        const impatient = () => workerWith([proxy.rpcUrl], 100, 250);
        let worker = impatient();
        for (const [n, { line, node, socket, dies }] of steps.entries()) {
          proxy.set(...line);
          proxy.socket(socket);
          devnet.faults.set(...node.map((fault) => ({ ...fault, account: account.address })));
          await visit(worker, urls[n]);
          await expectNothingLost(account);
          if (dies) worker = impatient();
          await maintain(worker);
          await expectNothingLost(account);
        }

        proxy.set();
        proxy.socket(null);
        devnet.faults.clear();
        clock += RESTED;
        worker = workerOn(devnet.rpcUrl);
        for (const { hash } of account.blocks()) devnet.elections.confirm(hash);
        await maintain(worker);
        for (const each of urls)
          if (!browser.served.has(each)) expect(await visit(worker, each)).toBe('content');
        expect(await expectRecordsAgree(account, merchant)).toHaveLength(steps.length);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 180_000);
});
