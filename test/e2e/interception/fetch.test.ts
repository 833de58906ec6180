import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from './bench.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('a page sees only the paid answer to its fetch', async () => {
  const { browser, paywall } = world;
  const page = await browser.context.newPage();
  await page.goto(paywall.page('/fetch', '<title>Fetch</title>'));
  const seen = await page.evaluate(async () => {
    const response = await fetch('/paid/fetch');
    return { status: response.status, redirected: response.redirected, body: await response.json() };
  });
  expect(seen).toEqual({ status: 200, redirected: false, body: { paid: true, method: 'GET', body: '' } });
  expect(paywall.at('/paid/fetch').map(({ status }) => status)).toEqual([402, 200]);
  await page.close();
});
