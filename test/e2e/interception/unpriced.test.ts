import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Unpriced } from '../../../src/interception/challenge.ts';
import { startWorld, type World } from './harness.ts';
import type { Handler } from './paywall.ts';

let world: World;
let page: Page;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  await world.policy('pay');
  page = await world.browser.context.newPage();
});
afterEach(() => page.close());

const visit = (url: string) => page.goto(url).catch(() => null);
const accepted = (path: string) => world.paywall.at(path).map(({ headers }) => headers.accept);
const statuses = (path: string) => world.paywall.at(path).map(({ status }) => status);
const HTML = expect.stringContaining('text/html');
const PROGRAM = 'application/json';

/** The one 402 without a price of a path, once it is reported. */
async function unpriced(path: string): Promise<Unpriced | undefined> {
  await expect.poll(async () => (await world.seen(path)).unpriced).toHaveLength(1);
  return (await world.seen(path)).unpriced[0];
}

/** Shows people a page without a price, and answers programs in a way of its own. */
const forPeople =
  (forPrograms: Handler): Handler =>
  (request, response, body) => {
    if (!request.headers.accept?.includes('text/html')) return forPrograms(request, response, body);
    response.writeHead(402, { 'Content-Type': 'text/html; charset=utf-8' }).end('<title>Price</title>');
  };

describe('a document whose price is told to programs only', () => {
  test('is paid for, after one more request by the purse with the user’s cookies', async () => {
    const path = '/paid/coy?as=html&coy';
    await world.browser.context.addCookies([{ name: 'visitor', value: 'me', url: world.paywall.here }]);
    await page.goto(`${world.paywall.here}${path}#part`);
    await page.waitForFunction(() => document.title === 'Paid');
    expect(statuses(path)).toEqual([402, 402, 200]);
    expect(accepted(path)).toEqual([HTML, PROGRAM, HTML]);
    expect(world.paywall.at(path).map(({ method, headers }) => [method, headers.cookie])).toEqual([
      ['GET', 'visitor=me'],
      ['GET', 'visitor=me'],
      ['GET', 'visitor=me'],
    ]);
    const { challenges, unpriced: others } = await world.seen(path);
    expect(others).toEqual([]);
    expect(challenges).toMatchObject([
      { kind: 'main_frame', frameId: 0, header: 'offer-2', initiator: null },
    ]);
    const proof = `proof-${challenges[0]?.id}`;
    expect(world.paywall.at(path).map((request) => request.proof)).toEqual([null, null, proof]);
  });

  test.each([
    ['of the site itself', 'here', 'visitor=me'],
    ['of another site', 'there', undefined],
  ] as const)(
    'is asked for with cookies only where no other site led there: a link %s',
    async (name, from, cookie) => {
      const path = `/paid/coy-linked?as=html&coy&by=${from}`;
      await world.browser.context.addCookies([{ name: 'visitor', value: 'me', url: world.paywall.here }]);
      const around = `/links-${from}`;
      world.paywall.page(around, `<a href="${world.paywall.here}${path}">${name}</a>`);
      await page.goto(world.paywall[from] + around);
      await page.click('a');
      await page.waitForFunction(() => document.title === 'Paid');
      const [, own] = world.paywall.at(path);
      expect([own?.headers.accept, own?.headers.cookie]).toEqual([PROGRAM, cookie]);
    },
  );

  test.each([
    ['a script opens', (url: string) => `location.href = ${JSON.stringify(url)}`],
    ['its page replaces itself with', (url: string) => `location.replace(${JSON.stringify(url)})`],
  ])('is not asked for where its user did nothing: what %s', async (name, script) => {
    const path = `/paid/coy-script?as=html&coy&by=${encodeURIComponent(name)}`;
    await page.goto(world.paywall.page('/script', '<p>A page'));
    const session = await world.browser.context.newCDPSession(page);
    await session.send('Runtime.evaluate', {
      expression: script(world.paywall.here + path),
      userGesture: false,
    });
    await unpriced(path);
    expect(accepted(path)).toEqual([HTML]);
  });

  test('is not asked about again when it refuses the proof', async () => {
    const path = '/paid/coy-and-stubborn?as=html&coy&refuse=402';
    await page.goto(world.paywall.here + path);
    await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(1);
    expect((await world.seen(path)).deliveries[0]?.delivery).toMatchObject({ kind: 'answered', status: 402 });
    await page.waitForLoadState();
    expect(statuses(path)).toEqual([402, 402, 402]);
    expect(await world.seen(path)).toMatchObject({ challenges: [{}], unpriced: [] });
  });

  test('is asked about once for each visit', async () => {
    await world.policy('release');
    const path = '/paid/coy-twice?as=html&coy';
    await page.goto(world.paywall.here + path);
    await page.reload();
    await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(2);
    expect(accepted(path)).toEqual([HTML, PROGRAM, HTML, PROGRAM]);
  });
});

