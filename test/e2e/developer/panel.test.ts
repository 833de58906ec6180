/** What developers see of a tab's 402s: in the panel as a page, in real developer tools, and in the popup. */
import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeView } from '../../../src/messages/exchange.ts';
import { openTestBed, PRICE, type TestBed, XNO } from '../setup.ts';
import { Har } from './har.ts';
import { pasted } from './pasted.ts';

const PASSWORD = 'correct horse battery staple';

let testBed: TestBed;
/** The page whose tab is looked at. */
let page: Page;
let tabId: number;
let panel: Page;

beforeAll(async () => {
  testBed = await openTestBed();
  const { purse, merchant } = testBed;
  page = await purse.newPage();
  await page.goto(testBed.at('/free'));
  tabId = await tabOf(page);
  void page.goto(testBed.at('/article', { n: 'declined' })).catch(() => undefined);
  await (await purse.nextApproval()).decline();
  await page.goto(merchant.registerHeader('odd'));
  await page.goto(testBed.at('/legacy', { protocol: 'rev4' }));
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(2n * PRICE),
    perDay: String(XNO),
    paused: false,
  });
  await page.goto(testBed.at('/page', { fetch: '1', img: '1' }));
  await page.locator('#fetch-result[data-status="200"]').waitFor();
  await page.locator('#img-result[data-status="200"]').waitFor();
  void page.goto(testBed.at('/always-refuses')).catch(() => undefined);
  await states((list) => list.at(-1)?.state === 'refused');
});
afterAll(() => testBed?.close());

const inPurse = (path: string) => testBed.purse.url(path);

/** The number of the tab in which a page stands. */
async function tabOf(one: Page): Promise<number> {
  const { tabs } = await testBed.purse.ask('sandbox.read', {});
  const found = tabs.filter(({ site }) => one.url().startsWith(`${site}/`));
  if (found.length !== 1 || found[0] === undefined) throw new Error('no tab, or more than one');
  return found[0].id;
}

const states = (are: (list: readonly ExchangeView[]) => boolean) =>
  testBed.purse.until('exchange.list', { tabId }, are);

const row = (url: string) => panel.getByTestId('exchange').filter({ hasText: url });

async function openPanel(): Promise<void> {
  panel = await testBed.purse.newPage();
  await panel.setViewportSize({ width: 1100, height: 700 });
  await panel.goto(inPurse(`src/pages/devtools/panel.html?tab=${tabId}`));
  await panel.getByTestId('exchange').first().waitFor();
}

/** Resolves when an answer that the exchange with this path got lies in the store, for the worker's next life. */
const isWritten = (path: string) =>
  panel.waitForFunction(async (wanted) => {
    type Stored = { readonly request: { readonly url: string }; readonly steps: readonly { kind: string }[] };
    const stored = await chrome.storage.session.get<Record<string, Stored>>(null);
    return Object.entries(stored)
      .filter(([key, { request }]) => key.startsWith('exchange:') && new URL(request.url).pathname === wanted)
      .some(([, { steps }]) => steps.some(({ kind }) => kind === 'answered'));
  }, path);

async function download(testId: string): Promise<unknown> {
  const [file] = await Promise.all([panel.waitForEvent('download'), panel.getByTestId(testId).click()]);
  return JSON.parse(readFileSync(await file.path(), 'utf8'));
}

