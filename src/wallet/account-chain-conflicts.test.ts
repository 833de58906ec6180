import { describe, expect, test } from 'vitest';
import { readHex32 } from '../../test/devnet/hex.ts';
import { TestAccount } from '../../test/devnet/test-account.ts';
import { twinOf } from '../../test/devnet/twin.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import { hash as hashOf, nodeAt } from '../nano/nodes.fixture.ts';
import { accountWith, STRANGER } from './account.fixture.ts';
import { chainEnvironment, order, strangerKey } from './account-chain.fixture.ts';

const env = chainEnvironment();

describe('AccountChain, with another wallet on the account,', () => {
  test('builds on a block that the other wallet published first', async () => {
    await env.pay(1n);
    await env.account.publish(await env.account.otherWallet().send(strangerKey(), 100n));
    await env.chain.look();
    await env.pay(2n);
    expect(env.amounts()).toEqual([1n, 100n, 2n]);
  });

  test('calls its block replaced where the other was confirmed, and builds on that one', async () => {
    await env.chain.look();
    await env.account.publish(await env.account.otherWallet().send(strangerKey(), 100n));
    const own = await env.chain.send(order(1n), env.persist);
    expect(await env.chain.publish(own)).toBe('replaced');
    // The head, and the branch down to the place of the replaced block.
    expect(await env.requests(() => env.chain.look())).toEqual({ account_info: 1, block_info: 3 });
    expect(await env.requests(() => env.chain.look())).toEqual({ account_info: 1, block_info: 2 });
    await env.pay(2n);
    expect(env.amounts()).toEqual([100n, 2n]);
  });

  test('calls its first block replaced where the other was confirmed', async () => {
    env.account = await accountWith(env.devnet, null);
    env.chain = env.account.wallet().chain;
    const [mine, theirs] = [
      await env.devnet.faucet(env.account.address, 7n),
      await env.devnet.faucet(env.account.address, 9n),
    ].map(hashOf);
    if (mine === undefined || theirs === undefined) throw new Error('two were sent');
    await Promise.all([env.devnet.confirmed(mine), env.devnet.confirmed(theirs)]);
    const source = { hash: mine, amount: 7n as Raw, from: STRANGER };
    const link = readHex32(theirs);
    if (link === undefined) throw new Error('a hash');
    const faster = async () => env.account.publish(await env.account.otherWallet().receive(link));
    expect(await env.receive(source, faster)).toMatchObject({ publication: 'replaced' });
    expect(await env.receive(source)).toMatchObject({ publication: 'onLedger' });
    expect(env.account.blocks().at(-1)?.block.balance).toBe(16n);
  });

  test('signs nothing while the network has confirmed neither block', async () => {
    await env.chain.look();
    env.devnet.faults.set({ kind: 'never_confirm' });
    const conflicting = await env.account.otherWallet().send(strangerKey(), 100n);
    await fetch(env.devnet.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: conflicting.json }),
    });
    const own = await env.chain.send(order(1n), env.persist);
    expect(await env.chain.publish(own)).toBe('pending');
    await expect(env.chain.send(order(2n), env.persist)).rejects.toThrow('fault_nodeBehind');
    env.devnet.elections.confirm(conflicting.hash);
    expect(await env.chain.publish(own)).toBe('replaced');
  });

  test('builds on the replacing block of another node where one node is behind', async () => {
    await env.chain.look();
    await env.account.publish(await env.account.otherWallet().send(strangerKey(), 100n));
    const own = await env.chain.send(order(1n), env.persist);
    const behind = await env.proxy({
      kind: 'twist',
      action: 'account_info',
      twist: (answer) => ({ ...answer, frontier: own.block.previous }),
    });
    const misled = env.account.wallet({ node: nodeAt(behind.rpcUrl) }).chain;
    await expect(misled.send(order(2n), env.persist)).rejects.toThrow('fault_nodeBehind');
    env.chain = env.account.wallet({ node: nodeAt(behind.rpcUrl, env.devnet.rpcUrl) }).chain;
    await env.pay(3n);
    expect(env.amounts()).toEqual([100n, 3n]);
  });

  test('builds on the replacing block where one node still has the replaced one', async () => {
    await env.chain.look();
    const own = await env.chain.send(order(1n), env.persist);
    const apart = await twinOf(env.devnet);
    apart.faults.set({ kind: 'never_confirm' });
    await env.account.publish(await env.account.otherWallet().send(strangerKey(), 100n));
    env.chain = env.account.wallet({ node: nodeAt(apart.rpcUrl, env.devnet.rpcUrl) }).chain;
    expect(await env.chain.publish(own)).toBe('onLedger');
    expect(await env.chain.publish(own)).toBe('replaced');
    await env.pay(3n);
    expect(env.amounts()).toEqual([100n, 3n]);
    await apart.close();
  });

  test('calls its block replaced where one node says that the other is confirmed', async () => {
    await env.chain.look();
    const theirs = await env.account.otherWallet().send(strangerKey(), 100n);
    await env.account.publish(theirs);
    const own = await env.chain.send(order(1n), env.persist);
    const slow = await env.proxy({
      kind: 'twist',
      action: 'block_info',
      twist: (answer, asked) => (asked.hash === theirs.hash ? { ...answer, confirmed: 'false' } : answer),
    });
    const publication = (...urls: string[]) =>
      env.account.wallet({ node: nodeAt(...urls) }).chain.publish(own);
    expect(await publication(slow.rpcUrl)).toBe('pending');
    expect(await publication(slow.rpcUrl, env.devnet.rpcUrl)).toBe('replaced');
  });

  test('does not believe a node that does not know an account which the other wallet opened', async () => {
    env.account = await accountWith(env.devnet, null);
    const sources: BlockHash[] = [];
    for (const raw of [7n, 9n]) sources.push(hashOf(await env.devnet.faucet(env.account.address, raw)));
    const [mine, theirs] = sources;
    const link = readHex32(theirs ?? '');
    if (mine === undefined || link === undefined) throw new Error('two were sent');
    await Promise.all([env.devnet.confirmed(mine), env.devnet.confirmed(link)]);
    const source = { hash: mine, amount: 7n as Raw, from: STRANGER };
    env.chain = env.account.wallet().chain;
    await env.receive(source, async () => env.account.publish(await env.account.otherWallet().receive(link)));
    const ignorant = await env.proxy({
      kind: 'twist',
      action: 'account_info',
      twist: () => ({ error: 'Account not found' }),
    });
    env.chain = env.account.wallet({ node: nodeAt(ignorant.rpcUrl, env.devnet.rpcUrl) }).chain;
    expect(await env.receive(source)).toMatchObject({ publication: 'onLedger' });
    expect(env.account.blocks().map(({ amount }) => amount)).toEqual([9n, 7n]);
  });

  test('builds on a block again that a split-off node called replaced, once it is confirmed', async () => {
    const splitOff = await twinOf(env.devnet);
    const theirs = await new TestAccount(splitOff.ledger, env.account.keys.privateKey).send(
      strangerKey(),
      100n,
    );
    await fetch(splitOff.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: theirs.json }),
    });
    await splitOff.confirmed(theirs.hash);
    env.devnet.faults.set({ kind: 'never_confirm' });
    const between = await env.proxy();
    env.chain = env.account.wallet({ node: nodeAt(between.rpcUrl), openSocket: null }).chain;
    const own = await env.pay(1n);
    between.set({ kind: 'elsewhere', rpcUrl: splitOff.rpcUrl });
    expect(await env.chain.look()).toMatchObject({ hash: theirs.hash });
    between.set();
    env.devnet.elections.confirm(env.devnet.ledger.find(own.hash).hash);
    expect(await env.chain.look()).toMatchObject({ hash: own.hash });
    await env.pay(2n);
    expect(env.amounts()).toEqual([1n, 2n]);
    await splitOff.close();
  });
});

