import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EntryRefusalCode, EnvelopeCode } from '../../src/protocol/offer/codes.ts';
import { DEMO_ISSUE } from '../merchant/free-routes.ts';
import { ROOT } from './build.ts';
import { openTestBed, PRICE, type TestBed } from './setup.ts';

const sentences: Readonly<Record<string, { readonly message: string }>> = JSON.parse(
  readFileSync(join(ROOT, 'public/_locales/en/messages.json'), 'utf8'),
);

const sentence = (key: string) => sentences[key]?.message ?? `no sentence for ${key}`;

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  // A page is only unencrypted to the purse where it does not come from this machine.
  const extraArgs = ['--host-resolver-rules=MAP tollgate.test 127.0.0.1'];
  testBed = await openTestBed({ purse: { extraArgs } });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const inAMinute = () => Date.now() + 60_000;

/** A sound entry of `accepts`, but for what is said. */
const entry = (changed: object = {}) => ({
  scheme: 'exact',
  network: 'nano:devnet',
  asset: 'XNO',
  amount: String(PRICE),
  payTo: testBed.merchant.payTo,
  maxTimeoutSeconds: 180,
  extra: {},
  ...changed,
});
const session = (changed: object = {}) => ({
  id: 'a03ba415f67e2bba20a00fc5353c4961',
  tag: 7,
  resourceAmountRaw: String(PRICE - 7n),
  tagAmountRaw: '7',
  expiresAt: new Date(inAMinute()).toISOString(),
  ...changed,
});
const selling = (...accepts: unknown[]) => ({
  x402Version: 2,
  resource: { url: testBed.at('/malformed') },
  accepts,
});
const soldBy = (extra: unknown) => base64(selling(entry({ extra })));
const soldAs = (changed: object) => base64(selling(entry({ extra: { nanoSession: session() }, ...changed })));
const signedFor = (changed: object) =>
  soldBy({ nanoSignature: { url: testBed.at('/malformed'), messageToSign: 'block_hash+url', ...changed } });

/** A header for every reason that the protocol knows. */
const HEADERS: Readonly<Record<EnvelopeCode | EntryRefusalCode, () => string>> = {
  TOO_LARGE: () => 'A'.repeat(64 * 1024 + 1),
  BAD_BASE64: () => 'not base64 at all',
  BAD_UTF8: () => Buffer.from([0xff, 0xfe]).toString('base64'),
  BAD_JSON: () => Buffer.from('{').toString('base64'),
  BAD_SHAPE: () => base64([]),
  UNSUPPORTED_VERSION: () => base64({ ...selling(entry()), x402Version: 3 }),
  BAD_RESOURCE: () => base64({ ...selling(entry()), resource: 'here' }),
  BAD_ACCEPTS: () => base64(selling()),
  MALFORMED_ENTRY: () => base64(selling(null)),
  IGNORE_NOT_NANO: () => soldAs({ network: 'eip155:8453' }),
  UNSUPPORTED_NETWORK: () => soldAs({ network: 'nano:beta' }),
  LEGACY_UNSUPPORTED: () => soldAs({ scheme: 'nano-session' }),
  UNSUPPORTED_SCHEME: () => soldAs({ scheme: 'upto' }),
  UNSUPPORTED_ASSET: () => soldAs({ asset: 'USDC' }),
  BAD_AMOUNT: () => soldAs({ amount: '0.01' }),
  BAD_PAYTO: () => soldAs({ payTo: `nano_${'1'.repeat(60)}` }),
  BAD_TIMEOUT: () => soldAs({ maxTimeoutSeconds: -1 }),
  MALFORMED_EXTRA: () => soldBy([]),
  AMBIGUOUS_MECHANISM: () => soldBy({ nanoSession: session(), nanoSignature: {} }),
  BAD_SESSION: () => soldBy({ nanoSession: session({ id: 7 }) }),
  SUM_MISMATCH: () => soldBy({ nanoSession: session({ tagAmountRaw: '8' }) }),
  BAD_EXPIRY: () => soldBy({ nanoSession: session({ expiresAt: 'soon' }) }),
  EXPIRED: () => soldBy({ nanoSession: session({ expiresAt: '2020-02-02T02:02:02.000Z' }) }),
  NS6_EARLY_UNSUPPORTED: () =>
    soldBy({
      nanoSession: { id: 'a', tag: 7, tagModulus: 10_000_000, expiresAt: '2099-01-01T00:00:00.000Z' },
    }),
  BAD_SIGNATURE_OFFER: () => signedFor({ messageToSign: 'anything' }),
  NS7_SIGNATURE_NO_URL: () => soldBy({ nanoSignature: { messageToSign: 'block_hash+url' } }),
  URL_MISMATCH: () => signedFor({ url: 'https://elsewhere.example/' }),
  BAD_CHALLENGE: () =>
    soldBy({ challenge: { mechanism: 'nano-nym-exact', version: 'ns8', challengeId: 'a' } }),
  NS8_MACAROON_UNSUPPORTED: () => soldBy({ challenge: { mechanism: 'nanoMacaroon', version: 'nm1' } }),
  UNSUPPORTED_MECHANISM: () => soldBy({ decimals: 30 }),
  TOO_MANY_ENTRIES: () =>
    base64(selling(...Array.from({ length: 33 }, () => ({ scheme: 'exact', network: 'nano:beta' })))),
  WORK_TOO_HARD: () => soldBy({ workThreshold: 'ffffffffffffffff' }),
  BAD_NONCE: () => soldBy({ nonce: 'A9', validBefore: Math.floor(inAMinute() / 1000) }),
};

