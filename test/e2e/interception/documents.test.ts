import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from './bench.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('a page with a 402 of its own is reloaded into the paid page', async () => {
  const { browser, paywall } = world;
  const page = await browser.context.newPage();
  await page.goto(`${paywall.here}/paid/article?as=html#part`);
  await page.waitForFunction(() => document.title === 'Paid');
  expect(page.url()).toBe(`${paywall.here}/paid/article?as=html#part`);
  const served = paywall.at('/paid/article?as=html');
  expect(served.map(({ status }) => status)).toEqual([402, 200]);
  const { challenges, deliveries } = await world.seen('/paid/article?as=html');
  expect(challenges).toHaveLength(1);
  expect(challenges[0]).toMatchObject({ kind: 'main_frame', method: 'GET', frameId: 0, documentId: null });
  expect(challenges[0]).toMatchObject({ topOrigin: paywall.here, initiator: null });
  expect(served[1]?.proof).toBe(`proof-${challenges[0]?.id}`);
  expect(deliveries[0]?.delivery).toEqual({
    kind: 'answered',
    status: 200,
    paymentResponse: `receipt ${served[1]?.proof}`,
    paymentRequired: null,
  });
  await page.close();
});

test('a bare 402 is reloaded from the error page of the browser', async () => {
  const { browser, paywall } = world;
  const page = await browser.context.newPage();
  await page.goto(`${paywall.here}/paid/bare?as=html&bare`).catch(() => null);
  await page.waitForFunction(() => document.title === 'Paid');
  expect(paywall.at('/paid/bare?as=html&bare').map(({ status }) => status)).toEqual([402, 200]);
  await page.close();
});

test('a frame is loaded again, the page around it is not', async () => {
  const { browser, paywall } = world;
  const page = await browser.context.newPage();
  await page.goto(paywall.page('/frame', '<iframe src="/paid/frame?as=html"></iframe>'));
  await page.frameLocator('iframe').getByText('Paid GET').waitFor();
  expect(paywall.at('/frame')).toHaveLength(1);
  await page.close();
});