describe('opened late, after the worker died', () => {
  beforeAll(async () => {
    await openPanel();
    await isWritten('/always-refuses');
    await panel.close();
    await testBed.purse.killWorker();
    await openPanel();
  });

  test('shows every 402 of the tab, with its outcome', async () => {
    const rows = await panel
      .getByTestId('exchange')
      .evaluateAll((all) => all.map((one) => [one.dataset.state, one.textContent?.match(/\/[a-z.-]+/)?.[0]]));
    expect(rows.slice(0, 3)).toEqual([
      ['left', '/article'],
      ['left', '/malformed'],
      ['left', '/legacy'],
    ]);
    expect(rows.slice(3, 5).toSorted()).toEqual([
      ['paid', '/api'],
      ['paid', '/image.png'],
    ]);
    expect(rows.slice(5)).toEqual([['refused', '/always-refuses']]);
  });

  test('shows one exchange in full: request, envelope, rule, decision, time, block, response, proof', async () => {
    await row('/api').click();
    const story = panel.getByTestId('story');
    const { block, proof } = await paidStory('/api/data');
    await story
      .getByTestId('request')
      .filter({ hasText: testBed.at('/api/data') })
      .waitFor();
    expect(await story.getByTestId('story-block').textContent()).toBe(block);
    const codes = await story.getByTestId('verdict-code').allTextContents();
    expect(codes).toContain('NS7_SESSION');
    expect(await story.getByTestId('verdict-rule').count()).toBeGreaterThan(0);
    expect(await story.locator('[data-testid="raw"][data-header="PAYMENT-SIGNATURE"]').textContent()).toBe(
      proof,
    );
    expect(await story.getByTestId('answer').textContent()).toContain('200');
    expect(await story.locator('[data-header="PAYMENT-RESPONSE"]').count()).toBeGreaterThan(0);
    const spans = await story
      .locator('[data-testid="waterfall"] [data-span]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-span')));
    for (const span of ['sign', 'confirm', 'answer']) expect(spans).toContain(`devtools_span_${span}`);
  });

  test('says why a 402 was not paid, and names the protocol of another one', async () => {
    await row('/malformed').click();
    await panel.getByTestId('verdict-code').filter({ hasText: 'BAD_BASE64' }).waitFor();
    await row('/legacy').click();
    await panel.getByTestId('story').getByText('X-402', { exact: false }).first().waitFor();
    await row('/article').click();
    await panel.getByTestId('story').getByText('You declined this payment.').first().waitFor();
  });

  test('filters by words and by state', async () => {
    await panel.getByTestId('filter').fill('legacy early');
    await expect.poll(() => panel.getByTestId('exchange').count()).toBe(1);
    await panel.getByTestId('filter').fill('');
    await panel.getByTestId('state').selectOption('paid');
    await expect.poll(() => panel.getByTestId('exchange').count()).toBe(2);
    await panel.getByTestId('state').selectOption('all');
  });

  test('saves what it shows as HAR 1.2 and as JSON, without a proof that has yet to go out', async () => {
    const har = Har.parse(await download('save-har'));
    const { entries } = har.log;
    const { proof } = await paidStory('/api/data');
    const of = (path: string) => entries.filter(({ request }) => new URL(request.url).pathname === path);
    expect(of('/article').map(({ response }) => response.status)).toEqual([402]);
    expect(of('/always-refuses').map(({ response }) => response.status)).toEqual([402, 402]);
    const [asked, answered] = of('/api/data');
    expect(asked?.response.headers.map(({ name }) => name)).toEqual(['PAYMENT-REQUIRED']);
    expect(answered?.request.headers).toEqual([{ name: 'PAYMENT-SIGNATURE', value: proof }]);
    expect(answered?.response.status).toBe(200);

    const archive = (await download('save-json')) as { exchanges: readonly { state: string }[] };
    expect(archive.exchanges).toHaveLength(6);
  });

  test('sends the same proof again, which pays nothing', async () => {
    const mark = await testBed.mark();
    const before = testBed.merchant.books().requests.length;
    await row('/api').click();
    await panel.getByTestId('replay').click();
    expect(await panel.getByTestId('replayed').getAttribute('data-status')).toBe('410');
    const [again, ...more] = testBed.merchant.books().requests.slice(before);
    expect([again?.path, again?.hadPaymentSignature, more]).toEqual(['/api/data', true, []]);
    await testBed.nothingSince(mark);
    await panel.locator('[data-testid="answer"][data-way="replay"]').waitFor();
    // What the page itself got is still what counts.
    expect(await row('/api').getAttribute('data-state')).toBe('paid');
  });

  test('sends no proof again that was never sent, or that is unknown', async () => {
    const [declined] = await testBed.purse.ask('exchange.list', { tabId });
    const { purse } = testBed;
    await expect(purse.ask('exchange.replay', { id: declined?.id ?? '' })).rejects.toThrow('fault_noReplay');
    await expect(purse.ask('exchange.replay', { id: 'unknown' })).rejects.toThrow('fault_unknownExchange');
    await expect(purse.ask('exchange.read', { id: 'unknown' })).rejects.toThrow('fault_unknownExchange');
  });

  test('updates by itself: a question that waits, and its answer', async () => {
    await testBed.purse.ask('budget.remove', { site: testBed.merchant.origin });
    void page.goto(testBed.at('/article', { n: 'live' })).catch(() => undefined);
    const { approve } = await testBed.purse.nextApproval();
    await panel.locator('[data-testid="exchange"][data-state="asking"]').waitFor();
    await approve();
    await page.locator('#paid').waitFor();
    await panel.locator('[data-testid="exchange"][data-state="asking"]').waitFor({ state: 'detached' });
    await row('n=live').and(panel.locator('[data-state="paid"]')).waitFor();
  });
});

