import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BudgetView, UseView } from '../../src/messages/budget.ts';
import type { PageInput } from '../../src/messages/contract.ts';
import { calendarDay, daysAfter } from '../../src/policy/spending-windows.ts';
import { toAddress } from '../devnet/address.ts';
import { quote } from '../merchant/testing/test-bed.ts';
import { openTestBed, PRICE, type TestBed, XNO } from './setup.ts';

let testBed: TestBed;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  const { purse, merchant } = testBed;
  await purse.ask('budget.remove', { site: merchant.origin });
  await purse.ask('settings.cap', { perDay: null, perMonth: null });
  await purse.ask('purse.pause', { paused: false });
  await page.close();
});

/** An account beside the merchant's, with blocks on the ledger. */
const otherPayee = () => toAddress(testBed.devnet.ledger.genesis);
const site = () => testBed.merchant.origin;
const today = () => calendarDay(Date.now());
const inXno = (raw: bigint) => `${raw / XNO}.${(raw % XNO).toString().padStart(30, '0')}`;

type Rules = Omit<PageInput<'budget.save'>, 'site'>;
/** Saves a budget that would pay anything but for its rules. */
const budget = (rules: Rules) =>
  testBed.purse.ask('budget.save', { site: site(), perPayment: String(XNO), total: String(XNO), ...rules });

async function view(): Promise<BudgetView> {
  const found = (await testBed.purse.ask('budget.list', {})).find((one) => one.site === site());
  if (found === undefined) throw new Error('the site has no budget');
  return found;
}
const useOf = async (limit: UseView['limit']) => (await view()).uses.find((use) => use.limit === limit);

/** Opens a page that fetches something for exactly its price; gives the status that the page sees in the end. */
async function fetched(query: Readonly<Record<string, string>> = {}): Promise<string | null> {
  await page.goto(testBed.at('/page', { fetch: '1', mechanism: 'nanoSignature', ...query }));
  await page.locator('#fetch-result[data-state="done"]').waitFor();
  return page.getAttribute('#fetch-result', 'data-status');
}

/** What is fetched is paid for by the budget. */
async function paid(query: Readonly<Record<string, string>> = {}): Promise<void> {
  const mark = await testBed.mark();
  expect(await fetched(query)).toBe('200');
  expect(await testBed.paidSince(mark)).toMatchObject([{ approval: 'budget', site: site() }]);
}

/** The one question that `visit` leads to; declined, and nothing paid. */
async function asked(visit: () => Promise<unknown> = fetched) {
  const mark = await testBed.mark();
  const seen = visit();
  const { offer, decline } = await testBed.purse.nextApproval();
  await decline();
  await seen;
  await testBed.nothingSince(mark);
  return offer;
}

describe('a limit', () => {
  test('per hour stops payments above it, and counts those that were made', async () => {
    await budget({ perHour: String(PRICE - 1n) });
    expect(await asked()).toMatchObject({ reason: 'reason_overHour', canBudget: false });
    await budget({ perHour: String(100n * PRICE) });
    const before = BigInt((await useOf('perHour'))?.spent ?? 0);
    await paid();
    // A new hour may have begun; then it holds this payment alone.
    expect([before + PRICE, PRICE]).toContainEqual(BigInt((await useOf('perHour'))?.spent ?? 0));
  });

  test('per month allows payments that fit, and no more', async () => {
    await budget({ perMonth: String(XNO) });
    const spent = BigInt((await useOf('perMonth'))?.spent ?? 0);
    await budget({ perMonth: String(spent + PRICE) });
    await paid();
    expect(await asked()).toMatchObject({ reason: 'reason_overMonth', canBudget: false });
    expect(await useOf('perMonth')).toMatchObject({ spent: String(spent + PRICE), mark: 100 });
  });

  test('in total counts from the day the budget was set, and anew after a renewal', async () => {
    const tomorrow = daysAfter(today(), 1);
    await budget({ total: String(PRICE), term: { until: tomorrow, renews: 'week' } });
    expect(await view()).toMatchObject({ renewsOn: tomorrow, ended: false });
    await paid();
    expect(await asked()).toMatchObject({ reason: 'reason_overTotal' });
    // The day of its renewal has come.
    await budget({ total: String(PRICE), term: { until: today(), renews: 'week' } });
    expect(await view()).toMatchObject({ renewsOn: daysAfter(today(), 7) });
    await paid();
    expect(await asked()).toMatchObject({ reason: 'reason_overTotal' });
  });

  test('to a date: from that day on the purse asks, and offers a new budget', async () => {
    await budget({ term: { until: daysAfter(today(), 1), renews: 'never' } });
    await paid();
    await budget({ term: { until: today(), renews: 'never' } });
    expect(await asked()).toMatchObject({ reason: 'reason_budgetEnded', canBudget: true });
  });
});

