/**
 * A wallet whose only node lies: it signs nothing beyond what was offered, reports what stops it, and goes on once the node
 * answers truthfully (invariants 3 and 4).
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import { toAddress } from '../../test/devnet/address.ts';
import { blockToJson } from '../../test/devnet/block.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import {
  type Fields,
  type NodeProxy,
  type ProxyFault,
  startProxy,
  type Twist,
} from '../../test/devnet/proxy.ts';
import { twinOf } from '../../test/devnet/twin.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import type { FaultKey } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { type Account, accountWith, STRANGER } from '../wallet/account.fixture.ts';
import { Browser } from './browser.fixture.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { expectNothingLost, expectRecordsAgree, paymentsOf } from './records.fixture.ts';
import { allowAll, startWorker, type TestWorker } from './worker.fixture.ts';

const XNO = 10n ** 30n;
const PATIENCE = 1_500;
let devnet: Devnet;
let merchant: Merchant;
let account: Account;
let browser: Browser;
let liar: NodeProxy;
let url: string;
/** The hashes of the sends by hand before the lies. */
let earlier: string[];
const others: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 20, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, XNO);
  browser = new Browser();
  liar = await startProxy(devnet);
  url = `${merchant.origin}/article?visit=${crypto.randomUUID()}`;
  earlier = [];
  await allowAll(account, url);
});
afterEach(async () => {
  await liar.close();
  for (const one of others.splice(0)) await one.close();
});

function workerOn(rpcUrl: string, wsUrl = devnet.wsUrl) {
  const openSocket = () => new WebSocket(wsUrl);
  return startWorker(account, browser, {
    wallet: { node: nodeAt(rpcUrl), openSocket, patienceMs: PATIENCE },
  });
}

/** Visits a page. Resolves with `content`, the reason why there is none, or undefined where the server refused the proof. */
async function visit(worker: TestWorker, at = url): Promise<'content' | NotPaidReason | undefined> {
  const challenge = await browser.visit(at);
  await worker.challengeHandler.handle(challenge);
  if (browser.answers.get(challenge.id)?.status === 200) return 'content';
  return worker.log.find((line) => line.challenge === challenge.id)?.key;
}

const maintain = async (worker: TestWorker) => {
  await worker.wallet.refresh();
  await worker.delivery.resume();
};

/** Makes three sends by hand while the node is honest: the wallet has a history of its own. */
async function addHistory(): Promise<void> {
  const { wallet } = workerOn(devnet.rpcUrl);
  for (const amount of [1n, 2n, 3n]) earlier.push(await wallet.send(STRANGER, amount as Raw));
}

/**
 * Of everything the purse ever signed: each payment has one block at most beside those that lost their place, all of them
 * for its amount and its payee, to the raw.
 */
async function expectSignedAsOffered(): Promise<void> {
  const payments = await paymentsOf(account);
  const signed = (await account.database.getAll('blocks')).filter(({ hash }) => !earlier.includes(hash));
  const sends = signed.filter(({ subtype }) => subtype === 'send');
  const replaced = payments.flatMap((payment) => payment.replaced ?? []);
  expect(sends.length).toBeLessThanOrEqual(payments.length + replaced.length);
  for (const { hash, block, delta } of sends) {
    const [payment, ...more] = payments.filter(
      ({ progress, replaced = [] }) =>
        ('hash' in progress && progress.hash === hash) || replaced.includes(hash),
    );
    const abandoned = payments.filter(({ progress }) => progress.state === 'abandoned');
    const { intent } = payment ?? abandoned.find((one) => one.intent.amount === delta) ?? {};
    expect(more).toEqual([]);
    expect(delta).toBe(intent?.amount);
    expect(block.link).toBe(intent && publicKeyOf(intent.offer.payTo));
    const below = await account.chains.signed(block.previous);
    const onLedger = devnet.ledger.entry(devnetHash(block.previous));
    const before = below?.block.balance ?? onLedger?.block.balance ?? 0n;
    expect(before - block.balance).toBe(delta);
  }
}

