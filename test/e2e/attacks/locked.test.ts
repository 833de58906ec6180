import type { Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isHandledLocked } from '../../../src/messages/access.ts';
import { type PageInput, type PageRequest, pageRequests } from '../../../src/messages/contract.ts';
import { INPUTS } from '../../../src/messages/inputs.fixture.ts';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';

const PASSWORD = 'correct horse battery staple';
/** Stands in the URL of what was bought, and of what waits. */
const BOUGHT = 'bought-in-secret';
const WANTED = 'wanted-in-secret';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
  page = await testBed.purse.newPage();
  void page.goto(testBed.at('/article', { n: BOUGHT })).catch(() => undefined);
  await (await testBed.purse.nextApproval()).approve();
  await page.locator('#paid').waitFor();
  await testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(2n * PRICE),
    perDay: String(XNO),
  });
});
afterAll(() => testBed.close());
beforeEach(async () => {
  const { purse } = testBed;
  await purse.ask('vault.unlock', { password: PASSWORD });
  for (const { id } of await purse.ask('approval.waiting', {}))
    await purse.ask('approval.answer', { id, answer: { kind: 'decline' } });
  await purse.ask('vault.lock', {});
});

/** All that the open purse shows of what is set and what was done, but for what moves by itself. */
async function everything(): Promise<object> {
  const { purse } = testBed;
  return {
    settings: await purse.ask('settings.read', {}),
    budgets: await purse.ask('budget.list', {}),
    activity: await purse.activity(),
    log: await purse.ask('log.list', {}),
    servers: await purse.ask('tester.servers', {}),
    workServers: (await purse.ask('work.read', {})).servers,
  };
}

/** Lets a request of the page wait for an answer while the purse is locked. */
async function waiting() {
  await page.goto(testBed.at('/page', { fetch: '1', n: WANTED }));
  const [one] = await testBed.purse.until('approval.waiting', {}, ({ length }) => length === 1);
  if (one === undefined) throw new Error('nothing waits');
  return one;
}

describe('while the purse is locked', () => {
  test('every message that adds or changes something or shows history is refused, and nothing changes', async () => {
    const { purse } = testBed;
    await purse.ask('vault.unlock', { password: PASSWORD });
    const before = await everything();
    await purse.ask('vault.lock', {});
    const site = testBed.merchant.origin;
    const inputs = {
      ...INPUTS,
      'budget.save': { ...INPUTS['budget.save'], site },
      'settings.unblock': { site },
    };
    const refused: string[] = [];
    for (const question of Object.keys(pageRequests) as PageRequest[]) {
      const input = inputs[question] as PageInput<typeof question>;
      if (isHandledLocked(question, input)) continue;
      await expect(purse.ask(question, input), question).rejects.toThrow('fault_locked');
      refused.push(question);
    }
    expect(refused.length).toBeGreaterThan(35);
    await purse.ask('vault.unlock', { password: PASSWORD });
    expect(await everything()).toEqual(before);
  });

  test('no response names a purchase, a setting or an account', async () => {
    const { purse } = testBed;
    await waiting();
    const told = JSON.stringify([
      await purse.ask('purse.state', {}),
      await purse.ask('approval.waiting', {}),
    ]);
    for (const secret of [BOUGHT, WANTED, purse.account, ...testBed.devnet.profile.rpcUrls])
      expect(told).not.toContain(secret);
  });

  test('changes that let it do less are made: a pause, a declined payment, a removed budget', async () => {
    const { purse, merchant } = testBed;
    const { id } = await waiting();
    await purse.ask('purse.pause', { paused: true });
    await purse.ask('budget.remove', { site: merchant.origin });
    await purse.ask('approval.answer', { id, answer: { kind: 'decline' } });
    await page.locator('#fetch-result[data-status="402"]').waitFor();
    await purse.ask('vault.unlock', { password: PASSWORD });
    expect(await purse.ask('purse.state', {})).toMatchObject({ paused: true });
    expect(await purse.ask('budget.list', {})).toEqual([]);
    await purse.ask('purse.pause', { paused: false });
  });
});

