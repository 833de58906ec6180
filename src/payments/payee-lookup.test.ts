import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { freshKeys, nodeAt, openAccount } from '../nano/nodes.fixture.ts';
import { PAYEE_PATIENCE, PayeeLookup } from './payee-lookup.ts';
import { NETWORK, PAYEE } from './samples.fixture.ts';

type AccountInfo = NodeClient['accountInfo'];

let devnet: Devnet;
beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());
afterEach(() => void vi.useRealTimers());

/** A lookup at the devnet, with the accounts that it asked about. */
function atDevnet(...rpcUrls: readonly string[]) {
  const node = nodeAt(...rpcUrls, devnet.rpcUrl);
  const asked: NanoAddress[] = [];
  const accountInfo: AccountInfo = (account) => {
    asked.push(account);
    return node.accountInfo(account);
  };
  return { asked, lookup: new PayeeLookup({ node: async () => ({ accountInfo }) }) };
}

describe('a payee', () => {
  test('without a block is unopened, and is asked about again', async () => {
    const { lookup, asked } = atDevnet();
    const { address } = freshKeys();
    expect(await lookup.isUnopened(NETWORK, address)).toBe(true);
    expect(await lookup.isUnopened(NETWORK, address)).toBe(true);
    expect(asked).toEqual([address, address]);
  });

  test('with a block is opened for good: no node is asked again', async () => {
    const { lookup, asked } = atDevnet();
    const { address } = await openAccount(devnet, '1');
    expect(await lookup.isUnopened(NETWORK, address)).toBe(false);
    expect(await lookup.isUnopened(NETWORK, address)).toBe(false);
    expect(asked).toEqual([address]);
  });

  test('is not called unopened where the nodes fail, or the network is gone', async () => {
    const { address } = freshKeys();
    devnet.faults.set({ kind: 'http_status', status: 500 });
    expect(await atDevnet().lookup.isUnopened(NETWORK, address)).toBe(false);
    devnet.faults.clear();
    expect(await new PayeeLookup({ node: async () => null }).isUnopened(NETWORK, address)).toBe(false);
  });
});

describe('a node that does not answer', () => {
  const silent: AccountInfo = () => new Promise(() => {});

  test('delays for 1.5 s, and is no reason to warn', async () => {
    vi.useFakeTimers();
    const lookup = new PayeeLookup({ node: async () => ({ accountInfo: silent }) });
    const told = vi.fn();
    const answer = lookup.isUnopened(NETWORK, PAYEE).then(told);
    await vi.advanceTimersByTimeAsync(PAYEE_PATIENCE - 1);
    expect(told).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await answer;
    expect(told).toHaveBeenCalledWith(false);
    expect(PAYEE_PATIENCE).toBe(1_500);
  });

  test('is asked about four payees at once: more wait for nothing', async () => {
    const accountInfo = vi.fn(silent);
    const lookup = new PayeeLookup({ node: async () => ({ accountInfo }) });
    const waiting = Array.from({ length: 4 }, () => lookup.isUnopened(NETWORK, freshKeys().address));
    expect(await lookup.isUnopened(NETWORK, freshKeys().address)).toBe(false);
    expect(accountInfo).toHaveBeenCalledTimes(4);
    expect(await Promise.all(waiting)).toEqual([false, false, false, false]);
  });
});
