/** The live sellers of signed blocks, each paid once when asked about and once by each kind of request inside a budget. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PaymentView } from '../../src/messages/payment.ts';
import { MOST_ACCOUNTS } from '../../src/nano/seed.ts';
import { readAddress, toAddress } from '../devnet/address.ts';
import type { Entry } from '../devnet/ledger.ts';
import { type OpenSeller, startSeller } from '../merchant/sellers/start-seller.ts';
import { SELLER_NAMES, SELLERS, type SellerName } from '../merchant/sellers/table.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';
import { testKeysAt } from './test-keys.ts';

const SEED = '5E11E5'.padEnd(64, '0');
const OWN = Array.from({ length: MOST_ACCOUNTS }, (_, index) => {
  const key = readAddress(testKeysAt({ kind: 'legacy', hex: SEED }, index).address);
  if (key === undefined) throw new Error('an own account has an address');
  return key;
});
/** The accounts that pay without a question: one that always can, and three for signed blocks. */
const POCKET = 4;
/** After its second refusal a proof goes to no request for so long (ms). */
const PAUSE = 5_000;

let testBed: TestBed;
let page: Page;
let seller: OpenSeller;
let visits = 0;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { seed: SEED }, funds: 20n * XNO });
  const { purse } = testBed;
  await purse.ask('settings.pocket', { accounts: 1 + POCKET, each: String(XNO) });
  await purse.ask('purse.refillPocket', {});
  const full = String(BigInt(POCKET) * XNO);
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.pocket?.balance === full,
    120_000,
  );
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await page.close();
  await testBed.purse.ask('budget.remove', { site: seller.origin });
  await seller.close();
});

const open = async (name: SellerName) => {
  seller = await startSeller({ name, network: testBed.devnet.profile, retryAfterSeconds: 2 });
};

/** The sends of the purse to others, as they stand on the ledger; those that did not stand there before. */
const payments = (before: readonly Entry[] = []): readonly Entry[] =>
  OWN.flatMap((key) => testBed.devnet.ledger.chain(key)).filter(
    ({ subtype, block, hash }) =>
      subtype === 'send' &&
      !OWN.some((own) => own === block.link) &&
      !before.some((earlier) => earlier.hash === hash),
  );

type Surface = 'document' | 'fetch';

/** One request for what the seller sells: its URL, and how it is made. */
function requestOf(surface: Surface): { readonly url: string; readonly make: () => Promise<unknown> } {
  const url = new URL(seller.url);
  visits += 1;
  url.searchParams.set('visit', String(visits));
  const by = new URL('/page', seller.origin);
  by.searchParams.set(seller.method === 'POST' ? 'post' : 'fetch', url.href);
  const target = surface === 'document' ? url.href : by.href;
  // A document that is loaded again for its proof ends the load before it.
  return { url: url.href, make: () => page.goto(target).catch(() => null) };
}

/** The newest payment for a URL. */
async function paymentFor(url: string, is: (payment: PaymentView) => boolean): Promise<PaymentView> {
  const { items } = await testBed.purse.until('activity.page', { before: null, limit: 5 }, (recent) => {
    const [last] = recent.items.filter((item) => item.kind === 'payment');
    return last?.url === url && is(last);
  });
  const found = items.find((item) => item.kind === 'payment');
  if (found === undefined) throw new Error('no payment');
  return found;
}

const ENDS: readonly string[] = ['settled', 'refused', 'unanswered'];
const answered = (url: string, deliveries: number) =>
  paymentFor(
    url,
    ({ state, story }) =>
      ENDS.includes(state) && story.filter((step) => step.state === 'delivered').length >= deliveries,
  );

/** Makes the request again until the purse has its content; gives the payment. */
async function untilServed({ url, make }: ReturnType<typeof requestOf>): Promise<PaymentView> {
  for (let deliveries = 1; ; deliveries += 1) {
    const payment = await answered(url, deliveries);
    if (payment.state === 'settled') return payment;
    const refused = payment.story.filter(({ state }) => state === 'refused');
    const [last] = refused.slice(-1);
    if (refused.length > 1) await expect.poll(() => Date.now() - (last?.at ?? 0)).toBeGreaterThan(PAUSE);
    // A server that asks for time gets no proof before.
    await expect.poll(() => Date.now()).toBeGreaterThan(payment.pending?.notBefore ?? 0);
    await make();
  }
}

