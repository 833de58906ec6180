/** Sites that fill the queue of questions, questions that nothing waits for, and who is blocked by "Never". */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, type TestBed } from '../setup.ts';
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

const data = () => testBed.at('/api/data', { mechanism: 'nanoSignature', visit: String(++visits) });
const waiting = (count: number) => testBed.purse.until('approval.list', {}, ({ length }) => length === count);
/** Has a page ask for so many things of the merchant. Returns how it takes every other request back. */
async function flood(from: Page, count: number): Promise<() => Promise<void>> {
  await from.evaluate(
    ([base, many]) => {
      const control = new AbortController();
      Object.assign(globalThis, { takeBack: () => control.abort() });
      for (let n = 0; n < many; n += 1) {
        const signal = n % 2 === 0 ? control.signal : null;
        void fetch(`${base}&n=${n}`, { signal }).catch(() => undefined);
      }
    },
    [data(), count] as const,
  );
  return () => from.evaluate('takeBack()');
}

describe('the question of an honest shop is shown and paid', () => {
  const honestly = async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const url = data();
    const got = page.evaluate(async (address) => (await fetch(address)).status, url);
    const list = await testBed.purse.until('approval.list', {}, (all) => all.some((one) => one.url === url));
    const question = list.find((one) => one.url === url);
    await testBed.purse.ask('approval.answer', { id: question?.id ?? '', answer: { kind: 'once' } });
    expect(await got).toBe(200);
    expect(await testBed.paidSince(mark)).toMatchObject([{ url }]);
  };

  test('beside a site with 100 requests that it takes back or forgets', async () => {
    const evil = await testBed.purse.newPage();
    await evil.goto(stranger.page('/flood', '<p>Flood'));
    const takeBack = await flood(evil, 100);
    await waiting(20);
    await takeBack();
    const isTakenBack = ({ url }: { readonly url: string }) =>
      Number(new URL(url).searchParams.get('n')) % 2 === 0;
    await testBed.purse.until('approval.list', {}, (all) => !all.some(isTakenBack));
    await honestly();
    await evil.close();
  });

  test('beside five sites that fill every place in the queue', async () => {
    const { port } = new URL(stranger.here);
    stranger.page('/flood', '<p>Flood');
    const evils: Page[] = [];
    for (let nth = 0; nth < 5; nth++) {
      const evil = await testBed.purse.newPage();
      await evil.goto(`http://evil-${nth}.localhost:${port}/flood`);
      await evil.evaluate(
        ([base]) => {
          for (let n = 0; n < 30; n += 1) void fetch(`${base}&n=${n}`).catch(() => undefined);
        },
        [data()] as const,
      );
      evils.push(evil);
      await waiting(20 * (nth + 1));
    }
    await honestly();
    for (const evil of evils) await evil.close();
  });
});

describe('an answer that comes too late', () => {
  test('pays nothing and says so, where an element was removed without an event', async () => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    await page.evaluate(
      (src) => void Object.assign(document.body.appendChild(new Image()), { src }),
      testBed.at('/image.png', { visit: String(++visits) }),
    );
    const [question] = await waiting(1);
    const popup = await testBed.purse.popup();
    await popup.locator('[data-testid="approve-pay"]:not([aria-disabled="true"])').waitFor();
    await page.evaluate('document.querySelector("img").remove()');
    await popup.getByTestId('approve-pay').click();
    await popup.getByTestId('approval-gone').waitFor();
    expect(await popup.getByRole('alert').textContent()).toMatch(/Nothing was paid|took it back/);
    await popup.getByTestId('approval-gone-close').click();
    await popup.getByTestId('approval-gone').waitFor({ state: 'detached' });
    await expect(
      testBed.purse.ask('approval.answer', { id: question?.id ?? '', answer: { kind: 'once' } }),
    ).rejects.toThrow('fault_approvalGone');
    await testBed.nothingSince(mark);
    await popup.close();
  });
});

describe('"Never" on a question that another site’s frame caused', () => {
  const blocked = async () => (await testBed.purse.ask('settings.read', {})).blockedSites;
  afterEach(async () => {
    for (const site of await blocked()) await testBed.purse.ask('settings.unblock', { site });
  });
  /** The merchant's page, with a frame of the stranger's that asks for something of the merchant. */
  const framed = async () => {
    const url = data();
    const src = stranger.page(`/frame-${++visits}`, `<script>fetch(${JSON.stringify(url)})</script>`);
    await page.goto(testBed.at('/free'));
    await page.evaluate((address) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: address }));
    }, src);
    const [question] = await waiting(1);
    expect(question).toMatchObject({
      url,
      site: testBed.merchant.origin,
      askedBy: stranger.here,
      askers: [stranger.here],
    });
  };
  const choose = async (testId: string) => {
    const popup = await testBed.purse.popup();
    await popup.locator('[data-testid="approve-never"]:not([aria-disabled="true"])').click();
    await popup.locator(`[data-testid="${testId}"]:not([aria-disabled="true"])`).click();
    await waiting(0);
    await popup.close();
  };

  test('offers to block who asked: the honest site is paid as before, and the other asks for nothing more', async () => {
    await framed();
    await choose('approve-never-asker');
    expect(await blocked()).toEqual([stranger.here]);

    // The stranger causes no question any more, at any site.
    const url = data();
    await page.goto(stranger.page(`/again-${++visits}`, `<script>fetch(${JSON.stringify(url)})</script>`));
    await testBed.purse.until('log.list', {}, ([newest]) => {
      return newest?.key === 'refusal_ASKER_BLOCKED' && newest.url === url;
    });
    expect(await testBed.purse.ask('approval.list', {})).toEqual([]);

    const mark = await testBed.mark();
    void page.goto(testBed.at('/article', { visit: String(++visits) })).catch(() => undefined);
    await (await testBed.purse.nextApproval()).approve();
    await page.locator('#paid').waitFor();
    expect(await testBed.paidSince(mark)).toHaveLength(1);
  });

  test('blocks the site that would be paid where the user says so', async () => {
    await framed();
    await choose('approve-never-site');
    expect(await blocked()).toEqual([testBed.merchant.origin]);
  });

  test('without a name blocks the site that asked, and a site that took no part cannot be named', async () => {
    await framed();
    const [question] = await testBed.purse.ask('approval.list', {});
    const id = question?.id ?? '';
    await expect(
      testBed.purse.ask('approval.answer', {
        id,
        answer: { kind: 'never', site: openShop(testBed, stranger, () => ({})).url },
      }),
    ).rejects.toThrow('fault_badMessage');
    await testBed.purse.ask('approval.answer', { id, answer: { kind: 'never' } });
    await testBed.purse.until('settings.read', {}, ({ blockedSites }) => blockedSites.length > 0);
    expect(await blocked()).toEqual([stranger.here]);
  });
});
