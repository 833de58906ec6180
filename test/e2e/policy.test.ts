import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startMerchant } from '../merchant/merchant.ts';
import { quote } from '../merchant/testing/test-bed.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  const { purse, merchant } = testBed;
  await purse.ask('budget.remove', { site: merchant.origin });
  await purse.ask('settings.unblock', { site: merchant.origin });
  await purse.ask('purse.pause', { paused: false });
  await page.close();
});

const OTHER_PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
/** What the merchant sells to each way of asking. */
const PAID: Readonly<Record<string, string>> = {
  fetch: '/api/data',
  img: '/image.png',
  iframe: '/frame',
};

const site = () => testBed.merchant.origin;
const FETCHED = '#fetch-result[data-state="done"]';

/** Opens a page that fetches something for a price, and gives the status that the page sees in the end. */
async function fetched(query: Readonly<Record<string, string>> = {}): Promise<string | null> {
  await page.goto(testBed.at('/page', { fetch: '1', ...query }));
  await page.locator(FETCHED).waitFor();
  return page.getAttribute('#fetch-result', 'data-status');
}

const budget = (perPayment: bigint, perDay: bigint) =>
  testBed.purse.ask('budget.save', {
    site: site(),
    perPayment: String(perPayment),
    perDay: String(perDay),
    paused: false,
  });

/** The one question that `visit` leads to; declined, and nothing paid. */
async function declined(visit: () => Promise<unknown>): Promise<{ readonly reason: string }> {
  const mark = await testBed.mark();
  const seen = visit();
  const { offer, decline } = await testBed.purse.nextApproval();
  await decline();
  await seen;
  await testBed.nothingSince(mark);
  return offer;
}

test('a seller by nanoSignature that was never opened is asked about once, with a warning, despite a budget', async () => {
  const { purse, devnet } = testBed;
  const young = await startMerchant({ network: devnet.profile });
  const rules = { perPayment: String(PRICE), perDay: String(10n * PRICE), paused: false };
  await purse.ask('budget.save', { site: young.origin, ...rules });
  const visit = async () => {
    await page.goto(`${young.origin}/page?fetch=1&mechanism=nanoSignature`);
    await page.locator(FETCHED).waitFor();
    return page.getAttribute('#fetch-result', 'data-status');
  };
  const first = visit();
  const { offer, approve } = await purse.nextApproval();
  expect(offer.reason).toBe('reason_payeeUnopened');
  expect(offer.warnings).toContain('warning_payeeUnopened');
  await approve();
  expect(await first).toBe('200');
  // The money of the first payment has opened the account.
  expect(await visit()).toBe('200');
  await purse.ask('budget.remove', { site: young.origin });
  await young.close();
});

describe('without a budget', () => {
  test('what was approved once is asked about again', async () => {
    const mark = await testBed.mark();
    const first = fetched();
    await (await testBed.purse.nextApproval()).approve();
    expect(await first).toBe('200');
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    expect(await declined(fetched)).toMatchObject({ reason: 'reason_newSite' });
  });

  test('a declined request sees its own 402', async () => {
    const mark = await testBed.mark();
    const seen = fetched();
    await (await testBed.purse.nextApproval()).decline();
    expect(await seen).toBe('402');
    expect(JSON.parse((await page.textContent('#fetch-result')) ?? '')).toMatchObject({ x402Version: 2 });
    await testBed.nothingSince(mark);
  });

  test('a declined document shows its own price', async () => {
    await declined(() => page.goto(testBed.at('/article')));
    await page.locator('#gate').waitFor();
    expect(await page.locator('#paid').count()).toBe(0);
  });

  test('a blocked site raises no question until the user unblocks it', async () => {
    const seen = fetched();
    await (await testBed.purse.nextApproval()).never();
    expect(await seen).toBe('402');

    expect(await fetched()).toBe('402');
    const { blockedSites } = await testBed.purse.ask('settings.read', {});
    expect(blockedSites).toEqual([site()]);
    const [line] = await testBed.purse.until(
      'log.list',
      {},
      ([newest]) => newest?.key === 'refusal_SITE_BLOCKED',
    );
    expect(line).toMatchObject({ site: site() });

    const popup = await testBed.purse.popup();
    await popup.locator('nav button').last().click();
    await popup.getByTestId('blocked').getByRole('button').click();
    await popup.getByTestId('blocked').waitFor({ state: 'detached' });
    await popup.close();
    await declined(fetched);
  });
});

