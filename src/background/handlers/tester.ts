import { Fault } from '../../fault.ts';
import type { PageHandlers } from '../../messages/router.ts';
import { parseAddress } from '../../nano/account.ts';
import { parseRaw } from '../../nano/amount.ts';
import { type BlockHash, toRpc } from '../../nano/block.ts';
import type { PaymentId } from '../../payment-id.ts';
import type { TestSpending } from '../../payments/test-spending.ts';
import { type Site, siteOf } from '../../site.ts';
import type { StoredSettings } from '../../storage/settings.ts';

export interface TesterAnswerParts {
  readonly testSpending: TestSpending;
  readonly settings: StoredSettings;
  readonly changed: () => void;
}

type TesterQuestion = Extract<keyof PageHandlers, `tester.${string}`>;

/** How many servers of one's own are remembered. */
const MOST_SERVERS = 64;

/** What the background does for each question about tests of the user's own servers. */
export const testerAnswers = ({
  testSpending,
  settings,
  changed,
}: TesterAnswerParts): Pick<PageHandlers, TesterQuestion> => ({
  'tester.servers': () => settings.read('servers'),
  'tester.claim': async ({ site, own }) => {
    const named = siteIn(site);
    const others = (await settings.read('servers')).filter((server) => server !== named);
    await settings.write('servers', own ? [...others.slice(1 - MOST_SERVERS), named] : others);
    changed();
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
  'tester.standing': ({ run, hash }) => testSpending.standing(run, hash as BlockHash),
  'tester.sign': async ({ run, message }) => ({ signature: await testSpending.sign(run, message) }),
  'tester.cheque': async ({ run, to, amount, kept }) => {
    const { id, block } = await testSpending.handOver(run, {
      to: parseAddress(to),
      amount: parseRaw(amount),
      kept,
    });
    return { id, block: toRpc(block) };
  },
  'tester.takeBack': ({ run, id }) => testSpending.takeBack(run, id as PaymentId).finally(changed),
});

/** @throws Fault `fault_badSite` */
function siteIn(text: string): Site {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Fault('fault_badSite', [text]);
  return siteOf(text);
}
