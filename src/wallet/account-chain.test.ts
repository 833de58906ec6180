import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toAddress } from '../../test/devnet/address.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { genesisBlock } from '../../test/devnet/genesis.ts';
import { readHex32 } from '../../test/devnet/hex.ts';
import { type NodeProxy, type ProxyFault, startProxy } from '../../test/devnet/proxy.ts';
import { TestAccount } from '../../test/devnet/test-account.ts';
import { twinOf } from '../../test/devnet/twin.ts';
import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import { type BlockHash, hashBlock, type SignedBlock, signBlock, toRpc } from '../nano/block.ts';
import { DEVNET, MAINNET } from '../nano/network.ts';
import { freshKeys, hash as hashOf, nodeAt } from '../nano/nodes.fixture.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../work/difficulty.ts';
import { type Account, accountWith, STRANGER } from './account.fixture.ts';
import type { AccountChain } from './account-chain.ts';
import type { OwnBlock } from './own-block.ts';
import type { RecordReceives } from './receives.ts';

let devnet: Devnet;
let account: Account;
let chain: AccountChain;
const lines: NodeProxy[] = [];

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 1 });
});
afterAll(() => devnet?.close());
beforeEach(async () => {
  devnet.faults.clear();
  account = await accountWith(devnet, 1_000n);
  chain = account.purse().chain;
});
afterEach(() => Promise.all(lines.splice(0).map((one) => one.close())));

/** A node of which these answers are wrong. */
async function line(...faults: readonly ProxyFault[]): Promise<NodeProxy> {
  const proxy = await startProxy(devnet);
  lines.push(proxy);
  proxy.set(...faults);
  return proxy;
}
const order = (amount: bigint) => ({ to: STRANGER, amount: amount as Raw });
const record = (own: OwnBlock) => account.chains.put(own);
const pay = async (amount: bigint) => {
  const own = await chain.send(order(amount), record);
  expect(await chain.publish(own)).toBe('onLedger');
  return own;
};
/** A strange key, as the test devnet writes it. */
const stranger = () => {
  const key = readHex32(publicKeyOf(STRANGER));
  if (key === undefined) throw new Error('a key is 32 bytes');
  return key;
};
/** Takes one payment in, doing something else before it is published: the block, and what became of it. */
const receive = async (source: VerifiedSource, meanwhile = async () => {}) => {
  const signed: RecordReceives = async (receives) => {
    await recordAll(receives);
    await meanwhile();
  };
  const [receipt] = await chain.receive([source], signed, new AbortController().signal);
  if (receipt === undefined) throw new Error('it was taken in before');
  return receipt;
};
const recordAll: RecordReceives = async (receives) => {
  for (const { own } of receives) await record(own);
};
const amounts = () => account.sends().map(({ amount }) => amount);
/** How often the node was asked what, while something was done. */
async function asked(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  devnet.stats.reset();
  await work();
  return devnet.stats.counts();
}