describe('the lock screen', () => {
  test.each(['popup', 'approve'])(
    'of the page %s shows host and price of what waits, and nothing more',
    async (name) => {
      const { purse, merchant } = testBed;
      const { id, amount } = await waiting();
      const screen = await purse.newPage();
      await screen.setViewportSize({ width: 360, height: 600 });
      await screen.goto(purse.url(`src/pages/${name}/index.html`));
      const row = screen.locator(`[data-testid="waiting"][data-approval="${id}"]`);
      await row.waitFor();
      expect(await row.locator('[data-site]').getAttribute('data-site')).toBe(merchant.origin);
      expect(await row.locator('[data-raw]').getAttribute('data-raw')).toBe(amount);
      const html = await screen.content();
      for (const secret of [BOUGHT, WANTED, purse.account, 'nano_']) expect(html).not.toContain(secret);

      await screen.getByTestId('waiting-decline').click();
      await page.locator('#fetch-result[data-status="402"]').waitFor();
      if (name === 'popup') await row.waitFor({ state: 'detached' });
      else await expect.poll(() => screen.isClosed()).toBe(true);
      await screen.close();
    },
  );

  test('keeps its button reachable by scrolling below three sites with long names', async () => {
    const { purse, merchant } = testBed;
    const pages = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const one = await purse.newPage();
        const host = `${'a-shop-of-a-very-long-name.'.repeat(3)}${name}.localhost`;
        await one.goto(testBed.at('/page', { fetch: '1', n: name }).replace('127.0.0.1', host));
        return one;
      }),
    );
    await purse.until('approval.waiting', {}, ({ length }) => length === pages.length);
    const screen = await purse.popup();
    await expect.poll(() => screen.getByTestId('waiting').count()).toBe(pages.length);
    const button = screen.getByTestId('unlock');
    const bottom = async () => {
      const { y, height } = (await button.boundingBox()) ?? { y: Number.NaN, height: 0 };
      return y + height;
    };
    await screen.mouse.move(180, 300);
    await screen.mouse.wheel(0, -1_000);
    await expect.poll(bottom).toBeGreaterThan(600);
    await screen.mouse.wheel(0, 1_000);
    await expect.poll(bottom).toBeLessThanOrEqual(600);
    await Promise.all([screen, ...pages].map((one) => one.close()));
    expect(merchant.books().payments).toHaveLength(1);
  });

  test('shows the question after the password was entered', async () => {
    const { purse } = testBed;
    const { id } = await waiting();
    const screen = await purse.popup();
    await screen.getByTestId('waiting').waitFor();
    await screen.getByTestId('unlock-password').fill(PASSWORD);
    await screen.keyboard.press('Enter');
    await screen
      .locator(`.approval[data-approval="${id}"], [data-approval="${id}"] [data-testid="approve-pay"]`)
      .first()
      .waitFor();
    await screen.close();
  });
});

test('the developer pages say that the purse is locked, and go on after it is unlocked', async () => {
  const { purse } = testBed;
  const bench = await purse.newPage();
  await bench.goto(purse.url('src/pages/developer/index.html#sandbox'));
  await bench.locator('[role="alert"] .notice', { hasText: 'Nano Purse is locked' }).waitFor();
  expect(await bench.content()).not.toContain(purse.account);
  await purse.ask('vault.unlock', { password: PASSWORD });
  await bench.locator('[role="alert"] .notice').waitFor({ state: 'detached' });
  await bench.close();
});

test('a popup that shows history changes to the lock screen when the purse is locked', async () => {
  const { purse } = testBed;
  await purse.ask('vault.unlock', { password: PASSWORD });
  const popup = await purse.popup();
  await popup.getByTestId('balance').waitFor();
  await popup.locator('[data-testid="activity-row"]').first().waitFor();
  await purse.ask('vault.lock', {});
  await popup.getByTestId('unlock-password').waitFor();
  expect(await popup.content()).not.toContain(BOUGHT);
  expect(await popup.locator('[role="alert"] .notice').count()).toBe(0);
  await popup.close();
});
