import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { challengeOf } from '../payments/samples.fixture.ts';
import { loadAgain, postTo } from './own-requests.ts';

/** The requests that the server received, as method, path and body. */
const came: string[] = [];
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    came.push(`${request.method} ${request.url} ${body}`);
    const status = Number(/^\/(30\d)$/.exec(request.url ?? '')?.[1] ?? 200);
    response.writeHead(status, status === 200 ? {} : { Location: '/elsewhere' }).end('content');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
afterEach(() => vi.unstubAllGlobals());

test.each([301, 302, 303, 307, 308])(
  'a proof in the body of a POST follows no redirect (%i)',
  async (status) => {
    const url = `${origin}/${status}`;
    await expect(postTo(challengeOf({ url }), 'the proof')).rejects.toThrow(TypeError);
    expect(came.splice(0)).toEqual([`POST /${status} the proof`]);
  },
);

test('a proof in the body of a POST goes to the URL that answered 402', async () => {
  const answer = await postTo(challengeOf({ url: `${origin}/thing` }), 'the proof');
  expect(answer).toEqual({
    status: 200,
    paymentResponse: null,
    paymentRequired: null,
    bodyText: 'content',
    whole: { type: null, allowedOrigin: null, body: new TextEncoder().encode('content') },
  });
  expect(came.splice(0)).toEqual(['POST /thing the proof']);
});

const PAGE = 'https://shop.example/article';
test.each([
  ['that is still owed', {}, PAGE, true, 1],
  ['that is still owed, at a mark of its page', {}, `${PAGE}#mark`, true, 1],
  ['that was served meanwhile', {}, PAGE, false, 0],
  ['whose tab shows another page', {}, `${PAGE}?page=2`, true, 0],
  ['of a form', { method: 'POST' }, PAGE, true, 0],
  ['of a script', { kind: 'xmlhttprequest' }, PAGE, true, 0],
] as const)(
  'a payment %s has its page loaded again as often as it may',
  async (_, parts, shown, isOwed, times) => {
    const reload = vi.fn(async () => undefined);
    const get = vi.fn(async () => ({ url: shown }));
    vi.stubGlobal('chrome', { tabs: { get, reload } });
    vi.useFakeTimers();
    try {
      loadAgain(
        challengeOf({ url: PAGE, kind: 'main_frame', tabId: 7, ...parts }),
        5_000,
        async () => isOwed,
      );
      await vi.advanceTimersByTimeAsync(4_999);
      expect(get).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(reload.mock.calls).toEqual(Array(times).fill([7]));
    } finally {
      vi.useRealTimers();
    }
  },
);
