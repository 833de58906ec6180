/** What pages ask for in Firefox, with a purse that has no money: the browser holds the request, and sends it with its proof. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startWorld, type World } from '../interception/harness.ts';
import { byLoading, itself, serveScripts, type Way } from '../interception/ways.ts';

let world: World;
let page: Page;

beforeAll(async () => {
  world = await startWorld();
  serveScripts(world.paywall);
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
});
afterEach(() => page.close());

const statuses = (path: string) => world.paywall.at(path).map(({ status }) => status);
/** Opens a page of this markup, whose encoding is known: else Firefox asks for a stylesheet twice. */
const show = (name: string, html: string) =>
  page.goto(world.paywall.page(`/show/${name}`, `<!doctype html><meta charset="utf-8">${html}`));
/** Opens a page that does not end to load while it waits for something. */
const begin = (name: string, html: string) =>
  page.goto(world.paywall.page(`/show/${name}`, html), { waitUntil: 'commit' });
const isPaid = () => page.waitForFunction(() => document.title === 'Paid');

/** A synchronous request cannot be told from one that its page holds: it is paid, and served by the next load. */
const isSynchronous = ({ path }: Way) => path === '/paid/sync';

test.each([...itself, ...byLoading].filter((way) => !isSynchronous(way)))(
  '$name is paid and served without a load of its page',
  async ({ path, kind, html, script, has }) => {
    await show(encodeURIComponent(path), `${html}<script>${script ?? ''}</script>`);
    if (has !== undefined) await page.waitForFunction(has);
    await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(1);
    const { challenges, deliveries } = await world.seen(path);
    expect(challenges).toMatchObject([{ kind }]);
    expect(challenges[0]).not.toHaveProperty('userPart');
    const { delivery } = deliveries[0] ?? {};
    expect(delivery).toMatchObject({ kind: 'answered', paymentResponse: expect.stringMatching(/^receipt/) });
    expect(world.paywall.at(path).filter(({ proof }) => proof !== null)).toHaveLength(1);
    expect(statuses(path)[0]).toBe(402);
  },
);

test.each(byLoading.filter(isSynchronous))('$name waits for a load of its page', async ({ path, script }) => {
  await show(encodeURIComponent(path), `<script>${script ?? ''}</script>`);
  await world.untilToLoad(path);
  await page.reload();
  await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(1);
  expect(statuses(path)).toEqual([402, 200]);
});

describe('a document', () => {
  test('with a page of its own is shown with what was paid for', async () => {
    const path = '/paid/page?as=html';
    await page.goto(`${world.paywall.here}${path}#part`);
    await isPaid();
    expect(statuses(path)).toEqual([402, 200]);
    expect(new URL(page.url()).hash).toBe('#part');
    expect((await world.seen(path)).challenges).toMatchObject([{ kind: 'main_frame', initiator: null }]);
  });

  test('with a bare 402 is shown with what was paid for', async () => {
    const path = '/paid/bare?as=html&bare';
    await page.goto(world.paywall.here + path);
    await isPaid();
    expect(statuses(path)).toEqual([402, 200]);
  });

  test('in a frame is shown with what was paid for', async () => {
    const path = '/paid/framed?as=html';
    await show('frame', `<iframe src="${path}"></iframe>`);
    await page.waitForFunction(() => frames[0]?.document.title === 'Paid');
    expect(statuses(path)).toEqual([402, 200]);
  });

  test.each(['', '&bare'])(
    'that a form asks for is posted again by the browser, file and all (%s)',
    async (bare) => {
      const path = `/paid/upload?as=html${bare}`;
      const html = `<form method="post" enctype="multipart/form-data" action="${path}"><input type="file" name="f"></form>`;
      await show(`upload${bare}`, html);
      const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('content') };
      await page.setInputFiles('input', file);
      await page.evaluate(() => document.forms[0]?.submit());
      await isPaid();
      const [first, second] = world.paywall.at(path);
      expect([first?.status, second?.status]).toEqual([402, 200]);
      expect(second?.body).toContain('content');
      expect(second?.body).toBe(first?.body);
    },
  );

  test.each(['', 'noopener'])('in a window that a page opens is paid (%s)', async (features) => {
    const path = `/paid/window?as=html&${features}`;
    await show(`opens-${features}`, '<title>Opens</title>');
    const [opened] = await Promise.all([
      world.browser.context.waitForEvent('page'),
      page.evaluate(([url, how]) => void open(url, '_blank', how), [path, features] as const),
    ]);
    await expect.poll(() => opened.title()).toBe('Paid');
    expect((await world.seen(path)).challenges).toMatchObject([{ initiator: world.paywall.here }]);
    await opened.close();
  });

  test.each([301, 302, 303, 307, 308])('behind a %i is paid where it ends', async (status) => {
    for (const target of [
      `${world.paywall.here}/paid/moved?as=html&${status}`,
      `${world.paywall.there}/paid/moved?as=html&${status}&far`,
    ]) {
      const { pathname, search } = new URL(target);
      const url = world.paywall.serve(`/moved?${encodeURIComponent(target)}`, (_, response) => {
        response.writeHead(status, { Location: target }).end();
      });
      await page.goto(url);
      await isPaid();
      expect(statuses(pathname + search)).toEqual([402, 200]);
    }
  });

  test('whose paid answer redirects to another origin takes no proof there', async () => {
    const path = '/pays-and-moves';
    const target = world.paywall
      .page('/elsewhere', '<title>Paid</title>')
      .replace(world.paywall.here, world.paywall.there);
    world.paywall.serve(path, ({ headers }, response) => {
      if (headers['payment-signature'] === undefined) {
        response.setHeader('PAYMENT-REQUIRED', Buffer.from('{}').toString('base64'));
        response.writeHead(402, { 'Content-Type': 'text/html' }).end('Pay');
      } else response.writeHead(302, { Location: target }).end();
    });
    await page.goto(world.paywall.here + path);
    await isPaid();
    expect(world.paywall.at('/elsewhere')).toMatchObject([{ proof: null }]);
  });
});

