import type { PageHandlersOf } from '../../messages/router.ts';
import { parseAddress } from '../../nano/account.ts';
import { parseRaw } from '../../nano/amount.ts';
import { type BlockHash, toRpc } from '../../nano/block.ts';
import type { PaymentId } from '../../payment-id.ts';
import { siteIn } from './input.ts';
import type { HandlerParts } from './parts.ts';

/** How many servers of the user's own are remembered. */
const MOST_SERVERS = 64;

/** Handles the requests about tests of the user's own servers. */
export const testerHandlers = ({
  testSpending,
  settings,
  notifyPages,
}: HandlerParts): PageHandlersOf<'tester'> => ({
  'tester.servers': () => settings.read('servers'),
  'tester.claim': async ({ site, own }) => {
    const named = siteIn(site);
    const others = (await settings.read('servers')).filter((server) => server !== named);
    await settings.write('servers', own ? [...others.slice(1 - MOST_SERVERS), named] : others);
    notifyPages();
    return null;
  },
  'tester.begin': async ({ url, limit, probing }) => {
    const { run, account } = await testSpending.begin(url, parseRaw(limit), probing);
    return { run, account };
  },
  'tester.pay': async ({ run, to, amount }) => ({
    hash: await testSpending.pay(run, { to: parseAddress(to), amount: parseRaw(amount) }),
  }),
  'tester.confirmed': async ({ run, hash }) => {
    await testSpending.confirmed(run, hash as BlockHash);
    return null;
  },
  'tester.blockStatus': ({ run, hash }) => testSpending.standing(run, hash as BlockHash),
  'tester.sign': async ({ run, message }) => ({ signature: await testSpending.sign(run, message) }),
  'tester.handOver': async ({ run, to, amount, kept }) => {
    const { id, block } = await testSpending.handOver(run, {
      to: parseAddress(to),
      amount: parseRaw(amount),
      kept,
    });
    return { id, block: toRpc(block) };
  },
  'tester.recall': ({ run, id }) => testSpending.recall(run, id as PaymentId).finally(notifyPages),
});