function devnetHash(text: string) {
  const hash = readHex32(text);
  if (hash === undefined) throw new Error('a hash');
  return hash;
}
interface Row {
  readonly lie: string;
  readonly faults: () => readonly ProxyFault[] | Promise<readonly ProxyFault[]>;
  /** The wallet has blocks of its own before the lies. */
  readonly hasHistory?: boolean;
  /** The head is not known yet when the lies begin. */
  readonly cold?: boolean;
  /** The result of the first visit. */
  readonly first: 'content' | NotPaidReason | 'refused by the server';
  /** The fault that the wallet reports during the lies; null where there is none. */
  readonly trouble: FaultKey | null;
  /** Blocks are not confirmed before the lies end. */
  readonly unconfirmed?: boolean;
}

const twist = (action: string, lie: Twist): ProxyFault => ({ kind: 'twist', action, twist: lie });
const balanceOf =
  (change: (truth: bigint) => bigint): Twist =>
  (answer) => ({
    ...answer,
    balance: String(change(BigInt(String(answer.balance)))),
  });
const inContents =
  (change: (contents: Record<string, unknown>) => object): Twist =>
  (answer) =>
    typeof answer.contents === 'object' ? { ...answer, contents: change({ ...answer.contents }) } : answer;
/** The second half of a signature is a number, and counts whatever multiple of the group's order is added to it. */
function respelled(signature: string): string {
  const reversed = (hex: string) => (hex.match(/../g) ?? []).toReversed().join('');
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const second = BigInt(`0x${reversed(signature.slice(64))}`) + order;
  return signature.slice(0, 64) + reversed(second.toString(16).padStart(64, '0')).toUpperCase();
}
const notFound = { error: 'Block not found' };
const own = () => account.blocks().map(({ hash }) => hash);

/** A copy of the ledger whose node takes blocks, confirms none, and shares them with no other node. */
async function island(): Promise<Devnet> {
  const twin = await twinOf(devnet);
  twin.faults.set({ kind: 'never_confirm' });
  others.push(twin);
  return twin;
}
const swallowed = async (): Promise<ProxyFault> => ({
  kind: 'elsewhere',
  action: 'process',
  rpcUrl: (await island()).rpcUrl,
});