describe('the rules of a budget', () => {
  test('a site that the user names may spend it; one they do not may not', async () => {
    const { otherOrigin } = testBed.merchant;
    const url = new URL(
      testBed.at('/page', { img: testBed.at('/image.png', { mechanism: 'nanoSignature' }) }),
    );
    url.hostname = new URL(otherOrigin).hostname;
    const visit = () => page.goto(url.href, { waitUntil: 'commit' });

    await budget({ initiators: ['https://friend.example'] });
    expect(await asked(visit)).toMatchObject({ reason: 'reason_crossSite', askedBy: otherOrigin });

    await budget({ initiators: [otherOrigin] });
    const mark = await testBed.mark();
    await visit();
    await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
      return (
        last?.kind === 'payment' && last.url?.includes('/image.png') === true && last.state === 'settled'
      );
    });
    expect(await testBed.paidSince(mark)).toMatchObject([{ approval: 'budget', askedBy: otherOrigin }]);
  });

  test('another payee is asked about as long as the payee is pinned', async () => {
    await budget({});
    await paid();
    expect(await view()).toMatchObject({ pinned: true, payTo: expect.stringMatching(/^nano_/) });
    const swapped = async () => {
      const entry = await quote(testBed.at('/api/data', { mechanism: 'nanoSignature' }));
      const resource = { url: testBed.at('/api/data') };
      const offer = { x402Version: 2, error: '', resource, accepts: [{ ...entry, payTo: otherPayee() }] };
      return testBed.merchant.registerHeader(Buffer.from(JSON.stringify(offer)).toString('base64'));
    };
    const url = await swapped();
    expect(await asked(() => fetched({ fetch: url }))).toMatchObject({ reason: 'reason_payeeChanged' });

    await budget({ pinned: false });
    await fetched({ fetch: await swapped() });
    const last = (await testBed.purse.payments()).at(-1);
    expect(last).toMatchObject({ payTo: otherPayee(), approval: 'budget' });
  });

  test('a price may rise by as much as the user says, and is asked about above', async () => {
    await budget({ priceRise: 10 });
    await paid({ price: String(PRICE) });
    const risen = (PRICE * 110n) / 100n;
    expect(await asked(() => fetched({ price: String(risen + 1n) }))).toMatchObject({
      reason: 'reason_priceRise',
    });
    await paid({ price: String(risen) });
    await paid({ price: String(PRICE) });
    await budget({ priceRise: 0 });
    expect(await asked(() => fetched({ price: String(PRICE + 1n) }))).toMatchObject({
      reason: 'reason_priceRise',
    });
  });
});

describe('over all sites', () => {
  test.each([
    ['perDay', 'cap-per-day', 'reason_overGlobalDay'],
    ['perMonth', 'cap-per-month', 'reason_overGlobalMonth'],
  ] as const)('the cap %s that is set in the settings is asked about beyond', async (limit, box, reason) => {
    const { purse } = testBed;
    await budget({});
    await purse.ask('settings.cap', { perDay: String(XNO), perMonth: String(XNO) });
    const { cap } = await purse.ask('settings.read', {});
    const spent = BigInt(cap.uses.find((use) => use.limit === limit)?.spent ?? 0);
    await purse.ask('settings.cap', { perDay: null, perMonth: null });

    const popup = await purse.popup();
    await popup.locator('nav button').last().click();
    await popup.getByTestId(box).fill(inXno(spent + PRICE));
    await popup.getByTestId('cap-save').click();
    await purse.until('settings.read', {}, ({ cap }) => cap[limit] === String(spent + PRICE));
    await popup.close();
    await paid();
    expect(await asked()).toMatchObject({ reason, canBudget: false });
  });

  test('while everything is paused the purse asks, whatever a budget allows', async () => {
    await budget({});
    const popup = await testBed.purse.popup();
    await popup.locator('nav button').nth(2).click();
    await popup.getByTestId('pause-all').click();
    await testBed.purse.until('purse.state', {}, (state) => state.kind === 'open' && state.paused);
    await popup.close();
    expect(await asked()).toMatchObject({ reason: 'reason_paused' });
  });
});

