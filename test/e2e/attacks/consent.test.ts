/** The merchant has a budget here: it pays for what the user asked for and can see, and for nothing else. */
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageKey } from '../../../src/fault.ts';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { besideOther, OTHER_PAGE } from '../other-extension.ts';
import { openTestBed, type TestBed, XNO } from '../setup.ts';

let testBed: TestBed;
let stranger: Paywall;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { extraArgs: besideOther() } });
  stranger = await startPaywall();
  const budget = { perPayment: String(XNO), perDay: String(9n * XNO), paused: false };
  await testBed.purse.ask('budget.save', { site: testBed.merchant.origin, ...budget });
});
afterAll(async () => {
  await testBed.close();
  await stranger.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(async () => {
  const [ownPage, ...others] = testBed.purse.context.pages();
  for (const other of others) await other.close();
  await ownPage?.bringToFront();
});

let visits = 0;
const fresh = (path: string, query: Readonly<Record<string, string>> = {}) =>
  testBed.at(path, { mechanism: 'nanoSignature', visit: String(++visits), ...query });
/** A paid document that was not asked for before. */
const article = () => fresh('/article');
/** A free page of the merchant's. */
const free = () => fresh('/free');
const shownPaid = (one: Page) => one.locator('#paid').waitFor();

/** The one question that `tempt` leads to: it gives this reason, and nothing is paid. */
async function asked(reason: MessageKey, tempt: () => Promise<unknown>): Promise<void> {
  const mark = await testBed.mark();
  const tempted = tempt().catch(() => null);
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ site: testBed.merchant.origin, reason });
  await decline();
  await tempted;
  await testBed.nothingSince(mark);
}

/** What `visit` leads to is paid, once, without a question. */
async function paidOnce(visit: () => Promise<unknown>, shown: () => Promise<unknown>): Promise<void> {
  const mark = await testBed.mark();
  await visit().catch(() => null);
  await shown();
  expect(await testBed.paidSince(mark)).toMatchObject([{ approval: 'budget' }]);
}

/** A paid article in the tab, got without a question. */
async function bought(): Promise<string> {
  const url = article();
  await paidOnce(
    () => page.goto(url),
    () => shownPaid(page),
  );
  return url;
}

/** A link to what is given, in a page of the merchant's. */
async function withLink(href: string, attributes = ''): Promise<void> {
  await page.goto(free());
  await page.evaluate(
    ([to, more]) =>
      document.body.insertAdjacentHTML('beforeend', `<a id="link" href="${to}" ${more}>Read</a>`),
    [href, attributes] as const,
  );
}

describe('a budget pays without asking', () => {
  test('for a link that is clicked', async () => {
    await withLink(article());
    await paidOnce(
      () => page.click('#link'),
      () => shownPaid(page),
    );
  });

  test('for a form that is sent', async () => {
    await page.goto(free());
    await page.evaluate((action) => {
      document.body.insertAdjacentHTML(
        'beforeend',
        `<form action="${action}"><button id="go">Go</button></form>`,
      );
      document.querySelector('form')?.append(
        ...[...new URL(action).searchParams].map(([name, value]) => {
          return Object.assign(document.createElement('input'), { type: 'hidden', name, value });
        }),
      );
    }, article());
    await paidOnce(
      () => page.click('#go'),
      () => shownPaid(page),
    );
  });

  test('for a document that its user asks for again', async () => {
    const url = await bought();
    await paidOnce(
      () => page.goto(url),
      () => shownPaid(page),
    );
  });

  test('for what a page in the popup window of its site fetches', async () => {
    await page.goto(free());
    const opening = testBed.purse.context.waitForEvent('page');
    await page.evaluate((url) => void open(url, '', 'popup,width=400,height=400'), free());
    const popup = await opening;
    await popup.locator('#free').waitFor();
    await paidOnce(
      () => popup.evaluate((url) => fetch(url).then((answer) => answer.status), fresh('/api/data')),
      () => Promise.resolve(),
    );
  });
});

describe('a budget asks before it pays for what the browser loads again:', () => {
  test('a reload', async () => {
    await bought();
    await asked('reason_justPaid', () => page.reload());
  });

  test('a reload of a page that was declined', async () => {
    const url = article();
    await testBed.purse.ask('purse.pause', { paused: true });
    await asked('reason_paused', () => page.goto(url));
    await testBed.purse.ask('purse.pause', { paused: false });
    await asked('reason_loadedAgain', () => page.reload());
  });

  test('a reload by the page itself', async () => {
    await bought();
    await asked('reason_justPaid', () => page.evaluate(() => location.reload()));
  });

  test('a step back that the user makes', async () => {
    await bought();
    await page.goto(free());
    await asked('reason_justPaid', () => page.goBack());
  });

  test('a step back that a page of another site makes', async () => {
    await bought();
    await page.goto(stranger.page(`/back-${visits}`, '<p>Back'));
    await asked('reason_justPaid', () => page.evaluate(() => history.back()));
  });

  test('a step forward', async () => {
    await page.goto(free());
    await bought();
    await page.goBack();
    await asked('reason_justPaid', () => page.goForward());
  });

  test('a duplicated tab', async () => {
    await bought();
    const tab = await tabShowing(page);
    await asked('reason_justPaid', () => inOther(`await chrome.tabs.duplicate(${tab})`, 'behind'));
  });

  test('a tab that was discarded', async () => {
    await bought();
    const tab = await tabShowing(page);
    const elsewhere = await testBed.purse.newPage();
    await elsewhere.goto(free());
    await asked('reason_justPaid', async () => {
      await inOther(
        `const { id } = await chrome.tabs.discard(${tab}); await chrome.tabs.update(id, { active: true })`,
        'behind',
      );
    });
  });

  test('an image of a page that is loaded again', async () => {
    const image = fresh('/image.png');
    await page.goto(free());
    const show = (src: string) =>
      page.evaluate((url) => document.body.append(Object.assign(new Image(), { src: url })), src);
    await paidOnce(
      () => show(image),
      () => page.waitForFunction(() => (document.querySelector('img')?.naturalWidth ?? 0) > 0),
    );
    await page.reload();
    await asked('reason_justPaid', () => show(image));
  });
});

