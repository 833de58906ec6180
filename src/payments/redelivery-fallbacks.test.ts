/** Second deliveries of a proof, which pay nothing: in lower case, in the body of a POST, with the same identifier. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../test/merchant/merchant.ts';
import { PAID_MARKER } from '../../test/merchant/pages/layout.ts';
import { type Account, accountWith } from '../wallet/account.fixture.ts';
import { Browser } from './browser.fixture.ts';
import type { Payment } from './payment.ts';
import { wholeOf } from './private-record.ts';
import { allowAll, startWorker, type TestWorker } from './worker.fixture.ts';

const XNO = 10n ** 30n;
let devnet: Devnet;
let merchant: Merchant;
let account: Account;
let browser: Browser;
let worker: TestWorker;

beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
  merchant = await startMerchant({ network: devnet.profile, patience: { attempts: 300, intervalMs: 5 } });
});
afterAll(async () => {
  await merchant?.close();
  await devnet?.close();
});
beforeEach(async () => {
  account = await accountWith(devnet, XNO);
  browser = new Browser();
  worker = startWorker(account, browser);
  await allowAll(account, merchant.origin);
});

const page = (query: Readonly<Record<string, string>>, path = '/article') =>
  `${merchant.origin}${path}?${new URLSearchParams({ visit: crypto.randomUUID(), ...query })}`;
const only = async (): Promise<Payment> => {
  const [row, ...others] = await account.database.getAll('payments');
  if (row === undefined || others.length > 0) throw new Error('one payment is expected');
  return wholeOf(row.payment);
};
const statusOf = ({ id }: { readonly id: string }) => browser.answers.get(id)?.status;
/** The challenges whose pages were told to send their request once more, without a pause. */
const atOnce = () => browser.repeated.flatMap(([id, pause]) => (pause === 0 ? [id] : []));
const read = (proof: string) => JSON.parse(Buffer.from(proof, 'base64').toString());

/** Asks for a page, and handles its challenge until the end. Answers a question with a payment. */
async function visit(url: string) {
  const challenge = await browser.visit(url);
  let isOver = false;
  const handled = worker.challengeHandler.handle(challenge).finally(() => {
    isOver = true;
  });
  // One poll for both ends: a second one, not awaited, would go on and move the fake clock of tests in other files.
  await expect.poll(() => isOver || worker.approvals.list().length === 1).toBe(true);
  if (!isOver) worker.approvals.answer(challenge.id, { kind: 'once' });
  await handled;
  return challenge;
}

describe('a Track A server that reads hex in lower case only', () => {
  test('gets the same block in lower case, once, when its page is loaded again', async () => {
    const url = page({ mechanism: 'trackA', hex: 'lower' });
    const first = await visit(url);
    expect(statusOf(first)).toBe(400);
    expect((await only()).progress).toMatchObject({ state: 'refused', final: false });
    expect(atOnce()).toEqual([first.id]);

    const second = await visit(url);
    expect(statusOf(second)).toBe(200);
    expect((await only()).progress.state).toBe('settled');
    const [upper, lower] = browser.proofs.map((proof) => read(proof).payload.block);
    expect(lower).not.toEqual(upper);
    const folded = { ...upper, ...lower };
    for (const key of ['previous', 'link', 'signature']) {
      expect(lower[key]).toBe(upper[key].toLowerCase());
      folded[key] = upper[key];
    }
    expect(folded).toEqual(upper);
    expect(account.sends()).toHaveLength(1);
    expect(worker.asked).toHaveLength(1);
  });
});

describe('a server that lost the session', () => {
  test('gets the proof by POST: the payment is settled, and the page gets what the POST got', async () => {
    const challenge = await visit(page({ 'lose-session': '1' }));
    expect(statusOf(challenge)).toBe(410);
    expect(browser.posts.map((body) => JSON.parse(body))).toEqual([{ paymentSignature: browser.proofs[0] }]);
    expect((await only()).progress).toMatchObject({ state: 'settled', status: 200, byPost: true });
    expect([...browser.replaced]).toEqual([[challenge.id, expect.stringContaining(PAID_MARKER)]]);
    expect(atOnce()).toEqual([]);
    expect(account.sends()).toHaveLength(1);
  });

  test('and refuses the POST too is not paid again: the proof is kept', async () => {
    const url = page({ 'refuse-first': '2', 'refuse-with': 'lost' });
    const refused = await visit(url);
    expect((await only()).progress).toMatchObject({ state: 'refused', status: 410, final: false });
    expect([...browser.replaced]).toEqual([[refused.id, null]]);
    expect(atOnce()).toEqual([]);
    const again = await visit(url);
    expect(statusOf(again)).toBe(200);
    expect(account.sends()).toHaveLength(1);
    expect(new Set(browser.proofs).size).toBe(1);
  });

  test('and does not answer the POST leaves the payment unanswered', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      vi.spyOn(browser, 'post').mockImplementation(() => Promise.reject(new TypeError('fetch failed')));
      const { id } = await visit(page({ 'lose-session': '1' }));
      expect((await only()).progress).toMatchObject({ state: 'unanswered', reason: 'network' });
      expect([...browser.replaced]).toEqual([[id, null]]);
    } finally {
      said.mockRestore();
    }
  });

  test.each([
    { why: 'failed', query: { 'refuse-first': '1', 'refuse-with': '500' } },
    { why: 'has seen nothing confirmed yet', query: { 'refuse-first': '1' } },
    { why: 'never had one', query: { 'refuse-first': '1', 'refuse-with': 'lost', mechanism: 'trackA' } },
  ])('is told from a server that $why, which gets no POST', async ({ query }) => {
    await visit(page(query));
    expect((await only()).progress.state).toBe('refused');
    expect(browser.posts).toEqual([]);
    expect(atOnce()).toEqual([]);
  });
});

test.each(['nanoSession', 'nanoSignature', 'nymChallenge', 'trackB', 'trackA', 'signedBlock'])(
  'a proof of %s that is delivered again has the same payment identifier',
  async (mechanism) => {
    const url = page({ mechanism, paymentIdentifier: 'required' }, '/loses-answer');
    await visit(url);
    expect((await only()).progress.state).toBe('unanswered');
    const again = await visit(url);
    expect(statusOf(again)).toBe(200);
    const ids = browser.proofs.map((proof) => read(proof).extensions['payment-identifier'].info.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(account.sends()).toHaveLength(1);
  },
);
