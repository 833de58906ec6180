/** One tab pays with test money, all others with the purse's own: on two ledgers, with two merchants, in one browser. */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readAddress } from '../../devnet/address.ts';
import { type Devnet, startDevnet } from '../../devnet/devnet.ts';
import { type Merchant, startMerchant } from '../../merchant/merchant.ts';
import { startTutorial } from '../../merchant/testing/tutorial.ts';
import { openTestBed, type TestBed, XNO } from '../setup.ts';
import { testKeysAt } from '../test-keys.ts';

/** The ledger of the purse's own network stands for the live one; its money is real to the purse. */
let testBed: TestBed;
let bench: Devnet;
/** A shop on the bench that says which network it is on, and one that says what it would say for real. */
let shop: Merchant;
let candid: Merchant;
let tool: Page;
let page: Page;

const SEED = randomBytes(32).toString('hex');
/** The account of the purse where money is for tests. */
const testAccount = testKeysAt({ kind: 'legacy', hex: SEED }, 0).address;
const DEVNET = 'nano:devnet';
const PASSWORD = 'correct horse battery staple';
const article = (merchant: Merchant, n: string) => `${merchant.origin}/article?n=${encodeURIComponent(n)}`;
const toolUrl = () => testBed.purse.url('src/pages/developer/index.html#sandbox');

const benchProfile = (testMoney = true) => ({
  id: DEVNET,
  label: 'Devnet',
  rpcUrls: [...bench.profile.rpcUrls],
  wsUrl: bench.profile.wsUrl,
  thresholds: bench.profile.thresholds,
  testMoney,
  representative: shop.payTo,
  explorerUrl: null,
});

beforeAll(async () => {
  bench = await startDevnet({ confirmationDelayMs: 50 });
  shop = await startMerchant({ network: bench.profile });
  candid = await startMerchant({ network: { ...bench.profile, id: 'nano:mainnet' } });
  testBed = await openTestBed({
    purse: { seed: SEED },
    devnet: { networkId: 'nano:mainnet' },
    testMoney: false,
  });
  await testBed.purse.ask('network.save', { profile: benchProfile() });
});
afterAll(async () => {
  await testBed?.close();
  await shop?.close();
  await candid?.close();
  await bench?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
  await page.goto(`${shop.origin}/free`);
});
afterEach(() => page.close());

const sendsOnBench = () => {
  const key = readAddress(testAccount);
  return key === undefined ? [] : bench.ledger.chain(key).filter(({ subtype }) => subtype === 'send');
};
const testBalance = async () => (await testBed.purse.ask('sandbox.read', {})).money[0]?.balance ?? null;

/** The number of the tab in which a page stands. */
async function tabOf(one: Page): Promise<number> {
  const { tabs } = await testBed.purse.ask('sandbox.read', {});
  const found = tabs.filter(({ site }) => one.url().startsWith(`${site}/`));
  expect(found).toHaveLength(1);
  return found[0]?.id ?? -1;
}

async function enter(one: Page): Promise<number> {
  const tab = await tabOf(one);
  await testBed.purse.ask('sandbox.enter', { tab, network: DEVNET });
  return tab;
}

const visit = (one: Page, url: string) => void one.goto(url).catch(() => undefined);
const paid = (one: Page) => one.locator('#paid').waitFor();
const lastReason = async (url: string) =>
  (await testBed.purse.ask('log.list', {})).find((line) => line.url === url)?.key;

test('the page for developers puts a tab in the sandbox with one click, and the faucet fills it', async () => {
  const { purse } = testBed;
  const tab = await tabOf(page);
  tool = await purse.newPage();
  await tool.goto(toolUrl());
  expect(await tool.getByTestId('network-banner').count()).toBe(0);
  await tool.getByTestId(`sandbox-tab-${tab}`).click();
  await tool.getByTestId('test-money').getByTestId('network-banner').waitFor();
  const badge = (id: number) => tool.evaluate((tabId) => chrome.action.getBadgeText({ tabId }), id);
  expect(await badge(tab)).toBe('TEST');

  // Nothing is asked of the faucet before the click, and then once.
  const given = () => bench.stats.counts().devnet_faucet ?? 0;
  expect(given()).toBe(0);
  await tool.getByTestId('faucet').click();
  await expect.poll(testBalance).toBe(String(10n * XNO));
  expect(given()).toBe(1);
  await tool.getByTestId('test-balance').waitFor();
  await page.goto(`${shop.origin}/free?again`);
  await expect.poll(() => badge(tab)).toBe('TEST');
  await tool.close();
});

