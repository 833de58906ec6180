/** Sellers by nanoSignature whose account has no block on the ledger: their servers have to receive, and many cannot. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { startMerchant } from '../../test/merchant/merchant.ts';
import { nodeAt } from '../nano/nodes.fixture.ts';
import { siteOf } from '../site.ts';
import {
  account,
  browser,
  devnet,
  handleAndAnswer,
  merchant,
  page,
  restart,
  setUp,
  statusOf,
  withPayee,
  worker,
} from './challenge-handler.fixture.ts';
import { PayeeLookup } from './payee-lookup.ts';
import { requiredIn } from './samples.fixture.ts';
import { allowAll } from './worker.fixture.ts';

setUp();

let lookup: PayeeLookup;
beforeAll(() => {
  lookup = new PayeeLookup({ node: async () => nodeAt(devnet.rpcUrl) });
});

/** Starts a worker that asks the devnet about payees, and notes about whom. */
function watched() {
  const isPayeeUnopened = vi.fn(lookup.isUnopened.bind(lookup));
  restart({ handler: { isPayeeUnopened } });
  return isPayeeUnopened;
}

describe('a seller by nanoSignature whose account was never opened', () => {
  test('is paid by no budget, and is asked about with a warning; once it has a block, the budget pays', async () => {
    watched();
    const young = await startMerchant({
      network: devnet.profile,
      patience: { attempts: 300, intervalMs: 5 },
    });
    const url = () => `${young.origin}/article?mechanism=nanoSignature&visit=${crypto.randomUUID()}`;
    await allowAll(account, url());
    const first = await browser.visit(url());
    await handleAndAnswer(first, { kind: 'once' });
    expect(worker.asked).toMatchObject([{ reason: 'reason_payeeUnopened', isPayeeUnopened: true }]);
    expect(statusOf(first)).toBe(200);
    const second = await browser.visit(url());
    await worker.challengeHandler.handle(second);
    expect(statusOf(second)).toBe(200);
    expect(worker.asked).toHaveLength(1);
    await young.close();
  });

  test('is warned of where the user is asked for another reason', async () => {
    restart({ handler: { isPayeeUnopened: async () => true } });
    await handleAndAnswer(await browser.visit(page('/article', '&mechanism=nanoSignature')), {
      kind: 'decline',
    });
    expect(worker.asked).toMatchObject([{ reason: 'reason_newSite', isPayeeUnopened: true }]);
  });
});

describe('the nodes are asked about a payee', () => {
  const bySignature = () => page('/article', '&mechanism=nanoSignature');

  test('whoever it is: an own account like any other', async () => {
    const asked = watched();
    const challenge = await browser.visit(bySignature());
    const ownPayee = { ...challenge, header: withPayee(requiredIn(challenge), account.address) };
    await handleAndAnswer(browser.show({ ...ownPayee, id: crypto.randomUUID() }), { kind: 'decline' });
    await handleAndAnswer(challenge, { kind: 'decline' });
    expect(asked.mock.calls.map(([, payTo]) => payTo)).toEqual([account.address, merchant.payTo]);
  });

  test.each(['nanoSession', 'trackB', 'signedBlock'])(
    'not for %s, which settles without them',
    async (mechanism) => {
      const asked = watched();
      await handleAndAnswer(await browser.visit(page('/article', `&mechanism=${mechanism}`)), {
        kind: 'decline',
      });
      expect(asked).not.toHaveBeenCalled();
    },
  );

  test('not where the offer is refused', async () => {
    const asked = watched();
    const challenge = await browser.visit(bySignature());
    await worker.budgets.block(siteOf(challenge.url));
    await worker.challengeHandler.handle(challenge);
    expect(worker.log).toMatchObject([{ key: 'refusal_SITE_BLOCKED' }]);
    expect(asked).not.toHaveBeenCalled();
  });
});
