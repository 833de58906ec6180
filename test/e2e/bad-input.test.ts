import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OpenPurseView, PurseView } from '../../src/messages/purse.ts';
import { readAddress } from '../devnet/address.ts';
import { ROOT } from './build.ts';
import { fund, openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

const Vectors = v.object({
  offers: v.object({ now: v.number(), pageUrl: v.string() }),
  malformed: v.array(
    v.object({
      id: v.string(),
      header: v.string(),
      now: v.optional(v.number()),
      expect: v.object({ envelope: v.string(), entries: v.optional(v.array(v.string())), pay: v.boolean() }),
    }),
  ),
  multipleHeaders: v.array(v.object({ id: v.string(), value: v.string(), expect: v.string() })),
});

const file = join(ROOT, 'test/vectors/data/offers.json');
const vectors = v.parse(Vectors, JSON.parse(readFileSync(file, 'utf8')));

/** Whether an entry would be payable where it was written, and when. */
function isDated({
  pay,
  entries = [],
}: v.InferOutput<typeof Vectors>['malformed'][number]['expect']): boolean {
  return pay || entries[0] === 'EXPIRED';
}

const ODD_PRICE = 'This page has an odd price\n';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  // The vectors are offers for the main network.
  testBed = await openTestBed({ devnet: { networkId: 'nano:mainnet' } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

/** Fetches every URL from one page at once, and gives the status and text that the page sees. */
async function fetchAll(urls: readonly string[]): Promise<readonly { status: number; text: string }[]> {
  await page.goto(testBed.at('/free'));
  return page.evaluate(
    (all) =>
      Promise.all(
        all.map(async (url) => {
          const response = await fetch(url);
          return { status: response.status, text: await response.text() };
        }),
      ),
    urls,
  );
}

/** The keys of the log's lines about a URL. */
async function logged(url: string): Promise<readonly string[]> {
  return (await testBed.purse.ask('log.list', {})).filter((line) => line.url === url).map(({ key }) => key);
}

describe('a header that is no payable offer', () => {
  test('leaves the page its own 402 and the user one line that says why', async () => {
    const mark = await testBed.mark();
    const expected = vectors.malformed.map(({ header, expect: { envelope, entries = [], pay } }) => ({
      url: testBed.merchant.registerHeader(header),
      // What is sound in itself, or was when it was written, is for another site.
      key: isDated({ envelope, entries, pay }) ? 'RESOURCE_MISMATCH' : (entries[0] ?? envelope),
    }));
    const seen = await fetchAll(expected.map(({ url }) => url));
    expect(seen).toEqual(expected.map(() => ({ status: 402, text: ODD_PRICE })));
    const { length } = expected;
    await testBed.purse.until('log.list', {}, (lines) => lines.length >= length);
    for (const { url, key } of expected) expect([url, await logged(url)]).toEqual([url, [`refusal_${key}`]]);
    expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
    await testBed.nothingSince(mark);
  });

  test('several headers are refused rather than guessed at', async () => {
    const urls = vectors.multipleHeaders.map(({ value }) =>
      testBed.merchant.registerHeader(value.split(', ')),
    );
    expect(await fetchAll(urls)).toEqual(urls.map(() => ({ status: 402, text: ODD_PRICE })));
    for (const url of urls) {
      await testBed.purse.until('log.list', {}, (lines) => lines.some((line) => line.url === url));
      expect(await logged(url)).toEqual(['refusal_BAD_BASE64']);
    }
  });

  test('is not paid in a document either', async () => {
    const url = testBed.merchant.registerHeader('not base64 at all');
    const response = await page.goto(url);
    expect([response?.status(), await page.textContent('body')]).toEqual([402, ODD_PRICE]);
    await testBed.purse.until('log.list', {}, (lines) => lines.some((line) => line.url === url));
    expect(await logged(url)).toEqual(['refusal_BAD_BASE64']);
  });

  test('is refused as expired, or asked about, by the expiry that it has today', async () => {
    const wanted = vectors.malformed.filter(({ expect: outcome }) => outcome.pay || isDated(outcome));
    const ids: Record<string, string> = {};
    for (const { id, header, now = vectors.offers.now, expect: outcome } of wanted) {
      const mark = await testBed.mark();
      const url = testBed.merchant.registerHeader(hereAndNow(header, now));
      await page.goto(testBed.at('/page', { fetch: url }));
      if (outcome.pay) {
        const { offer, decline } = await testBed.purse.nextApproval();
        expect(offer).toMatchObject({ url, amount: '10000000000000000000004518140' });
        await decline();
      }
      await page.locator('#fetch-result[data-status="402"]').waitFor();
      await testBed.purse.until('log.list', {}, (lines) => lines.some((line) => line.url === url));
      ids[id] = (await logged(url)).join();
      await testBed.nothingSince(mark);
    }
    const outcome = (pay: boolean) => (pay ? 'refusal_DECLINED' : 'refusal_EXPIRED');
    expect(ids).toEqual(Object.fromEntries(wanted.map((one) => [one.id, outcome(one.expect.pay)])));
  });

  test('a 402 without a price is left to its page', async () => {
    const before = await testBed.purse.ask('log.list', {});
    expect(await fetchAll([testBed.at('/malformed')])).toEqual([{ status: 402, text: ODD_PRICE }]);
    expect(await testBed.purse.ask('log.list', {})).toEqual(before);
  });
});

/** A vector's header as a server here would send it now: its site and its moments replaced, all else verbatim. */
function hereAndNow(header: string, now: number): string {
  const ahead = Math.floor(Date.now() / 1000) - now;
  const text = Buffer.from(header.trim(), 'base64').toString('utf8');
  return Buffer.from(
    text
      .replaceAll(new URL(vectors.offers.pageUrl).origin, testBed.merchant.origin)
      .replaceAll(/2030-03-17T[\d:.]+Z/g, (at) => new Date(Date.parse(at) + ahead * 1000).toISOString()),
  ).toString('base64');
}

describe('a request that no page shows raises no question', () => {
  test.each(['prefetch', 'prerender'])('%s by speculation rules', async (how) => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const url = testBed.at('/article', { by: how });
    await page.evaluate(
      ([kind, target]) => {
        const rules = document.createElement('script');
        rules.type = 'speculationrules';
        rules.textContent = JSON.stringify({
          [kind ?? '']: [{ source: 'list', urls: [target], eagerness: 'immediate' }],
        });
        document.head.append(rules);
      },
      [how, url],
    );
    await served(url);
    // A request that is asked about comes after it, so that its question would have been first.
    void page.goto(testBed.at('/article', { mechanism: 'nanoSignature' })).catch(() => undefined);
    const { offer, decline } = await testBed.purse.nextApproval();
    expect(offer.url).toBe(testBed.at('/article', { mechanism: 'nanoSignature' }));
    await decline();
    expect(await logged(url)).toEqual([]);
    await testBed.nothingSince(mark);
  });

  test('link rel=prefetch', async () => {
    await page.goto(testBed.at('/free'));
    const url = testBed.at('/article', { by: 'link' });
    await page.evaluate((href) => {
      document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href }));
    }, url);
    await served(url);
    expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
  });

  test('a preflight', async () => {
    await page.goto(`${testBed.merchant.otherOrigin}/free`);
    const url = testBed.merchant.registerHeader('x');
    const failed = await page.evaluate(
      (to) => fetch(to, { method: 'POST', headers: { 'X-Odd': '1' } }).catch((error) => `${error}`),
      url,
    );
    expect(failed).toContain('Failed to fetch');
    expect(await logged(url)).toEqual([]);
  });
});

