import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { askSource, rateIn } from './rate-source.ts';

describe('the rate in an answer', () => {
  test.each([
    ['{"nano":{"eur":0.85}}', 'nano.eur', '0.85'],
    ['{"nano":{"eur":12}}', 'nano.eur', '12'],
    ['{"nano":{"eur":100}}', 'nano.eur', '100'],
    ['{"nano":{"eur":8.5e-3}}', 'nano.eur', '0.0085'],
    ['[{"price":"0.8512"}]', '0.price', '0.8512'],
    ['{"data":[{},{"x":1.0000000000009}]}', 'data.1.x', '1.000000000001'],
    ['{"a":99999999}', 'a', '99999999'],
  ])('%s at %s is %s', (text, path, rate) => {
    expect(rateIn(text, path)).toBe(rate);
  });

  test.each([
    ['{"a":0}', 'a'],
    ['{"a":-1}', 'a'],
    ['{"a":1e999}', 'a'],
    ['{"a":1e-13}', 'a'],
    ['{"a":100000000}', 'a'],
    ['{"a":"1e3"}', 'a'],
    ['{"a":"-1"}', 'a'],
    ['{"a":" 1"}', 'a'],
    ['{"a":"NaN"}', 'a'],
    ['{"a":null}', 'a'],
    ['{"a":true}', 'a'],
    ['{"a":[1]}', 'a'],
    ['{"a":[1]}', 'a.length'],
    ['{"a":1}', 'b'],
    ['{"a":1}', 'a.b'],
    ['{}', 'constructor.length'],
    ['[1]', '-1'],
    ['{"a":1', 'a'],
    ['', 'a'],
  ])('%s has none at %s', (text, path) => {
    expect(rateIn(text, path)).toBeNull();
  });
});

describe('a source', () => {
  let server: Server;
  let origin: string;
  let answer: (response: ServerResponse) => void;
  const requests: IncomingMessage[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      answer(response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const ask = (path = 'nano.eur') => askSource({ url: `${origin}/price?ids=nano`, path });
  const fault = async (asking: Promise<string>) => {
    const failure = await asking.catch((reason: unknown) => reason);
    if (!(failure instanceof Fault)) throw failure;
    return [failure.key, ...failure.args];
  };
  const host = () => new URL(origin).host;

  test('is asked once, without cookies or a referrer, for JSON', async () => {
    answer = (response) => response.end('{"nano":{"eur":0.85}}');
    expect(await ask()).toBe('0.85');
    expect(requests.map(({ url }) => url)).toEqual(['/price?ids=nano']);
    const { cookie, referer, authorization, accept } = requests[0]?.headers ?? {};
    expect([cookie, referer, authorization, accept]).toEqual([
      undefined,
      undefined,
      undefined,
      'application/json',
    ]);
  });

  test('that answers with an error is named, with its status', async () => {
    answer = (response) => response.writeHead(429).end('{"nano":{"eur":0.85}}');
    expect(await fault(ask())).toEqual(['fault_rateStatus', host(), '429']);
  });

  test('is not followed to another place', async () => {
    const before = requests.length;
    answer = (response) => response.writeHead(302, { Location: '/elsewhere' }).end();
    expect(await fault(ask())).toEqual(['fault_rateUnanswered', host()]);
    expect(requests).toHaveLength(before + 1);
  });

  test('whose answer has no number there, or is too long, is unreadable', async () => {
    answer = (response) => response.end('{"nano":{"usd":0.85}}');
    expect(await fault(ask())).toEqual(['fault_rateUnreadable', host(), 'nano.eur']);
    answer = (response) => response.end(`{"nano":{"eur":0.85},"rest":"${'x'.repeat(70_000)}"}`);
    expect(await fault(ask())).toEqual(['fault_rateUnreadable', host(), 'nano.eur']);
  });

  test('that breaks off did not answer', async () => {
    answer = (response) => response.destroy();
    expect(await fault(ask())).toEqual(['fault_rateUnanswered', host()]);
  });
});
