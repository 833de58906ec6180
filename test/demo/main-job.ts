import assert from 'node:assert/strict';
import type { Page } from 'playwright';
import { xno } from '../merchant/pages/article.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { type Capture, noCapture, PAGE_SIZE, POPUP_SIZE } from './capture.ts';
import { account, agreedPayment, agreedTotal, ledgerOf } from './records.ts';
import type { Step } from './report.ts';
import { type TestBed, XNO } from './setup.ts';

const FUNDS = 1n * XNO;
const BUDGET = { perPayment: XNO / 50n, perDay: XNO / 10n };
/** Above what the budget allows for one payment. */
const TOO_DEAR = XNO / 20n;

/** The whole main job of the purse, step by step, as a user does it. The purse must be without a seed. */
export function mainJob(testBed: TestBed, password: string, capture: Capture): readonly Step[] {
  const { purse, merchant, devnet } = testBed;
  const at = (path: string) => `${merchant.origin}${path}`;
  const { id: network } = devnet.profile;

  /** Opens the purse's own window to capture the question that waits, and closes it again. */
  const captureQuestion = async (name: string, prepare?: (page: Page) => Promise<void>) => {
    if (capture === noCapture) return;
    const page = await purse.newPage();
    await page.setViewportSize(POPUP_SIZE);
    await page.goto(purse.url('src/pages/approve/index.html'));
    await page.locator('[data-armed="true"]').waitFor();
    await prepare?.(page);
    await capture(page, name, POPUP_SIZE);
    await page.close();
  };

  /** Opens the page of every way to ask, and resolves with what one of them got. */
  const askThrough = async (way: 'fetch' | 'img', url = '1') => {
    const page = await purse.newPage();
    await page.goto(at(`/page?${way}=${encodeURIComponent(url)}`));
    return page;
  };
  const fetched = async (page: Page) => {
    const output = page.locator('#fetch-result[data-state="done"]');
    await output.waitFor();
    return Number(await output.getAttribute('data-status'));
  };
  const nothingAsked = async () =>
    assert.deepEqual(await purse.ask('approval.list', {}), [], 'nobody was asked');

  return [
    {
      name: 'Set up a purse: 24 new words, three of them asked for',
      async play() {
        const page = await purse.newPage();
        await page.goto(purse.url('src/pages/onboarding/index.html'));
        const click = (testId: string) => page.getByTestId(testId).click();
        await page.getByTestId('create').waitFor();
        await capture(page, 'setup-welcome', PAGE_SIZE);
        await click('create');
        const shown = page.getByTestId('words').getByRole('listitem');
        await shown.nth(23).waitFor();
        const words = await shown.allTextContents();
        assert.equal(words.length, 24, '24 words are shown');
        await capture(page, 'setup-words', PAGE_SIZE);
        await click('words-done');
        const asked = page.locator('[data-testid^="check-word-"]');
        await asked.first().waitFor();
        assert.equal(await asked.count(), 3, 'three words are asked for');
        for (const field of await asked.all()) {
          const place = Number((await field.getAttribute('data-testid'))?.split('-').at(-1));
          await field.fill(words[place - 1] ?? '');
        }
        await capture(page, 'setup-check', PAGE_SIZE);
        await click('check-done');
        await page.getByTestId('password').fill(password);
        await page.getByTestId('password-again').fill(password);
        await capture(page, 'setup-password', PAGE_SIZE);
        await page.locator('[data-testid="seal"]:not([aria-disabled="true"])').click();
        await page.getByTestId('finish').waitFor();
        const address = await account(testBed);
        await page.locator(`[data-testid="address"][data-account="${address}"]`).waitFor();
        await capture(page, 'setup-done', PAGE_SIZE);
        await page.close();
        const { networks, activeNetwork } = await purse.ask('settings.read', {});
        assert.ok(
          activeNetwork === network && networks.some(({ id }) => id === network),
          'it is on the devnet',
        );
        return { note: `${address.slice(0, 12)}…${address.slice(-8)}` };
      },
    },
    {
      name: 'Fund it: money sent to it is received by itself',
      async play() {
        const address = await account(testBed);
        const sent = await devnet.faucet(address, FUNDS);
        await purse.until(
          'purse.state',
          {},
          (state) => state.kind === 'open' && state.balance === String(FUNDS) && state.work === 'ready',
          30_000,
        );
        const { receives, balance } = await ledgerOf(testBed);
        const [received, ...more] = receives;
        assert.ok(received !== undefined && more.length === 0, 'one block received it');
        assert.equal(received.block.link, sent, "it receives the faucet's send");
        assert.equal(balance, FUNDS);
        await captureHome(testBed, capture, 'popup-funded');
        return { amountRaw: received.amount, blockHash: received.hash };
      },
    },
    {
      name: 'Read an article: asked once, paid once',
      async play() {
        const url = at('/article?description=A+short+history+of+the+tollgate');
        const page = await purse.newPage();
        const first = await page.goto(url);
        assert.equal(first?.status(), 402, 'it costs money');
        const question = await purse.nextApproval();
        assert.equal(question.offer.payTo, merchant.payTo, 'the purse names who is paid');
        await captureQuestion('question');
        await page.bringToFront();
        await question.approve();
        await page.getByText(PAID_MARKER).waitFor();
        const agreed = await agreedPayment(testBed, url);
        assert.equal(agreed.payment.approval, 'once');
        assert.equal(question.offer.amount, agreed.payment.amount, 'what was shown is what was paid');
        await page.close();
        return agreed;
      },
    },
    {
      name: 'Let a script fetch data: paid, and a budget set for the site',
      async play() {
        const url = at('/api/data');
        const page = await askThrough('fetch');
        const question = await purse.nextApproval();
        await captureQuestion('question-budget', async (window) => {
          await window.getByTestId('approve-always').click();
          await window.getByTestId('approve-limits').click();
          await window.getByTestId('budget-per-payment').waitFor();
          await window.locator('[data-armed="true"]').waitFor();
        });
        await page.bringToFront();
        await question.approve({ budget: BUDGET });
        assert.equal(await fetched(page), 200);
        const agreed = await agreedPayment(testBed, url);
        const budgets = await purse.ask('budget.list', {});
        assert.deepEqual(
          budgets.map(({ site, perPayment, perDay }) => ({ site, perPayment, perDay })),
          [{ site: merchant.origin, perPayment: String(BUDGET.perPayment), perDay: String(BUDGET.perDay) }],
          'the budget stands as it was set',
        );
        await page.close();
        return agreed;
      },
    },
    {
      name: 'Fetch again inside the budget: paid with no question',
      async play() {
        const url = at('/api/data?again=1');
        const page = await askThrough('fetch', url);
        assert.equal(await fetched(page), 200);
        const agreed = await agreedPayment(testBed, url);
        assert.equal(agreed.payment.approval, 'budget');
        await nothingAsked();
        await page.close();
        return agreed;
      },
    },
    {
      name: 'Open a bare 402, which a browser shows as an error: asked about, then paid',
      async play() {
        const url = at('/bare');
        const page = await purse.newPage();
        await assert.rejects(
          page.goto(url),
          /ERR_HTTP_RESPONSE_CODE_FAILURE|ERR_ABORTED/,
          'the browser gives up',
        );
        // Of a page of its own the browser does not say who opened it.
        const { offer, approve } = await purse.nextApproval();
        assert.equal(offer.reason, 'reason_startUnknown');
        await approve();
        await page.getByText(PAID_MARKER).waitFor();
        const agreed = await agreedPayment(testBed, url);
        assert.equal(agreed.payment.approval, 'once');
        await page.close();
        return agreed;
      },
    },
    {
      name: 'Show a picture: paid inside the budget',
      async play() {
        const url = at('/image.png');
        const page = await askThrough('img');
        // A picture that costs money fails first, as every 402 does, and loads once it is paid.
        await page.locator('#img-result[data-state="done"]').waitFor();
        const agreed = await agreedPayment(testBed, url);
        assert.equal(agreed.payment.approval, 'budget');
        await page.close();
        return agreed;
      },
    },
    {
      name: 'Ask for more than the budget allows: declined, nothing paid',
      async play() {
        const before = await ledgerOf(testBed);
        const page = await askThrough('fetch', at(`/api/private?price=${TOO_DEAR}`));
        const question = await purse.nextApproval();
        assert.equal(question.offer.reason, 'reason_overPayment', 'the purse says why it asks');
        await captureQuestion('question-over-budget');
        await page.bringToFront();
        await question.decline();
        const status = await fetched(page);
        assert.equal(status, 402, 'the page gets its own 402');
        const after = await ledgerOf(testBed);
        assert.deepEqual(
          after.sends.map(({ hash }) => hash),
          before.sends.map(({ hash }) => hash),
          'nothing left the purse',
        );
        await page.close();
        return { status };
      },
    },
    {
      name: 'Lock the purse, and unlock it with its password',
      async play() {
        const address = await account(testBed);
        const popup = await purse.popup();
        await popup.getByTestId('lock').click();
        await popup.getByTestId('unlock-password').waitFor();
        const locked = await purse.ask('purse.state', {});
        assert.equal(locked.kind, 'locked');
        await capture(popup, 'popup-locked', POPUP_SIZE);
        await popup.getByTestId('unlock-password').fill(password);
        await popup.getByTestId('unlock').click();
        await popup.getByTestId('balance').waitFor();
        assert.equal(await account(testBed), address, 'the same purse opens');
        await popup.close();
        return {};
      },
    },
    {
      name: "The purse's journal, the merchant's books and the ledger agree",
      async play() {
        const { paid } = await agreedTotal(testBed);
        return { note: `${(await purse.payments()).length} payments, ${xno(paid)} XNO` };
      },
    },
  ];
}

async function captureHome({ purse }: TestBed, capture: Capture, name: string): Promise<void> {
  if (capture === noCapture) return;
  const popup = await purse.popup();
  await popup.getByTestId('balance').waitFor();
  await capture(popup, name, POPUP_SIZE);
  await popup.close();
}
