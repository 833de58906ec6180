/** Twelve styles of pages that sell by 402: each gets what was paid for, or is never paid. */
import { readFile } from 'node:fs/promises';
import type { Download, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalView } from '../../src/messages/approval.ts';
import type { PaymentState, PaymentView } from '../../src/messages/payment.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import { fundedPayer, type Payer } from '../merchant/testing/payer.ts';
import { type Mark, openTestBed, type TestBed, XNO } from './setup.ts';
import { setWorkerClock } from './worker-clock.ts';

let testBed: TestBed;
/** A wallet that is not the purse. */
let otherWallet: Payer;
let page: Page;
let visits = 0;

beforeAll(async () => {
  testBed = await openTestBed();
  otherWallet = await fundedPayer(testBed.devnet, XNO);
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
  await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
});

const text = (selector: string, wanted: string) =>
  page.waitForFunction(
    ([where, what]) => document.querySelector(where ?? '')?.textContent?.includes(what ?? ''),
    [selector, wanted],
  );
const content = () => text('#content', PAID_MARKER);
const status = (wanted: string) => text('#status', wanted);

/** Opens a page, and what it sells is sold for the first time. */
const open = (name: string, terms: Readonly<Record<string, string>> = {}) =>
  page.goto(testBed.at(`/styles/${name}`, { visit: String(++visits), ...terms }));

/** The oldest question that none of these is. */
async function asked(before: readonly ApprovalView[] = []): Promise<ApprovalView> {
  const isNew = ({ id }: ApprovalView) => before.every((one) => one.id !== id);
  const list = await testBed.purse.until('approval.list', {}, (all) => all.some(isNew));
  const question = list.find(isNew);
  if (question === undefined) throw new Error('no question waits');
  return question;
}

const answer = ({ id }: ApprovalView, kind: 'once' | 'decline') =>
  testBed.purse.ask('approval.answer', { id, answer: { kind } });

const allow = () =>
  testBed.purse.ask('budget.save', {
    site: testBed.merchant.origin,
    perPayment: String(XNO),
    perDay: String(5n * XNO),
    paused: false,
  });

/** Since the mark, so many payments were made, each of them brought the content, and nothing else was paid. */
async function boughtSince(mark: Mark, count: number): Promise<void> {
  await testBed.purse.until('activity.page', { before: null, limit: 100 }, ({ items }) => {
    const payments = items.filter((item) => item.kind === 'payment').slice(0, count);
    return payments.length === count && payments.every(({ state }) => state === 'settled');
  });
  const paid = await testBed.paidSince(mark);
  expect(paid.map(({ state, status }) => [state, [200, 206].includes(status ?? 0)])).toEqual(
    Array(count).fill(['settled', true]),
  );
}

/** Since the mark, one payment was made, and by the other wallet. */
async function onlyOtherPaid(mark: Mark): Promise<void> {
  expect(testBed.sends().slice(mark.ledger)).toEqual([]);
  expect((await testBed.purse.payments()).slice(mark.journal)).toEqual([]);
  expect(testBed.merchant.books().payments.slice(mark.merchant)).toMatchObject([
    { payer: otherWallet.address },
  ]);
}

/** Resolves with what a download that succeeds holds; that of a 402 fails. */
function downloaded(): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = async (download: Download) => {
      if ((await download.failure()) === null) resolve(await readFile(await download.path(), 'utf8'));
    };
    page.on('download', (download) => void read(download).catch(reject));
  });
}

const downloads = async (way: string) => {
  const file = downloaded();
  await page.click(way);
  expect(await file).toContain(PAID_MARKER);
};

/** Brings the pictures into view, one after the other, and waits until each has come to be so wide; 0: it has failed. */
async function pictures(count: number, width: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await page.locator('img').nth(number).scrollIntoViewIfNeeded();
    await page.waitForFunction(
      ([index, wanted]) => {
        const picture = document.images[index ?? 0];
        return picture?.complete && picture.naturalWidth === wanted;
      },
      [number, width],
    );
  }
}

interface PageStyle {
  readonly style: string;
  readonly page: string;
  /** How many payments it takes; one by default. */
  readonly payments?: number;
  /** How often its user declines until the page gives up; as often as there is a payment by default. */
  readonly refusals?: number;
  /** Does what its user does, and resolves when the page shows what was paid for. */
  readonly gets: () => Promise<unknown>;
  /** Does what its user does, and resolves when the page shows that it was not paid for. */
  readonly lacks: () => Promise<unknown>;
}