const rows: readonly Row[] = [
  {
    lie: 'a balance that is understated beside the block',
    faults: () => [
      twist(
        'account_info',
        balanceOf((raw) => raw / 2n),
      ),
      twist(
        'block_info',
        balanceOf((raw) => raw / 2n),
      ),
    ],
    cold: true,
    first: 'content',
    trouble: null,
  },
  {
    lie: 'a balance that is overstated beside the block',
    faults: () => [
      twist(
        'account_info',
        balanceOf((raw) => raw * 9n),
      ),
      twist(
        'block_info',
        balanceOf((raw) => raw * 9n),
      ),
    ],
    cold: true,
    first: 'content',
    trouble: null,
  },
  ...[
    ['understated', (raw: bigint) => raw - 1n],
    ['overstated', (raw: bigint) => raw * 9n],
  ].map(
    ([word, change]): Row => ({
      lie: `a balance that is ${word} in the block`,
      faults: () => [
        twist(
          'block_info',
          inContents((contents) => ({
            ...contents,
            balance: String((change as (raw: bigint) => bigint)(BigInt(String(contents.balance)))),
          })),
        ),
      ],
      cold: true,
      first: 'fault_headUnproven',
      trouble: 'fault_headUnproven',
    }),
  ),
  {
    lie: 'a frontier of long ago, to a purse that knows better',
    faults: () => [twist('account_info', (answer) => ({ ...answer, frontier: own()[0] }))],
    hasHistory: true,
    cold: true,
    first: 'content',
    trouble: null,
  },
  ...[0, 1, 2].map(
    (height): Row => ({
      lie: `that another wallet went on, and its frontier is block ${height} of old`,
      faults: () => {
        const [frontier, newest] = [own()[height], own().at(-1)];
        return [
          twist('account_info', (answer) => ({ ...answer, frontier })),
          twist('block_info', (answer, { hash }) =>
            hash === newest ? { ...answer, successor: 'AB'.repeat(32) } : answer,
          ),
        ];
      },
      hasHistory: true,
      cold: true,
      first: 'fault_nodeBehind',
      trouble: 'fault_nodeBehind',
    }),
  ),
  {
    lie: 'a successor that is none',
    faults: () => [twist('block_info', (answer) => ({ ...answer, successor: 'AB'.repeat(32) }))],
    hasHistory: true,
    cold: true,
    first: 'content',
    trouble: null,
  },
  {
    lie: 'a frontier that is another account’s',
    faults: () => [
      twist('account_info', (answer) => ({
        ...answer,
        frontier: devnet.ledger.head(devnet.ledger.genesis)?.hash,
      })),
    ],
    cold: true,
    first: 'fault_headUnproven',
    trouble: 'fault_headUnproven',
  },
  {
    lie: 'what is true of another account',
    faults: () => [twist('account_info', () => infoOf(toAddress(devnet.ledger.genesis)))],
    cold: true,
    first: 'fault_headUnproven',
    trouble: 'fault_headUnproven',
  },
  {
    lie: 'another account’s block for ours',
    faults: () => [
      twist('block_info', () => nodeAsked({ action: 'block_info', json_block: 'true', hash: genesisHead() })),
    ],
    cold: true,
    first: 'fault_headUnproven',
    trouble: 'fault_headUnproven',
  },
  {
    lie: 'that there is no such account',
    faults: () => [
      { kind: 'answer', way: 'there', action: 'account_info', body: '{"error":"Account not found"}' },
    ],
    cold: true,
    first: 'fault_insufficient',
    trouble: null,
  },
  {
    lie: 'that it knows nothing of ours',
    faults: () => [
      { kind: 'answer', way: 'back', action: 'account_info', body: '{"error":"Account not found"}' },
      { kind: 'answer', way: 'back', action: 'block_info', body: JSON.stringify(notFound) },
    ],
    hasHistory: true,
    cold: true,
    first: 'fault_nodeRefused',
    trouble: 'fault_nodeRefused',
  },
  {
    lie: 'that it refuses, at length',
    faults: () => [
      { kind: 'answer', way: 'there', body: JSON.stringify({ error: `No\u202e ${'!'.repeat(9_000)}` }) },
    ],
    cold: true,
    first: 'fault_nodeRefused',
    trouble: 'fault_nodeRefused',
  },
  {
    lie: 'another hash for a block that it took',
    faults: () => [twist('process', () => ({ hash: 'AB'.repeat(32) }))],
    first: 'content',
    trouble: null,
  },
  {
    lie: 'another hash for a block that it did not take',
    faults: () => [
      { kind: 'answer', way: 'there', action: 'process', body: JSON.stringify({ hash: 'AB'.repeat(32) }) },
    ],
    first: 'fault_blockWaits',
    trouble: 'fault_nodeBehind',
  },
  ...[
    ['a signature that it made up', () => 'AB'.repeat(64)],
    ['another spelling of our signature', respelled],
  ].map(
    ([word, change]): Row => ({
      lie: `that it had a block before we sent it, with ${word}`,
      faults: () => [
        { kind: 'answer', way: 'back', action: 'process', body: '{"error":"Old block"}' },
        twist(
          'block_info',
          inContents((contents) => ({
            ...contents,
            signature: (change as (signature: string) => string)(String(contents.signature)),
          })),
        ),
      ],
      first: 'content',
      trouble: null,
    }),
  ),
  {
    lie: 'a fork where there is none',
    faults: () => [{ kind: 'answer', way: 'there', action: 'process', body: '{"error":"Fork"}' }],
    first: 'fault_blockWaits',
    trouble: 'fault_nodeBehind',
  },
  {
    lie: 'that it took a block, and keeps it to itself',
    faults: async () => [await swallowed()],
    first: 'fault_nodeRefused',
    trouble: 'fault_nodeRefused',
  },
  {
    lie: 'that a block is confirmed which no ledger ever saw',
    faults: async () => [
      await swallowed(),
      twist('block_info', (_, { hash }) => ({ ...devnetInfo(own().at(-1)), hash, confirmed: 'true' })),
    ],
    first: 'refused by the server',
    trouble: null,
  },
  {
    lie: 'on the WebSocket, that a block is confirmed which no ledger ever saw',
    faults: async () => [
      await swallowed(),
      twist('block_info', (_, { hash }) => {
        liar.tell({ topic: 'confirmation', message: { hash, account: account.address, amount: '1' } });
        return notFound;
      }),
    ],
    first: 'refused by the server',
    trouble: 'fault_nodeRefused',
  },
  {
    lie: 'that a block is confirmed which is not yet',
    faults: () => [twist('block_info', (answer) => ({ ...answer, confirmed: 'true' }))],
    unconfirmed: true,
    first: 'refused by the server',
    trouble: null,
  },
  {
    lie: 'that nothing is ever confirmed',
    faults: () => {
      liar.socket('mute');
      return [twist('block_info', (answer) => ({ ...answer, confirmed: 'false' }))];
    },
    first: 'fault_notConfirmed',
    trouble: null,
  },
  ...['007', '1e30', ' 7', '+7', '-1', '0x10', '7.0', '9'.repeat(40), '', 7, null, ['7']].map(
    (balance): Row => ({
      lie: `a balance of ${JSON.stringify(balance)}`,
      faults: () => [twist('account_info', (answer) => ({ ...answer, balance }))],
      cold: true,
      first: 'fault_nodeNonsense',
      trouble: 'fault_nodeNonsense',
    }),
  ),
  {
    lie: 'megabytes',
    faults: () => [{ kind: 'answer', way: 'there', body: JSON.stringify({ balance: '7'.repeat(5 << 20) }) }],
    cold: true,
    first: 'fault_nodeNonsense',
    trouble: 'fault_nodeNonsense',
  },
  {
    lie: 'that somebody else should be asked',
    faults: () => [{ kind: 'answer', way: 'there', status: 307, headers: { Location: devnet.rpcUrl } }],
    cold: true,
    first: 'fault_nodeUnreachable',
    trouble: 'fault_nodeUnreachable',
  },
];