describe('AccountChain, signing a send again,', () => {
  /** An own block, and the one of another wallet that has replaced it. */
  const lost = async () => {
    await env.chain.look();
    const theirs = await env.account.otherWallet().send(strangerKey(), 100n);
    await env.account.publish(theirs);
    const own = await env.chain.send(order(1n), env.persist);
    expect(await env.chain.publish(own)).toBe('replaced');
    return { own, theirs };
  };

  test('builds on the replacing block, and stores what it excludes', async () => {
    const { own, theirs } = await lost();
    const sent = await env.chain.sendInstead(order(1n), [own.hash], env.persist);
    expect(sent).toMatchObject({
      kind: 'signed',
      own: { delta: 1n, excludes: own.hash, block: { previous: theirs.hash, link: own.block.link } },
    });
    expect(await env.chain.publish(sent.own)).toBe('onLedger');
    expect(env.amounts()).toEqual([100n, 1n]);
  });

  test('signs nothing while the first block may still get to the ledger, nor once it has', async () => {
    await env.chain.look();
    const own = await env.chain.send(order(1n), env.persist);
    env.devnet.faults.set({ kind: 'http_status', status: 503, action: 'process' });
    await expect(env.chain.sendInstead(order(1n), [own.hash], env.persist)).rejects.toThrow(
      'fault_nodeBehind',
    );
    env.devnet.faults.clear();
    expect(await env.chain.sendInstead(order(1n), [own.hash], env.persist)).toMatchObject({
      kind: 'stands',
      own: { hash: own.hash },
    });
    await env.pay(2n);
    expect(await env.chain.sendInstead(order(1n), [own.hash], env.persist)).toMatchObject({ kind: 'stands' });
    expect(env.amounts()).toEqual([1n, 2n]);
  });

  test('signs nothing where an earlier block is unknown', async () => {
    const { own, theirs } = await lost();
    const strange = hashOf(theirs.hash);
    await expect(env.chain.sendInstead(order(1n), [own.hash, strange], env.persist)).rejects.toThrow(
      'fault_blockWaits',
    );
    expect(env.amounts()).toEqual([100n]);
  });

  test('signs nothing while a node says that the first block is confirmed', async () => {
    const splitOff = await twinOf(env.devnet);
    const theirs = await new TestAccount(splitOff.ledger, env.account.keys.privateKey).send(
      strangerKey(),
      100n,
    );
    await fetch(splitOff.rpcUrl, {
      method: 'POST',
      body: JSON.stringify({ action: 'process', json_block: 'true', block: theirs.json }),
    });
    await splitOff.confirmed(theirs.hash);
    const own = await env.pay(1n);
    await env.devnet.confirmed(own.hash);
    const misled = env.account.wallet({ node: nodeAt(splitOff.rpcUrl), openSocket: null }).chain;
    await misled.publish(await misled.send(order(2n), env.persist));
    const torn = env.account.wallet({
      node: nodeAt(splitOff.rpcUrl, env.devnet.rpcUrl),
      openSocket: null,
    }).chain;
    await expect(torn.sendInstead(order(1n), [own.hash], env.persist)).rejects.toThrow('fault_blockWaits');
    // The split-off node alone shows no contradiction.
    expect(await misled.sendInstead(order(1n), [own.hash], env.persist)).toMatchObject({ kind: 'signed' });
    expect(env.amounts()).toEqual([1n]);
    await splitOff.close();
  });
});