async function paidStory(path: string): Promise<{ readonly block: string; readonly proof: string }> {
  const list = await testBed.purse.ask('exchange.list', { tabId });
  const found = list.find(({ url }) => new URL(url).pathname === path);
  const { paid, proof } = await testBed.purse.ask('exchange.read', { id: found?.id ?? '' });
  if (paid?.blockHash == null || proof === null) throw new Error('not paid');
  return { block: paid.blockHash, proof: proof.value };
}

test('the popup lists what the tab in front asked for, and leads to the payment', async () => {
  const popup = await testBed.purse.newPage();
  await popup.setViewportSize({ width: 360, height: 600 });
  await popup.addInitScript((id) => {
    const tabs = [{ id, url: 'http://127.0.0.1/' }];
    const query = (_: unknown, give?: (all: readonly object[]) => void) => {
      give?.(tabs);
      return Promise.resolve(tabs);
    };
    Object.defineProperty(chrome.tabs, 'query', { value: query });
  }, tabId);
  await popup.goto(inPurse('src/pages/popup/index.html'));
  await popup.getByTestId('tab-row').click();
  await popup.getByTestId('tab-exchange').first().waitFor();
  const listed = await popup
    .getByTestId('tab-exchange')
    .evaluateAll((all) => all.map((one) => one.dataset.state));
  const told = (await testBed.purse.ask('exchange.list', { tabId })).map(({ state }) => state).toReversed();
  expect(listed).toEqual(told);
  // Its own mark is all that it draws: nothing of any server.
  const images = await popup.locator('img').evaluateAll((all) => all.map((one) => one.getAttribute('src')));
  expect(images.filter((src) => !src?.startsWith('/'))).toEqual([]);
  await popup.locator('button[data-testid="tab-exchange"]').first().click();
  await popup.getByTestId('payment-state').waitFor();
  await popup.close();
});

describe('in real developer tools', () => {
  let tools: Awaited<ReturnType<typeof openTools>>;
  let inside: Inside;

  beforeAll(async () => {
    const browser = testBed.purse.context.browser();
    if (browser === null) throw new Error('no browser');
    const session = await browser.newBrowserCDPSession();
    const own = await testBed.purse.context.newCDPSession(page);
    const { targetInfo } = await own.send('Target.getTargetInfo');
    tools = await openTools(session, targetInfo.targetId);
    // Asked before they have come up, the tools never do; they load the pages of extensions last.
    await tools.frame(inPurse('src/pages/devtools/index.html'));
    const id = await tools.evaluate<string>(`(async () => {
      const { InspectorView } = (await import('./ui/legacy/legacy.js')).InspectorView;
      const view = InspectorView.instance();
      for (;;) {
        const id = view.tabbedPane.tabIds().find((one) => one.endsWith('402'));
        if (id !== undefined) return view.showPanel(id).then(() => id);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })()`);
    expect(id).toContain(testBed.purse.extensionId);
    inside = await tools.frame(inPurse('src/pages/devtools/panel.html'));
  });
  afterAll(() => tools?.close());

  test('the panel is there, of the inspected tab, and has its exchanges', async () => {
    expect(await inside.evaluate('chrome.devtools.inspectedWindow.tabId')).toBe(tabId);
    const count = (await testBed.purse.ask('exchange.list', { tabId })).length;
    await expect
      .poll(() => inside.evaluate(`document.querySelectorAll('[data-testid="exchange"]').length`))
      .toBe(count);
    // Told of what comes while it is open, by a worker that died meanwhile.
    await testBed.purse.killWorker();
    void page.goto(testBed.at('/article', { n: 'tools' })).catch(() => undefined);
    await (await testBed.purse.nextApproval()).decline();
    await expect
      .poll(() => inside.evaluate(`document.querySelectorAll('[data-testid="exchange"]').length`))
      .toBe(count + 1);
  });

  test('what is copied there lies on the clipboard', async () => {
    const copied = async (label: string): Promise<string> => {
      const button = `[...document.querySelectorAll('button')].find((one) => one.textContent === '${label}')`;
      await inside.click(button);
      await expect.poll(() => inside.evaluate(`document.body.textContent.includes('Copied')`)).toBe(true);
      const text = await pasted(testBed.purse);
      // The button says for a while that it has copied, and then its name again.
      await expect.poll(() => inside.evaluate(`${button} !== undefined`)).toBe(true);
      return text;
    };
    const { proof } = await paidStory('/api/data');
    await inside.click(
      `[...document.querySelectorAll('[data-testid="exchange"]')].find((one) => one.textContent.includes('/api/data'))`,
    );
    await expect
      .poll(() => inside.evaluate(`document.querySelector('[data-testid="replay"]') !== null`))
      .toBe(true);
    expect(await copied('Copy as cURL')).toContain(`'${testBed.at('/api/data')}'`);
    expect(await copied('Copy proof')).toBe(proof);
  });
});