/** Resolves when the merchant has answered a request for the URL. */
async function served(url: string): Promise<void> {
  const { pathname, search } = new URL(url);
  await expect
    .poll(() => testBed.merchant.books().requests.filter(({ path }) => path === pathname + search))
    .toMatchObject([{ status: 402, hadPaymentSignature: false }]);
}

function open(state: PurseView): OpenPurseView {
  if (state.kind !== 'open') throw new Error(`the purse is ${state.kind}`);
  return state;
}

describe('nodes that cannot be reached', () => {
  test('are reported in the popup; an approved payment waits, and is made once when they are back', async () => {
    const { devnet, purse } = testBed;
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page', { fetch: '1' }));
    const { approve } = await purse.nextApproval();
    devnet.faults.set({ kind: 'http_status', status: 503 });
    await approve();
    await page.locator('#fetch-result[data-status="402"]').waitFor();
    expect(testBed.sends().slice(mark.ledger)).toEqual([]);
    await purse.ask('purse.refresh', {});
    const { trouble } = open(await purse.ask('purse.state', {}));
    expect(trouble?.key).toMatch(/^fault_node/);
    const popup = await purse.popup();
    const again = popup.getByTestId('trouble').getByRole('button');
    await again.waitFor();

    devnet.faults.clear();
    await again.click();
    await purse.until('purse.state', {}, (state) => open(state).trouble === null);
    await popup.close();
    await page.reload();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await purse.ask('approval.list', {})).toEqual([]);
    expect(await testBed.paidSince(mark)).toMatchObject([{ approval: 'once' }]);
  });

  test('a response that was lost after the node accepted the block leads to one block', async () => {
    const { devnet, purse } = testBed;
    const mark = await testBed.mark();
    await page.goto(testBed.at('/page', { fetch: '1' }));
    const { approve } = await purse.nextApproval();
    devnet.faults.set({ kind: 'drop_reply_after_accepting', action: 'process', times: 1 });
    await approve();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });
});

