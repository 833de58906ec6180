import { inflateSync } from 'node:zlib';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PAID_MARKER } from './pages/layout.ts';
import { PAID_ROUTES } from './paid-routes.ts';
import { offerIn, openTestBed, present, quote, signed, type TestBed, XNO } from './testing/test-bed.ts';

let testBed: TestBed;
let origin: string;
beforeAll(async () => {
  testBed = await openTestBed();
  origin = testBed.merchant.origin;
});
beforeEach(() => testBed.merchant.reset());
afterAll(() => testBed?.close());

/** Asks, pays by nanoSession, asks again with the proof. */
async function buy(url: string, init: RequestInit = {}): Promise<Response> {
  const entry = await quote(url, init);
  const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  return present(url, signed(entry, { proof }), init);
}

const honest = PAID_ROUTES.filter(
  ({ manner, method, takesProofs, redeems }) =>
    manner === 'honest' && method === 'GET' && takesProofs !== false && redeems === undefined,
);

test('an offer of /issue is redeemed at /redeem, and not where it was made', async () => {
  const demo = `${origin}/api/demo/track-b`;
  const entry = await quote(`${demo}/issue`);
  const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  const statuses: number[] = [];
  for (const path of ['issue', 'redeem', 'redeem']) {
    statuses.push((await present(`${demo}/${path}`, signed(entry, { proof }))).status);
  }
  expect(statuses).toEqual([402, 200, 410]);
});

test.each(honest.map(({ path }) => path))('%s is shut until it is paid for', async (path) => {
  const shut = await fetch(`${origin}${path}`);
  expect(shut.status).toBe(402);
  expect(shut.headers.get('Cache-Control')).toBe(path === '/cacheable' ? 'public, max-age=600' : 'no-store');
  expect(await shut.text()).not.toContain(PAID_MARKER);
  expect(offerIn(shut).resource.url).toBe(`${origin}${path}`);

  const open = await buy(`${origin}${path}`);
  expect(open.status).toBe(200);
  expect(open.headers.get('Content-Type')).toContain(offerIn(shut).resource.mimeType);
  const body = await open.text();
  if (path !== '/image.png') expect(body).toContain(PAID_MARKER);
});

test.each(['nanoSession', 'trackB', 'signedBlock'])(
  'in the reference flavour no answer says that it must not be kept: %s',
  async (mechanism) => {
    const url = `${origin}/article?flavour=reference&mechanism=${mechanism}`;
    const entry = await quote(url);
    const answers = [await fetch(url), await present(url, signed(entry, { proof: '0'.repeat(64) }))];
    expect(answers.map(({ status }) => status >= 400)).toEqual([true, true]);
    expect(answers.map(({ headers }) => headers.get('Cache-Control'))).toEqual([null, null]);
  },
);

test('the teasers: HTML for people, nothing on /bare, the offer itself on an API', async () => {
  const article = await (await fetch(`${origin}/article`)).text();
  expect(article).toMatch(/The rest costs <strong title="1\d{28} raw">0\.01 XNO</);
  const bare = await fetch(`${origin}/bare`);
  expect([bare.headers.get('Content-Length'), await bare.text()]).toEqual(['0', '']);
  const api = await fetch(`${origin}/api/data`);
  expect(await api.json()).toEqual(offerIn(api));
});

test('the image really is one: 96 × 96 pixels whose rows inflate', async () => {
  const bytes = Buffer.from(await (await buy(`${origin}/image.png`)).arrayBuffer());
  expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([96, 96]);
  const length = bytes.readUInt32BE(33);
  expect(bytes.subarray(37, 41).toString('latin1')).toBe('IDAT');
  expect(inflateSync(bytes.subarray(41, 41 + length))).toHaveLength(96 * (1 + 96 * 3));
});

const Echo = v.object({ paid: v.literal(true), contentType: v.string(), body: v.string() });
const form = new FormData();
form.append('word', 'hello');
test.each([
  [
    'application/json',
    JSON.stringify({ paymentSignature: 'only a body here' }),
    '"paymentSignature":"only a body',
  ],
  ['application/x-www-form-urlencoded', new URLSearchParams({ word: 'hello' }), 'word=hello'],
  ['multipart/form-data', form, 'name="word"'],
])('POST /api/echo gives back what it got: %s', async (type, body, expected) => {
  const headers = type === 'application/json' ? { 'Content-Type': type } : {};
  const answer = await buy(`${origin}/api/echo`, { method: 'POST', body, headers });
  expect(answer.status).toBe(200);
  const echo = v.parse(Echo, await answer.json());
  expect(echo.contentType).toContain(type);
  expect(echo.body).toContain(expected);
});

