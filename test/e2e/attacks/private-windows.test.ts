import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openScene, type Scene, XNO } from '../scene.ts';
import { openShop } from './shop.ts';

let scene: Scene;
let server: Paywall;
beforeAll(async () => {
  scene = await openScene({ purse: { inPrivate: true } });
  server = await startPaywall();
});
afterAll(async () => {
  await scene?.close();
  await server?.close();
});

test('a private window is asked about although the budget of its site would pay, and offers neither budget nor block', async () => {
  const { purse, merchant } = scene;
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: XNO.toString(),
    perDay: (10n * XNO).toString(),
    paused: false,
  });
  const ordinary = await purse.newPage();
  await ordinary.goto(scene.at('/article'));
  await expect.poll(async () => (await purse.payments()).map(({ state }) => state)).toEqual(['settled']);

  const mark = await scene.mark();
  const page = await purse.newPrivatePage(scene.at('/article', { visit: 'private' }));
  const question = await purse.nextApproval();
  expect(question.offer).toMatchObject({
    reason: 'reason_privateWindow',
    isPrivate: true,
    canBudget: false,
    site: merchant.origin,
  });
  await scene.nothingSince(mark);
  await question.approve();
  await page.getByText(PAID_MARKER).waitFor();
  expect(await scene.paidSince(mark)).toMatchObject([{ state: 'settled' }]);
  await page.close();
});

test('what a private window opened is never asked for by the purse itself, whose cookies are those of other windows', async () => {
  const { purse } = scene;
  const coy = '/paid/private-coy?as=html&coy';
  const short = openShop(scene, server, () => ({ entry: { maxTimeoutSeconds: 12 } })).url;
  const page = await purse.newPrivatePage(server.here + coy);
  await expect.poll(() => server.at(coy).length).toBe(1);
  await page.goto(short);
  // By the time that the next page is asked about, the purse is done with those before it.
  void page.goto(openShop(scene, server, () => ({})).url).catch(() => undefined);
  const question = await purse.nextApproval();
  expect(server.at(coy).map(({ headers }) => headers.accept)).toEqual([expect.stringContaining('text/html')]);
  expect(server.at(new URL(short).pathname)).toHaveLength(1);
  await question.decline();
  await page.close();
});
