import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PageInput } from '../../../src/messages/contract.ts';
import { ARM_AFTER } from '../../../src/ui/approval/arming.ts';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';
import { openShop } from './shop.ts';

let testBed: TestBed;
let stranger: Paywall;
let page: Page;
let visits = 0;

beforeAll(async () => {
  [testBed, stranger] = await Promise.all([openTestBed(), startPaywall()]);
});
afterAll(async () => {
  await testBed?.close();
  await stranger?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  await page.close();
  await testBed.purse.until('approval.list', {}, ({ length }) => length === 0);
});

const inPurse = (path: string) => testBed.purse.url(path);
const APPROVE = 'src/pages/approve/index.html';
const POPUP = 'src/pages/popup/index.html';
const fetching = () => testBed.at('/page', { fetch: testBed.at('/api/data', { visit: String(++visits) }) });
const ONCE = '[data-testid="approve-pay"]';
const ARMED = `${ONCE}:not([aria-disabled="true"])`;

async function waiting(count: number) {
  return testBed.purse.until('approval.list', {}, ({ length }) => length === count);
}

async function view(path: string): Promise<Page> {
  const one = await testBed.purse.newPage();
  await one.setViewportSize({ width: 360, height: 600 });
  await one.goto(inPurse(path));
  return one;
}

/**
 * A question that has just come up, on a page whose clock stands still. The test moves it, so that a slow machine does not
 * leave a pause that is long enough to arm.
 */
async function viewOutOfTime(path: string): Promise<Page> {
  const one = await testBed.purse.newPage();
  await one.setViewportSize({ width: 360, height: 600 });
  await one.clock.install();
  await one.clock.pauseAt(Date.now() + 60_000);
  await one.goto(inPurse(path));
  while ((await one.locator(ONCE).count()) === 0) await one.clock.runFor(10);
  return one;
}

