import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PAID_MARKER } from './pages/layout.ts';
import { STYLE_PAGES } from './style-routes.ts';
import { openTestBed, present, quote, signed, type TestBed } from './testing/test-bed.ts';

let testBed: TestBed;
let origin: string;
beforeAll(async () => {
  testBed = await openTestBed();
  origin = testBed.merchant.origin;
});
beforeEach(() => testBed.merchant.reset());
afterAll(() => testBed?.close());

test.each(STYLE_PAGES.map(({ path }) => path))('%s is free and holds nothing that is sold', async (path) => {
  const response = await fetch(`${origin}${path}`);
  expect([response.status, response.headers.get('PAYMENT-REQUIRED')]).toEqual([200, null]);
  expect(await response.text()).not.toContain(PAID_MARKER);
});

test('a film that is asked for by ranges is paid once: its parts are free with the cookie of the first', async () => {
  const url = `${origin}/film.webm?visit=1`;
  const entry = await quote(url, { headers: { Range: 'bytes=0-' } });
  const proof = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  const first = await present(url, signed(entry, { proof }), { headers: { Range: 'bytes=0-' } });
  const [, length = ''] = /^bytes 0-65535\/(\d+)$/.exec(first.headers.get('Content-Range') ?? '') ?? [];
  expect([first.status, (await first.arrayBuffer()).byteLength]).toEqual([206, 65_536]);

  const [cookie = ''] = first.headers.get('Set-Cookie')?.split(';') ?? [];
  const ask = (address: string, from: number) =>
    fetch(address, { headers: { Range: `bytes=${from}-`, Cookie: cookie } });
  const last = await ask(url, Number(length) - 5);
  expect([last.status, (await last.arrayBuffer()).byteLength]).toEqual([206, 5]);
  expect((await ask(url.replace('visit=1', 'visit=2'), 0)).status, 'another film').toBe(402);
  expect((await fetch(url, { headers: { Range: 'bytes=65536-' } })).status, 'without the cookie').toBe(402);
  expect(testBed.merchant.books().payments).toHaveLength(1);
});

test('a wallet page learns that the money has come, and where to send it', async () => {
  const entry = await quote(`${origin}/api/data`);
  const [session] = testBed.merchant.books().sessions;
  const read = async (path: string) => (await fetch(`${origin}${path}`)).json();
  const byPayer = `/api/poll-for-demo?payerAccount=${testBed.payer.address}&amount=${entry.amount}`;
  const bySession = `/api/status?session=${session?.id}`;
  expect(await read(byPayer)).toEqual({ found: false });
  expect(await read(bySession)).toEqual({ status: 'pending' });

  const hash = await testBed.payer.pay(entry.payTo, BigInt(entry.amount));
  expect(await read(byPayer)).toEqual({ found: true, sendHash: hash });
  expect(await read(byPayer.replace(testBed.payer.address, entry.payTo))).toEqual({ found: false });
  expect(await read(bySession)).toEqual({ status: 'confirmed', blockHash: hash });

  expect((await fetch(`${origin}/api/status?session=0`)).status).toBe(404);
  expect((await fetch(`${origin}/api/status`)).status).toBe(400);
  expect(await (await fetch(`${origin}/qr.svg?text=nano:`)).text()).toMatch(/^<svg/);
});
