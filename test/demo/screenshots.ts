import type { Page } from 'playwright';
import { type Capture, PAGE_SIZE, PANEL_SIZE, POPUP_SIZE, TAB_SIZE } from './capture.ts';
import { type TestBed, XNO } from './setup.ts';

/** Captures the screens that the main job does not show: the rest of the popup, the developer tools, and a question without enough money. */
export async function captureScreens(
  { purse, merchant }: TestBed,
  password: string,
  capture: Capture,
): Promise<void> {
  const popup = await purse.popup();
  const open = (testId: string) => popup.getByTestId(testId).click();
  const shoot = (name: string) => capture(popup, `popup-${name}`, POPUP_SIZE);

  await popup.getByTestId('activity-row').first().waitFor();
  await shoot('home');
  await open('receive');
  await shoot('receive');
  await open('send');
  await popup.getByTestId('send-to').fill(merchant.payTo);
  await popup.getByTestId('send-amount').fill('0.25');
  await shoot('send');
  await open('send-review');
  await popup.getByTestId('send-now').waitFor();
  await shoot('send-review');

  await open('tab-activity');
  await popup.getByTestId('activity-row').first().waitFor();
  await shoot('activity');
  await popup.getByTestId('activity-row').first().click();
  await popup.getByTestId('block-hash').waitFor();
  await shoot('payment');

  await open('tab-budgets');
  await popup.getByTestId('budget').waitFor();
  await shoot('budgets');
  await open('budget-edit');
  await popup.getByTestId('budget-per-payment').waitFor();
  await shoot('budget');

  await open('tab-settings');
  await popup.getByTestId('auto-lock').waitFor();
  await shoot('settings');
  await open('network-add');
  await popup.getByTestId('network-save').waitFor();
  await shoot('network');
  await open('tab-settings');
  await open('open-backup');
  await popup.getByTestId('reveal-password').fill(password);
  await shoot('backup');
  for (const name of ['password', 'erase', 'about', 'work', 'log']) {
    await open('tab-settings');
    await open(`open-${name}`);
    await popup.getByTestId(`open-${name}`).waitFor({ state: 'detached' });
    await shoot(name);
  }
  await open('tab-home');
  await popup.getByTestId('balance').waitFor();
  await capture(popup, 'tab-home', TAB_SIZE);
  await popup.close();

  await captureMissing({ purse, merchant }, capture);
  await captureDecoder({ purse, merchant }, capture);
  await captureTester({ purse, merchant }, capture);
  await capturePanel({ purse, merchant }, capture);
  await captureLink({ purse, merchant }, capture);
  await captureLocked({ purse, merchant }, capture);
}

/** What the decoder says of the merchant's own offer. */
async function captureDecoder(
  { purse, merchant }: Pick<TestBed, 'purse' | 'merchant'>,
  capture: Capture,
): Promise<void> {
  const { headers } = await fetch(`${merchant.origin}/article`);
  const tool: Page = await purse.newPage();
  await tool.goto(purse.url('src/pages/developer/index.html'));
  await tool.getByTestId('paste').fill(`payment-required: ${headers.get('payment-required')}`);
  await tool.getByTestId('wire-amount').waitFor();
  await tool.locator('.wire-entry summary').first().click();
  await capture(tool, 'developer-decoder', PAGE_SIZE);
  await tool.close();
}

/** What the probes say of the merchant that cost nothing. */
async function captureTester(
  { purse, merchant }: Pick<TestBed, 'purse' | 'merchant'>,
  capture: Capture,
): Promise<void> {
  const tool: Page = await purse.newPage();
  await tool.goto(purse.url('src/pages/developer/index.html#tester'));
  await tool.getByTestId('target').fill(`${merchant.origin}/article`);
  await tool.getByTestId('inspect').click();
  await tool.getByTestId('claim-host').fill(new URL(merchant.origin).host);
  await tool.getByTestId('claim').click();
  for (const probe of ['T1', 'T5']) {
    await tool.getByTestId('only').selectOption(probe);
    await tool.getByTestId('run').click();
    await tool.getByTestId('summary').waitFor();
    await tool.locator(`[data-probe=${probe}]`).first().waitFor();
  }
  await tool.locator('[data-probe=T5] summary').first().click();
  await tool.getByTestId('run').scrollIntoViewIfNeeded();
  await capture(tool, 'developer-tester', PAGE_SIZE);
  await tool.close();
}

