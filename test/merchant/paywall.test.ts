import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AcceptsEntry } from './envelope.ts';
import { encodeHeader } from './envelope.ts';
import { PAID_MARKER } from './pages/layout.ts';
import {
  ask,
  errorIn,
  offerIn,
  openTestBed,
  present,
  quote,
  receiptIn,
  signed,
  type TestBed,
} from './testing/test-bed.ts';

let testBed: TestBed;
let url: string;
beforeAll(async () => {
  testBed = await openTestBed();
  url = `${testBed.merchant.origin}/api/private`;
});
beforeEach(() => testBed.merchant.reset());
afterAll(() => testBed?.close());

const payFor = (entry: AcceptsEntry) => testBed.payer.pay(entry.payTo, BigInt(entry.amount));
const byPost = (at: string, paymentSignature: string) =>
  ask(at, { method: 'POST', body: JSON.stringify({ paymentSignature }) });

/** A proof for the payload, with an identifier and what the offer said about it. */
function identified(accepted: AcceptsEntry, proof: string, info: object): string {
  const extensions = { 'payment-identifier': { info } };
  return encodeHeader({ x402Version: 2, accepted, payload: { proof }, extensions });
}

const ID = `pay_${'7'.repeat(32)}`;

test('an identifier is asked for as the extension says', async () => {
  const offered = async (query: string) => offerIn(await ask(`${url}?${query}`)).extensions;
  expect(await offered('')).toBeUndefined();
  const schema = expect.objectContaining({ type: 'object', required: ['required'] });
  for (const [how, required] of [
    ['optional', false],
    ['required', true],
  ]) {
    expect(await offered(`paymentIdentifier=${how}`)).toEqual({
      'payment-identifier': { info: { required }, schema },
    });
  }
});

test('required and missing, malformed, or not as it was said: no content, and the payment stays good', async () => {
  const at = `${url}?paymentIdentifier=required`;
  const entry = await quote(at);
  const proof = await payFor(entry);
  const required = true;
  expect((await present(at, signed(entry, { proof }))).status).toBe(400);
  for (const [info, status] of [
    [{ required }, 400],
    [{ required, id: 'short' }, 400],
    [{ required, id: `${'a'.repeat(20)}!` }, 400],
    [{ required: false, id: ID }, 402],
  ] as const) {
    expect((await present(at, identified(entry, proof, info))).status).toBe(status);
  }
  const paid = await present(at, identified(entry, proof, { required, id: ID, added: 'by the client' }));
  expect([paid.status, await paid.text()]).toEqual([200, expect.stringContaining(PAID_MARKER)]);
});

test('optional and missing is as if it had not been offered', async () => {
  const at = `${url}?paymentIdentifier=optional`;
  const entry = await quote(at);
  const proof = await payFor(entry);
  expect((await present(at, signed(entry, { proof }))).status).toBe(200);
  expect((await present(at, signed(entry, { proof }))).status).toBe(410);
});

test('the same identifier: the same payload the same answer, another payload 409', async () => {
  const at = `${url}?paymentIdentifier=optional`;
  const entry = await quote(at);
  const proof = await payFor(entry);
  const info = { required: false, id: ID };
  const answers = await Promise.all([1, 2].map(() => present(at, identified(entry, proof, info))));
  const later = await present(at, identified(entry, proof, info));
  const bodies = await Promise.all([...answers, later].map((answer) => answer.text()));
  expect([...answers, later].map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(bodies).size).toBe(1);
  expect(receiptIn(later)).toEqual(receiptIn(answers[0] ?? later));
  expect(testBed.merchant.books().payments).toHaveLength(1);

  const other = await quote(at);
  const second = await payFor(other);
  const conflict = await present(at, identified(other, second, info));
  expect([conflict.status, await errorIn(conflict)]).toEqual([
    409,
    'payment-identifier used for another payment',
  ]);
  const elsewhere = await present(`${at}&x=1`, identified(entry, proof, info));
  expect(elsewhere.status).toBe(409);
  expect(testBed.merchant.books().payments).toHaveLength(1);
});

