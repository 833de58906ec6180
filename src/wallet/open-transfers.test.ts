import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { NodeClient } from '../nano/node-client.ts';
import { hash as hashOf } from '../nano/nodes.fixture.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import type { WorkEngine } from '../work/engine.ts';
import { type Account, accountWith, devWork, STRANGER, workOver } from './account.fixture.ts';
import type { AccountWallet, AccountWalletPorts } from './account-wallet.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;

interface Request {
  readonly action: string;
  readonly hash?: string;
  readonly block?: { readonly link: string; readonly work: string };
}

let devnet: Devnet;
let account: Account;
let wallet: AccountWallet;
let now: number;
/** What the node was asked, in order. */
let asked: Request[];
/** What the node does with a request; undefined for what the devnet itself says. */
let instead: (request: Request) => Response | undefined;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 0 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  now = Date.now();
  asked = [];
  instead = () => undefined;
  account = await accountWith(devnet, 1_000n);
  wallet = open();
});
afterEach(() => wallet.close());

/** A life of the purse over the same database; it watches no socket, so that every look is one that a test asked for. */
function open(ports: Partial<AccountWalletPorts> = {}, of: Account = account): AccountWallet {
  const line: typeof fetch = async (url, init) => {
    const request = JSON.parse(String(init?.body));
    asked.push(request);
    return instead(request) ?? fetch(url, init);
  };
  return of.purse({
    node: NodeClient.at({ rpcUrls: of.network.rpcUrls, fetch: line, timeoutMs: 20_000, now: Date.now }),
    openSocket: null,
    clock: { ...systemClock, now: () => now },
    transfers: new StoredTransfers(of.database, () => now),
    ...ports,
  });
}
function nextLife(ports?: Partial<AccountWalletPorts>): AccountWallet {
  wallet.close();
  wallet = open(ports);
  return wallet;
}
async function comes(amount: bigint) {
  const hash = hashOf(await devnet.faucet(account.address, amount));
  await devnet.confirmed(hash);
  return hash;
}
const refusal = (error: string) => Response.json({ error });
const transfers = async () =>
  (await account.database.getAll('transfers')).map(({ kind, amount, state, at }) => ({
    kind,
    amount,
    state: state?.kind ?? 'done',
    at,
    ...(state?.kind === 'refused' && { said: state.said }),
  }));
const shown = () => [wallet.balance, wallet.incoming, wallet.trouble?.message ?? null];
const processed = () => asked.filter(({ action }) => action === 'process').length;

describe('a receive that a node refuses', () => {
  let bad: string;
  beforeEach(async () => {
    bad = await comes(5n);
    await comes(6n);
    instead = ({ block }) => (block?.link === bad ? refusal('Unreceivable') : undefined);
  });

  test('is neither in the balance nor done, and the node’s words stand until it is received', async () => {
    await wallet.refresh();
    await wallet.refresh();
    expect(shown()).toEqual([1_006n, 0n, 'fault_nodeRefused Unreceivable']);
    expect(await transfers()).toEqual(
      expect.arrayContaining([
        { kind: 'received', amount: 5n, state: 'refused', said: 'Unreceivable', at: now },
        { kind: 'received', amount: 6n, state: 'done', at: now },
      ]),
    );
    instead = () => undefined;
    now += HOUR;
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, null]);
    // It is the same transfer, at the time when the ledger took it.
    expect(await transfers()).toHaveLength(2);
    expect(await transfers()).toContainEqual({ kind: 'received', amount: 5n, state: 'done', at: now });
  });

  test('is tried again by itself, the more often it was refused the later', async () => {
    const gaps: number[] = [];
    await wallet.refresh();
    let last = now;
    for (let tries = 1; tries < 7; ) {
      now += 15 * SECOND;
      const before = processed();
      await wallet.refresh();
      if (processed() === before) continue;
      gaps.push((now - last) / SECOND);
      last = now;
      tries++;
    }
    expect(gaps).toEqual([15, 60, 300, 900, 3_600, 3_600]);
    expect(await transfers()).toHaveLength(2);
  });

  test('is tried again at once for a user who wants it', async () => {
    await wallet.refresh();
    instead = () => undefined;
    await wallet.refresh();
    expect(wallet.balance).toBe(1_006n);
    await wallet.retry();
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, null]);
  });

  test('waits as long after the worker has ended, and is told all the while', async () => {
    await wallet.refresh();
    now += 15 * SECOND;
    await wallet.refresh();
    const tries = async () =>
      (await account.database.getAll('transfers')).map(
        ({ state }) => state?.kind === 'refused' && state.tries,
      );
    expect(await tries()).toContain(2);
    now += 30 * SECOND;
    await nextLife().refresh();
    expect(await tries()).toContain(2);
    expect(shown()).toEqual([1_006n, 0n, 'fault_nodeRefused Unreceivable']);
    now += 30 * SECOND;
    instead = () => undefined;
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, null]);
  });

  test('that another wallet made is no transfer of this purse', async () => {
    await wallet.refresh();
    const link = readHex32(bad);
    if (link === undefined) throw new Error('a hash');
    const other = account.otherWallet();
    await account.publish(await other.change(link));
    await account.publish(await other.receive(link));
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, null]);
    expect(await transfers()).toMatchObject([{ amount: 6n, state: 'done' }]);
  });
});