const styles: readonly PageStyle[] = [
  {
    style: 'a fetch that pays by itself',
    page: 'paying-fetch',
    gets: content,
    lacks: () => status('This page has no wallet'),
  },
  {
    style: 'a client over XMLHttpRequest that tries again',
    page: 'xhr-client',
    refusals: 3,
    gets: content,
    lacks: () => status('Request failed with status code 402'),
  },
  {
    style: 'a page that swaps pieces of HTML in',
    page: 'swapped-fragments',
    gets: async () => {
      await page.click('#open');
      await text('#shelf .fragment', PAID_MARKER);
    },
    lacks: async () => {
      await page.click('#open');
      await status('Response status error code 402');
    },
  },
  {
    style: 'an app of one page that polls',
    page: 'single-page-app',
    gets: async () => {
      await page.click('text=Tolls');
      await content();
    },
    lacks: async () => {
      await page.click('text=Tolls');
      await status('Not yet: 402');
    },
  },
  {
    style: 'a page under its own service worker',
    page: 'service-worker/page',
    gets: content,
    lacks: () => status('HTTP 402'),
  },
  {
    style: 'a page around a frame',
    page: 'frame',
    gets: () => page.frameLocator('#view').locator('#paid').getByText(PAID_MARKER).waitFor(),
    lacks: () => page.frameLocator('#view').locator('#gate').waitFor(),
  },
  {
    style: 'a gallery',
    page: 'gallery',
    payments: 12,
    gets: () => pictures(12, 96),
    lacks: () => pictures(12, 0),
  },
  {
    style: 'a film',
    page: 'film',
    gets: async () => {
      await page.waitForFunction(() => document.querySelector('video')?.videoWidth === 96);
      await page.evaluate(async () => {
        const film = document.querySelector('video');
        if (film === null) return;
        film.currentTime = film.duration - 1;
        await film.play();
      });
      await page.waitForFunction(() => document.querySelector('video')?.ended);
    },
    lacks: () => page.waitForFunction(() => document.querySelector('video')?.error !== null),
  },
  {
    style: 'a download by a link that names it',
    page: 'downloads',
    gets: () => downloads('#named'),
    lacks: () => page.click('#named'),
  },
  {
    style: 'a download by a link to what the server calls one',
    page: 'downloads',
    gets: () => downloads('#plain'),
    lacks: async () => {
      await page.click('#plain');
      await page.locator('#gate').waitFor();
    },
  },
  {
    style: 'a download by a script',
    page: 'downloads',
    gets: () => downloads('#script'),
    lacks: async () => {
      await page.click('#script');
      await status('HTTP 402');
    },
  },
  {
    style: 'a form',
    page: 'form',
    gets: async () => {
      await page.click('#send');
      await text('body', PAID_MARKER);
      await text('body', 'letter=Two+coaches%2C+tomorrow%0D%0Aat+noon+%26+back');
    },
    lacks: async () => {
      await page.click('#send');
      await text('body', '"accepts"');
    },
  },
];

describe.each(styles)('$style', ({ page: name, payments = 1, refusals = payments, gets, lacks }) => {
  test('gets what its user pays for', async () => {
    const mark = await testBed.mark();
    await open(name);
    const shown = gets();
    const questions: ApprovalView[] = [];
    while (questions.length < payments) {
      const question = await asked(questions);
      questions.push(question);
      await answer(question, 'once');
    }
    await shown;
    await boughtSince(mark, payments);
  });

  test('gets what a budget pays for', async () => {
    await allow();
    const mark = await testBed.mark();
    await open(name);
    await gets();
    await boughtSince(mark, payments);
  });

  test('shows what it sells to nobody who declines, and costs nothing', async () => {
    const mark = await testBed.mark();
    await open(name);
    const shown = lacks();
    const questions: ApprovalView[] = [];
    while (questions.length < refusals) {
      const question = await asked(questions);
      questions.push(question);
      await answer(question, 'decline');
    }
    await shown;
    await testBed.nothingSince(mark);
  });
});

describe.each([
  ['as the demo of x402.Nano has it', 'head-paywall', 'nymChallenge', 'Unexpected server response: 200'],
  ['as the Rev 7 demo has it', 'rev7-paywall', 'nanoSession', 'Payment successful'],
])('a paywall of its own, %s', (_, name, mechanism, surprised) => {
  /** Pays from the other wallet what the page shows, and resolves when the page shows its content. */
  const paidByOther = async () => {
    await status('Waiting for payment');
    await page.waitForFunction(() => document.images[0]?.complete && document.images[0].naturalWidth > 0);
    const [to, amount] = await Promise.all(['#address', '#amount'].map((one) => page.innerText(one)));
    await otherWallet.pay(to ?? '', BigInt(amount ?? ''));
    if (await page.locator('#payer').count()) {
      await page.fill('#payer', otherWallet.address);
      await page.click('#poll');
    }
    await content();
    await status('Payment successful');
  };

  test('is left to its page when its user declines: any wallet pays, and the page gets its content', async () => {
    const mark = await testBed.mark();
    await open(name, { mechanism });
    await answer(await asked(), 'decline');
    await paidByOther();
    await onlyOtherPaid(mark);
  });

  test.each([
    ['its user lets the page handle it', {}],
    ['the page says that it handles it', { manual: '1' }],
  ])('gets its content without a question where %s, whatever the budget', async (_, terms) => {
    const { origin: site } = testBed.merchant;
    await allow();
    if (!('manual' in terms)) await testBed.purse.ask('settings.manual', { site, manual: true });
    const mark = await testBed.mark();
    await open(name, { mechanism, ...terms });
    await paidByOther();
    expect(await testBed.purse.ask('approval.list', {})).toEqual([]);
    await onlyOtherPaid(mark);
    await testBed.purse.ask('settings.manual', { site, manual: false });
  });

  test('does not know what to do with the content that the purse has paid for', async () => {
    const mark = await testBed.mark();
    await open(name, { mechanism });
    await answer(await asked(), 'once');
    await status(surprised);
    await boughtSince(mark, 1);
    expect(await page.locator('#content').textContent()).toBe('');
  });
});