describe('a budget asks before it pays for what the user did not start:', () => {
  test('a page that a script navigates to, without an action of the user', async () => {
    const url = article();
    await page.goto(testBed.at('/free'));
    const session = await testBed.purse.context.newCDPSession(page);
    await asked('reason_startedByPage', () =>
      session.send('Runtime.evaluate', {
        expression: `location.href = ${JSON.stringify(url)}`,
        userGesture: false,
      }),
    );
  });

  test.each([
    ['updates a tab', (url: string) => `await chrome.tabs.update(${JSON.stringify({ url })})`],
    ['opens a tab', (url: string) => `await chrome.tabs.create(${JSON.stringify({ url })})`],
    ['opens a window', (url: string) => `await chrome.windows.create(${JSON.stringify({ url })})`],
    [
      'opens a focused popup',
      (url: string) => `await chrome.windows.create(${JSON.stringify({ url, type: 'popup' })})`,
    ],
    ['moves its own page', (url: string) => `location.href = ${JSON.stringify(url)}`],
  ])('another extension %s', async (_, script) => {
    await asked('reason_startedOutside', () => inOther(script(article())));
  });
});

describe('a budget asks before it pays for what its user cannot see:', () => {
  test('a link opened in a background tab', async () => {
    await withLink(article());
    await asked('reason_notInFront', () => page.click('#link', { modifiers: ['ControlOrMeta'] }));
  });

  test('a document in a popup window', async () => {
    await page.goto(free());
    const open = `open(${JSON.stringify(article())}, '', 'popup,width=500,height=500')`;
    await asked('reason_notInFront', () => page.evaluate(open));
  });

  test.each([
    ['of 100 by 100', 'popup,width=100,height=100'],
    ['of 299 by 600', 'popup,width=299,height=600'],
    ['of 600 by 250', 'popup,width=600,height=250'],
  ])('what a script fetches in a window %s', async (_, features) => {
    await page.goto(free());
    const opening = testBed.purse.context.waitForEvent('page');
    await page.evaluate(([url, how]) => void open(url, '', how), [free(), features] as const);
    const small = await opening;
    await small.locator('#free').waitFor();
    await asked('reason_notInView', () => small.evaluate((url) => fetch(url), fresh('/api/data')));
  });

  test('what a script fetches in a background tab', async () => {
    await page.goto(free());
    const front = await testBed.purse.newPage();
    await front.bringToFront();
    await asked('reason_notInView', () => page.evaluate((url) => fetch(url), fresh('/api/data')));
  });
});

describe('a budget asks before it pays through a frame of another site:', () => {
  test('its own frame, in a frame of another site, in its own page', async () => {
    const paid = fresh('/frame');
    const between = stranger.page(`/between-${visits}`, `<iframe src="${paid}"></iframe>`);
    await page.goto(free());
    await asked('reason_crossSite', () =>
      page.evaluate((src) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src }));
      }, between),
    );
  });

  test('a fetch of its own frame in a frame of another site', async () => {
    const inner = fresh('/page', { fetch: '1' });
    const between = stranger.page(`/between-${visits}`, `<iframe src="${inner}"></iframe>`);
    await page.goto(free());
    await asked('reason_crossSite', () =>
      page.evaluate((src) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src }));
      }, between),
    );
  });
});

/** Runs a script in a page of the other extension, in front or behind. */
async function inOther(script: string, where: 'front' | 'behind' = 'front'): Promise<unknown> {
  const own = testBed.purse.context.pages().find((one) => one.url() === OTHER_PAGE);
  const view = own ?? (await testBed.purse.newPage());
  if (own === undefined) await view.goto(OTHER_PAGE);
  if (where === 'front') await view.bringToFront();
  return view.evaluate(`(async () => { ${script} })()`);
}

/** The number of the tab in which a page is. */
async function tabShowing(one: Page): Promise<number> {
  const { tabs } = await testBed.purse.ask('sandbox.read', {});
  const site = new URL(one.url()).origin;
  const found = tabs.filter((tab) => tab.site === site);
  expect(found).toHaveLength(1);
  return found[0]?.id ?? -1;
}