test('methods: HEAD learns the price and buys nothing, the wrong one gets 405', async () => {
  const url = `${origin}/article`;
  const entry = await quote(url);
  const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  const paymentSignature = signed(entry, { proof });
  const head = await present(url, paymentSignature, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([402, '']);
  expect((await present(url, paymentSignature, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${origin}/api/echo`)).status).toBe(405);
  expect((await present(url, paymentSignature)).status).toBe(200);
});

test('the query sets the terms, and senseless terms get 400', async () => {
  const query =
    'price=7&expiry=30&encoding=base64url&description=Caf%C3%A9&mechanism=nanoSignature,nanoSession';
  const response = await fetch(`${origin}/article?${query}`);
  expect(response.headers.get('PAYMENT-REQUIRED')).toMatch(/^[A-Za-z0-9_-]+$/);
  const offer = offerIn(response);
  expect(offer.resource.description).toBe('Café');
  expect(offer.accepts.map(({ extra }) => Object.keys(extra))).toEqual([['nanoSignature'], ['nanoSession']]);
  expect(offer.accepts.map(({ maxTimeoutSeconds }) => maxTimeoutSeconds)).toEqual([30, 30]);
  expect(offer.accepts[0]?.amount).toBe('7');
  for (const bad of ['price=0', 'price=1.5', 'price=-1', 'expiry=0', 'encoding=hex', 'mechanism=cash']) {
    expect((await fetch(`${origin}/article?${bad}`)).status, bad).toBe(400);
  }
});

test('CORS: open, closed, and with credentials', async () => {
  const from = { Origin: 'http://elsewhere.example' };
  const allowed = async (path: string) => {
    const { headers } = await fetch(`${origin}${path}`, { headers: from });
    return headers.get('Access-Control-Allow-Origin');
  };
  expect(await allowed('/api/data')).toBe('*');
  expect(await allowed('/api/private')).toBe(null);
  expect(await allowed('/api/credentialed')).toBe('http://elsewhere.example');
  const preflight = await fetch(`${origin}/api/data`, { method: 'OPTIONS', headers: from });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('PAYMENT-SIGNATURE');
  expect((await fetch(`${origin}/api/private`, { method: 'OPTIONS' })).status).toBe(405);
});

test('what is free is free', async () => {
  for (const path of ['/', '/routes', '/free', '/page', '/own-402', '/merchant/books']) {
    const response = await fetch(`${origin}${path}`);
    expect(response.status, path).toBe(200);
    expect(response.headers.get('PAYMENT-REQUIRED'), path).toBe(null);
  }
  const redirect = await fetch(`${origin}/redirect?price=5`, { redirect: 'manual' });
  expect([redirect.status, redirect.headers.get('Location')]).toEqual([302, `${origin}/article?price=5`]);
  expect((await fetch(`${origin}/redirect?to=http://:x`)).status).toBe(400);
  expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
});

test('the paper leads to what is sold, each by a free link', async () => {
  const paper = await (await fetch(`${origin}/`)).text();
  const links = [...paper.matchAll(/href="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  expect(links).toEqual(['/article', '/image.png', '/podcast.wav', '/film.webm', '/tolls.csv', '/routes']);
  const statuses = await Promise.all(links.map(async (path) => (await fetch(`${origin}${path}`)).status));
  expect(statuses).toEqual([402, 402, 402, 402, 402, 200]);
  // Nothing is asked for by looking at it.
  expect(paper).not.toMatch(/<(img|video|audio|iframe|script|source)/);
  expect(paper).toContain('0.01 XNO');
});

test('any header at all can be put on a 402', async () => {
  const given = Buffer.from('!! not base64 {').toString('base64url');
  const byQuery = await fetch(`${origin}/malformed?header=${given}`);
  expect([byQuery.status, byQuery.headers.get('PAYMENT-REQUIRED')]).toEqual([402, '!! not base64 {']);
  const long = 'A'.repeat(12_000);
  expect((await fetch(testBed.merchant.registerHeader(long))).headers.get('PAYMENT-REQUIRED')).toBe(long);
  const twice = await fetch(testBed.merchant.registerHeader(['one', 'two']));
  expect(twice.headers.get('PAYMENT-REQUIRED')).toBe('one, two');
  const smuggled = Buffer.from('a\r\nSet-Cookie: b').toString('base64url');
  expect((await fetch(`${origin}/malformed?header=${smuggled}`)).status).toBe(400);
  expect(() => testBed.merchant.registerHeader('a\nb')).toThrow();
});

test('an earlier protocol asks without PAYMENT-REQUIRED, in headers or body, and people see a page', async () => {
  const ask = async (protocol: string, accept: string) => {
    const response = await fetch(`${origin}/legacy?protocol=${protocol}`, { headers: { Accept: accept } });
    expect([response.status, response.headers.get('PAYMENT-REQUIRED')]).toEqual([402, null]);
    return response;
  };
  const rev4 = await ask('rev4', 'text/html');
  expect(rev4.headers.get('X-402-Address')).toBe(testBed.merchant.payTo);
  expect(rev4.headers.get('Content-Type')).toContain('text/html');
  expect(await (await ask('v1', 'application/json')).json()).toMatchObject({ x402Version: 1 });
  expect((await fetch(`${origin}/legacy?protocol=rev9`)).status).toBe(400);
});

test('/always-refuses takes the money, says so in the records, and asks again', async () => {
  const url = `${origin}/always-refuses`;
  const entry = await quote(url);
  const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  const first = await present(url, signed(entry, { proof }));
  expect(first.status).toBe(402);
  expect(await first.text()).not.toContain(PAID_MARKER);
  expect(offerIn(first).accepts[0]?.amount).not.toBe(entry.amount);
  expect((await present(url, signed(entry, { proof }))).status).toBe(402);
  const { payments, refusals } = testBed.merchant.books();
  expect(payments).toMatchObject([{ hash: proof, route: '/always-refuses' }]);
  expect(refusals.map(({ reason }) => reason)).toEqual([
    'Payment received, content withheld',
    'Session not found or expired',
  ]);
});

test.each(['asks', 'waits'])(
  '/loses-answer hangs up, and honours the same proof when the client %s',
  async (notice) => {
    const url = `${origin}/loses-answer`;
    const entry = await quote(url);
    const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
    const paymentSignature = signed(entry, { proof });
    await expect(present(url, paymentSignature)).rejects.toThrow('fetch failed');
    await expect(present(url, paymentSignature), 'at once, as a browser does by itself').rejects.toThrow(
      'fetch failed',
    );
    expect(testBed.merchant.books().payments).toMatchObject([{ hash: proof }]);
    expect((await present(`${url}?other=1`, paymentSignature)).status).toBe(410);
    if (notice === 'asks') await quote(url);
    else testBed.passTime(1000);
    const again = await present(url, paymentSignature);
    expect(again.status).toBe(200);
    expect(await again.text()).toContain(PAID_MARKER);
    expect((await present(url, paymentSignature)).status).toBe(410);
    expect(testBed.merchant.books().payments).toHaveLength(1);
  },
);

test('/breaks-off cuts the line in the middle of the page, and gives the whole one for the same proof', async () => {
  const url = `${origin}/breaks-off`;
  const entry = await quote(url);
  const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  const paymentSignature = signed(entry, { proof });
  const broken = await present(url, paymentSignature);
  expect(broken.status).toBe(200);
  await expect(broken.text()).rejects.toThrow('terminated');
  await quote(url);
  expect(await (await present(url, paymentSignature)).text()).toContain(PAID_MARKER);
  expect(testBed.merchant.books().payments).toMatchObject([{ hash: proof }]);
});

test('/moves-away sends the proof elsewhere, and the request log shows whether it went', async () => {
  const to = `${testBed.merchant.otherOrigin}/free`;
  const url = `${origin}/moves-away?to=${encodeURIComponent(to)}`;
  const paymentSignature = signed(await quote(url), { proof: '0'.repeat(64) });
  const moved = await present(url, paymentSignature, { redirect: 'manual' });
  expect([moved.status, moved.headers.get('Location')]).toEqual([302, to]);
  await present(to, paymentSignature);
  const [asked, delivered, followed] = testBed.merchant.books().requests;
  expect(asked).toMatchObject({ method: 'GET', hadPaymentSignature: false, status: 402, dest: null });
  expect(delivered).toMatchObject({ hadPaymentSignature: true, status: 302 });
  expect(followed).toMatchObject({ hadPaymentSignature: true, path: '/free', status: 200 });
  expect(followed?.host).toMatch(/^localhost:/);
});

test('the control routes show the records and forget them when told', async () => {
  await quote(`${origin}/article`);
  const read = async () => (await fetch(`${origin}/merchant/books`)).json();
  expect(await read()).toEqual(JSON.parse(JSON.stringify(testBed.merchant.books())));
  expect(await read()).toMatchObject({
    payTo: testBed.merchant.payTo,
    sessions: [{ state: 'open' }],
    payments: [],
  });
  expect((await fetch(`${origin}/merchant/reset`)).status).toBe(405);
  expect((await fetch(`${origin}/merchant/reset`, { method: 'POST' })).status).toBe(204);
  expect(await read()).toMatchObject({ sessions: [], payments: [], refusals: [], requests: [] });
});

test('the default price is a hundredth of an XNO', async () => {
  const { amount } = await quote(`${origin}/article`);
  expect(BigInt(amount) / 10_000_000n).toBe(XNO / 100n / 10_000_000n);
});