describe('a page under its own service worker:', () => {
  beforeEach(async () => {
    await page.goto(world.paywall.page('/through/page', '<title>Through</title>'));
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/through/worker.js');
      if (navigator.serviceWorker.controller === null) {
        await new Promise((resolve) =>
          navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }),
        );
      }
    });
  });

  test('what its scripts fetch is paid and served', async () => {
    const path = '/paid/through';
    expect(await page.evaluate(async (url) => (await fetch(url)).status, path)).toBe(200);
    expect(statuses(path)).toEqual([402, 200]);
    expect((await world.seen(path)).challenges).toMatchObject([{ fromServiceWorker: true }]);
  });

  test('a document in it is paid once, and loaded past the worker', async () => {
    const path = '/through/paid/article?as=html';
    await page.goto(world.paywall.here + path);
    await isPaid();
    expect((await world.seen(path)).deliveries).toMatchObject([
      { delivery: { kind: 'answered', status: 200 } },
    ]);
    expect(world.paywall.at(path).filter(({ proof }) => proof !== null)).toHaveLength(1);
  });

  test('an image in it, and what the worker fetches by itself, are paid and served', async () => {
    const [image, own] = ['/paid/through?as=png', '/paid/own'];
    await page.evaluate(
      ([src, fetched]) => {
        document.body.innerHTML = `<img src="${src}">`;
        navigator.serviceWorker.controller?.postMessage(fetched);
      },
      [image, own],
    );
    await page.waitForFunction(() => document.images[0]?.naturalWidth === 1);
    for (const path of [image, own]) await expect.poll(() => statuses(path)).toEqual([402, 200]);
  });
});

describe('nothing is asked about', () => {
  test.each([
    ['a beacon', 'navigator.sendBeacon("/paid/beacon", "x")', '/paid/beacon'],
    [
      'a page that is fetched ahead',
      'document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href: "/paid/ahead?as=html" }))',
      '/paid/ahead?as=html',
    ],
    [
      'the icon of the page',
      'document.head.append(Object.assign(document.createElement("link"), { rel: "icon", href: "/paid/icon?as=png" }))',
      '/paid/icon?as=png',
    ],
  ])('for %s', async (name, script, path) => {
    await show(encodeURIComponent(name), '<title>Left alone</title>');
    await page.evaluate(script);
    await page.evaluate(() => fetch('/paid/after').then(({ status }) => status));
    expect((await world.seen(path)).challenges).toEqual([]);
    expect(world.paywall.at(path).filter(({ proof }) => proof !== null)).toEqual([]);
  });
});

