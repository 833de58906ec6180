import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startWorld, type World } from './harness.ts';

let world: World;
let page: Page;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
  await page.goto(world.paywall.page('/fetch', '<title>Fetch</title>'));
});
afterEach(() => page.close());

test('a page of another origin reads what CORS lets it read, and the server sees no preflight', async () => {
  const { there, at } = world.paywall;
  const seen = await page.evaluate(async (url) => {
    const response = await fetch(url);
    return { status: response.status, type: response.type, offer: response.headers.get('payment-required') };
  }, `${there}/paid/cors?cors`);
  expect(seen).toEqual({ status: 200, type: 'cors', offer: null });
  expect(at('/paid/cors?cors').map(({ method, status }) => [method, status])).toEqual([
    ['GET', 402],
    ['GET', 200],
  ]);
});

test('the token of a server goes beside the proof, with that request alone', async () => {
  await world.policy('wait');
  const path = '/paid/token';
  const status = page.evaluate(async (url) => (await fetch(url)).status, path);
  await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
  await world.browser.worker.evaluate(async (end) => {
    const challenge = testApi.challenges.find(({ url }) => url.endsWith(end));
    if (challenge !== undefined) await testApi.deliver(challenge, 'proof-with-token', 'the token');
  }, path);
  expect(await status).toBe(200);
  const tokens = () => world.paywall.at(path).map(({ headers }) => headers['x-nano-represent']);
  expect(tokens()).toEqual([undefined, 'the token']);
  await world.policy('release');
  expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(402);
  expect(tokens()).toEqual([undefined, 'the token', undefined]);
});

test('a preflight never carries the proof', async () => {
  const { there, at } = world.paywall;
  const status = await page.evaluate(async (url) => {
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body: '{}' })).status;
  }, `${there}/paid/preflight?cors`);
  expect(status).toBe(200);
  const served = at('/paid/preflight?cors');
  expect(served.filter(({ method }) => method === 'OPTIONS').every(({ proof }) => proof === null)).toBe(true);
  expect(served.map(({ method, status: answer }) => [method, answer])).toEqual([
    ['OPTIONS', 204],
    ['POST', 402],
    ['OPTIONS', 204],
    ['POST', 200],
  ]);
});

test('a response that CORS hides stays hidden, and is reported as unheld', async () => {
  const { there, at } = world.paywall;
  const error = await page.evaluate(
    (url) => fetch(url).catch((reason: Error) => reason.name),
    `${there}/paid/hidden`,
  );
  expect(error).toBe('TypeError');
  const { poll } = expect;
  await poll(async () => (await world.seen('/paid/hidden')).unheld).toHaveLength(1);
  expect(at('/paid/hidden').map(({ status }) => status)).toEqual([402]);
});

test('a 402 that may be cached is paid at the server, not at the cache', async () => {
  const path = '/paid/cached?cache=3600';
  await world.policy('release');
  expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(402);
  await world.policy('pay');
  expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(200);
  expect(world.paywall.at(path).map(({ status }) => status)).toEqual([402, 200]);
});

test('a paid answer that may be cached is kept as a free one is', async () => {
  const path = '/paid/kept?keep=3600';
  for (const _ of [1, 2]) {
    expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(200);
  }
  expect(world.paywall.at(path).map(({ status }) => status)).toEqual([402, 200]);
});

test('the page gets its own 402, whole, when it is released', async () => {
  await world.policy('release');
  const seen = await page.evaluate(async () => {
    const response = await fetch('/paid/released', { method: 'POST', body: 'x' });
    const offer = response.headers.get('payment-required');
    return { status: response.status, offer, body: await response.json() };
  });
  expect(seen).toEqual({ status: 402, offer: expect.stringMatching(/^offer-/), body: { paid: false } });
  expect(world.paywall.at('/paid/released')).toHaveLength(1);
});

test('the answer to the proof is passed on, whatever it is', async () => {
  const path = '/paid/refused?refuse=402';
  expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(402);
  expect(world.paywall.at(path)).toHaveLength(2);
  const { challenges, deliveries } = await world.seen(path);
  expect(challenges).toHaveLength(1);
  expect(deliveries[0]?.delivery).toMatchObject({ kind: 'answered', status: 402 });
  expect(deliveries[0]?.delivery).toMatchObject({ paymentRequired: expect.stringMatching(/^offer-/) });
});

test('a page that asks again right after a refusal asks a new question', async () => {
  const path = '/paid/stubborn?refuse=402';
  const statuses = await page.evaluate(
    async (url) => [(await fetch(url)).status, (await fetch(url)).status],
    path,
  );
  expect(statuses).toEqual([402, 402]);
  expect((await world.seen(path)).challenges).toHaveLength(2);
  expect(world.paywall.at(path).map(({ proof }) => proof !== null)).toEqual([false, true, false, true]);
});

