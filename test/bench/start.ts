import type { Locator, Page } from 'playwright';
import { openTestBed, type TestBed, XNO } from '../demo/setup.ts';
import { launchPurse, type TestPurse } from '../e2e/purse.ts';
import { type Row, row } from './rows.ts';

const PASSWORD = 'a bridge, a lantern and nine geese';
/** How many clicks may stand between the installation and what was paid for. */
const MOST_CLICKS = 8;

/** A way from the installation to something that was paid for. */
interface Way {
  readonly ms: number;
  readonly clicks: number;
}

/** A hand that counts its clicks. */
class Hand {
  clicks = 0;

  async click(where: Locator): Promise<void> {
    this.clicks += 1;
    await where.click();
  }
}

const usable = (page: Page, testId: string) =>
  page.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`);

/**
 * From the page that the installation opens to the first thing that was paid for: an article of the practice page, and one of a
 * site on test money with a new wallet. The browser's start is not counted, nor is the sending of the money.
 *
 * @throws Error where a way takes more clicks than it may
 */
export async function benchStart(samples: number): Promise<readonly Row[]> {
  const practised: Way[] = [];
  const paid: Way[] = [];
  while (practised.length < samples) {
    const purse = await launchPurse({ bare: true });
    try {
      practised.push(await practise(purse));
    } finally {
      await purse.close();
    }
    const testBed = await openTestBed({ bare: true });
    try {
      paid.push(await setUpAndPay(testBed));
    } finally {
      await testBed.close();
    }
  }
  return [...rowsOf('practice payment', practised), ...rowsOf('first paid content, on test money', paid)];
}

function rowsOf(name: string, ways: readonly Way[]): readonly Row[] {
  const most = Math.max(...ways.map(({ clicks }) => clicks));
  if (most > MOST_CLICKS) throw new Error(`${name}: ${most} clicks, where ${MOST_CLICKS} may be`);
  return [
    row(
      `start: installed → ${name}`,
      ways.map(({ ms }) => ms),
      'ms',
    ),
    row(
      `start: ${name} (${MOST_CLICKS} at most)`,
      ways.map(({ clicks }) => clicks),
      'clicks',
    ),
  ];
}

async function openedOnInstall({ newPage, extensionId }: TestPurse): Promise<Page> {
  const page = await newPage();
  await page.goto(`chrome-extension://${extensionId}/src/pages/onboarding/index.html`);
  return page;
}

async function practise(purse: TestPurse): Promise<Way> {
  const hand = new Hand();
  const began = Date.now();
  const page = await openedOnInstall(purse);
  await hand.click(page.getByTestId('practice'));
  await hand.click(page.getByTestId('practice-status'));
  await hand.click(usable(page, 'approve-pay'));
  await page.locator('[data-testid="practice-article"][data-shown="article"]').waitFor();
  return { ms: Date.now() - began, clicks: hand.clicks };
}

async function setUpAndPay({ purse, merchant, devnet }: TestBed): Promise<Way> {
  const hand = new Hand();
  const began = Date.now();
  const page = await openedOnInstall(purse);
  await hand.click(page.getByTestId('create'));
  const shown = page.locator('[data-testid="words"] .word');
  await shown.first().waitFor();
  const words = await shown.allTextContents();
  await hand.click(page.getByTestId('words-done'));
  const fields = page.locator('input[data-testid^="check-word-"]');
  await fields.first().waitFor();
  for (const field of await fields.all()) {
    const place = Number((await field.getAttribute('data-testid'))?.split('-').at(-1));
    await field.fill(words[place - 1] ?? '');
  }
  await hand.click(page.getByTestId('check-done'));
  await page.getByTestId('password').fill(PASSWORD);
  await page.getByTestId('password-again').fill(PASSWORD);
  await hand.click(usable(page, 'seal'));
  const account = await page.getByTestId('address').getAttribute('data-account');
  await devnet.faucet(account ?? '', XNO);

  const site = await purse.newPage();
  void site.goto(`${merchant.origin}/article`).catch(() => undefined);
  hand.clicks += 1;
  await (await purse.nextApproval()).approve();
  await site.locator('#paid').waitFor();
  return { ms: Date.now() - began, clicks: hand.clicks };
}