test('five equal fetches of one page have five proofs of their own', async () => {
  const path = '/paid/five';
  await show('five', '<title>Five</title>');
  const got = await page.evaluate(
    (url) => Promise.all(Array.from({ length: 5 }, async () => (await fetch(url)).status)),
    path,
  );
  expect(got).toEqual([200, 200, 200, 200, 200]);
  const proofs = world.paywall.at(path).flatMap(({ proof }) => (proof === null ? [] : [proof]));
  expect(new Set(proofs).size).toBe(5);
  expect(proofs).toHaveLength(5);
});

test('five equal images of one page are each paid for, once', async () => {
  const path = '/paid/row?as=png';
  const images = Array.from({ length: 5 }, (_, n) => `<img src="${path}&n=${n}">`).join('');
  await show('row', images);
  await page.waitForFunction(() => [...document.images].every(({ naturalWidth }) => naturalWidth === 1));
  for (let n = 0; n < 5; n += 1) expect(statuses(`${path}&n=${n}`)).toEqual([402, 200]);
});

describe('a request that nobody waits for any more takes no proof:', () => {
  const gone: readonly (readonly [string, string, (page: Page) => Promise<unknown>])[] = [
    ['a document whose tab was stopped', 'document', (one) => one.evaluate(() => stop())],
    ['an image that was removed', 'image', (one) => one.evaluate(() => document.images[0]?.remove())],
    [
      'a frame that was removed',
      'frame',
      (one) => one.evaluate(() => document.querySelector('iframe')?.remove()),
    ],
    ['a page that was left', 'image', (one) => one.goto(world.paywall.page('/left', '<title>Left</title>'))],
    [
      'a worker that was ended',
      'worker',
      (one) => one.evaluate(() => (globalThis as unknown as { worker: Worker }).worker.terminate()),
    ],
    [
      'a fetch that was aborted',
      'fetch',
      (one) => one.evaluate(() => (globalThis as unknown as { ended: AbortController }).ended.abort()),
    ],
    ['a worker that refuses redirects', 'strict', async () => undefined],
  ];
  const ways: Readonly<Record<string, string>> = {
    document: '<script>setTimeout(() => { location.href = PATH })</script>',
    image: '<p id=place></p><script>place.append(Object.assign(new Image(), { src: PATH }))</script>',
    frame: '<iframe src=PATH></iframe>',
    worker: `<script>worker = new Worker(URL.createObjectURL(new Blob(["fetch('" + location.origin + PATH + "')"])))</script>`,
    strict: `<script>new Worker(URL.createObjectURL(new Blob(["fetch('" + location.origin + PATH + "', { redirect: 'error' })"])))</script>`,
    fetch:
      '<script>ended = new AbortController(); fetch(PATH, { signal: ended.signal }).catch(() => {})</script>',
  };

  test.each(gone)('%s', async (name, way, leave) => {
    const path = `/paid/gone?as=html&${encodeURIComponent(name)}`;
    await world.policy('wait');
    const html = (ways[way] ?? '').replaceAll('PATH', JSON.stringify(path));
    await begin(encodeURIComponent(name), html);
    await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
    await leave(page);
    const taken = await world.browser.worker.evaluate(async (end) => {
      const challenge = testApi.challenges.find(({ url }) => url.endsWith(end));
      return challenge === undefined ? null : await testApi.take(challenge);
    }, path);
    expect(taken).toBe(false);
    expect(world.paywall.at(path).filter(({ proof }) => proof !== null)).toEqual([]);
  });
});

test('a request that was taken and let go gets a 402 of its own, and is not asked about again', async () => {
  const path = '/paid/let-go?as=png';
  await world.policy('wait');
  await begin('let-go', `<img src="${path}" onerror="document.title = 'no image'">`);
  await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
  const [challenge] = (await world.seen(path)).challenges;
  if (challenge === undefined) throw new Error('no challenge');
  expect(await world.browser.worker.evaluate((one) => testApi.take(one), challenge)).toBe(true);
  expect(statuses(path)).toEqual([402]);
  await world.browser.worker.evaluate((one) => testApi.release(one), challenge);
  await page.waitForFunction(() => document.title === 'no image');
  expect(statuses(path)).toEqual([402, 402]);
  expect((await world.seen(path)).challenges).toHaveLength(1);
});