describe('signing', () => {
  test('a test network that shows the live chain is not believed: nothing is signed for it', async () => {
    const live = account.purse({ network: { ...account.network, id: MAINNET.id, testMoney: false } }).chain;
    await live.publish(await live.send(order(10n), record));
    await expect(chain.send(order(10n), record)).rejects.toMatchObject({ key: 'fault_liveHead' });
    expect(amounts()).toEqual([10n]);
    // What another ledger shows is its own.
    await live.publish(await live.send(order(10n), record));
    expect(amounts()).toEqual([10n, 10n]);
  });

  test('a send pays the amount to the account, and says by how much the balance moved', async () => {
    const own = await pay(10n);
    expect(own).toMatchObject({ subtype: 'send', moved: 10n, block: { balance: 990n } });
    expect(account.sends()).toMatchObject([{ hash: own.hash, amount: 10n, block: { link: stranger() } }]);
  });

  test('a block is recorded before any node sees it, and is not published when it could not be', async () => {
    const seen: number[] = [];
    await chain.send(order(10n), async (own) => {
      seen.push(account.sends().length);
      await record(own);
    });
    expect(seen).toEqual([0]);
    const full = chain.send(order(10n), () => Promise.reject(new Fault('fault_storageUnusable')));
    await expect(full).rejects.toThrow('fault_storageUnusable');
    await chain.look();
    expect(amounts()).toEqual([10n]);
  });

  test('blocks signed at once stand one on the other', async () => {
    await Promise.all([1n, 2n, 3n, 4n, 5n].map(pay));
    expect(amounts().toSorted()).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(account.blocks().at(-1)?.block.balance).toBe(985n);
  });

  test('two lives over one database never sign two blocks in one place', async () => {
    const other = account.purse().chain;
    await Promise.all([chain.look(), other.look()]);
    await pay(1n);
    const own = await other.send(order(2n), record);
    expect(await other.publish(own)).toBe('onLedger');
    expect(amounts()).toEqual([1n, 2n]);
  });

  test('more than there is cannot be sent, and leaves nothing behind', async () => {
    await expect(chain.send(order(1_001n), record)).rejects.toMatchObject({
      key: 'fault_insufficient',
      args: ['0.000000000000000000000000000001'],
    });
    expect(await account.chains.newest(account.network.id, account.address)).toBeNull();
    await pay(1_000n);
    await expect(chain.sendEverything(STRANGER, record)).rejects.toThrow('fault_nothingToSend');
  });

  test('everything is sent to the last raw', async () => {
    const own = await chain.sendEverything(STRANGER, record);
    await chain.publish(own);
    expect(amounts()).toEqual([1_000n]);
  });

  test('an account without blocks can receive and cannot send', async () => {
    account = await accountWith(devnet, null);
    chain = account.purse().chain;
    await expect(chain.send(order(1n), record)).rejects.toThrow('fault_insufficient');
    await expect(chain.sendEverything(STRANGER, record)).rejects.toThrow('fault_nothingToSend');
    const source = hashOf(await devnet.faucet(account.address, 7n));
    await devnet.confirmed(source);
    const { own, publication } = await receive({ hash: source, amount: 7n as Raw, from: STRANGER });
    expect(publication).toBe('onLedger');
    expect(own).toMatchObject({
      subtype: 'open',
      moved: 7n,
      block: { representative: DEVNET.representative },
    });
  });

  test('locked, it signs nothing; the key is taken only when the work is there', async () => {
    const steps: string[] = [];
    const locked = account.purse({
      keys: () => {
        steps.push('keys');
        return Promise.reject(new Fault('fault_locked'));
      },
    }).chain;
    await expect(locked.send(order(1n), record)).rejects.toThrow('fault_locked');
    expect(steps).toEqual(['keys']);
    const root = parseWorkRoot(account.blocks().at(-1)?.hash ?? '');
    const kept = await account.database.get('work', root);
    expect(kept).toMatchObject({ root });
    expect(account.sends()).toEqual([]);
  });

  test('the vote moves, once', async () => {
    await chain.changeRepresentative(STRANGER);
    await chain.changeRepresentative(STRANGER);
    expect(account.blocks().map(({ subtype }) => subtype)).toEqual(['receive', 'change']);
    expect(account.blocks().at(-1)?.block.representative).toBe(stranger());
  });

  test('the work for the next block is made ready after a send', async () => {
    const own = await pay(1n);
    const root = parseWorkRoot(own.hash);
    const threshold = parseThreshold(account.network.thresholds.send);
    await expect.poll(() => chain.readiness()).toBe('ready');
    const { nonce } = Object(await account.database.get('work', root));
    expect(meets(root, parseWorkNonce(nonce), threshold)).toBe(true);
  });
});

describe('what a node is asked', () => {
  test('a look costs two questions before the first own block, and one after it', async () => {
    expect(await asked(() => chain.look())).toEqual({ account_info: 1, block_info: 1 });
    await pay(1n);
    expect(await asked(() => chain.look())).toEqual({ block_info: 1 });
  });

  test('a send on a proven head asks nothing, and publishing it is one question', async () => {
    await chain.look();
    let own: OwnBlock | undefined;
    expect(
      await asked(async () => {
        own = await chain.send(order(1n), record);
      }),
    ).toEqual({});
    expect(await asked(async () => own && chain.publish(own))).toEqual({ process: 1 });
    expect(await asked(() => pay(1n))).toEqual({ process: 1 });
  });

  test('a block that two ask to land is published once', async () => {
    const own = await chain.send(order(1n), record);
    expect(await asked(() => Promise.all([chain.publish(own), chain.publish(own)]))).toEqual({ process: 1 });
  });
});

