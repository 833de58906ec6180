import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageInput } from '../../src/messages/contract.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../../src/work/difficulty.ts';
import { LIVE_THRESHOLDS } from '../devnet/work.ts';
import { openTestBed, type TestBed } from './setup.ts';
import { type LabBrowser, SOFTWARE_GPU, startLab } from './work/lab.ts';
import { type Manner, startWorkServer } from './work/server.ts';

/** Evaluated rather than loaded: the purse's pages run no script but their own. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** How long a search of a second or two may take on a machine that has other things to do (ms). */
const SEARCH = 120_000;
/** An offscreen document without work goes after 20 s. */
const REST = 60_000;

const rules = (given: Partial<PageInput<'work.rules'>>): PageInput<'work.rules'> => ({
  workers: null,
  ahead: 'always',
  servers: [],
  ...given,
});

/** Pays for an article with one click. */
async function pay({ purse, at }: TestBed, name: string): Promise<void> {
  const page = await purse.newPage();
  const visit = page.goto(at('/article', { n: name })).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  await visit;
  await page.locator('#paid').waitFor({ timeout: SEARCH });
  await page.close();
}

const workIs = ({ purse }: TestBed, state: string, timeout = SEARCH) =>
  purse.until('purse.state', {}, (seen) => seen.kind === 'open' && seen.work === state, timeout);

/** How many offscreen documents the purse has. */
async function offscreens(page: Page): Promise<number> {
  return page.evaluate(
    async () =>
      (await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] }))
        .length,
  );
}

async function workPage({ purse }: TestBed): Promise<Page> {
  const popup = await purse.popup();
  await popup.locator('nav button').last().click();
  await popup.locator('section[aria-labelledby="work-title"] button').click();
  await popup.getByTestId('engine').first().waitFor();
  return popup;
}

describe('at the live difficulty of a receive, and twice that for a send', { timeout: 400_000 }, () => {
  let testBed: TestBed;
  let page: Page;

  beforeAll(async () => {
    const thresholds = { ...LIVE_THRESHOLDS, send: 0xffffff0000000000n };
    testBed = await openTestBed({ devnet: { thresholds }, funds: 0n });
    page = await testBed.purse.popup();
  }, 180_000);
  afterAll(() => testBed?.close());

  test('the money comes in, and the work for the first payment is made at once', async () => {
    await testBed.devnet.faucet(testBed.purse.account, 10n ** 31n);
    await testBed.purse.until(
      'purse.state',
      {},
      (seen) => seen.kind === 'open' && seen.balance !== '0',
      SEARCH,
    );
    await workIs(testBed, 'ready');
  });

  test('the second payment in a row finds its work ready', async () => {
    await pay(testBed, 'first');
    await workIs(testBed, 'ready');
    await pay(testBed, 'second');
    expect(testBed.sends()).toHaveLength(2);
  });

  test('a search goes on after the worker was killed', async () => {
    // A search may be over before it is seen; the next one then is not.
    for (let payment = 0; ; payment++) {
      await workIs(testBed, 'ready');
      await pay(testBed, `before the death ${payment}`);
      const state = await testBed.purse.ask('purse.state', {});
      await testBed.purse.killWorker();
      if (state.kind === 'open' && state.work === 'working') break;
    }
    await workIs(testBed, 'ready');
  });

  test('says how long it takes', async () => {
    await testBed.purse.ask('work.test', {});
    const { engines } = await testBed.purse.ask('work.read', {});
    expect(engines).toMatchObject([
      { name: 'gpu', state: 'unavailable', rate: null },
      { name: 'cpu', state: 'works', leads: true },
    ]);
    expect(engines[1]?.rate).toBeGreaterThan(1e5);
    await testBed.purse.ask('work.rules', rules({ ahead: 'never' }));
    await pay(testBed, 'while nothing is prepared');
    await workIs(testBed, 'resting');

    const shop = await testBed.purse.newPage();
    void shop.goto(testBed.at('/article', { n: 'slow' })).catch(() => undefined);
    const question = await testBed.purse.nextApproval();
    expect(question.offer.work).toBe('resting');
    await question.decline();
    await shop.close();
    await testBed.purse.ask('work.rules', rules({}));
    const progress = await testBed.purse.until('work.progress', {}, (seen) => seen !== null, SEARCH);
    expect(progress?.engines).toEqual(['cpu']);
    // 2^24 hashes at the rate that the test found, in the background.
    expect(progress?.meanMs).toBeGreaterThan(100);
    expect(progress?.meanMs).toBeLessThan(60_000);
  });

  test('a payment whose work is ready starts no search, and opens no offscreen document', async () => {
    await workIs(testBed, 'ready');
    await expect.poll(() => offscreens(page), { timeout: REST, interval: 500 }).toBe(0);
    await testBed.purse.ask('work.rules', rules({ ahead: 'never' }));
    await pay(testBed, 'warm');
    await workIs(testBed, 'resting');
    expect(await offscreens(page)).toBe(0);
  });
});

