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

interface RpcRequest {
  readonly action: string;
  readonly hash?: string;
  readonly block?: { readonly link: string; readonly work: string };
}

let devnet: Devnet;
let account: Account;
let wallet: AccountWallet;
let now: number;
/** The requests to the node, in order. */
let asked: RpcRequest[];
/** The node's answer to a request; undefined for the devnet's own. */
let instead: (request: RpcRequest) => Response | undefined;

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

/** A new wallet over the same database. It watches no socket, so that every look is one that a test asked for. */
function open(ports: Partial<AccountWalletPorts> = {}, of: Account = account): AccountWallet {
  const scriptedFetch: typeof fetch = async (url, init) => {
    const request = JSON.parse(String(init?.body));
    asked.push(request);
    return instead(request) ?? fetch(url, init);
  };
  return of.wallet({
    node: NodeClient.at({
      rpcUrls: of.network.rpcUrls,
      fetch: scriptedFetch,
      timeoutMs: 20_000,
      now: Date.now,
    }),
    openSocket: null,
    clock: { ...systemClock, now: () => now },
    transfers: new StoredTransfers(of.database, () => now),
    ...ports,
  });
}
/** Closes the wallet and opens the next one, as after a restart of the worker. */
function reopen(ports?: Partial<AccountWalletPorts>): AccountWallet {
  wallet.close();
  wallet = open(ports);
  return wallet;
}
async function fund(amount: bigint) {
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
    bad = await fund(5n);
    await fund(6n);
    instead = ({ block }) => (block?.link === bad ? refusal('Unreceivable') : undefined);
  });

  test('is neither in the balance nor done, and keeps the node’s words until it is received', async () => {
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
    // It is the same transfer, with the time at which it got to the ledger.
    expect(await transfers()).toHaveLength(2);
    expect(await transfers()).toContainEqual({ kind: 'received', amount: 5n, state: 'done', at: now });
  });

  test('is tried again after a delay that grows with each refusal', async () => {
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

  test('is tried again at once when the user asks for it', async () => {
    await wallet.refresh();
    instead = () => undefined;
    await wallet.refresh();
    expect(wallet.balance).toBe(1_006n);
    await wallet.retry();
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, null]);
  });

  test('keeps its delay and its trouble after a restart of the worker', async () => {
    await wallet.refresh();
    now += 15 * SECOND;
    await wallet.refresh();
    const tries = async () =>
      (await account.database.getAll('transfers')).map(
        ({ state }) => state?.kind === 'refused' && state.tries,
      );
    expect(await tries()).toContain(2);
    now += 30 * SECOND;
    await reopen().refresh();
    expect(await tries()).toContain(2);
    expect(shown()).toEqual([1_006n, 0n, 'fault_nodeRefused Unreceivable']);
    now += 30 * SECOND;
    instead = () => undefined;
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, null]);
  });

  test('is no transfer once another wallet received the send', async () => {
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
    'gives a receive, and every later one, the work of a send: %s',
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

describe('one send that cannot be proven', () => {
  test.each<[string, (bad: string) => (request: RpcRequest) => Response | undefined]>([
    [
      'contents that cannot be read',
      (bad) => (request) =>
        request.hash === bad ? Response.json({ contents: { type: 'odd' }, confirmed: 'true' }) : undefined,
    ],
    [
      'no answer of a node',
      (bad) => (request) => (request.hash === bad ? new Response(null, { status: 500 }) : undefined),
    ],
    [
      'a refusal of the node',
      (bad) => (request) => (request.hash === bad ? refusal('Internal server error') : undefined),
    ],
    [
      'an entry of the list that cannot be read',
      (bad) => (request) => {
        if (request.action === 'receivable') return Response.json({ blocks: { ...named(), [bad]: '-1' } });
        return request.hash === bad ? refusal('Block not found') : undefined;
      },
    ],
  ])('is trouble, and hides no other send: %s', async (_, liar) => {
    await fund(6n);
    await fund(5n);
    const bad = await fund(7n);
    instead = liar(bad);
    await wallet.refresh();
    await wallet.refresh();
    expect(shown()).toEqual([1_011n, 0n, 'fault_sourceUnproven']);
    instead = () => undefined;
    await wallet.retry();
    await wallet.refresh();
    expect(shown()).toEqual([1_018n, 0n, null]);
  });

  test('is asked about again after a delay, and not at every look', async () => {
    const bad = await fund(7n);
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

  test('does not hide others, even when more than one look may prove are like it', async () => {
    const bad = new Set<string>();
    // The faucet's sends stand one on the other, so the one that can be proven must be below those that cannot.
    for (let amount = 1n; amount <= 40n; amount++) {
      const hash = await fund(amount);
      if (amount > 1n) bad.add(hash);
    }
    instead = ({ action, hash = '' }) =>
      action === 'block_info' && bad.has(hash) ? refusal('Internal server error') : undefined;
    await wallet.refresh();
    await wallet.refresh();
    expect(wallet.balance).toBe(1_001n);
  });

  /** The receivable sends that the devnet names for the account. */
  function named(): Readonly<Record<string, string>> {
    const key = readHex32(publicKeyOf(account.address));
    if (key === undefined) throw new Error('a key');
    return Object.fromEntries(
      devnet.ledger.receivables(key).map(({ hash, amount }) => [hash, amount.toString()]),
    );
  }
});

describe('an amount above the supply of XNO', () => {
  let rich: Devnet;
  beforeAll(async () => {
    rich = await startDevnet({ confirmationDelayMs: 0, supply: 2n ** 128n - 1n });
  });
  afterAll(() => rich?.close());

  test('is received on a network of test money', async () => {
    account = await accountWith(rich, 1_000n);
    await rich.confirmed(await rich.faucet(account.address, 2n ** 127n));
    wallet.close();
    wallet = open();
    await wallet.refresh();
    expect(shown()).toEqual([1_000n + 2n ** 127n, 0n, null]);
  });

  test('is not believed on a network of real money', async () => {
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

  test('is neither off the balance nor done, and is published again until a node has it', async () => {
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

  test('is neither off the balance nor done after a restart of the worker', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    await reopen().refresh();
    expect(shown()).toEqual([1_000n, 0n, 'fault_nodeRefused Bad signature']);
    instead = () => undefined;
    await reopen().refresh();
    expect(shown()).toEqual([995n, 0n, null]);
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'done' }]);
  });

  test('keeps a second one from being signed', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    instead = () => undefined;
    await wallet.refresh();
    expect(account.sends()).toHaveLength(1);
    expect(await transfers()).toHaveLength(1);
  });

  test('is `replaced` once another block is confirmed in its place', async () => {
    await expect(send(5n)).rejects.toThrow('fault_nodeRefused');
    const key = readHex32(publicKeyOf(STRANGER));
    if (key === undefined) throw new Error('a key');
    await account.publish(await account.otherWallet().send(key, 9n));
    await wallet.refresh();
    expect(shown()).toEqual([991n, 0n, null]);
    expect(await transfers()).toMatchObject([{ kind: 'sent', amount: 5n, state: 'replaced' }]);
  });
});

describe('a transfer that was open when the worker ended', () => {
  test('is waiting while no node has its block, and done once it is published', async () => {
    await wallet.refresh();
    devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    await expect(wallet.send(STRANGER, 5n as Raw)).rejects.toThrow('fault_blockWaits');
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'waiting' }]);
    await reopen().refresh();
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'waiting' }]);
    devnet.faults.clear();
    await wallet.refresh();
    expect(await transfers()).toMatchObject([{ kind: 'sent', state: 'done' }]);
  });

  test('is done when its block is on the ledger', async () => {
    await fund(5n);
    const stored = new StoredTransfers(account.database, () => now);
    // The worker ends before it can store what became of it.
    reopen({ transfers: Object.assign(stored, { settle: () => new Promise<void>(() => {}) }) });
    void wallet.refresh();
    await expect.poll(() => account.blocks().length).toBe(2);
    expect(await transfers()).toMatchObject([{ kind: 'received', state: 'waiting' }]);
    await reopen().refresh();
    expect(await transfers()).toMatchObject([{ kind: 'received', state: 'done' }]);
    expect(shown()).toEqual([1_005n, 0n, null]);
  });
});

describe('a wallet that is sent dust, while work ahead of need is never found', () => {
  test('ends a look before the dust is received, and receives it for a payment that needs the money', async () => {
    const engine: WorkEngine = {
      name: 'steered',
      solve(root, threshold, options) {
        if (options.urgency === 'foreground') return devWork.solve(root, threshold, options);
        return new Promise((_, reject) => {
          options.signal.addEventListener('abort', () => reject(options.signal.reason));
        });
      },
    };
    reopen({ work: workOver(account.database, engine) });
    await wallet.look();
    for (let amount = 1n; amount <= 20n; amount++) await fund(amount);
    await wallet.look();
    expect(shown()).toEqual([1_000n, 210n, null]);
    await wallet.receivePending();
    expect(shown()).toEqual([1_210n, 0n, null]);
  });
});