describe('a node that lies or fails', () => {
  test.each([
    { kind: 'lie_balance', offset: '-400' },
    { kind: 'lie_balance', offset: '5000' },
    { kind: 'lie_balance', absolute: '0' },
  ] as const)('$kind beside the block: the block is believed', async (lie) => {
    devnet.faults.set(lie);
    await pay(10n);
    expect(amounts()).toEqual([10n]);
    expect(account.blocks().at(-1)?.block.balance).toBe(990n);
  });

  test.each([
    { kind: 'lie_balance', offset: '-400', contents: true },
    { kind: 'lie_balance', offset: '400', contents: true },
    { kind: 'foreign_frontier', of: toAddress(genesisBlock().account) },
  ] as const)('$kind in the block: nothing is signed', async (lie) => {
    devnet.faults.set(lie);
    await expect(chain.send(order(10n), record)).rejects.toThrow('fault_headUnproven');
    expect(await account.chains.newest(account.network.id, account.address)).toBeNull();
  });

  test('a stale frontier is no head when this purse knows better', async () => {
    await pay(1n);
    await pay(2n);
    devnet.faults.set({ kind: 'stale_frontier', back: 2 });
    chain = account.purse().chain;
    await pay(3n);
    expect(amounts()).toEqual([1n, 2n, 3n]);
  });

  test('a frontier below an own block that another wallet built on is none either', async () => {
    await pay(1n);
    await account.publish(await account.otherWallet().send(stranger(), 5n));
    chain = account.purse().chain;
    devnet.faults.set({ kind: 'stale_frontier', back: 2 });
    await expect(chain.send(order(3n), record)).rejects.toThrow('fault_nodeBehind');
    devnet.faults.clear();
    await pay(3n);
    expect(amounts()).toEqual([1n, 5n, 3n]);
  });

  test.each(['drop_reply_after_accepting', 'process_other_hash', 'truncated_json'] as const)(
    '%s: the block is on the ledger all the same, once',
    async (kind) => {
      devnet.faults.set({ kind, action: 'process' });
      await pay(10n);
      expect(amounts()).toEqual([10n]);
    },
  );

  test('a block that reached no node goes out before anything is built on it', async () => {
    await chain.look();
    devnet.faults.set({ kind: 'http_status', status: 503 });
    const first = await chain.send(order(1n), record);
    expect(await chain.publish(first)).toBe('pending');
    await expect(chain.send(order(2n), record)).rejects.toThrow(/fault_node/);
    devnet.faults.clear();
    await pay(2n);
    expect(amounts()).toEqual([1n, 2n]);
  });

  test('an unreachable node leaves nothing behind', async () => {
    chain = account.purse({ node: nodeAt('http://127.0.0.1:1/') }).chain;
    await expect(chain.send(order(1n), record)).rejects.toThrow('fault_nodeUnreachable');
    expect(await account.chains.newest(account.network.id, account.address)).toBeNull();
  });

  test('a block the ledger lost is put back', async () => {
    const own = await pay(1n);
    devnet.ledger.rollback(devnet.ledger.find(own.hash).hash);
    chain = account.purse().chain;
    await pay(2n);
    expect(amounts()).toEqual([1n, 2n]);
  });
});