test('the popup shows whether the tab in front is in the sandbox, puts it there and takes it out', async () => {
  const { purse } = testBed;
  const tab = await tabOf(page);
  const popup = await purse.newPage();
  await popup.setViewportSize({ width: 360, height: 600 });
  // As the toolbar's popup is, this one is over the page.
  await popup.addInitScript((id) => {
    const query = (_: unknown, give?: (tabs: readonly object[]) => void) => {
      const tabs = [{ id, url: 'http://127.0.0.1/' }];
      give?.(tabs);
      return Promise.resolve(tabs);
    };
    Object.defineProperty(chrome.tabs, 'query', { value: query });
  }, tab);
  await popup.goto(purse.url('src/pages/popup/index.html'));
  await popup.locator('nav button').nth(3).click();
  await popup.getByTestId('sandbox-enter').click();
  await popup.getByTestId('sandbox-banner').waitFor();
  expect(await popup.getByTestId('sandbox-enter').count()).toBe(0);
  // The purse itself goes on as it was.
  expect(await popup.getByTestId('network-banner').count()).toBe(0);
  expect(await purse.ask('purse.state', {})).toMatchObject({ network: { testMoney: false } });
  await popup.getByTestId('sandbox-leave').click();
  await popup.getByTestId('sandbox-enter').waitFor();
  expect(await popup.getByTestId('sandbox-banner').count()).toBe(0);
  expect((await purse.ask('sandbox.read', {})).money).toEqual([]);
  await popup.close();
});

