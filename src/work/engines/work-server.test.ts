import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../fault.ts';
import { parseThreshold, parseWorkNonce, parseWorkRoot } from '../difficulty.ts';
import { WorkServer, WorkServersSchema } from './work-server.ts';

const root = parseWorkRoot('D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783');
const send = parseThreshold('ffc0000000000000');
const work = parseWorkNonce('00000000000005a2');
const foreground = () => ({ signal: new AbortController().signal, urgency: 'foreground' }) as const;
const unavailable = new Fault('fault_workUnavailable');

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A work server with a scripted answer to `work_generate`, which records its requests. */
async function serve(answer: (response: ServerResponse) => void, timeoutMs?: number) {
  const asked: unknown[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let reached = 0;
  const server = createServer(async (request, response) => {
    reached += 1;
    let text = '';
    for await (const part of request) text += part;
    const question = JSON.parse(text);
    asked.push(question);
    headers.push(request.headers);
    if (question.action === 'work_generate') answer(response);
    else response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ports = { fetch, ...(timeoutMs !== undefined && { timeoutMs }) };
  return { asked, headers, reached: () => reached, engine: new WorkServer(url, ports), url };
}
const json =
  (value: unknown, status = 200) =>
  (response: ServerResponse) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));

it('a request for work has the format of a node, and nothing that identifies the user', async () => {
  const { engine, asked, headers } = await serve(
    json({ work, difficulty: 'ffc1', hash: root.toLowerCase() }),
  );
  expect(await engine.solve(root, send, foreground())).toBe(work);
  expect(asked).toEqual([{ action: 'work_generate', hash: root, difficulty: send }]);
  expect(headers[0]?.cookie ?? headers[0]?.referer).toBeUndefined();
});

it('requests have no cookies, referrer and cache, also those that cancel a search', async () => {
  const sent: RequestInit[] = [];
  const abort = new AbortController();
  const recording: typeof globalThis.fetch = async (_url, init = {}) => {
    sent.push(init);
    abort.abort(new Error('found elsewhere'));
    init.signal?.throwIfAborted();
    return Response.json({});
  };
  const engine = new WorkServer('https://work.test/', { fetch: recording });
  const search = engine.solve(root, send, { signal: abort.signal, urgency: 'foreground' });
  await expect(search).rejects.toThrow('found elsewhere');
  const apart = {
    credentials: 'omit',
    redirect: 'error',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
  };
  expect(sent).toMatchObject([apart, apart]);
});

describe('the search fails at a server that', () => {
  it.each<readonly [string, (response: ServerResponse) => void]>([
    ['has no work', json({ error: 'Work generation cancelled' })],
    ['answers for another root', json({ work, hash: 'A'.repeat(64) })],
    ['sends a malformed nonce', json({ work: 'ready' })],
    ['answers HTTP 403', json({ work }, 403)],
    ['answers HTTP 500', json({ work }, 500)],
    ['answers HTTP 429', json({ work }, 429)],
    ['sends no JSON', (response) => response.end('<html>')],
    ['sends nothing', (response) => response.end()],
    ['sends bytes that are no UTF-8', (response) => response.end(Buffer.from([0xff, 0xfe, 0x00]))],
    ['sends too much', (response) => response.end(JSON.stringify({ work, more: 'x'.repeat(10_000) }))],
    ['never stops', (response) => void setInterval(() => response.write(' '.repeat(3_000)), 1).unref()],
    ['closes the connection', (response) => response.destroy()],
  ])('%s', async (_, answer) => {
    const { engine } = await serve(answer);
    await expect(engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
  });

  it.each([301, 302, 303, 307, 308])(
    'names another one to ask (HTTP %i), which is not asked',
    async (status) => {
      const other = await serve(json({ work }));
      const { engine, asked } = await serve((response) =>
        response.writeHead(status, { Location: other.url }).end(),
      );
      await expect(engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
      expect([asked.length, other.reached()]).toEqual([1, 0]);
    },
  );

  it('stalls, and the search is cancelled there', async () => {
    const { engine, asked } = await serve(() => undefined, 50);
    await expect(engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
    await expect.poll(() => asked.at(-1)).toEqual({ action: 'work_cancel', hash: root });
  });

  it('is unreachable', async () => {
    const engine = new WorkServer('http://127.0.0.1:1/', { fetch });
    await expect(engine.solve(root, send, foreground())).rejects.toThrow(unavailable);
  });
});

it('an aborted search is cancelled at the server', async () => {
  const abort = new AbortController();
  const { engine, asked } = await serve(() => abort.abort(new Error('found elsewhere')));
  const search = engine.solve(root, send, { signal: abort.signal, urgency: 'foreground' });
  await expect(search).rejects.toThrow('found elsewhere');
  await expect.poll(() => asked.at(-1)).toEqual({ action: 'work_cancel', hash: root });
});

describe('the user’s list of work servers', () => {
  it.each([
    [[]],
    [['https://work.example/api']],
    [['http://localhost:7000', 'http://127.0.0.1:7076/', 'http://[::1]:1']],
  ])('may be %j', (servers) => expect(v.parse(WorkServersSchema, servers)).toEqual(servers));

  it.each([
    ['http://work.example'],
    ['http://192.168.0.7:7076'],
    ['ws://localhost'],
    ['javascript:alert(1)'],
    ['https://me:secret@work.example'],
    ['work.example'],
    [''],
    [`https://work.example/${'x'.repeat(600)}`],
  ])('may not hold %j', (server) => expect(v.safeParse(WorkServersSchema, [server]).success).toBe(false));

  it('has a limited length', () => {
    const five = Array.from({ length: 5 }, (_, index) => `https://work${index}.example`);
    expect(v.safeParse(WorkServersSchema, five).success).toBe(false);
  });
});
