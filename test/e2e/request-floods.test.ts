/** Sites that send requests without end: the purse stays small, opens at most one window, and still pays for other sites. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';
import { workerHeap } from './worker-heap.ts';

vi.setConfig({ testTimeout: 240_000 });

const MANY = 5000;
/** How much the worker's heap may grow over a flood (bytes): a tenth of what 5,000 kept challenges would take. */
const MOST_GROWTH = 8_000_000;

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
  await page.goto(testBed.at('/free'));
});
afterEach(async () => {
  await page.close();
  await testBed.purse.until('approval.list', {}, (list) => list.length === 0);
  await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
});

interface Tally {
  /** Fetches that have an answer, by its status; `refused` are those that the browser itself would not make. */
  readonly [status: string]: number;
}

/** Has the page fetch so many at once, `n` numbering them, over two seconds; resolved when all have been begun. */
function flood(from: Page, count: number, url: string): Promise<void> {
  return from.evaluate(
    async ([count, url]) => {
      const tally: Record<string, number> = {};
      Object.assign(globalThis, { tally });
      const note = (what: string) => {
        tally[what] = (tally[what] ?? 0) + 1;
      };
      for (let n = 0; n < count; n += 1) {
        void fetch(url.replace('NUMBER', `${n}`)).then(
          ({ status }) => note(`${status}`),
          () => note('refused'),
        );
        if (n % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 40));
      }
    },
    [count, url] as const,
  );
}

const tallyOf = (of: Page): Promise<Tally> => of.evaluate(() => Reflect.get(globalThis, 'tally') ?? {});
const sum = (tally: Tally) => Object.values(tally).reduce((total, count) => total + count, 0);
const answered = (of: Page, count: number) =>
  expect.poll(async () => sum(await tallyOf(of)), { timeout: 180_000, interval: 500 }).toBe(count);