describe('a node that lies', () => {
  const lies = [
    ['a balance that is too small', { kind: 'lie_balance', offset: String(-XNO), contents: true }],
    ['a balance that is too large', { kind: 'lie_balance', offset: String(XNO), contents: true }],
    ['an old head', { kind: 'stale_frontier' }],
    ['another hash for the block', { kind: 'process_other_hash', times: 1 }],
  ] as const;

  test.each(lies)('and tells %s makes the purse pay nothing but the price', async (what, lie) => {
    const { devnet, purse } = testBed;
    const mark = await testBed.mark();
    const held = balanceOnLedger();
    await page.goto(testBed.at('/page', { fetch: '1', mechanism: 'nanoSignature', description: what }));
    const { approve } = await purse.nextApproval();
    devnet.faults.set(lie);
    await approve();
    await page.locator('#fetch-result[data-state="done"]').waitFor();
    devnet.faults.clear();
    const sent = testBed.sends().slice(mark.ledger);
    expect(sent.map(({ amount }) => amount)).toEqual(sent.map(() => PRICE));
    expect(held - balanceOnLedger()).toBe(PRICE * BigInt(sent.length));
    expect(sent.length).toBeLessThanOrEqual(1);

    // With the truth back, whatever was left undone is done, and no more than that.
    const popup = await purse.popup();
    await purse.until('purse.state', {}, (state) => open(state).trouble === null);
    await popup.close();
    expect(held - balanceOnLedger()).toBe(PRICE * BigInt(sent.length));
  });

  function balanceOnLedger(): bigint {
    const key = readAddress(testBed.purse.account);
    return (key && testBed.devnet.ledger.head(key)?.block.balance) ?? 0n;
  }
});

describe('an insufficient balance', () => {
  test('the question says how much is missing and where to send it, and cannot be approved', async () => {
    const { purse, merchant } = testBed;
    const mark = await testBed.mark();
    const balance = BigInt(open(await purse.ask('purse.state', {})).balance ?? 0);
    const price = balance + 3n * XNO;
    void page.goto(testBed.at('/page', { fetch: '1', price: String(price), mechanism: 'nanoSignature' }));
    const { offer } = await purse.nextApproval();
    expect(offer).toMatchObject({ missing: String(3n * XNO), account: purse.account });
    const view = await purse.newPage();
    await view.goto(purse.url('src/pages/approve/index.html'));
    await view.locator(`[data-testid="approval-missing"][data-raw="${3n * XNO}"]`).waitFor();
    const link = await view.getByTestId('receive-code').getAttribute('data-link');
    expect(link).toBe(`nano:${testBed.purse.account}?amount=${3n * XNO}`);
    expect(await view.getByTestId('address').getAttribute('data-account')).toBe(purse.account);
    await view.getByTestId('approve-decline').waitFor();
    expect(await view.getByTestId('approve-pay').count()).toBe(0);

    // Filled meanwhile, the same question can be approved.
    await fund(testBed.devnet, purse, 4n * XNO);
    await view.locator('[data-testid="approve-pay"]:not([aria-disabled="true"])').click();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(merchant.books().payments.at(-1)?.amountRaw).toBe(String(price));
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    await view.close();
  });

  test('a budget does not spend more than the balance', async () => {
    const { purse, merchant } = testBed;
    const mark = await testBed.mark();
    const budget = { perPayment: String(100n * XNO), perDay: String(100n * XNO), paused: false };
    await purse.ask('budget.save', { site: merchant.origin, ...budget });
    const url = testBed.at('/api/private', { price: String(50n * XNO), mechanism: 'nanoSignature' });
    await page.goto(testBed.at('/page', { fetch: url }));
    await page.locator('#fetch-result[data-status="402"]').waitFor();
    expect((await purse.payments()).slice(mark.journal)).toMatchObject([
      { state: 'abandoned', blockHash: null, fault: { key: 'fault_insufficient' } },
    ]);
    expect(testBed.sends().slice(mark.ledger)).toEqual([]);
    const [view] = await purse.ask('budget.list', {});
    expect(BigInt(view?.spentToday ?? 0)).toBeLessThan(50n * XNO + PRICE);
  });
});
