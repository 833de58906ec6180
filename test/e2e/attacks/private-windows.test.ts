import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAID_MARKER } from '../../merchant/pages/layout.ts';
import { openScene, type Scene, XNO } from '../scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ purse: { inPrivate: true } });
});
afterAll(() => scene.close());

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