/** What the page shows of what it asked for, without the white space. */
const shown = async () => {
  const result = page.locator(
    '#fetch-result[data-status="200"], #post-result[data-status="200"], pre, #paid',
  );
  return ((await result.first().textContent()) ?? '').replace(/\s/g, '');
};

/** The content is on the page, the ledger has one send for it, and the seller knows of that one alone. */
async function checkPaidOnce(payment: PaymentView, before: readonly Entry[]): Promise<void> {
  const served = () => String(seller.served().at(-1)).replace(/\s/g, '');
  await expect
    .poll(async () => {
      const text = await shown();
      return text !== '' && served().includes(text);
    })
    .toBe(true);
  await testBed.purse.until('activity.page', { before: null, limit: 5 }, ({ items }) =>
    items.some(
      (item) => item.kind === 'payment' && item.id === payment.id && item.handedOver === 'published',
    ),
  );
  const paid = payments(before);
  expect(paid).toMatchObject([{ hash: payment.blockHash, amount: BigInt(payment.amount) }]);
  expect(paid.map(({ block }) => toAddress(block.link))).toEqual([payment.payTo]);
  const { payments: sold, cheques } = seller.books();
  expect(sold).toMatchObject([{ hash: payment.blockHash, amountRaw: payment.amount, payTo: payment.payTo }]);
  expect(cheques).toHaveLength(1);
}

/** Sellers that never serve a signed block, and those whose pauses are longer than a test. */
const ELSEWHERE: readonly SellerName[] = ['geoip-500', 'search-held'];
const SERVING = SELLER_NAMES.filter((name) => !ELSEWHERE.includes(name));
const surfacesOf = (name: SellerName): readonly [Surface, ...Surface[]] =>
  SELLERS[name].method === 'GET' ? ['document', 'fetch'] : ['fetch'];

describe.each(SERVING)('%s', (name) => {
  test.each(surfacesOf(name).slice(0, 1))('is paid by a %s that the user is asked about', async (surface) => {
    await open(name);
    const before = payments();
    const request = requestOf(surface);
    const visit = request.make();
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(offer).toMatchObject({ site: seller.origin, url: request.url, mechanism: 'signedBlock' });
    await approve();
    await visit;
    const payment = await untilServed(request);
    expect(payment).toMatchObject({ approval: 'once', site: seller.origin });
    await checkPaidOnce(payment, before);
  });

  test.each(surfacesOf(name))('is paid by a %s inside a budget, without a question', async (surface) => {
    await open(name);
    const { purse } = testBed;
    const most = String(XNO);
    await purse.ask('budget.save', { site: seller.origin, perPayment: most, perDay: most, paused: false });
    const before = payments();
    const request = requestOf(surface);
    await request.make();
    const payment = await untilServed(request);
    expect(payment).toMatchObject({ approval: 'budget', site: seller.origin });
    await checkPaidOnce(payment, before);
    expect(await purse.ask('approval.list', {})).toEqual([]);
  });
});

test('geoip-500, which serves no signed block, is paid once and gets the same proof at each visit', async () => {
  await open('geoip-500');
  const { purse } = testBed;
  const before = payments();
  const { url, make } = requestOf('document');
  const visit = make();
  await (await purse.nextApproval()).approve();
  await visit;
  const [first, second] = [await answered(url, 1), await make().then(() => answered(url, 2))];
  expect([first.status, second.status]).toEqual([500, 402]);
  expect(second).toMatchObject({ id: first.id, blockHash: first.blockHash, state: 'refused' });
  expect(payments(before)).toMatchObject([{ hash: first.blockHash }]);
  expect(seller.books()).toMatchObject({
    payments: [],
    cheques: [{ hash: first.blockHash, state: 'published' }],
  });
});