test('a 402 without a price is passed on at once', async () => {
  const url = world.paywall.serve('/priceless', (_, response) => response.writeHead(402).end('no'));
  const waited = await page.evaluate(async (path) => {
    const start = performance.now();
    const { status } = await fetch(path);
    return { status, quick: performance.now() - start < 1000 };
  }, url);
  expect(waited).toEqual({ status: 402, quick: true });
});

test('a 402 without a price of another origin is passed on at once', async () => {
  const path = '/priceless/cors';
  world.paywall.serve(path, (_, response) => {
    response.writeHead(402, { 'Access-Control-Allow-Origin': '*' }).end('no');
  });
  const waited = await page.evaluate(async (url) => {
    const start = performance.now();
    const { status } = await fetch(url);
    return { status, quick: performance.now() - start < 1000 };
  }, world.paywall.there + path);
  expect(waited).toEqual({ status: 402, quick: true });
});

test('an abort ends the hold with the page’s reason, and the request no longer waits', async () => {
  await world.policy('wait');
  const reason = page.evaluate(async () => {
    const control = new AbortController();
    Object.assign(globalThis, { control });
    return fetch('/paid/aborted', { signal: control.signal }).catch((error: unknown) => error);
  });
  await expect.poll(async () => (await world.seen('/paid/aborted')).challenges).toHaveLength(1);
  const waits = () =>
    world.browser.worker.evaluate(() => {
      const challenge = testApi.challenges.find(({ url }) => url.endsWith('/paid/aborted'));
      return challenge && testApi.waits(challenge);
    });
  expect(await waits()).toBe(true);
  await page.evaluate('control.abort("enough")');
  expect(await reason).toBe('enough');
  await expect.poll(waits).toBe(false);
});

test.each(['GET', 'POST'])(
  'five identical %s at once are paid one by one, each with its own proof',
  async (method) => {
    const path = `/paid/five?${method}`;
    const statuses = await page.evaluate(
      async ([url, name]) => {
        const five = await Promise.all([1, 2, 3, 4, 5].map(() => fetch(url, { method: name })));
        return five.map(({ status }) => status);
      },
      [path, method] as const,
    );
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    const served = world.paywall.at(path);
    expect(served).toHaveLength(10);
    expect(served.filter(({ proof }) => proof === null)).toHaveLength(5);
    expect(new Set(served.flatMap(({ proof }) => proof ?? [])).size).toBe(5);
    await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(5);
    for (const { challenge, delivery } of (await world.seen(path)).deliveries) {
      expect(delivery).toMatchObject({ status: 200, paymentResponse: `receipt proof-${challenge.id}` });
    }
  },
);

test.each([301, 302, 303, 307, 308])('a %i to a 402 of this or another origin is paid', async (status) => {
  const { here, there, at, serve } = world.paywall;
  for (const [name, target] of [
    ['same', `${here}/paid/after-${status}`],
    ['cross', `${there}/paid/after-cross-${status}?cors`],
  ] as const) {
    const url = serve(`/redirect/${name}/${status}`, (_, response) => {
      response.writeHead(status, { Location: target }).end();
    });
    const seen = await page.evaluate(async (from) => {
      const response = await fetch(from, { method: 'POST', body: 'x' });
      return { status: response.status, redirected: response.redirected, url: response.url };
    }, url);
    expect(seen).toEqual({ status: 200, redirected: true, url: target });
    const { pathname, search } = new URL(target);
    expect(at(pathname + search).map((request) => request.status)).toEqual([402, 200]);
    expect(at(new URL(url).pathname).every(({ proof }) => proof === null)).toBe(true);
  }
});

test('a redirect that works only once is not followed again', async () => {
  const { at, serve } = world.paywall;
  let tickets = 0;
  const url = serve('/ticket', (_, response) => {
    tickets += 1;
    response.writeHead(302, { Location: `/paid/ticket?${tickets}#own` }).end();
  });
  for (const ask of [
    async (from: string) => {
      const { status, redirected } = await fetch(`${from}#part`);
      return { status, redirected };
    },
    (from: string) =>
      new Promise((resolve) => {
        const xhr = new XMLHttpRequest();
        xhr.open('GET', from);
        xhr.onloadend = () => resolve({ status: xhr.status, redirected: xhr.responseURL !== from });
        xhr.send();
      }),
  ]) {
    expect(await page.evaluate(ask, url)).toEqual({ status: 200, redirected: true });
    expect(at(`/paid/ticket?${tickets}`).map(({ status }) => status)).toEqual([402, 200]);
  }
  expect(tickets).toBe(2);
});