/** What stands against an offer that is sound in itself, and where it is asked for. */
const UNPAYABLE: Readonly<Record<string, () => string>> = {
  RESOURCE_MISMATCH: () => {
    const offer = selling(entry({ extra: { nanoSession: session() } }));
    return registered(base64({ ...offer, resource: { url: 'https://elsewhere.example/' } }));
  },
  PROOF_ELSEWHERE: () =>
    registered(soldBy({ validBefore: Math.floor(inAMinute() / 1000) })).replace('/malformed', DEMO_ISSUE),
  EXPIRES_TOO_SOON: () => testBed.at('/api/data', { expiry: '9' }),
  INSECURE_URL: () =>
    testBed.at('/api/data', { mechanism: 'nanoSignature' }).replace('127.0.0.1', 'tollgate.test'),
};

const registered = (header: string) => testBed.merchant.registerHeader(header);

/** Opens the popup's log and gives what each of its lines says about which URL. */
async function readLog(): Promise<readonly (readonly [said: string, url: string])[]> {
  const popup = await testBed.purse.popup();
  await popup.locator('nav button').last().click();
  await popup.getByRole('button', { name: sentence('popup_log') }).click();
  await popup.getByTestId('log-line').first().waitFor();
  const lines = await popup.getByTestId('log-line').evaluateAll((found) =>
    found.map((line) => {
      const text = (what: string) => line.querySelector(what)?.textContent ?? '';
      return [text('p'), text('.code')] as const;
    }),
  );
  await popup.close();
  return lines;
}

/** What the log says about a URL, once it says anything. */
async function saidOf(urls: readonly string[]): Promise<readonly string[]> {
  const isThere = (url: string) => (line: { readonly url: string | null }) => line.url === url;
  await testBed.purse.until('log.list', {}, (lines) => urls.every((url) => lines.some(isThere(url))));
  const log = await readLog();
  return urls.map((url) =>
    log
      .filter(([, where]) => where === url)
      .map(([said]) => said)
      .join(' / '),
  );
}

const sentencesOf = (codes: readonly string[]) => codes.map((code) => sentence(`refusal_${code}`));

/** Fetches every URL from one page at once, and gives the statuses that the page sees. */
async function fetchAll(urls: readonly string[]): Promise<readonly number[]> {
  await page.goto(testBed.at('/free'));
  return page.evaluate(
    (all) => Promise.all(all.map(async (url) => (await fetch(url, { credentials: 'omit' })).status)),
    urls,
  );
}