describe('a tab in the sandbox', () => {
  test('pays on the test network, while another tab pays with the purse’s own money', async () => {
    const { purse, merchant } = testBed;
    const mark = await testBed.mark();
    const before = sendsOnBench().length;
    await enter(page);
    visit(page, article(shop, 'one'));
    const inBox = await purse.nextApproval();
    expect(inBox.offer.network).toMatchObject({ id: DEVNET, testMoney: true });
    const other = await purse.newPage();
    visit(other, article(merchant, 'one'));
    const outside = await purse.nextApproval();
    expect(outside.offer.network).toMatchObject({ id: 'nano:mainnet', testMoney: false });

    const view = await purse.newPage();
    await view.goto(purse.url('src/pages/approve/index.html'));
    const banners = (id: string) =>
      view.locator(`[data-approval="${id}"]`).getByTestId('network-banner').count();
    await view.locator(`[data-approval="${inBox.offer.id}"]`).waitFor();
    expect(await banners(inBox.offer.id)).toBe(1);
    await view.close();

    await inBox.approve();
    await paid(page);
    await outside.approve();
    await paid(other);
    expect(sendsOnBench().length).toBe(before + 1);
    expect(testBed.sends().length).toBe(mark.ledger + 1);
    const [first, second, ...more] = (await purse.payments()).slice(mark.journal);
    expect([first, second].map((one) => [one?.network, one?.testMoney, one?.state])).toEqual(
      expect.arrayContaining([
        [DEVNET, true, 'settled'],
        ['nano:mainnet', false, 'settled'],
      ]),
    );
    expect(more).toEqual([]);
    await other.close();
  });

  test('pays a server that asks on nano:mainnet with test money; out of it, the same asks for real money', async () => {
    const { purse } = testBed;
    const mark = await testBed.mark();
    const before = sendsOnBench().length;
    const url = article(candid, 'one');
    visit(page, url);
    const real = await purse.nextApproval();
    expect(real.offer.network.testMoney).toBe(false);
    await real.decline();
    await page.goto(`${shop.origin}/free`);
    await enter(page);
    visit(page, url);
    const { offer, approve } = await purse.nextApproval();
    expect(offer.network).toMatchObject({ id: DEVNET, testMoney: true });
    await approve({ budget: { perPayment: XNO, perDay: XNO } });
    await paid(page);
    expect(sendsOnBench().length).toBe(before + 1);
    expect(testBed.sends().length).toBe(mark.ledger);
    // The budget is one of test money.
    expect(await purse.ask('budget.list', {})).toEqual([]);
    const again = await purse.newPage();
    visit(again, article(candid, 'two'));
    const outside = await purse.nextApproval();
    expect(outside.offer.network.testMoney).toBe(false);
    await outside.decline();
    await again.close();
    await page.goto(article(candid, 'three'));
    await paid(page);
    expect(sendsOnBench().length).toBe(before + 2);
    expect(testBed.sends().length).toBe(mark.ledger);
  });

  test('pays the server of the tutorial, which names the live network, with test money', async () => {
    const { purse } = testBed;
    const mark = await testBed.mark();
    const before = sendsOnBench().length;
    const tutorial = await startTutorial({ PAY_TO: shop.payTo, RPC: bench.rpcUrl, NETWORK: 'nano:mainnet' });
    await enter(page);
    visit(page, `${tutorial.origin}/article`);
    const { offer, approve } = await purse.nextApproval();
    expect(offer.network.testMoney).toBe(true);
    await approve();
    await paid(page);
    expect(sendsOnBench().length).toBe(before + 1);
    expect(testBed.sends().length).toBe(mark.ledger);
    await tutorial.close();
  });

  describe('takes the windows that it opens with it, and none spends the budget of real money:', () => {
    const open = (url: string, how: string) => `window.open(${JSON.stringify(url)}, '_blank', '${how}')`;
    const link = (url: string, rel: string) =>
      `document.body.append(Object.assign(document.createElement('a'), { href: ${JSON.stringify(url)}, target: '_blank', rel: '${rel}', id: 'link', textContent: 'Read' }))`;
    const ways: readonly [string, (url: string) => Promise<unknown>][] = [
      ['by a script', (url) => page.evaluate(open(url, ''))],
      ['by a script, without an opener', (url) => page.evaluate(open(url, 'noopener'))],
      ['as a popup', (url) => page.evaluate(open(url, 'popup,width=500,height=500'))],
      [
        'empty, and then navigated',
        (url) =>
          page.evaluate(
            `const opened = window.open('about:blank'); opened.location = ${JSON.stringify(url)}`,
          ),
      ],
      [
        'by a link',
        async (url) => {
          await page.evaluate(link(url, ''));
          await page.click('#link');
        },
      ],
      [
        'by a link without opener and referrer, in the background',
        async (url) => {
          await page.evaluate(link(url, 'noopener noreferrer'));
          await page.click('#link', { modifiers: ['ControlOrMeta'] });
        },
      ],
    ];

    beforeEach(async () => {
      const budget = { perPayment: String(3n * XNO), perDay: String(6n * XNO), paused: false };
      await testBed.purse.ask('budget.save', { site: candid.origin, ...budget });
    });
    afterEach(() => testBed.purse.ask('budget.remove', { site: candid.origin }));

    test.each(ways)('%s', async (name, opens) => {
      const { purse } = testBed;
      const mark = await testBed.mark();
      await page.goto(`${candid.origin}/free`);
      await enter(page);
      const opening = purse.context.waitForEvent('page');
      await opens(`${article(candid, name)}&price=${2n * XNO}`);
      const opened = await opening;
      const { offer, decline } = await purse.nextApproval();
      expect(offer.network).toMatchObject({ id: DEVNET, testMoney: true });
      await decline();
      const { tabs } = await purse.ask('sandbox.read', {});
      expect(tabs.filter(({ network }) => network === DEVNET)).toHaveLength(2);
      await opened.close();
      expect(testBed.sends().length).toBe(mark.ledger);
    });
  });

  test('stays in it when the worker is killed over its question', async () => {
    const { purse } = testBed;
    const mark = await testBed.mark();
    const before = sendsOnBench().length;
    await enter(page);
    visit(page, article(shop, 'killed'));
    await purse.nextApproval();
    await purse.killWorker();
    const { offer, approve } = await purse.nextApproval();
    expect(offer.network).toMatchObject({ id: DEVNET, testMoney: true });
    await approve();
    await paid(page);
    expect(sendsOnBench().length).toBe(before + 1);
    expect(testBed.sends().length).toBe(mark.ledger);
  });

  test('stays in it when the purse is locked', async () => {
    const { purse } = testBed;
    await enter(page);
    await purse.ask('vault.lock', {});
    visit(page, article(shop, 'locked'));
    await purse.until('approval.waiting', {}, ([one]) => one?.testMoney === true);
    await purse.ask('vault.unlock', { password: PASSWORD });
    const { offer, decline } = await purse.nextApproval();
    expect(offer.network).toMatchObject({ id: DEVNET, testMoney: true });
    await decline();
  });

  test('pays nothing once its network has real money', async () => {
    const { purse } = testBed;
    const mark = await testBed.mark();
    const before = sendsOnBench().length;
    const tab = await enter(page);
    await purse.ask('network.save', { profile: benchProfile(false) });
    const url = article(shop, 'real now');
    await page.goto(url);
    await expect.poll(() => lastReason(url)).toBe('fault_sandboxGone');
    await purse.ask('sandbox.leave', { tab });
    await purse.ask('network.save', { profile: benchProfile() });
    expect(sendsOnBench().length).toBe(before);
    expect(testBed.sends().length).toBe(mark.ledger);
  });

  test('has no account where the node of its network shows the chain of real money', async () => {
    const { purse, devnet, merchant } = testBed;
    const mark = await testBed.mark();
    const { rpcUrls, wsUrl } = devnet.profile;
    await purse.ask('network.save', { profile: { ...benchProfile(), rpcUrls: [...rpcUrls], wsUrl } });
    const tab = await enter(page);
    const { money } = await purse.until('sandbox.read', {}, ({ money: [one] }) => one?.balance != null);
    expect(money).toMatchObject([{ balance: '0', account: testAccount }]);
    expect(purse.account).not.toBe(testAccount);
    visit(page, article(merchant, 'mirror'));
    const { offer, decline } = await purse.nextApproval();
    expect(offer.missing).toBe(offer.amount);
    await decline();
    expect(testBed.sends().length).toBe(mark.ledger);
    await purse.ask('sandbox.leave', { tab });
    await purse.ask('network.save', { profile: benchProfile() });
  });

  test('is forgotten with its tab', async () => {
    const { purse } = testBed;
    const one = await purse.newPage();
    await one.goto(`${candid.origin}/free`);
    await enter(one);
    const kept = () =>
      purse.ask('sandbox.read', {}).then(({ money }) => money.map(({ network }) => network.id));
    expect(await kept()).toEqual([DEVNET]);
    await one.close();
    await expect.poll(kept).toEqual([]);
  });
});