describe('another wallet on the same account', () => {
  test('what it did first is built upon', async () => {
    await pay(1n);
    await account.publish(await account.otherWallet().send(stranger(), 100n));
    await chain.look();
    await pay(2n);
    expect(amounts()).toEqual([1n, 100n, 2n]);
  });

  test('a block it was faster than is replaced, and the chain goes on from there', async () => {
    await chain.look();
    await account.publish(await account.otherWallet().send(stranger(), 100n));
    const own = await chain.send(order(1n), record);
    expect(await chain.publish(own)).toBe('replaced');
    // The head, and the branch down to the place of ours.
    expect(await asked(() => chain.look())).toEqual({ account_info: 1, block_info: 3 });
    expect(await asked(() => chain.look())).toEqual({ account_info: 1, block_info: 2 });
    await pay(2n);
    expect(amounts()).toEqual([100n, 2n]);
  });

  test('for an account without blocks, too', async () => {
    account = await accountWith(devnet, null);
    chain = account.purse().chain;
    const [mine, theirs] = [
      await devnet.faucet(account.address, 7n),
      await devnet.faucet(account.address, 9n),
    ].map(hashOf);
    if (mine === undefined || theirs === undefined) throw new Error('two were sent');
    await Promise.all([devnet.confirmed(mine), devnet.confirmed(theirs)]);
    const source = { hash: mine, amount: 7n as Raw, from: STRANGER };
    const link = readHex32(theirs);
    if (link === undefined) throw new Error('a hash');
    const faster = async () => account.publish(await account.otherWallet().receive(link));
    expect(await receive(source, faster)).toMatchObject({ publication: 'replaced' });
    expect(await receive(source)).toMatchObject({ publication: 'onLedger' });
    expect(account.blocks().at(-1)?.block.balance).toBe(16n);
  });

  test('while the network has not decided, it waits', async () => {
    await chain.look();
    devnet.faults.set({ kind: 'never_confirm' });
    const rival = await account.otherWallet().send(stranger(), 100n);
    await fetch(devnet.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: rival.json }),
    });
    const own = await chain.send(order(1n), record);
    expect(await chain.publish(own)).toBe('pending');
    await expect(chain.send(order(2n), record)).rejects.toThrow('fault_nodeBehind');
    devnet.elections.confirm(rival.hash);
    expect(await chain.publish(own)).toBe('replaced');
  });

  test('that was faster: a node that is behind is not built on, another one is', async () => {
    await chain.look();
    await account.publish(await account.otherWallet().send(stranger(), 100n));
    const own = await chain.send(order(1n), record);
    const behind = await line({
      kind: 'twist',
      action: 'account_info',
      twist: (answer) => ({ ...answer, frontier: own.block.previous }),
    });
    const misled = account.purse({ node: nodeAt(behind.rpcUrl) }).chain;
    await expect(misled.send(order(2n), record)).rejects.toThrow('fault_nodeBehind');
    chain = account.purse({ node: nodeAt(behind.rpcUrl, devnet.rpcUrl) }).chain;
    await pay(3n);
    expect(amounts()).toEqual([100n, 3n]);
  });

  test('that was faster: a node that took ours all the same is not built on either', async () => {
    await chain.look();
    const own = await chain.send(order(1n), record);
    const apart = await twinOf(devnet);
    apart.faults.set({ kind: 'never_confirm' });
    await account.publish(await account.otherWallet().send(stranger(), 100n));
    chain = account.purse({ node: nodeAt(apart.rpcUrl, devnet.rpcUrl) }).chain;
    expect(await chain.publish(own)).toBe('onLedger');
    expect(await chain.publish(own)).toBe('replaced');
    await pay(3n);
    expect(amounts()).toEqual([100n, 3n]);
    await apart.close();
  });

  test('that was faster: one node that has seen it confirmed is enough', async () => {
    await chain.look();
    const theirs = await account.otherWallet().send(stranger(), 100n);
    await account.publish(theirs);
    const own = await chain.send(order(1n), record);
    const slow = await line({
      kind: 'twist',
      action: 'block_info',
      twist: (answer, asked) => (asked.hash === theirs.hash ? { ...answer, confirmed: 'false' } : answer),
    });
    const publication = (...urls: string[]) => account.purse({ node: nodeAt(...urls) }).chain.publish(own);
    expect(await publication(slow.rpcUrl)).toBe('pending');
    expect(await publication(slow.rpcUrl, devnet.rpcUrl)).toBe('replaced');
  });

  test('that opened the account first: a node that knows nothing of it is not believed', async () => {
    account = await accountWith(devnet, null);
    const sources: BlockHash[] = [];
    for (const raw of [7n, 9n]) sources.push(hashOf(await devnet.faucet(account.address, raw)));
    const [mine, theirs] = sources;
    const link = readHex32(theirs ?? '');
    if (mine === undefined || link === undefined) throw new Error('two were sent');
    await Promise.all([devnet.confirmed(mine), devnet.confirmed(link)]);
    const source = { hash: mine, amount: 7n as Raw, from: STRANGER };
    chain = account.purse().chain;
    await receive(source, async () => account.publish(await account.otherWallet().receive(link)));
    const ignorant = await line({
      kind: 'twist',
      action: 'account_info',
      twist: () => ({ error: 'Account not found' }),
    });
    chain = account.purse({ node: nodeAt(ignorant.rpcUrl, devnet.rpcUrl) }).chain;
    expect(await receive(source)).toMatchObject({ publication: 'onLedger' });
    expect(account.blocks().map(({ amount }) => amount)).toEqual([9n, 7n]);
  });

  test('that was not faster: what a node on the wrong side called replaced stands again once it is confirmed', async () => {
    const island = await twinOf(devnet);
    const theirs = await new TestAccount(island.ledger, account.keys.privateKey).send(stranger(), 100n);
    await fetch(island.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: theirs.json }),
    });
    await island.confirmed(theirs.hash);
    devnet.faults.set({ kind: 'never_confirm' });
    const between = await line();
    chain = account.purse({ node: nodeAt(between.rpcUrl), openSocket: null }).chain;
    const own = await pay(1n);
    between.set({ kind: 'elsewhere', rpcUrl: island.rpcUrl });
    expect(await chain.look()).toMatchObject({ hash: theirs.hash });
    between.set();
    devnet.elections.confirm(devnet.ledger.find(own.hash).hash);
    expect(await chain.look()).toMatchObject({ hash: own.hash });
    await pay(2n);
    expect(amounts()).toEqual([1n, 2n]);
    await island.close();
  });

  describe('in the place of a block, as one node alone tells of it', () => {
    interface Told {
      readonly hash: string;
      readonly contents: object;
      readonly confirmed?: string;
    }
    const told = (block: SignedBlock): Told => ({ hash: hashBlock(block), contents: toRpc(block) });
    /** Another block in the place of ours. */
    const beside = ({ block }: OwnBlock): SignedBlock => ({ ...block, balance: (block.balance - 1n) as Raw });
    const others = freshKeys();

    test.each<[string, 'replaced' | 'pending', (own: OwnBlock) => Told]>([
      ['that our key signed', 'replaced', (own) => told(signBlock(beside(own), account.keys.privateKey))],
      [
        'that nobody confirmed',
        'pending',
        (own) => ({ ...told(signBlock(beside(own), account.keys.privateKey)), confirmed: 'false' }),
      ],
      ['that nobody signed', 'pending', (own) => told({ ...beside(own), signature: '0'.repeat(128) })],
      ['with the signature of our block', 'pending', (own) => told(beside(own))],
      [
        'that another key signed, in our name',
        'pending',
        (own) => told(signBlock(beside(own), others.privateKey)),
      ],
      [
        'that another key signed, in its own name',
        'pending',
        (own) => told(signBlock({ ...beside(own), account: others.address }, others.privateKey)),
      ],
      [
        'that our key signed, in the name of another account',
        'pending',
        (own) => told(signBlock({ ...beside(own), account: others.address }, account.keys.privateKey)),
      ],
      [
        'that our key signed, in another place',
        'pending',
        (own) => told(signBlock({ ...beside(own), previous: own.hash }, account.keys.privateKey)),
      ],
      [
        'that our key signed, under another hash',
        'pending',
        (own) => ({ ...told(signBlock(beside(own), account.keys.privateKey)), hash: 'AB'.repeat(32) }),
      ],
      [
        'of the old kind',
        'pending',
        () => ({ hash: 'AB'.repeat(32), contents: { type: 'send', previous: 'CD'.repeat(32) } }),
      ],
      ['that is ours', 'pending', (own) => told(own.block)],
    ])('one %s: ours is %s', async (_, publication, tell) => {
      await chain.look();
      const own = await chain.send(order(1n), record);
      const { hash, contents, confirmed = 'true' } = tell(own);
      const liar = await line(
        { kind: 'answer', way: 'there', action: 'process', body: '{"error":"Fork"}' },
        {
          kind: 'twist',
          action: 'block_info',
          twist: (answer, asked) => {
            if (asked.hash === own.block.previous) return { ...answer, successor: hash };
            return asked.hash === hash && hash !== own.hash ? { contents, confirmed } : answer;
          },
        },
      );
      const told = account.purse({ node: nodeAt(liar.rpcUrl) }).chain;
      expect(await told.publish(own)).toBe(publication);
      expect(await told.replacementOf(own)).toBe(publication === 'replaced' ? hash : null);
      expect(liar.requests.filter((asked) => asked.hash === own.block.previous).length).toBeGreaterThan(0);
    });
  });
});

