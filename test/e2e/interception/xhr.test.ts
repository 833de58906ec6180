import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { equip } from './behaviours/behaviour.ts';
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
  await page.goto(world.paywall.page('/xhr', '<title>XHR</title>'));
  await page.evaluate(equip);
});
afterEach(() => page.close());

test('a request to another origin, with cookies, is paid without a preflight that it would not have for free', async () => {
  const url = `${world.paywall.there}/paid/xhr-cors?cors=credentials`;
  const status = await page.evaluate(async (target) => {
    const xhr = new XMLHttpRequest();
    const end = record(xhr);
    xhr.open('POST', target);
    xhr.withCredentials = true;
    // Only looked at: what listens to nothing must not cost a preflight.
    if (xhr.upload) xhr.send('text');
    await end;
    return xhr.status;
  }, url);
  expect(status).toBe(200);
  const served = world.paywall.at('/paid/xhr-cors?cors=credentials');
  expect(served.map(({ method, status: answer }) => [method, answer])).toEqual([
    ['POST', 402],
    ['POST', 200],
  ]);
});

test('the timeout of a request does not run while it is held', async () => {
  await world.policy('wait');
  const status = page.evaluate(async () => {
    const xhr = new XMLHttpRequest();
    const end = record(xhr);
    xhr.open('GET', '/paid/xhr-timeout');
    xhr.timeout = 1000;
    xhr.send();
    const log = await end;
    return [xhr.status, log.some((line) => line.includes('timeout'))];
  });
  await expect.poll(async () => (await world.seen('/paid/xhr-timeout')).challenges).toHaveLength(1);
  await world.browser.worker.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const challenge = testApi.challenges.find(({ url }) => url.endsWith('/paid/xhr-timeout'));
    if (challenge !== undefined) await testApi.deliver(challenge);
  });
  expect(await status).toEqual([200, false]);
});
