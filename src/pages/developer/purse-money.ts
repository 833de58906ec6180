import * as v from 'valibot';
import type { Money } from '../../conformance/ports.ts';
import { request } from '../../messages/request.ts';
import { parseAddress } from '../../nano/account.ts';
import type { Raw } from '../../nano/amount.ts';
import { BlockHashText, SignedBlockText } from '../../nano/block.ts';

/**
 * Pays probes from the purse, up to `limit` raw in one run. The background enforces the same limit.
 *
 * @throws Fault `fault_notOwnServer` for probes of a server that the user did not call their own; `fault_locked`
 */
export async function purseMoney(url: string, limit: Raw, probing: boolean): Promise<Money> {
  const { run, account } = await request('tester.begin', { url, limit: limit.toString(), probing });
  const publish: Money['publish'] = async ({ to, amount }, signal) => {
    signal.throwIfAborted();
    const { hash } = await request('tester.pay', { run, to, amount: amount.toString() });
    return v.parse(BlockHashText, hash);
  };
  const confirmed: Money['confirmed'] = async (hash, signal) => {
    await request('tester.confirmed', { run, hash });
    signal.throwIfAborted();
  };
  return {
    account: parseAddress(account),
    publish,
    confirmed,
    async pay(order, signal) {
      const hash = await publish(order, signal);
      await confirmed(hash, signal);
      return hash;
    },
    statusOf: (hash) => request('tester.blockStatus', { run, hash }),
    sign: async (message) => (await request('tester.sign', { run, message })).signature,
    async handOver({ to, amount }, signal, kept) {
      signal.throwIfAborted();
      const { id, block } = await request('tester.handOver', { run, to, amount: amount.toString(), kept });
      return {
        block: v.parse(SignedBlockText, block),
        // Signs no second block on the same frontier, not even for a test (docs/WIRE.md §7.16).
        conflicting: null,
        recall: () => request('tester.recall', { run, id }),
      };
    },
  };
}