describe('a send that is signed once more', () => {
  /** Ours, which another wallet's took the place of. */
  const lost = async () => {
    await chain.look();
    const theirs = await account.otherWallet().send(stranger(), 100n);
    await account.publish(theirs);
    const own = await chain.send(order(1n), record);
    expect(await chain.publish(own)).toBe('replaced');
    return { own, theirs };
  };

  test('stands on what has taken its place, and says so', async () => {
    const { own, theirs } = await lost();
    const sent = await chain.sendInstead(order(1n), [own.hash], record);
    expect(sent).toMatchObject({
      kind: 'signed',
      own: { moved: 1n, excludes: own.hash, block: { previous: theirs.hash, link: own.block.link } },
    });
    expect(await chain.publish(sent.own)).toBe('onLedger');
    expect(amounts()).toEqual([100n, 1n]);
  });

  test('is not signed while the first one may still land, nor once it has', async () => {
    await chain.look();
    const own = await chain.send(order(1n), record);
    devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    await expect(chain.sendInstead(order(1n), [own.hash], record)).rejects.toThrow('fault_nodeBehind');
    devnet.faults.clear();
    expect(await chain.sendInstead(order(1n), [own.hash], record)).toMatchObject({
      kind: 'stands',
      own: { hash: own.hash },
    });
    await pay(2n);
    expect(await chain.sendInstead(order(1n), [own.hash], record)).toMatchObject({ kind: 'stands' });
    expect(amounts()).toEqual([1n, 2n]);
  });

  test('is not signed where nothing is known of an earlier block', async () => {
    const { own, theirs } = await lost();
    const strange = hashOf(theirs.hash);
    await expect(chain.sendInstead(order(1n), [own.hash, strange], record)).rejects.toThrow(
      'fault_blockWaits',
    );
    expect(amounts()).toEqual([100n]);
  });

  test('is not signed while a node says that the first one is confirmed', async () => {
    const island = await twinOf(devnet);
    const theirs = await new TestAccount(island.ledger, account.keys.privateKey).send(stranger(), 100n);
    await fetch(island.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: theirs.json }),
    });
    await island.confirmed(theirs.hash);
    const own = await pay(1n);
    await devnet.confirmed(own.hash);
    const misled = account.purse({ node: nodeAt(island.rpcUrl), openSocket: null }).chain;
    await misled.publish(await misled.send(order(2n), record));
    const torn = account.purse({ node: nodeAt(island.rpcUrl, devnet.rpcUrl), openSocket: null }).chain;
    await expect(torn.sendInstead(order(1n), [own.hash], record)).rejects.toThrow('fault_blockWaits');
    // With the island alone there is nothing that tells.
    expect(await misled.sendInstead(order(1n), [own.hash], record)).toMatchObject({ kind: 'signed' });
    expect(amounts()).toEqual([1n]);
    await island.close();
  });
});

