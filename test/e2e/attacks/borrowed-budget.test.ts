import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Paywall, startPaywall } from '../interception/paywall.ts';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';

/** The merchant has a budget here, and somebody else would like to spend it. */
let testBed: TestBed;
let stranger: Paywall;
let page: Page;

beforeAll(async () => {
  testBed = await openTestBed();
  stranger = await startPaywall();
  const budget = { perPayment: String(XNO), perDay: String(5n * XNO), paused: false };
  await testBed.purse.ask('budget.save', { site: testBed.merchant.origin, ...budget });
});
afterAll(async () => {
  await testBed?.close();
  await stranger?.close();
});
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

let visits = 0;
/** A paid document of the merchant that was not requested before. */
const article = () => testBed.at('/article', { mechanism: 'nanoSignature', visit: String(++visits) });
const data = () => testBed.at('/api/data', { mechanism: 'nanoSignature', visit: String(++visits) });
/** A page of the stranger's with a script. */
const lure = (script: string) => stranger.page(`/lure-${++visits}`, `<body><script>${script}</script>`);
const text = JSON.stringify;

/** The one question that `tempt` leads to: it names the site that is paid and who asked, and nothing is paid. */
async function asked(tempt: () => Promise<unknown>) {
  const mark = await testBed.mark();
  const [spent] = await testBed.purse.ask('budget.list', {});
  const tempted = tempt().catch(() => null);
  const { offer, decline } = await testBed.purse.nextApproval();
  expect(offer).toMatchObject({ site: testBed.merchant.origin, reason: 'reason_crossSite' });
  await decline();
  await tempted;
  await testBed.nothingSince(mark);
  expect(await testBed.purse.ask('budget.list', {})).toEqual([spent]);
  return offer;
}

/** A frame that has no origin to tell, and a script in it. */
const sandboxed = (script: string, allow: string) =>
  `const frame = document.createElement('iframe');
   frame.sandbox = 'allow-scripts ${allow}';
   frame.srcdoc = ${text(`<script>${script}</script>`).replaceAll('</', '<\\/')};
   document.body.append(frame);`;

describe('the budget pays for the site itself', () => {
  test('when the user goes there', async () => {
    const mark = await testBed.mark();
    await page.goto(article());
    await page.locator('#paid').waitFor();
    expect(await testBed.paidSince(mark)).toMatchObject([{ approval: 'budget', amount: String(PRICE) }]);
  });

  test.each([
    ['srcdoc', (url: string) => `frame.srcdoc = ${text(`<script>fetch(${text(url)})</script>`)}`],
    ['about:blank', (url: string) => `frame.onload = () => frame.contentWindow.fetch(${text(url)})`],
    [
      'blob',
      (url: string) =>
        `frame.src = URL.createObjectURL(new Blob(['<script>fetch(' + ${text(text(url))} + ')</scr' + 'ipt>'], { type: 'text/html' }))`,
    ],
  ])('from a frame of its own without an address of its own: %s', async (_, filled) => {
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    await page.evaluate((script) => {
      const frame = document.createElement('iframe');
      new Function('frame', script)(frame);
      document.body.append(frame);
    }, filled(data()));
    await testBed.purse.until('activity.page', { before: null, limit: 1 }, ({ items: [last] }) => {
      return (
        last?.kind === 'payment' && last.state === 'settled' && last.url?.endsWith(`visit=${visits}`) === true
      );
    });
    expect(await testBed.paidSince(mark)).toMatchObject([{ approval: 'budget' }]);
  });
});

