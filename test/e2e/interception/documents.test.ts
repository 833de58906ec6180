import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
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
});
afterEach(() => page.close());

const paid = () => page.waitForFunction(() => document.title === 'Paid');
const statuses = (path: string) => world.paywall.at(path).map(({ status }) => status);

test('a page with a 402 of its own is reloaded into the paid page', async () => {
  const path = '/paid/article?as=html';
  await page.goto(`${world.paywall.here}${path}#part`);
  await paid();
  expect(page.url()).toBe(`${world.paywall.here}${path}#part`);
  expect(await page.evaluate(() => history.length)).toBe(2);
  expect(statuses(path)).toEqual([402, 200]);
  const { challenges, deliveries } = await world.seen(path);
  expect(challenges).toHaveLength(1);
  expect(challenges[0]).toMatchObject({ kind: 'main_frame', method: 'GET', frameId: 0, documentId: null });
  expect(challenges[0]).toMatchObject({ topOrigin: world.paywall.here, initiator: null });
  const proof = `proof-${challenges[0]?.id}`;
  expect(world.paywall.at(path)[1]?.proof).toBe(proof);
  expect(deliveries[0]?.delivery).toEqual({
    kind: 'answered',
    status: 200,
    paymentResponse: `receipt ${proof}`,
    paymentRequired: null,
  });
});

test('a bare 402 is reloaded from the error page of the browser', async () => {
  const path = '/paid/bare?as=html&bare';
  await page.goto(world.paywall.here + path).catch(() => null);
  await paid();
  expect(statuses(path)).toEqual([402, 200]);
});

test('a link to a 402 is paid in the tab where it opens, not where it was clicked', async () => {
  const path = '/paid/linked?as=html';
  await page.goto(world.paywall.page('/links', `<a href="${path}">read</a>`));
  await page.click('a');
  await paid();
  expect(statuses('/links')).toEqual([200]);
  expect(statuses(path)).toEqual([402, 200]);
  const { challenges } = await world.seen(path);
  expect(challenges[0]).toMatchObject({ initiator: world.paywall.here, topOrigin: world.paywall.here });
});

test('a form is sent again with its body, and without a question of the browser', async () => {
  const path = '/paid/form?as=html';
  await page.goto(
    world.paywall.page('/form', `<form method="post" action="${path}"><input name="a" value="1"></form>`),
  );
  await page.evaluate(() => document.forms[0]?.submit());
  await paid();
  expect(world.paywall.at(path).map(({ method, status, body }) => [method, status, body])).toEqual([
    ['POST', 402, 'a=1'],
    ['POST', 200, 'a=1'],
  ]);
});

test('a redirect to a 402 is paid at its target', async () => {
  const path = '/paid/redirected?as=html';
  const url = world.paywall.serve('/redirect', (_, response) => {
    response.writeHead(302, { Location: world.paywall.there + path }).end();
  });
  await page.goto(url);
  await paid();
  expect(page.url()).toBe(world.paywall.there + path);
  expect(statuses(path)).toEqual([402, 200]);
  const { challenges } = await world.seen(path);
  expect(challenges[0]).toMatchObject({ topOrigin: world.paywall.there });
});

test('a paid page that redirects leads to the final response, and the proof is not sent on', async () => {
  const path = '/sells-then-leads';
  const after = world.paywall.page('/led', '<title>Paid</title>');
  const elsewhere = after.replace(world.paywall.here, world.paywall.there);
  for (const [name, target] of [
    ['same', after],
    ['cross', elsewhere],
  ] as const) {
    world.paywall.serve(`${path}/${name}`, ({ headers }, response) => {
      if (headers['payment-signature'] === undefined) {
        response.writeHead(402, { 'PAYMENT-REQUIRED': 'offer', 'Content-Type': 'text/html' }).end('<p>Price');
      } else response.writeHead(303, { Location: target, 'PAYMENT-RESPONSE': 'receipt' }).end();
    });
    await page.goto(`${world.paywall.here}${path}/${name}`);
    await paid();
    const { deliveries } = await world.seen(`${path}/${name}`);
    expect(deliveries[0]?.delivery).toMatchObject({ status: 200, paymentResponse: 'receipt' });
  }
  expect(world.paywall.at('/led').map(({ proof }) => proof)).toEqual([null, null]);
});

test('a page whose proof is refused shows the refusal, and is no new question', async () => {
  const path = '/paid/refused?as=html&refuse=402';
  let shown = 0;
  page.on('framenavigated', () => {
    shown += 1;
  });
  await page.goto(world.paywall.here + path);
  await expect.poll(async () => (await world.seen(path)).deliveries).toHaveLength(1);
  // The refusal has come, but not yet into the tab: a tab that is closed in between never ends.
  await expect.poll(() => shown).toBe(2);
  await page.waitForLoadState();
  const { challenges, deliveries, unheld } = await world.seen(path);
  expect([challenges.length, unheld.length]).toEqual([1, 0]);
  expect(deliveries[0]?.delivery).toMatchObject({
    status: 402,
    paymentRequired: expect.stringMatching(/^offer/),
  });
  expect(statuses(path)).toEqual([402, 402]);
});