test('a redirect to another origin that sets a fragment of its own is paid for the next load of the page', async () => {
  const path = '/paid/lost-fragment?cors';
  const url = world.paywall.serve('/lost-fragment', (_, response) => {
    response.writeHead(302, { Location: `${world.paywall.there}${path}#own` }).end();
  });
  const ask = () => page.evaluate(async (from) => (await fetch(from)).status, url);
  expect(await ask()).toBe(402);
  await world.untilToLoad(path);
  expect((await world.seen(path)).challenges).toMatchObject([{ userPart: 'load' }]);
  await page.reload();
  expect(await ask()).toBe(200);
});

test.each(['string', 'bytes', 'form', 'blob', 'request'])(
  'the body of a POST goes again as it went, over HTTP/1.1 (%s)',
  async (name) => {
    const path = `/paid/posted?${name}`;
    const seen = await page.evaluate(
      async ([url, kind]) => {
        const form = new FormData();
        form.append('file', new Blob(['\u0000content'], { type: 'text/x' }), 'a.txt');
        const bodies: Record<string, BodyInit> = {
          string: 'text €',
          bytes: new Uint8Array([0, 255, 10]),
          form,
          blob: new Blob(['blob'], { type: 'text/x' }),
        };
        const headers = { 'X-Custom': 'kept' };
        const response =
          kind === 'request'
            ? await fetch(new Request(url, { method: 'POST', body: 'of a request', headers }))
            : await fetch(url, { method: 'POST', body: bodies[kind] ?? null, headers });
        return { status: response.status, url: response.url };
      },
      [path, name] as const,
    );
    expect(seen).toEqual({ status: 200, url: world.paywall.here + path });
    const [first, second] = world.paywall.at(path);
    const sent = (one: typeof first) => [
      one?.body,
      one?.headers['content-type'],
      one?.headers['content-length'],
      one?.headers['x-custom'],
    ];
    expect(first?.body).not.toBe('');
    expect(sent(second)).toEqual(sent(first));
    expect(second?.headers['content-length']).toBeDefined();
  },
);

test('the nonce in the fragment of a request is seen by no server, nor in the URL of its answer', async () => {
  const path = '/paid/nonce';
  expect(await page.evaluate(async (url) => (await fetch(`${url}#part`)).url, path)).toBe(
    world.paywall.here + path,
  );
  expect(world.paywall.at(path).map(({ path: served, status }) => [served, status])).toEqual([
    [path, 402],
    [path, 200],
  ]);
});

describe('fetch is held in every kind of document', () => {
  const script = `fetch(new URL(PATH, ORIGIN)).then((r) => parent.postMessage(r.status, '*'))`;
  const fill = (path: string) =>
    script.replace('PATH', JSON.stringify(path)).replace('ORIGIN', JSON.stringify(world.paywall.here));
  const told = () =>
    page.evaluate(() => new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data))));

  test('with a strict policy', async () => {
    const headers = {
      'Content-Security-Policy':
        "default-src 'none'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    };
    await page.goto(world.paywall.page('/strict', '', headers));
    expect(await page.evaluate(async () => (await fetch('/paid/strict')).status)).toBe(200);
  });

  test('sandboxed by its server', async () => {
    const headers = { 'Content-Security-Policy': 'sandbox allow-scripts' };
    await page.goto(world.paywall.page('/sandboxed', '', headers));
    expect(await page.evaluate(async () => (await fetch('/paid/sandboxed?cors')).status)).toBe(200);
    const { challenges } = await world.seen('/paid/sandboxed?cors');
    expect(challenges[0]).toMatchObject({ initiator: 'null', topOrigin: world.paywall.here });
  });

  test('srcdoc', async () => {
    const answer = told();
    await page.evaluate((code) => {
      const frame = document.createElement('iframe');
      frame.srcdoc = `<script>${code}</script>`;
      document.body.append(frame);
    }, fill('/paid/srcdoc'));
    expect(await answer).toBe(200);
  });

  test('about:blank, used as soon as it is made', async () => {
    const status = await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      return (await frame.contentWindow?.fetch('/paid/blank'))?.status;
    });
    expect(status).toBe(200);
  });

  test('blob', async () => {
    const answer = told();
    await page.evaluate((code) => {
      const frame = document.createElement('iframe');
      frame.src = URL.createObjectURL(new Blob([`<script>${code}</script>`], { type: 'text/html' }));
      document.body.append(frame);
    }, fill('/paid/blob'));
    expect(await answer).toBe(200);
  });
});