test('nothing of it remains after a lock, or after its tab was closed', async () => {
  const { purse } = testBed;
  await purse.ask('vault.lock', {});
  await expect(purse.ask('exchange.list', { tabId })).rejects.toThrow('fault_locked');
  const session = () =>
    panel.evaluate(async () =>
      Object.keys(await chrome.storage.session.get(null)).filter((key) => key.startsWith('exchange:')),
    );
  expect(await session()).toEqual([]);
  await purse.ask('vault.unlock', { password: PASSWORD });
  expect(await purse.ask('exchange.list', { tabId })).toEqual([]);
  void page.goto(testBed.at('/article', { n: 'closed' })).catch(() => undefined);
  await (await purse.nextApproval()).decline();
  await expect.poll(session).toHaveLength(1);
  await page.close();
  await expect.poll(session).toEqual([]);
});

interface Inside {
  evaluate<T>(expression: string): Promise<T>;
  /** Clicks what an expression gives, as a user does. */
  click(expression: string): Promise<void>;
}

/** Opens the developer tools of a target, as they are: a page of the browser's own with frames in it. */
async function openTools(session: CDPSession, targetId: string) {
  const send = session.send.bind(session) as (method: string, params: object) => Promise<unknown>;
  const { targetId: tools } = (await send('Target.openDevTools', { targetId })) as { targetId: string };
  const attach = async (id: string): Promise<Inside> => {
    const { sessionId } = await session.send('Target.attachToTarget', { targetId: id, flatten: false });
    let last = 0;
    const evaluate = <T>(expression: string, userGesture = false) =>
      new Promise<T>((resolve, reject) => {
        const own = ++last;
        const heard = ({ sessionId: from, message }: { sessionId: string; message: string }) => {
          const answer = JSON.parse(message) as {
            id?: number;
            result?: { result?: { value?: T }; exceptionDetails?: object };
          };
          if (from !== sessionId || answer.id !== own) return;
          session.off('Target.receivedMessageFromTarget', heard);
          if (answer.result?.exceptionDetails) reject(new Error(message));
          else resolve(answer.result?.result?.value as T);
        };
        session.on('Target.receivedMessageFromTarget', heard);
        const params = { expression, userGesture, awaitPromise: true, returnByValue: true };
        const message = JSON.stringify({ id: own, method: 'Runtime.evaluate', params });
        session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
      });
    return {
      evaluate: (expression) => evaluate(expression),
      click: (expression) => evaluate(`void ${expression}.click()`, true),
    };
  };
  const front = await attach(tools);
  return {
    ...front,
    async frame(url: string): Promise<Inside> {
      for (;;) {
        const { targetInfos } = await session.send('Target.getTargets', { filter: [{}] });
        const found = targetInfos.find((info) => info.url.startsWith(url) && info.type === 'iframe');
        if (found !== undefined) return attach(found.targetId);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: () => session.send('Target.closeTarget', { targetId: tools }),
  };
}
