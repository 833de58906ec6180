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
  page = await world.browser.context.newPage();
});
afterEach(() => page.close());

const loaded = () =>
  page.waitForFunction(() => [...document.images].every(({ naturalWidth }) => naturalWidth === 1));
const statuses = (path: string) => world.paywall.at(path).map(({ status }) => status);

test.each([
  ['of this origin', 'here', '', ''],
  ['of another origin', 'there', '', ''],
  ['asked for with CORS', 'there', '&cors', 'crossorigin="anonymous"'],
  ['whose 402 may be cached', 'here', '&cache=3600', ''],
] as const)('an image %s appears', async (name, where, query, attribute) => {
  const path = `/paid/image?as=png${query}&of=${encodeURIComponent(name)}`;
  const html = `<img ${attribute} src="${world.paywall[where]}${path}#part">`;
  await page.goto(world.paywall.page(`/image?${encodeURIComponent(name)}`, html));
  await loaded();
  expect(statuses(path)).toEqual([402, 200]);
  const { challenges } = await world.seen(path);
  expect(challenges[0]).toMatchObject({ kind: 'image', frameId: 0, topOrigin: world.paywall.here });
});

test('an image chosen from a set appears', async () => {
  const path = '/paid/srcset?as=png';
  await page.goto(world.paywall.page('/srcset', `<img srcset="${path} 1x">`));
  await page.waitForFunction(() => document.images[0]?.complete && document.images[0]?.naturalWidth === 1);
  expect(statuses(path)).toEqual([402, 200]);
});

test('an image behind a redirect appears', async () => {
  const path = '/paid/led?as=png';
  world.paywall.serve('/leads', (_, response) => response.writeHead(302, { Location: path }).end());
  await page.goto(world.paywall.page('/redirected', '<img src="/leads">'));
  await loaded();
  expect(statuses(path)).toEqual([402, 200]);
});

test('an icon of the page is not paid: the browser requests it by itself', async () => {
  world.paywall.serve('/favicon.ico', (_, response) => {
    response.writeHead(402, { 'PAYMENT-REQUIRED': 'offer' }).end();
  });
  const { here, there } = world.paywall;
  await page.goto(world.paywall.page('/icons', '<title>Icons</title>').replace(here, there));
  await expect.poll(async () => (await world.seen('/favicon.ico')).unheld).toHaveLength(1);
  expect((await world.seen('/favicon.ico')).challenges).toEqual([]);
});
