/** Pages that the browser puts to sleep (freezes) while another tab is in front. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchUnemulated } from '../chromium.ts';
import { startWorld, type World } from './harness.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(launchUnemulated);
});
afterAll(() => world?.close());

test('requests that a page holds when it is frozen are withdrawn, and the page gets its own 402 when it wakes', async () => {
  await world.policy('wait');
  const page = await world.browser.context.newPage();
  await page.goto(world.paywall.page('/frozen', '<title>Frozen</title>'));
  await page.evaluate((url) => {
    const fetched = fetch(url).then(({ status }) => status);
    Object.assign(globalThis, { fetched });
  }, `${world.paywall.here}/paid/frozen`);
  await expect.poll(async () => (await world.seen('/paid/frozen')).challenges).toHaveLength(1);

  const session = await world.browser.context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expect.poll(async () => (await world.seen('/paid/frozen')).withdrawn).toHaveLength(1);
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  expect(await page.evaluate('globalThis.fetched')).toBe(402);
  expect(world.paywall.at('/paid/frozen').map(({ proof }) => proof)).toEqual([null]);
});