describe('a node that asks for more work than it says', () => {
  let strict: Devnet;
  beforeAll(async () => {
    const threshold = 0xffc0000000000000n;
    strict = await startDevnet({
      confirmationDelayMs: 0,
      thresholds: { send: threshold, receive: threshold },
    });
  });
  afterAll(() => strict?.close());

  test.each(['Block work is insufficient', 'Block work is less than threshold'])(
    '%s: a receive gets the work of a send at once, and so does every one after it',
    async (words) => {
      account = await accountWith(strict, 1_000n);
      const network = {
        ...account.network,
        thresholds: { ...account.network.thresholds, receive: '0000000000000000' },
      };
      for (const amount of [5n, 6n]) await strict.confirmed(await strict.faucet(account.address, amount));
      let refused = 0;
      instead = ({ block }) => {
        if (block === undefined || refused > 0) return undefined;
        refused++;
        return refusal(words);
      };
      wallet.close();
      wallet = open({ network });
      await wallet.refresh();
      expect(shown()).toEqual([1_011n, 0n, null]);
      expect(refused).toBe(1);
      expect(await transfers()).toMatchObject([{ state: 'done' }, { state: 'done' }]);
      const seen = processed();
      await strict.confirmed(await strict.faucet(account.address, 7n));
      await wallet.refresh();
      expect([wallet.balance, processed() - seen]).toEqual([1_018n, 1]);
    },
  );
});

describe('one payment that is not as it should be', () => {
  test.each<[string, (bad: string) => (request: Request) => Response | undefined]>([
    [
      'with contents that cannot be read',
      (bad) => (request) =>
        request.hash === bad ? Response.json({ contents: { type: 'odd' }, confirmed: 'true' }) : undefined,
    ],
    [
      'that no node gives an answer about',
      (bad) => (request) => (request.hash === bad ? new Response(null, { status: 500 }) : undefined),
    ],
    [
      'that the node refuses to show',
      (bad) => (request) => (request.hash === bad ? refusal('Internal server error') : undefined),
    ],
    [
      'whose entry in the list cannot be read',
      (bad) => (request) => {
        if (request.action === 'receivable') return Response.json({ blocks: { ...named(), [bad]: '-1' } });
        return request.hash === bad ? refusal('Block not found') : undefined;
      },
    ],
  ])('%s is told, and hides none that stands behind it', async (_, liar) => {
    await comes(6n);
    await comes(5n);
    const bad = await comes(7n);
    instead = liar(bad);
    await wallet.refresh();
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, 'fault_sourceUnproven']);
    instead = () => undefined;
    await wallet.retry();
    await wallet.refresh();
    expect(shown()).toEqual([1_018n, 0n, null]);
  });

  test('is asked about again later, and not at every look', async () => {
    const bad = await comes(7n);
    instead = ({ hash }) => (hash === bad ? refusal('Internal server error') : undefined);
    await wallet.refresh();
    const count = () => asked.filter(({ hash }) => hash === bad).length;
    expect(count()).toBe(1);
    await wallet.refresh();
    expect(count()).toBe(1);
    now += 15 * SECOND;
    await wallet.refresh();
    expect(count()).toBe(2);
  });

  test('more than are looked at in one go: what stands behind them arrives', async () => {
    const bad = new Set<string>();
    // The faucet's sends stand one on the other: one that can be proven must stand below those that cannot.
    for (let amount = 1n; amount <= 40n; amount++) {
      const hash = await comes(amount);
      if (amount > 1n) bad.add(hash);
    }
    instead = ({ action, hash = '' }) =>
      action === 'block_info' && bad.has(hash) ? refusal('Internal server error') : undefined;
    await wallet.refresh();
    await wallet.refresh();
    expect(wallet.balance).toBe(1_001n);
  });

  /** What the devnet names as waiting for the account. */
  function named(): Readonly<Record<string, string>> {
    const key = readHex32(publicKeyOf(account.address));
    if (key === undefined) throw new Error('a key');
    return Object.fromEntries(
      devnet.ledger.receivables(key).map(({ hash, amount }) => [hash, amount.toString()]),
    );
  }
});