/** Watches how many windows of the purse are open at once, until told to stop; gives the most there were. */
function countWindows(): () => Promise<number> {
  let isOver = false;
  const most = (async () => {
    let most = 0;
    const [ownPage] = testBed.purse.context.pages().filter((one) => one.url().includes('onboarding'));
    while (!isOver) {
      const now = await ownPage?.evaluate(async () => {
        const windows = await chrome.windows.getAll({ windowTypes: ['popup'] });
        const popups = await chrome.runtime.getContexts({
          contextTypes: [chrome.runtime.ContextType.POPUP],
        });
        return windows.length + popups.length;
      });
      most = Math.max(most, now ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return most;
  })();
  return () => {
    isOver = true;
    return most;
  };
}

const declineAll = async () => {
  for (const { id } of await testBed.purse.ask('approval.list', {})) {
    await testBed.purse.ask('approval.answer', { id, answer: { kind: 'decline' } });
  }
};

test('a flood of fetches: 20 questions, one window, no work and no memory; other tabs are paid for meanwhile', async () => {
  const { purse, merchant, devnet } = testBed;
  const { otherOrigin } = merchant;
  await purse.ask('budget.save', {
    site: otherOrigin,
    perPayment: String(XNO),
    perDay: String(XNO),
    paused: false,
  });
  const other = await purse.newPage();
  await other.goto(`${otherOrigin}/free`);
  const mark = await testBed.mark();
  const linesBefore = await purse.ask('log.list', {});
  const heapBefore = await workerHeap(purse);
  devnet.stats.reset();
  await page.bringToFront();
  const windows = countWindows();

  await flood(page, MANY, testBed.at('/api/data?n=NUMBER'));
  // A budget pays for what is in view: the user has gone on to the other tab.
  await other.bringToFront();
  const paid = await other.evaluate(
    (urls) => Promise.all(urls.map(async (url) => (await fetch(url)).status)),
    Array.from({ length: 5 }, (_, n) => `/api/data?other=${n}`),
  );
  expect(paid).toEqual(Array(5).fill(200));
  await page.bringToFront();
  await answered(page, MANY - 20);

  // The page has its own 402s back, but for those that are asked about.
  const tally = await tallyOf(page);
  expect(Object.keys(tally).filter((status) => status !== '402' && status !== 'refused')).toEqual([]);
  const waiting = await purse.ask('approval.list', {});
  expect(waiting.map(({ site }) => site)).toEqual(Array(20).fill(merchant.origin));
  expect(await windows()).toBeLessThanOrEqual(1);
  // Five payments, and no work or block for anything else.
  expect(await testBed.paidSince(mark)).toHaveLength(5);
  expect(devnet.stats.accepted).toBe(5);
  expect(devnet.stats.counts().work_generate).toBeUndefined();

  // The flood is a line or two of the log, which say how much it was.
  const newLines = async () => (await purse.ask('log.list', {})).slice(0, -linesBefore.length || undefined);
  const times = (lines: Awaited<ReturnType<typeof newLines>>) =>
    lines.reduce((total, { times = 1 }) => total + times, 0);
  await expect.poll(async () => times(await newLines())).toBe(tally['402']);
  const lines = await newLines();
  expect(lines[0]).toMatchObject({ site: merchant.origin });
  expect(lines.map(({ key }) => key)).toContain('refusal_QUEUE_FULL');
  expect(lines.length).toBeLessThanOrEqual(200);
  expect((await workerHeap(purse)) - heapBefore).toBeLessThan(MOST_GROWTH);

  const popup = await purse.popup();
  await popup.getByTestId('approve-decline').first().waitFor();
  await popup.close();
  await declineAll();
  await answered(page, MANY);
  await other.close();
});

test('a flood from many origins, of frames and of images has the same limits', async () => {
  const { port } = new URL(testBed.merchant.origin);
  const mark = await testBed.mark();
  const windows = countWindows();
  await page.evaluate(
    ([port]) => {
      for (let n = 0; n < 60; n += 1) {
        const image = new Image();
        image.src = `/image.png?n=${n}`;
        const frame = document.createElement('iframe');
        frame.src = `http://s${n % 6}.localhost:${port}/frame?n=${n}`;
        document.body.append(image, frame);
      }
    },
    [port] as const,
  );
  await testBed.purse.until('approval.list', {}, (list) => list.length === 20);
  await testBed.purse.until('log.list', {}, ([newest]) => newest?.key === 'refusal_QUEUE_FULL', 60_000);
  expect((await testBed.purse.ask('approval.list', {})).length).toBeLessThanOrEqual(20);
  expect(await windows()).toBeLessThanOrEqual(1);
  await testBed.nothingSince(mark);
});

test('a page that reloads itself in a loop has one question', async () => {
  const mark = await testBed.mark();
  await page.bringToFront();
  const windows = countWindows();
  await page.addInitScript(() => {
    const loads = Number(sessionStorage.getItem('loads')) + 1;
    sessionStorage.setItem('loads', `${loads}`);
    if (loads < 40) setTimeout(() => location.reload(), 30);
  });
  await page.goto(testBed.at('/article'), { waitUntil: 'commit' });
  const loads = () => page.evaluate(() => sessionStorage.getItem('loads')).catch(() => null);
  await expect.poll(loads, { timeout: 60_000 }).toBe('40');
  await testBed.purse.until('approval.list', {}, (list) => list.length === 1);
  expect(await windows()).toBeLessThanOrEqual(1);
  await testBed.nothingSince(mark);
});

test('inside a budget a flood is paid for until the budget is spent, to the raw; then it asks', async () => {
  const mark = await testBed.mark();
  const { merchant, purse } = testBed;
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(PRICE),
    perDay: String(12n * PRICE),
    paused: false,
  });
  await page.bringToFront();
  const windows = countWindows();
  await flood(page, 400, testBed.at('/api/data?mechanism=nanoSignature&n=NUMBER'));
  await answered(page, 380);
  expect(await tallyOf(page)).toMatchObject({ 200: 12 });
  expect((await purse.ask('approval.list', {})).map(({ reason }) => reason)).toEqual(
    Array(20).fill('reason_overDay'),
  );
  expect(await windows()).toBeLessThanOrEqual(1);
  expect(await testBed.paidSince(mark)).toHaveLength(12);
  await declineAll();
  await answered(page, 400);
  expect(await tallyOf(page)).toMatchObject({ 200: 12 });
});