/** What a tab met, as the developer tools show it: a header that is no offer, a page, a script's request and an image. */
async function capturePanel(
  { purse, merchant }: Pick<TestBed, 'purse' | 'merchant'>,
  capture: Capture,
): Promise<void> {
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(XNO),
    perDay: String(XNO),
    paused: false,
  });
  const page = await purse.newPage();
  await page.goto(merchant.registerHeader('no offer'));
  await page.goto(`${merchant.origin}/article?from=tools`);
  await page.locator('#paid').waitFor();
  await page.goto(`${merchant.origin}/page?fetch=1&img=1`);
  for (const what of ['fetch', 'img']) await page.locator(`#${what}-result[data-status="200"]`).waitFor();
  const panel = await purse.newPage();
  await panel.goto(purse.url('src/pages/devtools/panel.html'));
  const [tab] = await panel.evaluate((url) => chrome.tabs.query({ url }), page.url());
  await panel.goto(`${panel.url()}?tab=${tab?.id}`);
  await panel.getByTestId('exchange').filter({ hasText: '/api/data' }).click();
  await panel.getByTestId('waterfall').waitFor();
  await capture(panel, 'developer-panel', PANEL_SIZE);
  await panel.close();
  await page.close();
}

/** A price beyond what the purse holds. */
async function captureMissing(
  { purse, merchant }: Pick<TestBed, 'purse' | 'merchant'>,
  capture: Capture,
): Promise<void> {
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/article?price=${3n * XNO}`);
  const question = await purse.nextApproval();
  const window: Page = await purse.newPage();
  await window.setViewportSize(POPUP_SIZE);
  await window.goto(purse.url('src/pages/approve/index.html'));
  await window.getByTestId('approval-missing').waitFor();
  await window.locator('[data-armed="true"]').waitFor();
  await capture(window, 'question-no-money', POPUP_SIZE);
  await window.close();
  await page.bringToFront();
  await question.decline();
  await capture(page, 'site-article', PAGE_SIZE);
  await page.close();
}

/** A payment link that was clicked on a page. */
async function captureLink(
  { purse, merchant }: Pick<TestBed, 'purse' | 'merchant'>,
  capture: Capture,
): Promise<void> {
  await listenForLinks(purse, true);
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/free`);
  await page.evaluate(
    (link) => {
      document.body.innerHTML = `<a href="${link}">Tip the author</a>`;
    },
    `nano:${merchant.payTo}?amount=${XNO / 4n}&label=The%20author&message=Thank%20you`,
  );
  const opening = purse.context.waitForEvent('page');
  await page.getByRole('link').click();
  const window = await opening;
  await window.getByTestId('link-send').waitFor();
  await capture(window, 'link', POPUP_SIZE);
  await window.close();
  await page.close();
  await listenForLinks(purse, false);
}

/** Sets the switch in the settings, since the browser is asked for a permission by a click only. */
async function listenForLinks(purse: TestBed['purse'], on: boolean): Promise<void> {
  const popup = await purse.popup();
  await popup.getByTestId('tab-settings').click();
  await popup.getByTestId('open-links').click();
  await popup.locator(`[data-testid="open-links"][aria-checked="${on}"]`).waitFor();
  await popup.close();
}

/** The locked purse while a payment waits, and the ways on for a user who forgot the password. */
async function captureLocked(
  { purse, merchant }: Pick<TestBed, 'purse' | 'merchant'>,
  capture: Capture,
): Promise<void> {
  await purse.ask('vault.lock', {});
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/article?from=locked`);
  await purse.until('approval.waiting', {}, ({ length }) => length === 1);
  const popup = await purse.popup();
  await popup.getByTestId('forgot').waitFor();
  await capture(popup, 'popup-locked', POPUP_SIZE);
  await popup.goto(purse.url('src/pages/onboarding/index.html#forgot'));
  await popup.getByTestId('forgot-words').waitFor();
  await capture(popup, 'setup-forgot', PAGE_SIZE);
  await popup.close();
  await page.close();
}