describe('the pages', () => {
  test.each([
    [1, 2, '50'],
    [4, 5, '80'],
  ])('warn at home when %d of %d payments are spent', async (spent, of, mark) => {
    await budget({ total: String(BigInt(of) * PRICE) });
    for (let payment = 0; payment < spent; payment++) await paid({ n: String(payment) });
    const popup = await testBed.purse.popup();
    const warning = popup.getByTestId('used-warning');
    await warning.waitFor();
    expect(await warning.getAttribute('data-mark')).toBe(mark);
    expect(await warning.textContent()).toContain(`${mark}%`);
    await popup.close();
  });

  test('warn when it is used up: at home, in the list and in the question', async () => {
    const { purse } = testBed;
    await budget({ total: String(PRICE) });
    await paid();
    const popup = await purse.popup();
    await popup.locator('[data-testid="used-warning"][data-mark="100"]').waitFor();
    await popup.locator('nav button').nth(2).click();
    await popup.locator('[data-testid="meter"][data-limit="total"][data-mark="100"]').waitFor();
    await popup.close();

    const seen = fetched();
    const { offer, decline } = await purse.nextApproval();
    expect(offer.budget?.uses).toMatchObject([{ limit: 'total', mark: 100 }]);
    const window = await purse.newPage();
    await window.goto(purse.url('src/pages/approve/index.html'));
    await window.locator('[data-testid="used-warning"][data-mark="100"]').waitFor();
    expect(await window.getByTestId('approval-budget').textContent()).toMatch(/0 of 0\.01 XNO left in total/);
    await window.close();
    await decline();
    await seen;
  });

  test('set every rule, keep it, and say it in one sentence', async () => {
    await budget({ perDay: String(XNO) });
    const popup = await testBed.purse.popup();
    await popup.locator('nav button').nth(2).click();
    await popup.getByTestId('budget-edit').click();
    const box = (name: string) => popup.getByTestId(`budget-${name}`);
    await box('per-payment').fill('0.02');
    await box('per-day').fill('0.2');
    await box('per-hour').fill('0.1');
    await box('per-month').fill('');
    await box('total').fill('1');
    await box('lasts').selectOption('month');
    await box('until').fill(daysAfter(today(), 1));
    await box('pinned').uncheck();
    await box('price-rise').fill('15');
    await box('initiators').fill('file:///etc/passwd');
    await box('save').click();
    await popup.getByRole('alert').filter({ hasText: 'file:///etc/passwd' }).waitFor();
    await box('initiators').fill('friend.example\nhttp://127.0.0.1:8080/page');
    await box('save').click();
    await box('save').waitFor({ state: 'detached' });
    await popup
      .getByTestId('budget-terms')
      .filter({ hasText: /^up to 0\.02 XNO per payment, resets \S/ })
      .waitFor();
    expect(await popup.getByTestId('meter').count()).toBe(3);
    expect(await view()).toMatchObject({
      perPayment: String(2n * PRICE),
      perHour: String(10n * PRICE),
      perDay: String(20n * PRICE),
      perMonth: null,
      total: String(100n * PRICE),
      term: { until: daysAfter(today(), 1), renews: 'month' },
      pinned: false,
      priceRise: 15,
      initiators: ['https://friend.example', 'http://127.0.0.1:8080'],
    });

    await popup.getByTestId('budget-edit').click();
    await box('until').fill(today());
    await popup.getByTestId('budget-remark').filter({ hasText: /\S/ }).waitFor();
    expect(await box('save').getAttribute('aria-disabled')).toBe('true');
    await popup.close();
  });

  test('show the name of a recipient beside its address, in the budget and in the question', async () => {
    const { purse } = testBed;
    await budget({ perHour: String(XNO) });
    await paid();
    const account = (await purse.payments()).at(-1)?.payTo ?? '';
    await purse.ask('settings.write', { contacts: [{ account, name: 'Corner shop' }] });
    const beside = async (shown: Locator) => {
      expect(await shown.getByTestId('account-name').textContent()).toBe('Corner shop');
      expect(await shown.textContent()).toContain(account.slice(-7));
      expect(await shown.getAttribute('data-account')).toBe(account);
    };
    const popup = await purse.popup();
    await popup.locator('nav button').nth(2).click();
    await popup.getByTestId('budget-edit').click();
    await beside(popup.getByTestId('budget-payee'));

    await purse.ask('purse.pause', { paused: true });
    await page.bringToFront();
    const answer = fetched();
    const question = await purse.nextApproval();
    await beside(popup.getByTestId('approval-payee'));
    await question.decline();
    await answer;
    await popup.close();
    await purse.ask('settings.write', { contacts: [] });
  });
});