/** The sentence of a code, with the word that it names. */
const saidAs = (code: string, what = '') => sentence(`refusal_${code}`).replace(/\$\w+\$/, what);

/** 0.01 XNO in raw, which the merchant's deposit costs. */
const PRICE_BY_HAND = 10n ** 28n;

const statuses = (urls: readonly string[]) => urls.map(() => 402);

describe('the log says why', () => {
  test('a header is no offer: one sentence for every reason there is', async () => {
    const mark = await testBed.mark();
    const urls = Object.values(HEADERS).map((header) => registered(header()));
    expect(await fetchAll(urls)).toEqual(statuses(urls));
    expect(await saidOf(urls)).toEqual(sentencesOf(Object.keys(HEADERS)));
    await testBed.nothingSince(mark);
  });

  test('an offer that is sound is not paid', async () => {
    const mark = await testBed.mark();
    const urls = Object.values(UNPAYABLE).map((where) => where());
    expect(await fetchAll(urls)).toEqual(statuses(urls));
    expect(await saidOf(urls)).toEqual(sentencesOf(Object.keys(UNPAYABLE)));
    await testBed.nothingSince(mark);
  });

  test.each<[protocol: string, code: string, what?: string]>([
    ['rev4', 'LEGACY_UNSUPPORTED'],
    ['rev5', 'LEGACY_UNSUPPORTED'],
    ['rev5-demo', 'LEGACY_UNSUPPORTED'],
    ['hash-malformed', 'BAD_HASH_OFFER'],
    ['deposit', 'PAYS_BY_DEPOSIT'],
    ['invoice', 'NANO_PAYMENT_LINK'],
    ['l402', 'PAYS_OTHER_COIN', 'Lightning (L402)'],
    ['mpp', 'PAYS_OTHER_PROTOCOL', 'Machine Payments Protocol (tempo)'],
    ['crawl', 'PAYS_OTHER_PROTOCOL', 'pay per crawl'],
  ])('a demand by %s is named and not paid, for a page or a program', async (protocol, code, what) => {
    const url = testBed.at('/legacy', { protocol });
    expect(await fetchAll([url])).toEqual([402]);
    expect(await saidOf([url])).toEqual([saidAs(code, what)]);
    const visited = testBed.at('/legacy', { protocol, by: 'document' });
    expect((await page.goto(visited))?.status()).toBe(402);
    expect(await saidOf([visited])).toEqual([saidAs(code, what)]);
  });

  test.each<[protocol: string, code: string, what?: string]>([
    ['rev1', 'LEGACY_UNSUPPORTED'],
    ['v1', 'PAYS_OTHER_COIN', 'base-sepolia (x402 v1)'],
    ['v1-nano', 'V1_NANO'],
    ['order', 'PAYS_TO_ORDER_ACCOUNT'],
  ])('%s, which a program is told in the body, is not paid', async (protocol, code, what) => {
    const url = testBed.at('/legacy', { protocol });
    expect((await page.goto(url))?.status()).toBe(402);
    expect(await saidOf([url])).toEqual([saidAs(code, what)]);
    expect(await page.locator('#gate').textContent()).toBe('As it was asked for once.');
  });

  test('a deposit can be paid by hand, by a link to the account and the amount', async () => {
    const url = testBed.at('/legacy', { protocol: 'deposit', by: 'hand' });
    await fetchAll([url]);
    await testBed.purse.until('log.list', {}, (lines) => lines.some((line) => line.url === url));
    const popup = await testBed.purse.popup();
    await popup.locator('nav button').last().click();
    await popup.getByRole('button', { name: sentence('popup_log') }).click();
    const link = popup.getByTestId('log-line').first().getByTestId('pay-by-hand');
    expect(await link.getAttribute('href')).toBe(`nano:${testBed.merchant.payTo}?amount=${PRICE_BY_HAND}`);
    await popup.close();
  });
});