describe('no question moves to another network:', () => {
  test.each(['enter', 'leave'] as const)('it is withdrawn when its tab moves, by sandbox.%s', async (way) => {
    const { purse, merchant } = testBed;
    const mark = await testBed.mark();
    const before = sendsOnBench().length;
    const tab = await tabOf(page);
    if (way === 'leave') await purse.ask('sandbox.enter', { tab, network: DEVNET });
    const url = article(way === 'leave' ? shop : merchant, `taken back by ${way}`);
    visit(page, url);
    const { offer } = await purse.nextApproval();
    if (way === 'leave') await purse.ask('sandbox.leave', { tab });
    else await purse.ask('sandbox.enter', { tab, network: DEVNET });
    expect(await purse.ask('approval.list', {})).toEqual([]);
    await expect(purse.ask('approval.answer', { id: offer.id, answer: { kind: 'once' } })).rejects.toThrow(
      'fault_approvalGone',
    );
    await expect.poll(() => lastReason(url)).toBe('refusal_LAPSED');
    expect(sendsOnBench().length).toBe(before);
    expect(testBed.sends().length).toBe(mark.ledger);
  });
});

test('an offer on the test network is not payable outside the sandbox', async () => {
  const url = article(shop, 'outside');
  await page.goto(url);
  await expect.poll(() => lastReason(url)).toBe('refusal_UNSUPPORTED_NETWORK');
});

test('no faucet is asked for real money, and no tab is put on it', async () => {
  const { purse } = testBed;
  await expect(purse.ask('sandbox.faucet', { network: 'nano:mainnet' })).rejects.toThrow('fault_realMoney');
  const tab = await tabOf(page);
  await expect(purse.ask('sandbox.enter', { tab, network: 'nano:mainnet' })).rejects.toThrow(
    'fault_sandboxGone',
  );
});