const genesisHead = () => devnet.ledger.head(devnet.ledger.genesis)?.hash;
async function nodeAsked(request: object): Promise<Fields> {
  const response = await fetch(devnet.rpcUrl, { method: 'POST', body: JSON.stringify(request) });
  return (await response.json()) as Fields;
}
const infoOf = (address: string) => nodeAsked({ action: 'account_info', account: address });
/** A block of ours as a node tells of it. */
function devnetInfo(hash = '') {
  return { contents: { ...blockToJson(devnet.ledger.find(hash).block) }, successor: '0'.repeat(64) };
}

test.each(rows)('$lie: $first, and the payment is made once the node is honest', async (row) => {
  if (row.hasHistory) await addHistory();
  const worker = workerOn(liar.rpcUrl, liar.wsUrl);
  if (!row.cold) await worker.wallet.chain.look();
  if (row.unconfirmed) devnet.faults.set({ kind: 'never_confirm' });
  const told = await row.faults();
  devnet.stats.reset();
  liar.set(...told);
  expect((await visit(worker)) ?? 'refused by the server').toBe(row.first);
  await expectNothingLost(account, earlier);
  await expectSignedAsOffered();
  await worker.wallet.refresh();
  expect(worker.wallet.trouble?.key ?? null).toBe(row.trouble);
  if (row.trouble !== null) expect(messages[row.trouble].message).toMatch(/\w/);
  await expectSignedAsOffered();

  liar.set();
  liar.socket(null);
  devnet.faults.clear();
  for (const { hash } of account.blocks()) devnet.elections.confirm(hash);
  await maintain(worker);
  if (row.first !== 'content') expect(await visit(worker)).toBe('content');
  const payments = await expectRecordsAgree(account, merchant, earlier);
  expect(payments).toMatchObject([{ progress: { state: 'settled' } }]);
  await expectSignedAsOffered();
  expect(worker.wallet.trouble?.key).toBeUndefined();
});

