/** A page that asks for money before there is a purse: the way to the set-up, and back. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Devnet, startDevnet } from '../devnet/devnet.ts';
import { type Merchant, startMerchant } from '../merchant/merchant.ts';
import { launchPurse, type TestPurse, useNetwork } from './purse.ts';
import { XNO } from './setup.ts';

const PASSWORD = 'walnut lantern orbit stair 41';
/** How long a sign may take to come by itself, on a machine with other things to do (ms). */
const PATIENCE = { timeout: 60_000 };

let purse: TestPurse;
let merchant: Merchant;
let devnet: Devnet;
let close: () => Promise<void>;

beforeAll(async () => {
  devnet = await startDevnet();
  merchant = await startMerchant({ network: devnet.profile });
  purse = await launchPurse({ bare: true });
  await useNetwork(purse.ask, devnet.profile);
  close = async () => {
    await purse.close();
    await merchant.close();
    await devnet.close();
  };
});
afterAll(() => close?.());

const inPurse = (path: string) => purse.url(path);

async function opened(path: string): Promise<Page> {
  const page = await purse.newPage();
  await page.goto(inPurse(path));
  return page;
}

test('the button and the popup lead from a 402 to the set-up, whose last page leads back to it', async () => {
  const url = `${merchant.origin}/article?name=early`;
  const host = new URL(url).host;
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/free`);
  const view = await opened('manifest.json');
  const buttonOver = async (address: string) =>
    view.evaluate(async (asked) => {
      const tab = (await chrome.tabs.query({})).find((one) => one.url === asked);
      const on = { tabId: tab?.id ?? -1 };
      return [await chrome.action.getBadgeText(on), await chrome.action.getTitle(on)];
    }, address);
  expect(await purse.ask('purse.early', {})).toBeNull();
  expect((await buttonOver(page.url()))[0]).toBe('');

  await page.goto(url);
  await page.locator('#gate').waitFor();
  expect(await purse.until('purse.early', {}, (early) => early !== null)).toEqual({ site: merchant.origin });
  await expect
    .poll(() => buttonOver(url), PATIENCE)
    .toEqual(['1', `${host} asks for a payment. Set up Nano Purse in two minutes.`]);

  const popup = await opened('src/pages/popup/index.html');
  await popup.getByTestId('early').getByText(host).waitFor();
  const setUp = purse.context.waitForEvent('page');
  await popup.getByTestId('begin').getByText('Set up in two minutes').click();
  const onboarding = await setUp;
  await onboarding.getByTestId('import').click();
  await onboarding.getByTestId('secret').fill(randomBytes(32).toString('hex'));
  await onboarding.getByTestId('secret-read').click();
  await onboarding.getByTestId('secret-done').click();
  await onboarding.getByTestId('password').fill(PASSWORD);
  await onboarding.getByTestId('password-again').fill(PASSWORD);
  await onboarding.getByTestId('seal').click();
  await onboarding.locator('[data-testid="next-payment"][data-state="unfunded"]').waitFor();
  await onboarding.getByTestId('continue').getByText(`Continue to ${host}`).click();

  // The page asks again: now there is a purse to ask it.
  const { offer, decline } = await purse.nextApproval();
  expect(offer.url).toBe(url);
  expect(await purse.ask('purse.early', {})).toBeNull();
  await decline();
});

test('the popup says how long the first payment still needs, until the purse is ready to pay', async () => {
  await purse.ask('work.test', {});
  const popup = await opened('src/pages/popup/index.html');
  const next = popup.getByTestId('next-payment');
  await next.waitFor();
  expect(await next.textContent()).toMatch(
    /^When XNO arrives, this device needs about .* to get ready to pay\./,
  );
  expect(await popup.getByTestId('work').textContent()).not.toContain('Ready to pay');
  const state = await purse.ask('purse.state', {});
  await devnet.faucet(state.kind === 'open' ? state.account : '', XNO);
  await popup.locator('[data-testid="work"][data-work="ready"]').waitFor();
  await next.waitFor({ state: 'detached' });
  expect(await purse.ask('work.nextPayment', {})).toEqual({ state: 'ready', meanMs: 0 });
  await popup.close();
});

test('a locked purse tells no page that was remembered', async () => {
  await purse.ask('vault.lock', {});
  await expect(purse.ask('purse.early', {})).rejects.toThrow('fault_locked');
  await expect(purse.ask('purse.continue', {})).rejects.toThrow('fault_locked');
});