test('a refusal leaves the identifier free', async () => {
  const at = `${url}?paymentIdentifier=required`;
  const entry = await quote(at);
  const info = { required: true, id: ID };
  expect((await present(at, identified(entry, '0'.repeat(64), info))).status).toBe(402);
  const proof = await payFor(entry);
  expect((await present(at, identified(entry, proof, info))).status).toBe(200);
});

const browser = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', Accept: 'text/html,*/*;q=0.8' };

test('an older x402 server gives a browser HTML without a header, and anybody else the header', async () => {
  const at = `${testBed.merchant.origin}/article?paywall=html&description=%3C/script%3E`;
  const shown = await ask(at, { headers: browser });
  expect(shown.status).toBe(402);
  expect([...shown.headers.keys()].filter((name) => /payment|cache/.test(name))).toEqual([]);
  expect(shown.headers.get('Content-Type')).toContain('text/html');
  const body = await shown.text();
  expect(body).toContain('data-requirements=');
  expect(body.match(/<\/script>/g)).toHaveLength(1);

  for (const headers of [
    { ...browser, Accept: 'application/json' },
    { ...browser, 'User-Agent': 'curl' },
  ]) {
    const entry = await quote(at, { headers });
    const proof = await payFor(entry);
    const refused = await present(at, signed(entry, { proof: '0'.repeat(64) }), { headers: browser });
    expect([refused.status, refused.headers.has('PAYMENT-REQUIRED')]).toEqual([402, false]);
    const paid = await present(at, signed(entry, { proof }), { headers: browser });
    expect([paid.status, await paid.text()]).toEqual([200, expect.stringContaining(PAID_MARKER)]);
  }
  const ordinary = await ask(`${testBed.merchant.origin}/article`, { headers: browser });
  expect(ordinary.headers.has('PAYMENT-REQUIRED')).toBe(true);
});

test('a session lost in the middle: 410 by header however often, the content by POST, once', async () => {
  const at = `${url}?lose-session=1`;
  const entry = await quote(at);
  const proof = await payFor(entry);
  const paymentSignature = signed(entry, { proof });
  expect((await present(at, signed(entry, { proof: '0'.repeat(64) }))).status).toBe(402);
  for (let time = 0; time < 2; time++) {
    const lost = await present(at, paymentSignature);
    expect(lost.status).toBe(410);
    expect(await lost.json()).toMatchObject({ code: 'SESSION_LOST' });
  }
  expect((await byPost(`${at}&x=1`, paymentSignature)).status).toBe(410);
  const found = await byPost(at, paymentSignature);
  expect([found.status, await found.text()]).toEqual([200, expect.stringContaining(PAID_MARKER)]);
  expect((await byPost(at, paymentSignature)).status).toBe(410);
  expect(testBed.merchant.books().payments).toMatchObject([{ hash: proof }]);
});

test.each([
  ['unconfirmed', 402, 'Block not confirmed'],
  ['500', 500, 'Verification error on server'],
  ['429', 429, 'Too many requests'],
  ['lost', 410, 'Session not found or expired'],
])('turned away twice with %s, then taken', async (how, status, error) => {
  const at = `${url}?refuse-first=2&refuse-with=${how}`;
  const entry = await quote(at);
  const proof = await payFor(entry);
  for (let time = 0; time < 2; time++) {
    const refused = await present(at, signed(entry, { proof }));
    expect([refused.status, await errorIn(refused)]).toEqual([status, error]);
    expect(testBed.merchant.books().payments).toEqual([]);
  }
  expect((await present(at, signed(entry, { proof }))).status).toBe(200);
});

test('what is lost once is found by POST too', async () => {
  const at = `${url}?refuse-first=1&refuse-with=lost`;
  const entry = await quote(at);
  const paymentSignature = signed(entry, { proof: await payFor(entry) });
  expect((await present(at, paymentSignature)).status).toBe(410);
  expect((await byPost(at, paymentSignature)).status).toBe(200);
});

test.each([
  ['nymChallenge', 'spec', 402, 'Block not confirmed'],
  ['trackB', 'spec', 402, 'UNCONFIRMED_BLOCK'],
  ['trackA', 'spec', 402, 'CONFIRMATION_TIMEOUT'],
  ['trackB', 'reference', 400, 'Block not found or not confirmed'],
  ['trackA', 'reference', 408, 'CONFIRMATION_TIMEOUT'],
])('%s turned away as unconfirmed, %s', async (mechanism, flavour, status, error) => {
  const at = `${url}?mechanism=${mechanism}&flavour=${flavour}&refuse-first=1`;
  const refused = await present(at, signed(await quote(at), {}));
  expect([refused.status, await errorIn(refused)]).toEqual([status, error]);
});

test.each(['nanoSession', 'nanoSignature'])('the Rev 7 demo server, by %s', async (mechanism) => {
  const at = `${testBed.merchant.origin}/article?mechanism=${mechanism}&flavour=reference`;
  const demand = await ask(at);
  expect(await demand.json()).toEqual(offerIn(demand));
  const [entry] = offerIn(demand).accepts;
  if (entry === undefined) throw new Error('no entry');
  const proofOf = (hash: string) => signed(entry, { proof: hash, signature: testBed.payer.sign(hash + at) });
  const early = await present(at, proofOf('0'.repeat(64)));
  const error = 'All RPC endpoints failed for action: block_info';
  expect([early.status, await early.json()]).toEqual([402, { error }]);
  expect(receiptIn(early)).toEqual({ x402Version: 2, error });
  expect(offerIn(early).error).toBe(error);

  const paid = await present(at, proofOf(await payFor(entry)));
  expect([paid.status, await paid.text()]).toEqual([200, expect.stringContaining(PAID_MARKER)]);
  expect(paid.headers.has('PAYMENT-RESPONSE')).toBe(false);
  expect((await present(at, '%%%')).status).toBe(400);
});

test('all six in one offer, each with its own mark, and any of them opens the gate', async () => {
  const six = 'nanoSession,nymChallenge,trackB,nanoSignature,trackA,signedBlock';
  const at = `${testBed.merchant.origin}/article?mechanism=${six}`;
  const { accepts } = offerIn(await ask(at));
  expect(accepts.map(({ extra }) => Object.keys(extra))).toEqual([
    ['nanoSession'],
    ['challenge'],
    ['nonce', 'validBefore'],
    ['nanoSignature'],
    ['validBefore'],
    [],
  ]);
  const cheapest = accepts[5];
  if (cheapest === undefined) throw new Error('no entry');
  const { block } = await testBed.payer.signSend(cheapest.payTo, BigInt(cheapest.amount));
  expect((await present(at, signed(cheapest, { block }))).status).toBe(200);
  expect(await (await ask(at)).text()).toContain('by nymChallenge or ');
});

test('a visit gets the default flavour of the merchant unless its query names another', async () => {
  const house = await openTestBed({ flavour: 'reference', mechanisms: ['nymChallenge'] });
  const at = `${house.merchant.origin}/article`;
  expect(await (await ask(at)).json()).toEqual({ x402Version: 2, error: 'Payment Required' });
  expect((await ask(`${at}?flavour=spec`)).headers.get('Content-Type')).toContain('text/html');
  expect((await ask(`${at}?encoding=base64`)).headers.get('PAYMENT-REQUIRED')).toMatch(/^[A-Za-z0-9+/]+=*$/);
  await house.close();
});

test('senseless terms get 400', async () => {
  for (const bad of [
    'flavour=sweet',
    'publish=soon',
    'hold=yes',
    'hex=upper',
    'paymentIdentifier=1',
    'paywall=1',
    'lose-session=maybe',
    'refuse-first=-1',
    'refuse-first=1&refuse-with=404',
  ]) {
    expect((await ask(`${url}?${bad}`)).status, bad).toBe(400);
  }
});