describe('the budget does not pay when another site', () => {
  test('sends the user there by a link, and the question names both', async () => {
    const offer = await asked(() => page.goto(lure(`location.href = ${text(article())}`)));
    expect(offer.askedBy).toBe(stranger.here);
  });

  test('opens it in a window', async () => {
    await page.goto(stranger.page('/opener', '<button id="open">Open</button>'));
    const url = article();
    await page.evaluate((target) => {
      document.querySelector('button')?.addEventListener('click', () => window.open(target));
    }, url);
    const opened = testBed.purse.context.waitForEvent('page');
    const offer = await asked(() => page.click('#open'));
    expect(offer.askedBy).toBe(stranger.here);
    await (await opened).close();
  });

  test('has the budget’s site in a frame', async () => {
    const offer = await asked(() =>
      page.goto(lure(`document.body.innerHTML = '<iframe src="${testBed.at('/page', { fetch: data() })}">'`)),
    );
    expect(offer.askedBy).toBe(stranger.here);
  });

  test('fetches from it', async () => {
    const offer = await asked(() => page.goto(lure(`fetch(${text(data())})`)));
    expect(offer.askedBy).toBe(stranger.here);
  });

  test('stands in a frame on the budget’s site and fetches from it', async () => {
    const inner = lure(`fetch(${text(data())})`);
    const mark = await testBed.mark();
    await page.goto(testBed.at('/free'));
    const offer = await asked(() =>
      page.evaluate((src) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src }));
      }, inner),
    );
    expect(offer.askedBy).toBe(stranger.here);
    await testBed.nothingSince(mark);
  });

  test('has its own window go there out of a sandboxed frame that has no origin', async () => {
    await asked(() =>
      page.goto(lure(sandboxed(`top.location = ${text(article())}`, 'allow-top-navigation'))),
    );
  });

  test('opens it in a window out of a sandboxed frame that has no origin', async () => {
    await page.goto(lure(sandboxed('', 'allow-popups allow-popups-to-escape-sandbox')));
    const opened = testBed.purse.context.waitForEvent('page');
    const offer = await asked(async () => {
      const frame = page.frames().find((one) => one !== page.mainFrame());
      await frame?.evaluate((url) => void open(url), article());
    });
    expect(offer.askedBy).toBe('null');
    await (await opened).close();
  });

  test('has its window go back to what it had opened there before', async () => {
    await page.goto(stranger.page('/opener', '<p>Opens'));
    const opening = testBed.purse.context.waitForEvent('page');
    await asked(() => page.evaluate((url) => void open(url, 'opened'), article()));
    const opened = await opening;
    await page.evaluate(() => void open('/opener', 'opened'));
    await opened.waitForURL(`${stranger.here}/opener`);
    const offer = await asked(() => opened.evaluate(() => history.back()));
    expect(offer.askedBy).toBe(stranger.here);
    await opened.close();
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])(
    'with %i from where the user went does not spend the budget of where it leads',
    async (status) => {
      const url = article();
      const from = stranger.serve(`/moved-${status}`, (_, response) => {
        response.writeHead(status, { Location: url }).end();
      });
      const offer = await asked(() => page.goto(from));
      expect(offer).toMatchObject({ url, askedBy: stranger.here });
    },
  );

  test('of the site with the budget charges the site that it leads to, and names both', async () => {
    const { merchant, purse } = testBed;
    const [before] = await purse.ask('budget.list', {});
    const elsewhere = new URL(article());
    elsewhere.hostname = 'localhost';
    const ways = [
      () => page.goto(testBed.at('/redirect', { to: elsewhere.href })),
      () =>
        page.goto(
          testBed.at('/page', {
            fetch: testBed.at('/redirect', { to: elsewhere.href.replace('article', 'api/data') }),
          }),
        ),
    ];
    for (const way of ways) {
      const mark = await testBed.mark();
      const went = way().catch(() => null);
      const { offer, decline } = await purse.nextApproval();
      expect(offer).toMatchObject({ site: merchant.otherOrigin, askedBy: merchant.origin, budget: null });
      await decline();
      await went;
      await testBed.nothingSince(mark);
    }
    expect(await purse.ask('budget.list', {})).toEqual([before]);
  });

  test('in the course of the site’s own fetch counts as caused by the redirecting site', async () => {
    const url = data();
    const from = stranger.serve('/cors', (_, response) => {
      response.writeHead(307, { Location: url, 'Access-Control-Allow-Origin': '*' }).end();
    });
    await page.goto(testBed.at('/free'));
    const offer = await asked(() => page.evaluate((to) => void fetch(to), from));
    expect(offer).toMatchObject({ url, askedBy: stranger.here });
  });
});