describe('a fetch that pays by itself, from a wallet of its own', () => {
  let pays: number;
  beforeEach(async () => {
    pays = 0;
    await page.exposeFunction('pageWallet', ({ payTo, amount }: { payTo: string; amount: string }) => {
      pays += 1;
      return otherWallet.pay(payTo, BigInt(amount));
    });
  });

  test('does not pay what the purse has paid', async () => {
    const mark = await testBed.mark();
    await open('paying-fetch');
    await answer(await asked(), 'once');
    await content();
    await boughtSince(mark, 1);
    expect(pays).toBe(0);
  });

  test('pays when its user declines, and the purse does not', async () => {
    const mark = await testBed.mark();
    await open('paying-fetch');
    await answer(await asked(), 'decline');
    await content();
    expect(pays).toBe(1);
    await onlyOtherPaid(mark);
  });
});

/** The newest payment, once it has come to this state. */
async function reached(state: PaymentState): Promise<PaymentView> {
  const { items } = await testBed.purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [last] }) => last?.kind === 'payment' && last.state === state,
  );
  const [last] = items;
  if (last?.kind !== 'payment') throw new Error('no payment');
  return last;
}

/** Resolves once the merchant has been asked so often for what the open page sells. */
async function asksMade(count: number): Promise<void> {
  const isItsOwn = (path: string) => path.startsWith('/api/data') && path.includes(`visit=${visits}&`);
  await expect
    .poll(() => testBed.merchant.books().requests.filter(({ path }) => isItsOwn(path)).length)
    .toBeGreaterThanOrEqual(count);
}

test('a client whose time is over before its user answers tries again, and is paid once', async () => {
  const mark = await testBed.mark();
  await open('xhr-client', { timeout: '3000' });
  await asked();
  await asksMade(2);
  // Each try of the client ends the question of the try before it: the user answers the one that is there.
  const isTaken = async () =>
    answer(await asked(), 'once').then(
      () => true,
      (failure: unknown) => {
        if (/fault_approvalGone/.test(String(failure))) return false;
        throw failure;
      },
    );
  await expect.poll(isTaken).toBe(true);
  await content();
  await boughtSince(mark, 1);
});

test('a client whose time is over before the payment is confirmed tries again, and is paid once', async () => {
  await allow();
  const mark = await testBed.mark();
  testBed.devnet.elections.delayMs = 2_500;
  await open('xhr-client', { timeout: '1500' });
  await content();
  testBed.devnet.elections.delayMs = 50;
  await boughtSince(mark, 1);
});

test('an app that polls before it has an answer pays for the poll that its user pays for, and no other', async () => {
  const mark = await testBed.mark();
  await open('single-page-app', { every: '500' });
  await page.click('text=Tolls');
  await asksMade(4);
  await answer(await asked(), 'once');
  await content();
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
  await boughtSince(mark, 1);
});

test('a service worker that keeps a 402 keeps the content from its page: opening it again shows it', async () => {
  const mark = await testBed.mark();
  await open('service-worker/page', { keeps: 'all' });
  await answer(await asked(), 'once');
  await status('HTTP 402');
  const { id, canDeliver } = await reached('unanswered');
  expect(canDeliver).toBe(true);
  const opened = testBed.purse.context.waitForEvent('page');
  await testBed.purse.ask('payment.deliver', { id });
  const shown = await opened;
  await shown.getByText(PAID_MARKER).waitFor();
  await shown.close();
  await boughtSince(mark, 1);
});

test('a paywall of its own that was paid by another wallet leaves no question of the purse', async () => {
  await setWorkerClock(testBed.purse, 55_000);
  const mark = await testBed.mark();
  await open('rev7-paywall', { expiry: '600' });
  // Nobody answers: after a minute, a few seconds by the worker's clock, the page gets its own 402.
  await status('Waiting for payment');
  await testBed.purse.until('approval.list', {}, ([question]) => question?.reloadsPage === true);
  const [to, amount] = await Promise.all(['#address', '#amount'].map((one) => page.innerText(one)));
  await otherWallet.pay(to ?? '', BigInt(amount ?? ''));
  await content();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
  await onlyOtherPaid(mark);
  await setWorkerClock(testBed.purse, 0);
});