describe('in the popup, by keyboard alone', () => {
  /** What has the focus, by its test id or its text, and whether all of it is in sight. */
  const focused = (popup: Page) =>
    popup.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement)) return null;
      const [own, screen] = [element, document.querySelector('main')].map((one) =>
        one?.getBoundingClientRect(),
      );
      const inSight = own && screen && own.top >= screen.top && own.bottom <= screen.bottom;
      return [element.dataset.testid ?? element.textContent, inSight === true];
    });
  const tabTo = async (popup: Page, wanted: string) => {
    for (let tabs = 0; tabs < 60; tabs++) {
      if ((await focused(popup))?.[0] === wanted) return;
      await popup.keyboard.press('Tab');
    }
    throw new Error(`the Tab key does not reach ${wanted}`);
  };
  const press = async (popup: Page, wanted: string) => {
    await tabTo(popup, wanted);
    await popup.keyboard.press('Enter');
  };

  /** The popup in the size that it has in the browser, over a tab with a page of the merchant. */
  async function popupOverSite(): Promise<Page> {
    const popup = await testBed.purse.popup();
    await popup.setViewportSize({ width: 360, height: 510 });
    await popup.addInitScript((url) => {
      const query = (_: unknown, give?: (all: readonly object[]) => void) => {
        const all = [{ id: 1, url, incognito: false }];
        give?.(all);
        return Promise.resolve(all);
      };
      Object.defineProperty(chrome.tabs, 'query', { value: query });
    }, testBed.at('/free'));
    await popup.reload();
    return popup;
  }

  test('a budget is made for the site of the active tab, edited and paused, and keeps the focus', async () => {
    const popup = await popupOverSite();
    await popup.getByTestId('site-new-budget').waitFor();
    await press(popup, 'site-new-budget');
    await popup.getByTestId('budget-site').waitFor();
    expect(await focused(popup)).toEqual(['budget-site', true]);
    expect(await popup.getByTestId('budget-site').inputValue()).toBe(site());
    await tabTo(popup, 'budget-per-payment');
    await popup.keyboard.type('0.02');
    await popup.keyboard.press('Enter');
    await popup.getByTestId('budget-save').waitFor({ state: 'detached' });
    expect(await focused(popup)).toEqual(['budget-new', true]);
    await popup.getByTestId('budget').waitFor();
    const half = { perDay: String(XNO / 2n), perHour: null, perMonth: null, total: null };
    expect(await view()).toMatchObject({ perPayment: String(2n * PRICE), ...half, paused: false });
    const spent = BigInt((await useOf('perDay'))?.spent ?? 0);
    await page.bringToFront();
    await paid();
    await popup.bringToFront();
    await popup.locator(`[data-testid="meter"][data-limit="perDay"][data-raw="${spent + PRICE}"]`).waitFor();

    // The site has a budget now: the form for a new one does not offer it again, and refuses it.
    await press(popup, 'budget-new');
    expect(await popup.getByTestId('budget-site').inputValue()).toBe('');
    await popup.keyboard.type(`${site()}/page`);
    await popup.getByText('already has a budget').waitFor();
    expect(await popup.getByTestId('budget-save').getAttribute('aria-disabled')).toBe('true');
    await press(popup, 'Cancel');
    expect(await focused(popup)).toEqual(['budget-new', true]);

    await press(popup, 'budget-edit');
    expect(await focused(popup)).toEqual(['budget-per-payment', true]);
    await popup.keyboard.press('ControlOrMeta+A');
    await popup.keyboard.type('0.03');
    await popup.keyboard.press('Enter');
    await popup.getByTestId('budget-save').waitFor({ state: 'detached' });
    expect(await focused(popup)).toEqual(['budget-edit', true]);
    expect(await view()).toMatchObject({ perPayment: String(3n * PRICE) });

    await popup.keyboard.press('Shift+Tab');
    expect(await focused(popup)).toEqual(['budget-active', true]);
    await popup.keyboard.press('Space');
    await testBed.purse.until('budget.list', {}, ([one]) => one?.paused === true);
    expect(await focused(popup)).toEqual(['budget-active', true]);
    await popup.close();
    expect(await asked()).toMatchObject({ reason: 'reason_paused' });
  });

  test('a budget at the end of the list is removed after a question in sight, and the heading has the focus', async () => {
    const { purse } = testBed;
    const sites = ['a', 'b', 'c', 'd'].map((name) => `https://${name}.example`);
    for (const one of sites) await purse.ask('budget.save', { site: one, perDay: String(XNO) });
    const popup = await popupOverSite();
    await press(popup, 'tab-budgets');
    await popup.getByTestId('budget').nth(3).waitFor();
    for (const one of sites.toReversed()) {
      const card = popup.locator(`[data-testid="budget"][data-site="${one}"]`);
      await card.getByTestId('budget-edit').focus();
      await press(popup, 'Remove');
      expect(await focused(popup)).toEqual(['Keep', true]);
      await popup.keyboard.press('Enter');
      expect(await focused(popup)).toEqual(['Remove', true]);
      await popup.keyboard.press('Enter');
      await tabTo(popup, 'Remove budget');
      expect(await focused(popup)).toEqual(['Remove budget', true]);
      await popup.keyboard.press('Enter');
      await card.waitFor({ state: 'detached' });
      expect(await focused(popup)).toEqual(['Budgets', true]);
    }
    expect(await purse.ask('budget.list', {})).toEqual([]);
    await popup.close();
  });
});