describe('what a program is told instead of a price', () => {
  test('is reported with the headers of the page’s answer and the body of the program’s', async () => {
    const path = '/earlier';
    const url = world.paywall.serve(
      path,
      forPeople((_, response) => void response.writeHead(402).end('{"x402Version":1}')),
    );
    await visit(url);
    const found = await unpriced(path);
    expect(found).toMatchObject({ url, bodyText: '{"x402Version":1}' });
    expect(found?.headers).toContainEqual({ name: 'Content-Type', value: 'text/html; charset=utf-8' });
    expect(await page.title()).toBe('Price');
  });

  test('is read only up to the size that an earlier protocol needs', async () => {
    const path = '/endless';
    const url = world.paywall.serve(
      path,
      forPeople((_, response) => {
        response.writeHead(402);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(10_000)));
        };
        response.on('drain', more);
        more();
      }),
    );
    await visit(url);
    expect((await unpriced(path))?.bodyText).toBe('x'.repeat(65_536));
    await expect.poll(() => accepted(path)).toContain(PROGRAM);
  });

  test.each<[string, Handler]>([
    ['the content', (_, response) => void response.writeHead(200, { 'PAYMENT-REQUIRED': 'x' }).end('free')],
    ['nothing', (request) => void request.socket.destroy()],
    ['another place', (_, response) => void response.writeHead(302, { Location: '/paid/other' }).end()],
  ])('is no offer when it is %s', async (name, forPrograms) => {
    const path = `/odd/${encodeURIComponent(name)}`;
    await visit(world.paywall.serve(path, forPeople(forPrograms)));
    expect((await unpriced(path))?.bodyText).toBeUndefined();
    expect((await world.seen(path)).challenges).toEqual([]);
    expect(world.paywall.at('/paid/other')).toEqual([]);
    // Chromium repeats a GET by itself when the connection it reused was cut.
    expect(accepted(path).slice(0, 2)).toEqual([HTML, PROGRAM]);
  });
});

describe('the purse does not ask as a program', () => {
  const shop = (path: string, type: string) =>
    world.paywall.serve(path, (_, response) => {
      response.writeHead(402, { 'Content-Type': type, 'X-402-Tag': '7' }).end('<title>Price</title>');
    });
  const asked = async (path: string) => {
    const found = await unpriced(path);
    expect(found?.bodyText).toBeUndefined();
    expect(found?.headers).toContainEqual({ name: 'X-402-Tag', value: '7' });
    return world.paywall.at(path).map(({ method }) => method);
  };

  test('where there is no purse', async () => {
    await world.policy('no purse');
    await visit(shop('/purseless', 'text/html'));
    expect(await asked('/purseless')).toEqual(['GET']);
  });

  test('where the 402 is no page', async () => {
    await visit(shop('/no-page', 'application/json'));
    expect(await asked('/no-page')).toEqual(['GET']);
  });

  test('where a form was sent', async () => {
    const action = shop('/posted', 'text/html');
    await page.goto(world.paywall.page('/poster', `<form method="post" action="${action}"></form>`));
    await page.evaluate(() => document.forms[0]?.submit());
    expect(await asked('/posted')).toEqual(['POST']);
  });

  test.each([
    ['frame', (url: string) => `<iframe src="${url}"></iframe>`],
    ['image', (url: string) => `<img src="${url}">`],
    [
      'script',
      (url: string) => `<script>fetch("${url}").then(({ status }) => document.title = status)</script>`,
    ],
  ])('where a page loads a %s', async (name, markup) => {
    const path = `/within-${name}`;
    await page.goto(world.paywall.page(`/around-${name}`, markup(shop(path, 'text/html'))));
    expect(await asked(path)).toEqual(['GET']);
    if (name === 'script') await page.waitForFunction(() => document.title === '402');
  });
});