describe('money of a network that made more than there is of XNO', () => {
  let rich: Devnet;
  beforeAll(async () => {
    rich = await startDevnet({ confirmationDelayMs: 0, supply: 2n ** 128n - 1n });
  });
  afterAll(() => rich?.close());

  test('is received from its first account where the money is for tests', async () => {
    account = await accountWith(rich, 1_000n);
    await rich.confirmed(await rich.faucet(account.address, 2n ** 127n));
    wallet.close();
    wallet = open();
    await wallet.refresh();
    expect(shown()).toEqual([1_000n + 2n ** 127n, 0n, null]);
  });

  test('is not believed where the money is real', async () => {
    account = await accountWith(rich, 1_000n);
    await rich.confirmed(await rich.faucet(account.address, 5n));
    wallet.close();
    wallet = open({ network: { ...account.network, testMoney: false } });
    await wallet.refresh();
    expect(shown()).toEqual([1_000n, 0n, 'fault_sourceUnproven']);
  });
});

describe('a send that a node refuses', () => {
  const send = (amount: bigint) => wallet.send(STRANGER, amount as Raw);
  beforeEach(async () => {
    await wallet.refresh();
    instead = ({ block }) => (block === undefined ? undefined : refusal('Bad signature'));
  });

  test('is neither off the balance nor done, and is published again until a node takes it', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused Bad signature');
    await wallet.refresh();
    expect(shown()).toEqual([1_000n, 0n, 'fault_nodeRefused Bad signature']);
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'refused', said: 'Bad signature' }]);
    now += 1;
    instead = () => undefined;
    await wallet.refresh();
    expect(shown()).toEqual([995n, 0n, null]);
    expect(await transfers()).toEqual([{ kind: 'sent', amount: 5n, state: 'done', at: now }]);
    expect(account.sends()).toHaveLength(1);
  });

  test('is neither after the worker has ended', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    await nextLife().refresh();
    expect(shown()).toEqual([1_000n, 0n, 'fault_nodeRefused Bad signature']);
    instead = () => undefined;
    await nextLife().refresh();
    expect(shown()).toEqual([995n, 0n, null]);
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'done' }]);
  });

  test('has no second one beside it', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    instead = () => undefined;
    await wallet.refresh();
    expect(account.sends()).toHaveLength(1);
    expect(await transfers()).toHaveLength(1);
  });

  test('is told as not made once another block is confirmed in its place', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    const key = readHex32(publicKeyOf(STRANGER));
    if (key === undefined) throw new Error('a key');
    await account.publish(await account.otherWallet().send(key, 9n));
    await wallet.refresh();
    expect(shown()).toEqual([991n, 0n, null]);
    expect(await transfers()).toMatchObject([{ kind: 'sent', amount: 5n, state: 'replaced' }]);
  });
});

describe('a transfer that the worker left open', () => {
  test('and no node has, waits, and is done once it is published', async () => {
    await wallet.refresh();
    devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    await expect(wallet.send(STRANGER, 5n as Raw)).rejects.toThrow('fault_blockWaits');
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'waiting' }]);
    await nextLife().refresh();
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'waiting' }]);
    devnet.faults.clear();
    await wallet.refresh();
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'done' }]);
  });

  test('although it is on the ledger, is done', async () => {
    await comes(5n);
    const book = new StoredTransfers(account.database, () => now);
    // The worker ends before it can write down what became of it.
    nextLife({ transfers: Object.assign(book, { settle: () => new Promise<void>(() => {}) }) });
    void wallet.refresh();
    await expect.poll(() => account.blocks().length).toBe(2);
    expect(await transfers()).toMatchObject([{ kind: 'received', state: 'waiting' }]);
    await nextLife().refresh();
    expect(await transfers()).toMatchObject([{ kind: 'received', state: 'done' }]);
    expect(shown()).toEqual([1_005n, 0n, null]);
  });
});

describe('a purse that is sent dust without end, whose work is never found ahead of need', () => {
  test('looks once for who wants a look, and takes money in for a payment that needs it', async () => {
    const engine: WorkEngine = {
      name: 'steered',
      solve(root, threshold, options) {
        if (options.urgency === 'foreground') return devWork.solve(root, threshold, options);
        return new Promise((_, reject) => {
          options.signal.addEventListener('abort', () => reject(options.signal.reason));
        });
      },
    };
    nextLife({ work: workOver(account.database, engine) });
    await wallet.look();
    for (let amount = 1n; amount <= 20n; amount++) await comes(amount);
    await wallet.look();
    expect(shown()).toEqual([1_000n, 210n, null]);
    await wallet.receivePending();
    expect(shown()).toEqual([1_210n, 0n, null]);
  });
});