describe('work servers', () => {
  let testBed: TestBed;
  beforeAll(async () => {
    testBed = await openTestBed();
  });
  afterAll(() => testBed?.close());

  /** Pays with these servers only: the engines of this device are out of service. */
  async function payWith(...manners: readonly Manner[]) {
    const servers = await Promise.all(manners.map(startWorkServer));
    await testBed.purse.ask('work.rules', rules({ ahead: 'never', servers: servers.map(({ url }) => url) }));
    const view = await testBed.purse.popup();
    await view.evaluate(() => chrome.storage.session.set({ retiredEngines: ['cpu', 'gpu'] }));
    await pay(testBed, `${manners}, ${testBed.sends().length}`);
    await view.close();
    for (const server of servers) server.close();
    return servers;
  }

  test('are asked for the work that a payment waits for; one that lies is named, and the next one asked', async () => {
    // The first payment's work was made ahead.
    await payWith('honest');
    const [liar, honest] = await payWith('lying', 'honest');
    expect(liar?.asked.length).toBe(1);
    expect(honest?.asked.length).toBe(1);
    const { engines } = await testBed.purse.ask('work.read', {});
    expect(engines.map(({ state }) => state)).toEqual(['retired', 'retired', 'retired', 'works']);

    const popup = await workPage(testBed);
    const named = popup.locator(`[data-testid="engine"][data-engine="${liar?.url}"]`);
    await named.locator('.engine-retired').waitFor();
    await popup.close();
  });

  test('that stall delay no payment, and get a cancellation when the search is over', async () => {
    const server = await startWorkServer('stalling');
    await testBed.purse.ask('work.rules', rules({ ahead: 'never', servers: [server.url] }));
    const view = await testBed.purse.popup();
    await view.evaluate(() => chrome.storage.session.remove('retiredEngines'));
    await pay(testBed, 'stalled');
    await expect
      .poll(() => server.asked.map((line) => line.split(' ')[0]))
      .toEqual(['work_generate', 'work_cancel']);
    await view.close();
    server.close();
  });

  test('have to use https, or be on this machine', async () => {
    const bad = testBed.purse.ask('work.rules', rules({ servers: ['http://work.example'] }));
    await expect(bad).rejects.toThrow('fault_badWorkServer');
  });

  test('are set on their page, which axe finds nothing on, in light and dark, at 360 px', async () => {
    const popup = await workPage(testBed);
    await popup.getByTestId('work-servers').fill('https://work.example/');
    await popup.getByTestId('work-servers-save').click();
    await testBed.purse.until('work.read', {}, ({ servers }) => servers[0] === 'https://work.example/');
    await popup.getByTestId('ahead-plugged').click();
    await testBed.purse.until('work.read', {}, ({ ahead }) => ahead === 'plugged');
    await expect.poll(() => popup.getByTestId('ahead-plugged').isChecked()).toBe(true);
    for (const colorScheme of ['light', 'dark'] as const) {
      await popup.emulateMedia({ colorScheme });
      await popup.evaluate(() =>
        Promise.allSettled(document.getAnimations().map(({ finished }) => finished)),
      );
      await popup.evaluate(AXE);
      const { violations } = await popup.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await popup.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
      const folder = process.env.SCREENSHOTS;
      if (folder !== undefined)
        await popup.screenshot({ path: `${folder}/work-${colorScheme}.png`, fullPage: true });
    }
    await popup.close();
  });
});

describe('every engine that can run here', { timeout: 240_000 }, () => {
  const { vectors } = (
    JSON.parse(readFileSync(new URL('../vectors/data/work.json', import.meta.url), 'utf8')) as {
      proofOfWork: { vectors: readonly { readonly name: string; readonly root: string }[] };
    }
  ).proofOfWork;
  const roots = [...new Set(vectors.map(({ root }) => parseWorkRoot(root)))];
  let lab: LabBrowser;
  beforeAll(async () => {
    lab = await startLab(SOFTWARE_GPU);
  }, 120_000);
  afterAll(() => lab?.close());

  test.each([
    ['cpu', 'ffc0000000000000'],
    ['smallGpu', 'f000000000000000'],
  ] as const)('%s finds work for the root of every vector', async (engine, threshold) => {
    expect(roots.length).toBeGreaterThan(3);
    for (const root of roots) {
      const { nonce } = await lab.ask('solve', engine, root, threshold);
      expect([root, meets(root, parseWorkNonce(nonce), parseThreshold(threshold))]).toEqual([root, true]);
    }
  });

  test('the product does not use a software renderer as a graphics card', async () => {
    expect(await lab.ask('card')).toBe('program');
    await expect(lab.ask('solve', 'gpu', 'A'.repeat(64), 'f000000000000000')).rejects.toThrow(
      'fault_workUnavailable',
    );
  });

  test('a graphics card that is lost during a search is not used any more', async () => {
    const search = lab.ask('solve', 'mortalGpu', 'A'.repeat(64), 'fffffff000000000');
    await expect(search).rejects.toThrow('fault_workUnavailable');
  });
});