async function middleOf(one: Page, selector: string): Promise<readonly [number, number]> {
  const box = await one.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not there`);
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** An answer by message, as a page of the purse would send it; what became of it. */
const answer = (id: string, given: PageInput<'approval.answer'>['answer']) =>
  testBed.purse.ask('approval.answer', { id, answer: given }).then(
    () => 'taken',
    (error: Error) => error.message,
  );

describe('clicks', () => {
  test('that come twice answer one question, and not the next one', async () => {
    const mark = await testBed.mark();
    await page.goto(fetching());
    const other = await testBed.purse.newPage();
    await other.goto(fetching());
    await waiting(2);
    const popup = await view(POPUP);
    await popup.locator(ARMED).waitFor();
    // Over neither tab, the older one is first.
    const [, second] = await waiting(2);
    await popup.mouse.dblclick(...(await middleOf(popup, ONCE)));
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await testBed.purse.ask('approval.list', {})).toMatchObject([{ id: second?.id }]);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    await popup.locator('[data-testid="approve-decline"]:not([aria-disabled="true"])').click();
    await other.locator('#fetch-result[data-status="402"]').waitFor();
    await popup.close();
    await other.close();
  });

  test('in two windows at once pay once', async () => {
    const mark = await testBed.mark();
    await page.goto(fetching());
    await waiting(1);
    const windows = await Promise.all([view(POPUP), view(APPROVE)]);
    for (const one of windows) await one.locator(ARMED).waitFor();
    const places = await Promise.all(windows.map((one) => middleOf(one, ONCE)));
    // The window of questions closes itself over the click.
    await Promise.allSettled(windows.map((one, index) => one.mouse.click(...(places[index] ?? [0, 0]))));
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    for (const one of windows) await one.close();
  });

  test('that were made before the question was shown do not approve it, however many', async () => {
    const mark = await testBed.mark();
    await page.goto(fetching());
    const [question] = await waiting(1);
    const popup = await viewOutOfTime(POPUP);
    const [x, y] = await middleOf(popup, ONCE);
    const input = await popup.context().newCDPSession(popup);
    const mouse = (type: 'mousePressed' | 'mouseReleased') =>
      input.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' };
    // The user clicks on and on while the question comes up under the pointer, and then holds a key down on the button.
    for (let click = 0; click < 50; click++) {
      await Promise.all([mouse('mousePressed'), mouse('mouseReleased')]);
      await popup.clock.runFor(ARM_AFTER / 10);
    }
    for (let repeat = 0; repeat < 20; repeat++) {
      await input.send('Input.dispatchKeyEvent', { type: 'keyDown', ...enter, autoRepeat: repeat > 0 });
      await popup.clock.runFor(ARM_AFTER / 10);
    }
    expect(await popup.locator(ARMED).count()).toBe(0);
    await input.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    expect(await testBed.purse.ask('approval.list', {})).toMatchObject([{ id: question?.id }]);
    await testBed.nothingSince(mark);

    await popup.clock.resume();
    // The purse's own window may come up as late as now, and take the focus.
    await popup.bringToFront();
    await popup.locator(ARMED).click();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
    await popup.close();
  });

  test('that began before the question was ready do not approve it when they end', async () => {
    const mark = await testBed.mark();
    await page.goto(fetching());
    const [question] = await waiting(1);
    const popup = await viewOutOfTime(POPUP);
    await popup.mouse.move(...(await middleOf(popup, ONCE)));
    await popup.mouse.down();
    await popup.clock.runFor(2 * ARM_AFTER);
    expect(await popup.locator(ARMED).count()).toBe(0);
    await popup.mouse.up();
    await popup.clock.resume();
    expect(await testBed.purse.ask('approval.list', {})).toMatchObject([{ id: question?.id }]);
    await testBed.nothingSince(mark);
    await popup.bringToFront();
    await popup.locator('[data-testid="approve-decline"]:not([aria-disabled="true"])').click();
    await page.locator('#fetch-result[data-status="402"]').waitFor();
    await popup.close();
  });
});

describe('an answer that is sent again', () => {
  const GONE = 'approval.answer: fault_approvalGone ';

  test('after it was paid pays nothing more, also after the worker was killed', async () => {
    const mark = await testBed.mark();
    await page.goto(fetching());
    const { offer, approve } = await testBed.purse.nextApproval();
    await approve();
    await page.locator('#fetch-result[data-status="200"]').waitFor();
    expect(await answer(offer.id, { kind: 'once' })).toBe(GONE);
    await testBed.purse.killWorker();
    expect(await answer(offer.id, { kind: 'once' })).toBe(GONE);
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('after it was declined, or has lapsed, neither pays nor leaves a budget', async () => {
    const mark = await testBed.mark();
    const budget = { kind: 'budget', perPayment: String(XNO), perDay: String(XNO) } as const;
    await page.goto(fetching());
    const { offer, decline } = await testBed.purse.nextApproval();
    await decline();
    expect(await answer(offer.id, budget)).toBe(GONE);

    await page.goto(fetching());
    const lapsed = await testBed.purse.nextApproval();
    await page.goto(testBed.at('/free'));
    await waiting(0);
    for (const kind of ['once', 'never'] as const) expect(await answer(lapsed.offer.id, { kind })).toBe(GONE);
    expect(await answer(lapsed.offer.id, budget)).toBe(GONE);
    expect(await testBed.purse.ask('budget.list', {})).toEqual([]);
    expect((await testBed.purse.ask('settings.read', {})).blockedSites).toEqual([]);
    await testBed.nothingSince(mark);
  });

  test('for a page that was left and shown again is rejected', async () => {
    const mark = await testBed.mark();
    await page.goto(fetching());
    const { offer } = await testBed.purse.nextApproval();
    await page.goto(testBed.at('/free'));
    await page.goBack();
    await testBed.purse.until('approval.list', {}, (list) => list.every(({ id }) => id !== offer.id));
    expect(await answer(offer.id, { kind: 'once' })).toBe(GONE);
    await testBed.nothingSince(mark);
    // Whatever the page asks now is asked about anew.
    for (const { id } of await testBed.purse.ask('approval.list', {})) await answer(id, { kind: 'decline' });
  });
});

describe('an offer that changes', () => {
  test('while its question is open changes nothing: what was shown is paid', async () => {
    const mark = await testBed.mark();
    let amount = PRICE;
    const shop = openShop(testBed, stranger, () => ({ amount }));
    void page.goto(shop.url).catch(() => undefined);
    const { offer, approve } = await testBed.purse.nextApproval();
    expect(offer.amount).toBe(String(PRICE));
    amount = 9n * XNO;
    await approve();
    await page.locator('#paid').waitFor();
    expect(testBed.sends().slice(mark.ledger)).toMatchObject([{ amount: PRICE }]);
    await expect
      .poll(async () => (await testBed.purse.payments()).slice(mark.journal))
      .toMatchObject([{ amount: String(PRICE), state: 'settled' }]);
  });

  test('with a reload of its page raises another question; an answer to the first one is rejected', async () => {
    const mark = await testBed.mark();
    let amount = PRICE;
    const shop = openShop(testBed, stranger, () => ({ amount }));
    void page.goto(shop.url).catch(() => undefined);
    const [first] = await waiting(1);
    amount = 9n * XNO;
    void page.goto(shop.url).catch(() => undefined);
    const [second] = await testBed.purse.until(
      'approval.list',
      {},
      ([one, ...more]) => one !== undefined && one.id !== first?.id && more.length === 0,
    );
    expect(second).toMatchObject({ amount: String(9n * XNO) });
    expect(await answer(first?.id ?? '', { kind: 'once' })).toContain('fault_approvalGone');
    await testBed.nothingSince(mark);
    expect(await answer(second?.id ?? '', { kind: 'decline' })).toBe('taken');
    await page.waitForLoadState();
  });
});

describe('the pages of the purse', () => {
  const paths = [POPUP, APPROVE, 'src/pages/onboarding/index.html', 'icons/purse-16.png'];
  const ways: Readonly<Record<string, string>> = {
    iframe: `document.body.append(Object.assign(document.createElement('iframe'), { src: url }))`,
    object: `document.body.append(Object.assign(document.createElement('object'), { data: url }))`,
    embed: `document.body.append(Object.assign(document.createElement('embed'), { src: url }))`,
    window: 'open(url)',
    link: `Object.assign(document.body.appendChild(document.createElement('a')), { href: url, target: '_blank' }).click()`,
    address: 'location.href = url',
    form: `Object.assign(document.body.appendChild(document.createElement('form')), { action: url, method: 'post', target: '_blank' }).submit()`,
    refresh: `document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0;url=' + url }))`,
  };

  test.each(Object.entries(ways))('open for no page by its %s', async (_, script) => {
    // The purse may be closing a window of its own meanwhile: only what the pages open counts.
    const opened = new Set<Page>();
    const asked: string[] = [];
    const follow = (one: Page) => {
      opened.add(one);
      one.on('request', (request) => void asked.push(request.url()));
      one.on('popup', follow);
    };
    for (const path of paths) {
      const one = await testBed.purse.newPage();
      follow(one);
      await one.goto(testBed.at('/free'));
      await one.evaluate(([run, url]) => void new Function('url', run ?? '')(url), [script, inPurse(path)]);
    }
    // What the page does after that is seen, and was not done before it.
    const after = await testBed.purse.newPage();
    await after.goto(testBed.at('/free', { after: '1' }));
    await after.close();
    expect(asked.length).toBeGreaterThanOrEqual(paths.length);
    expect(asked.filter((url) => url.startsWith(inPurse('')))).toEqual([]);
    for (const one of opened) {
      expect(one.frames().filter((frame) => frame.url().startsWith(inPurse('')))).toEqual([]);
      await one.close();
    }
  });

  test('open for no page by a redirect', async () => {
    for (const path of paths) {
      const url = stranger.serve(`/to-${path}`, (_, response) => {
        response.writeHead(302, { Location: inPurse(path), 'Access-Control-Allow-Origin': '*' }).end();
      });
      await page.goto(testBed.at('/free'));
      const outcome = await page.evaluate(async (src) => {
        const frame = Object.assign(document.createElement('iframe'), { src });
        const loaded = new Promise((resolve) => {
          frame.onload = resolve;
        });
        document.body.append(frame);
        await loaded;
        return fetch(src).then(
          () => 'loaded',
          () => 'refused',
        );
      }, url);
      expect(outcome).toBe('refused');
      expect(page.frames().map((frame) => frame.url())).not.toContain(inPurse(path));
    }
  });

  test('cannot be framed by any page', async () => {
    const popup = await view(POPUP);
    for (const path of [POPUP, APPROVE]) {
      await popup.evaluate((src) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src }));
      }, inPurse(path));
    }
    await expect.poll(() => popup.frames().map((frame) => frame.url())).toHaveLength(3);
    await expect
      .poll(() =>
        popup
          .frames()
          .slice(1)
          .map((frame) => frame.url()),
      )
      .toEqual(Array(2).fill('chrome-error://chromewebdata/'));
    await popup.close();
  });
});