describe('incoming money', () => {
  const arrives = async (amount: bigint) => {
    const hash = await devnet.faucet(account.address, amount);
    await devnet.confirmed(hash);
    return hash;
  };

  test.each([
    ['more', (raw: bigint) => raw * 9n],
    ['less', (raw: bigint) => raw / 9n],
  ])('is worth what its blocks say, not %s', async (_, change) => {
    await arrives(900n);
    const worker = workerOn(liar.rpcUrl);
    liar.set(
      twist('receivable', ({ blocks }) => ({
        blocks: Object.fromEntries(
          Object.entries<{ readonly amount: string }>(Object(blocks)).map(([hash, told]) => [
            hash,
            { ...told, amount: String(change(BigInt(told.amount))) },
          ]),
        ),
      })),
    );
    await worker.wallet.refresh();
    expect(account.blocks().at(-1)).toMatchObject({ subtype: 'receive', amount: 900n });
    expect([worker.wallet.balance, worker.wallet.trouble?.key ?? null]).toEqual([XNO + 900n, null]);
  });

  test('that was taken in is not taken in again, however often a node names it', async () => {
    const sources = await Promise.all(Array.from({ length: 32 }, () => arrives(3n)));
    const worker = workerOn(liar.rpcUrl);
    await worker.wallet.refresh();
    const taken = [XNO + 96n, null, 32];
    const now = async () => [
      worker.wallet.balance,
      worker.wallet.trouble?.key ?? null,
      await account.database.count('blocks'),
    ];
    expect(await now()).toEqual(taken);
    liar.set(twist('receivable', () => ({ blocks: Object.fromEntries(sources.map((hash) => [hash, '3'])) })));
    await worker.wallet.refresh();
    expect(await now()).toEqual(taken);
  });

  test('that is somebody else’s is left alone', async () => {
    const stranger = await devnet.faucet(STRANGER, 5n);
    await devnet.confirmed(stranger);
    const worker = workerOn(liar.rpcUrl);
    liar.set(twist('receivable', () => ({ blocks: { [stranger]: '5' } })));
    await worker.wallet.refresh();
    expect([worker.wallet.balance, worker.wallet.trouble?.key ?? null]).toEqual([
      XNO,
      'fault_sourceUnproven',
    ]);
    expect(await account.database.count('blocks')).toBe(0);
  });

  test('on a ledger that does not exist: the blocks on it are never on the real one, where the account is free again', async () => {
    const fake = await twinOf(devnet);
    others.push(fake);
    await fake.confirmed(await fake.faucet(account.address, 1_000_000n * XNO));
    fake.faults.set({ kind: 'never_confirm' });
    const onFake = workerOn(fake.rpcUrl, fake.wsUrl);
    await onFake.wallet.refresh();
    expect(onFake.wallet.balance).toBe(1_000_001n * XNO);
    expect(await visit(onFake)).toBe('fault_notConfirmed');
    await expectSignedAsOffered();
    expect(account.sends()).toEqual([]);

    const onReal = workerOn(devnet.rpcUrl);
    await maintain(onReal);
    expect([onReal.wallet.balance, onReal.wallet.trouble?.key ?? null]).toEqual([XNO, null]);
    // A block that was signed on the fake ledger keeps its money reserved until another one is confirmed in its place.
    expect(await visit(onReal)).toBe('fault_notConfirmed');
    await expectNothingLost(account);
    expect(await visit(onReal, `${url}&other=1`)).toBe('content');
    await maintain(onReal);
    const again = (await paymentsOf(account)).find(({ intent }) => intent.challenge.url === url);
    expect(again).toMatchObject({ progress: { state: 'proven' }, replaced: [expect.any(String)] });
    expect(await visit(onReal)).toBe('content');
    expect(await expectRecordsAgree(account, merchant)).toHaveLength(2);
    await expectSignedAsOffered();
  });
});

test('a redirect of a node is not followed', async () => {
  const elsewhere = await startProxy(devnet);
  others.push(elsewhere);
  for (const status of [301, 302, 303, 307, 308]) {
    liar.set({ kind: 'answer', way: 'there', status, headers: { Location: elsewhere.rpcUrl } });
    const worker = workerOn(liar.rpcUrl);
    await worker.wallet.refresh();
    expect(worker.wallet.trouble?.key ?? null).toBe('fault_nodeUnreachable');
  }
  expect(elsewhere.requests).toEqual([]);
});