describe('a block that is refused for good', () => {
  test('when it pays nobody, the chain goes on without it', async () => {
    const source = hashOf(await devnet.faucet(account.address, 7n));
    await devnet.confirmed(source);
    const bad = await receive({ hash: source, amount: 8n as Raw, from: STRANGER });
    expect(bad).toMatchObject({
      publication: 'refused',
      fault: new Fault('fault_nodeRefused', ['Balance and amount delta do not match']),
    });
    expect(chain.head).toMatchObject({ balance: 1_000n });
    await chain.look();
    expect(await asked(() => chain.look())).not.toHaveProperty('process');
    await pay(1n);
    expect(await receive({ hash: source, amount: 7n as Raw, from: STRANGER })).toMatchObject({
      publication: 'onLedger',
    });
    expect(account.blocks().at(-1)?.block.balance).toBe(1_006n);
  });

  test('when it pays somebody, nothing is built beside it', async () => {
    const own = await chain.send(order(1n), record);
    await account.chains.put({ ...own, block: { ...own.block, signature: '0'.repeat(128) } });
    await expect(chain.send(order(2n), record)).rejects.toThrow('fault_nodeRefused');
    expect(amounts()).toEqual([]);
  });

  test('for its work, it gets the work that is asked for', async () => {
    const weak = {
      ...account.network,
      thresholds: { send: '0000000000000001', receive: '0000000000000001' },
    };
    const own = await account.purse({ network: weak }).chain.send(order(1n), async (block) => {
      // Work that is certainly too little.
      await record({ ...block, block: { ...block.block, work: weakWork(block) } });
    });
    const kept = await account.chains.newest(account.network.id, account.address);
    if (kept === null) throw new Error('recorded above');
    expect(await chain.publish(kept)).toBe('onLedger');
    expect(account.sends()).toMatchObject([{ hash: own.hash }]);
  });
});

function weakWork({ block }: OwnBlock): string {
  const root = parseWorkRoot(block.previous);
  const enough = parseThreshold('f000000000000000');
  for (let nonce = 0n; ; nonce++) {
    const text = nonce.toString(16).padStart(16, '0');
    if (!meets(root, parseWorkNonce(text), enough)) return text;
  }
}