test('a page that was left meanwhile is not reloaded, and its proof is not sent', async () => {
  await world.policy('wait');
  const path = '/paid/left?as=html';
  await page.goto(world.paywall.here + path);
  await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
  await page.goto(world.paywall.page('/elsewhere', '<title>Elsewhere</title>'));
  const delivery = await world.browser.worker.evaluate((end) => {
    const challenge = testApi.challenges.find(({ url }) => url.endsWith(end));
    return challenge && testApi.deliver(challenge);
  }, path);
  expect(delivery).toEqual({ kind: 'unanswered', reason: 'gone' });
  expect(statuses('/elsewhere')).toEqual([200]);
  expect(statuses(path)).toEqual([402]);
});

test('a prefetched or prerendered page asks for nothing', async () => {
  const rules = {
    prefetch: [{ urls: ['/paid/prefetched?as=html'] }],
    prerender: [{ urls: ['/paid/pre?as=html'] }],
  };
  await page.goto(
    world.paywall.page('/speculates', `<script type="speculationrules">${JSON.stringify(rules)}</script>`),
  );
  await expect.poll(() => statuses('/paid/prefetched?as=html')).toEqual([402]);
  await expect.poll(() => statuses('/paid/pre?as=html')).toEqual([402]);
  await page.goto(`${world.paywall.here}/paid/afterwards?as=html`);
  await paid();
  const purposes = ['/paid/prefetched?as=html', '/paid/pre?as=html'].map(
    (path) => world.paywall.at(path)[0]?.headers['sec-purpose'],
  );
  expect(purposes).toEqual(['prefetch', 'prefetch;prerender']);
  expect((await world.seen('/paid/prefetched?as=html')).challenges).toEqual([]);
  expect((await world.seen('/paid/pre?as=html')).challenges).toEqual([]);
});

test.each([
  ['of this origin', 'here', ''],
  ['of another origin', 'there', ''],
  ['bare', 'here', '&bare'],
  ['sandboxed', 'there', '&sandboxed'],
] as const)('a frame %s is loaded again, the page around it is not', async (name, where, query) => {
  const path = `/paid/frame?as=html${query}&in=${encodeURIComponent(name)}`;
  const around = `/around?${encodeURIComponent(name)}`;
  const sandbox = query === '&sandboxed' ? 'sandbox' : '';
  await page.goto(
    world.paywall.page(around, `<iframe ${sandbox} src="${world.paywall[where]}${path}"></iframe>`),
  );
  await page.frameLocator('iframe').getByText('Paid GET').waitFor();
  expect(statuses(around)).toEqual([200]);
  expect(statuses(path)).toEqual([402, 200]);
  const { challenges } = await world.seen(path);
  expect(challenges[0]).toMatchObject({ kind: 'sub_frame', topOrigin: world.paywall.here });
});

test('a request in nested frames names the origins of the frames around it, the nearest first', async () => {
  const { here, there, page: serve } = world.paywall;
  const paths = { frame: '/paid/nested-frame?as=html', fetch: '/paid/nested-fetch' };
  serve('/inner', `<iframe src="${here}${paths.frame}"></iframe><script>fetch("${paths.fetch}")</script>`);
  serve('/blank', '<iframe srcdoc="<iframe src=/inner></iframe>"></iframe>');
  await page.goto(serve('/nested', `<iframe src="${there}/blank"></iframe>`));
  const seen = async (path: string) => (await world.seen(path)).challenges;
  await expect.poll(() => seen(paths.frame)).toMatchObject([{ ancestors: [there, 'null', there, here] }]);
  await expect.poll(() => seen(paths.fetch)).toMatchObject([{ ancestors: ['null', there, here] }]);
});

test('a request of the top frame has no frame around it', async () => {
  const path = '/paid/top-fetch';
  await page.goto(world.paywall.page('/top', `<script>fetch("${path}")</script>`));
  await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
  expect((await world.seen(path)).challenges[0]).not.toHaveProperty('ancestors');
});

test.each(['prefetch', 'prerender'])(
  'a page that the browser fetched ahead by %s is asked about once, when its user opens it',
  async (how) => {
    const path = `/paid/ahead?as=html&by=${how}`;
    const rules = JSON.stringify({ [how]: [{ source: 'list', urls: [path], eagerness: 'immediate' }] });
    const links = world.paywall.page(
      `/ahead-${how}`,
      `<script type="speculationrules">${rules}</script><a href="${path}">Read</a>`,
    );
    await page.goto(links);
    await expect.poll(() => statuses(path)).toEqual([402]);
    await page.click('a');
    await paid();
    expect((await world.seen(path)).challenges).toHaveLength(1);
  },
);

test('two frames of one page are paid one after the other', async () => {
  const path = '/paid/twins?as=html';
  await page.goto(
    world.paywall.page('/twins', `<iframe src="${path}"></iframe><iframe src="${path}"></iframe>`),
  );
  for (const nth of [0, 1]) await page.frameLocator('iframe').nth(nth).getByText('Paid GET').waitFor();
  expect(statuses(path).toSorted()).toEqual([200, 200, 402, 402]);
});