describe('inside a budget', () => {
  test('a budget that was set with a payment pays the next ones without a question', async () => {
    const mark = await testBed.mark();
    const seen = fetched();
    const { approve } = await testBed.purse.nextApproval();
    await approve({ budget: { perPayment: 2n * PRICE, perDay: 4n * PRICE } });
    expect(await seen).toBe('200');
    expect(await testBed.purse.ask('budget.list', {})).toMatchObject([
      { site: site(), perPayment: String(2n * PRICE), perDay: String(4n * PRICE) },
    ]);
    expect(await fetched()).toBe('200');
    const paid = await testBed.paidSince(mark);
    expect(paid.map(({ approval }) => approval)).toEqual(['once', 'budget']);
  });

  test('limits count the price as it is shown, without session tags', async () => {
    await budget(PRICE, XNO);
    const usedToday = async () => {
      const [view] = await testBed.purse.ask('budget.list', {});
      return BigInt(view?.uses.find(({ limit }) => limit === 'perDay')?.spent ?? 0);
    };
    const perDay = (await usedToday()) + 3n * PRICE;
    await testBed.purse.ask('budget.remove', { site: site() });

    const mark = await testBed.mark();
    const seen = fetched();
    const { approve } = await testBed.purse.nextApproval();
    await approve({ budget: { perPayment: PRICE, perDay } });
    expect(await seen).toBe('200');
    for (let more = 0; more < 2; more++) expect(await fetched()).toBe('200');
    const paid = await testBed.paidSince(mark);
    expect(paid.map(({ approval }) => approval)).toEqual(['once', 'budget', 'budget']);
    expect(paid.every(({ amount }) => BigInt(amount) > PRICE)).toBe(true);
    expect(await usedToday()).toBe(perDay);
    const [view] = await testBed.purse.ask('budget.list', {});
    expect(BigInt(view?.spentToday ?? 0)).toBe(perDay + BigInt(view?.tagsToday ?? 0));
    expect(await declined(fetched)).toMatchObject({ reason: 'reason_overDay' });
  });

  test('what it has spent today is the sum of what the merchant was paid', async () => {
    const ofSite = (await testBed.purse.payments()).filter((payment) => payment.site === site());
    const before = ofSite.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    await budget(2n * PRICE, XNO);
    expect(await fetched()).toBe('200');
    const [payment] = (await testBed.purse.payments()).slice(-1);
    const [view] = await testBed.purse.ask('budget.list', {});
    expect(view?.spentToday).toBe(String(before + BigInt(payment?.amount ?? 0)));
  });

  test('a payment above the most per payment is asked about', async () => {
    await budget(PRICE - 1n, XNO);
    const offer = await declined(fetched);
    expect(offer).toMatchObject({ reason: 'reason_overPayment' });
  });

  test('a payment above what is left of the day is asked about', async () => {
    await budget(PRICE, PRICE);
    const offer = await declined(() => fetched({ mechanism: 'nanoSignature' }));
    expect(offer).toMatchObject({ reason: 'reason_overDay' });
  });

  test('a price above the last one is asked about', async () => {
    await budget(XNO, XNO);
    expect(await fetched()).toBe('200');
    const offer = await declined(() => fetched({ price: String(PRICE + 1n) }));
    expect(offer).toMatchObject({ reason: 'reason_priceRise' });
  });

  test('a paused budget, and a purse that is paused, ask', async () => {
    await testBed.purse.ask('budget.save', {
      site: site(),
      perPayment: String(XNO),
      perDay: String(XNO),
      paused: true,
    });
    expect(await declined(fetched)).toMatchObject({ reason: 'reason_paused' });

    await budget(XNO, XNO);
    const popup = await testBed.purse.popup();
    await popup.locator('nav button').nth(2).click();
    await popup.getByTestId('pause-all').click();
    await testBed.purse.until('purse.state', {}, (state) => state.kind === 'open' && state.paused);
    await popup.close();
    expect(await declined(fetched)).toMatchObject({ reason: 'reason_paused' });
  });

  test('another payee than before is asked about, and a budget set then pays any account of the site', async () => {
    const seen = fetched();
    const { approve } = await testBed.purse.nextApproval();
    await approve({ budget: { perPayment: XNO, perDay: XNO } });
    expect(await seen).toBe('200');
    const isPinned = async () => (await testBed.purse.ask('budget.list', {})).map(({ pinned }) => pinned);
    expect(await isPinned()).toEqual([true]);
    const entry = await quote(testBed.at('/api/data'));
    const resource = { url: testBed.at('/api/data') };
    const swapped = { x402Version: 2, error: '', resource, accepts: [{ ...entry, payTo: OTHER_PAYEE }] };
    const url = testBed.merchant.registerHeader(Buffer.from(JSON.stringify(swapped)).toString('base64'));
    expect(await declined(() => fetched({ fetch: url }))).toMatchObject({ reason: 'reason_payeeChanged' });

    const again = fetched({ fetch: url });
    const question = await testBed.purse.nextApproval();
    await question.approve({ budget: { perPayment: XNO, perDay: XNO } });
    await again;
    expect(await isPinned()).toEqual([false]);
  });
});

describe('one site cannot spend the budget of another', () => {
  test.each(['fetch', 'img', 'iframe'])('by %s', async (way) => {
    await budget(XNO, XNO);
    const elsewhere = new URL(testBed.at('/page', { [way]: testBed.at(PAID[way] ?? '') }));
    elsewhere.hostname = 'localhost';
    const offer = await declined(() => page.goto(elsewhere.href, { waitUntil: 'commit' }));
    expect(offer).toMatchObject({
      reason: 'reason_crossSite',
      site: site(),
      askedBy: testBed.merchant.otherOrigin,
    });
  });

  test('by a link', async () => {
    await budget(XNO, XNO);
    await page.goto(`${testBed.merchant.otherOrigin}/free`);
    const visit = () =>
      page.evaluate((url) => location.assign(url), testBed.at('/article', { mechanism: 'nanoSignature' }));
    expect(await declined(visit)).toMatchObject({ reason: 'reason_crossSite' });
  });
});

test('ten requests at once pay as many times as the budget allows, and ask about the rest', async () => {
  const mark = await testBed.mark();
  const { otherOrigin } = testBed.merchant;
  // The other name of the merchant has spent nothing today: five fit, to the raw.
  await testBed.purse.ask('budget.save', {
    site: otherOrigin,
    perPayment: String(PRICE),
    perDay: String(5n * PRICE),
    paused: false,
  });
  await page.goto(`${otherOrigin}/free`);
  const answers = page.evaluate(
    (urls) => Promise.all(urls.map(async (url) => (await fetch(url)).status)),
    Array.from({ length: 10 }, (_, n) => `/api/data?mechanism=nanoSignature&n=${n}`),
  );
  await testBed.purse.until('approval.list', {}, (list) => list.length === 5);
  await testBed.purse.until('activity.page', { before: null, limit: 10 }, ({ items }) => {
    const mine = items.filter((item) => item.kind === 'payment' && item.site === otherOrigin);
    return mine.length === 5 && mine.every((item) => item.kind === 'payment' && item.state === 'settled');
  });
  for (let rest = 5; rest > 0; rest--) {
    const { offer, decline } = await testBed.purse.nextApproval();
    expect(offer).toMatchObject({ reason: 'reason_overDay', site: otherOrigin });
    await decline();
  }
  expect((await answers).toSorted()).toEqual([...Array(5).fill(200), ...Array(5).fill(402)]);
  const paid = await testBed.paidSince(mark);
  expect(paid.map(({ amount, approval }) => [amount, approval])).toEqual(
    Array(5).fill([String(PRICE), 'budget']),
  );
  const spent = (await testBed.purse.ask('budget.list', {})).find((one) => one.site === otherOrigin);
  expect(spent?.spentToday).toBe(String(5n * PRICE));
});
