import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/browser.ts';
import { bridgeRequests, pageRequests } from '../../src/messages/contract.ts';
import { ROOT } from './build.ts';
import { openTestBed, type TestBed, XNO } from './setup.ts';

const Keys = v.object({
  bip44Derivation: v.object({
    ambiguity24Words: v.object({
      mnemonic: v.string(),
      asBip44NoPassphrase: v.object({ bip39Seed: v.string(), privateKey: v.string(), address: v.string() }),
    }),
  }),
});
const keysFile = readFileSync(join(ROOT, 'test/vectors/data/keys.json'), 'utf8');
const { mnemonic, asBip44NoPassphrase } = v.parse(Keys, JSON.parse(keysFile)).bip44Derivation
  .ambiguity24Words;
const PASSWORD = 'a password of this test alone 7';

interface Spying {
  /** Hosts that anything in the browser asked for. */
  readonly hosts: Set<string>;
  /** What a page did against its own policy. */
  readonly trespasses: string[];
}

const PAGES = [
  ...['popup', 'approve', 'onboarding', 'offscreen'].map((name) => `src/pages/${name}/index.html`),
  'src/pages/devtools/panel.html',
];

let testBed: TestBed;
let page: Page;
/** A page that listens to the browser's network layer. */
let spy: Page;

beforeAll(async () => {
  testBed = await openTestBed({ purse: { seed: mnemonic, password: PASSWORD }, testMoney: false });
  expect(testBed.purse.account).toBe(asBip44NoPassphrase.address);
  spy = await testBed.purse.newPage();
  await spy.goto(inPurse('manifest.json'));
  await spy.evaluate(() => {
    const hosts = new Set<string>();
    Object.assign(globalThis, { hosts });
    chrome.webRequest.onBeforeRequest.addListener(
      ({ url }) => {
        hosts.add(new URL(url).host);
        return undefined;
      },
      { urls: ['<all_urls>'] },
    );
  });
});
afterAll(() => testBed?.close());
beforeEach(async () => {
  page = await testBed.purse.newPage();
});
afterEach(() => page.close());

const inPurse = (path: string) => testBed.purse.url(path);

describe('a page', () => {
  test('has no way to the purse’s messages', async () => {
    await page.goto(testBed.at('/free'));
    expect(
      await page.evaluate(
        (id) => typeof (globalThis as { chrome?: typeof chrome }).chrome?.runtime?.sendMessage + id.length,
        testBed.purse.extensionId,
      ),
    ).toBe(`undefined${testBed.purse.extensionId.length}`);
  });

  test.each(['manifest.json', 'icons/purse-16.png', ...PAGES])('cannot load %s', async (path) => {
    await page.goto(testBed.at('/free'));
    const outcome = await page.evaluate(async (url) => {
      const byFetch = await fetch(url).then(
        () => 'loaded',
        () => 'refused',
      );
      const byImage = await new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('loaded');
        image.onerror = () => resolve('refused');
        image.src = url;
      });
      const frame = document.createElement('iframe');
      frame.src = url;
      await new Promise((resolve) => {
        frame.onload = resolve;
        document.body.append(frame);
      });
      return [byFetch, byImage];
    }, inPurse(path));
    expect(outcome).toEqual(['refused', 'refused']);
    expect(page.frames().map((frame) => new URL(frame.url()).protocol)).not.toContain('chrome-extension:');
  });

  test('without a 402 looks the same as without the purse', async () => {
    const plain = await chromium.launch({
      executablePath: findChromium() ?? chromium.executablePath(),
      headless: false,
      args: ['--headless=new', '--no-sandbox'],
    });
    const other = await plain.newPage();
    const looks = await Promise.all(
      [page, other].map(async (one) => {
        await one.goto(testBed.at('/free'));
        return one.evaluate(() => {
          const shape = (value: object) =>
            Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, property]) => [
              name,
              typeof property.value,
              property.writable,
              property.enumerable,
              property.configurable,
            ]);
          const { fetch, XMLHttpRequest, navigator, document } = globalThis;
          return {
            html: document.documentElement.outerHTML,
            globals: shape(globalThis).toSorted(),
            fetch: [fetch.name, fetch.length, `${fetch}`, shape(fetch)],
            request: [XMLHttpRequest.name, XMLHttpRequest.length, `${XMLHttpRequest}`, shape(XMLHttpRequest)],
            prototype: shape(XMLHttpRequest.prototype),
            send: `${XMLHttpRequest.prototype.send}${XMLHttpRequest.prototype.open}`,
            own: [Object.keys(document), Object.keys(navigator)],
          };
        });
      }),
    );
    await plain.close();
    expect(looks[0]).toEqual(looks[1]);
  });
});

describe('the script in a page', () => {
  /** What the purse's own script in the page would learn, were it taken over. */
  async function inBridge<T>(expression: string): Promise<T> {
    const session = await testBed.purse.context.newCDPSession(page);
    const bridge = new Promise<number>((resolve) => {
      session.on('Runtime.executionContextCreated', ({ context }) => {
        if (context.origin === inPurse('').slice(0, -1)) resolve(context.id);
      });
    });
    await session.send('Runtime.enable');
    const { result } = await session.send('Runtime.evaluate', {
      expression,
      contextId: await bridge,
      awaitPromise: true,
      returnByValue: true,
    });
    await session.detach();
    return result.value as T;
  }

  test('is refused every message of the purse’s pages', async () => {
    await page.goto(testBed.at('/free'));
    const names = Object.keys(pageRequests);
    const answers = await inBridge<{ ok: boolean; fault: { key: string } }[]>(
      `Promise.all(${JSON.stringify(names)}.map((request) => chrome.runtime.sendMessage({ request, input: {} })))`,
    );
    expect(answers.map(({ fault }) => fault?.key)).toEqual(names.map(() => 'fault_forbidden'));
  });

  test('has messages of its own, which the purse’s pages are refused', async () => {
    const popup = await testBed.purse.popup();
    const names = Object.keys(bridgeRequests);
    const answers = await popup.evaluate(
      (all) => Promise.all(all.map((request) => chrome.runtime.sendMessage({ request, input: {} }))),
      names,
    );
    expect(answers.map(({ fault }) => fault?.key)).toEqual(names.map(() => 'fault_forbidden'));
    await popup.close();
  });

  test('finds nothing in storage', async () => {
    await page.goto(testBed.at('/free'));
    expect(await inBridge('chrome.storage.local.get(null)')).toEqual({});
    expect(
      await inBridge('chrome.storage.session.get(null).then(() => "open", (error) => error.message)'),
    ).toContain('not allowed');
    expect(await inBridge('indexedDB.databases().then((all) => all.length)')).toBe(0);
  });
});

test('a proof goes to the one URL that asked for it, and nowhere on a redirect', async () => {
  const { merchant, purse } = testBed;
  const to = `${merchant.otherOrigin}/free?after=payment`;
  const url = testBed.at('/moves-away', { to });
  void page.goto(url).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  await page.waitForURL(to);
  const withProof = merchant.books().requests.filter(({ hadPaymentSignature }) => hadPaymentSignature);
  expect(withProof.map(({ host, path }) => `http://${host}${path}`)).toEqual([url]);
  const arrived = merchant.books().requests.filter(({ path }) => path === '/free?after=payment');
  expect(arrived).toMatchObject([{ hadPaymentSignature: false }]);
});

describe('the secret', () => {
  /** Everything the extension keeps anywhere, as text: strings as they are, bytes as hex. */
  async function everythingKept(): Promise<string> {
    const popup = await testBed.purse.popup();
    const kept = await popup.evaluate(async () => {
      const read = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const hex = (bytes: Uint8Array) => [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
      const plain = (_: string, value: unknown) => {
        if (typeof value === 'bigint') return `${value}`;
        if (value instanceof ArrayBuffer) return hex(new Uint8Array(value));
        if (ArrayBuffer.isView(value)) return hex(new Uint8Array(value.buffer));
        if (value instanceof CryptoKey) return `key ${value.extractable}`;
        return value;
      };
      const all: unknown[] = [await chrome.storage.local.get(null), { ...localStorage }];
      const stores: string[] = [];
      for (const { name } of await indexedDB.databases()) {
        const database = await read(indexedDB.open(name ?? ''));
        for (const store of database.objectStoreNames) {
          stores.push(store);
          all.push(await read(database.transaction(store).objectStore(store).getAll()));
        }
        database.close();
      }
      for await (const folder of (await navigator.storage.getDirectory()).values()) {
        if (folder.kind !== 'directory') continue;
        for await (const file of (folder as FileSystemDirectoryHandle).values()) {
          all.push(await (await (file as FileSystemFileHandle).getFile()).text());
        }
      }
      return { stores, text: JSON.stringify(all, plain), local: await chrome.storage.local.get(null) };
    });
    await popup.close();
    expect(kept.local).toEqual({});
    expect(kept.stores).toContain('vault');
    expect(kept.text).toContain('nano-purse seed 1');
    return kept.text;
  }

  const wordsInARow = (count: number) => {
    const words = mnemonic.split(' ');
    return words.slice(count - 1).map((_, start) => words.slice(start, start + count).join(' '));
  };
  const hexOfText = (text: string) => Buffer.from(text).toString('hex');

  function expectNoSecretIn(text: string): void {
    const { bip39Seed, privateKey } = asBip44NoPassphrase;
    expect(text.length).toBeGreaterThan(1000);
    const lower = text.toLowerCase();
    for (const secret of [bip39Seed, privateKey, PASSWORD, ...wordsInARow(2)]) {
      const part = /^[0-9a-f]+$/.test(secret) ? secret.slice(0, 24) : secret;
      expect(lower).not.toContain(part.toLowerCase());
      expect(lower).not.toContain(hexOfText(part).toLowerCase());
    }
  }

  test('is stored nowhere in clear text, unlocked or locked; after a lock the session store has only the location of the database', async () => {
    const { purse } = testBed;
    expectNoSecretIn(await everythingKept());
    const popup = await purse.popup();
    const session = () => popup.evaluate(() => chrome.storage.session.get(null));
    expect(Object.keys(await session())).toContain('vault');
    expectNoSecretIn(`${JSON.stringify(await session())}${' '.repeat(1000)}`);

    await popup.getByTestId('lock').click();
    await popup.getByTestId('unlock-password').waitFor();
    expect(await session()).toEqual({ store: { location: 0, isTorn: false } });
    expectNoSecretIn(await everythingKept());

    await popup.getByTestId('unlock-password').fill(PASSWORD);
    await popup.getByTestId('unlock').click();
    await popup.getByTestId('balance').waitFor();
    await popup.close();
  });
});

test('the purse’s own pages violate no rule of their content security policy', async () => {
  const { purse } = testBed;
  const errors: string[] = [];
  const watch = async (path: string) => {
    const view = await purse.newPage();
    await view.addInitScript(() => {
      const trespasses: string[] = [];
      Object.assign(globalThis, { trespasses });
      addEventListener('securitypolicyviolation', (event) => {
        trespasses.push(`${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    view.on('pageerror', (error) => errors.push(error.message));
    await view.goto(inPurse(path));
    await view.waitForLoadState('networkidle');
    return view;
  };
  const trespasses = (view: Page) =>
    view.evaluate(() => (globalThis as typeof globalThis & Spying).trespasses);
  void page.goto(testBed.at('/article')).catch(() => undefined);
  const { decline } = await purse.nextApproval();
  for (const path of PAGES.filter((name) => !name.includes('popup'))) {
    const view = await watch(path);
    expect([path, await trespasses(view)]).toEqual([path, []]);
    await view.close();
  }
  await decline();
  const popup = await watch('src/pages/popup/index.html');
  await popup.locator('nav button').first().waitFor();
  for (const tab of await popup.locator('nav button').all()) await tab.click();
  expect(await trespasses(popup)).toEqual([]);
  expect(errors).toEqual([]);

  // The watch itself works: a script from elsewhere is a trespass.
  const src = testBed.at('/free');
  await popup.evaluate((url) => {
    document.head.append(Object.assign(document.createElement('script'), { src: url }));
  }, src);
  await expect.poll(() => trespasses(popup)).toEqual([`script-src-elem ${src}`]);
  await popup.close();
});

test('requests went only to the node and to the sites that were visited', async () => {
  const { purse, devnet, merchant } = testBed;
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(XNO),
    perDay: String(XNO),
    paused: false,
  });
  await page.goto(testBed.at('/page', { fetch: '1', img: '1', iframe: '1' }));
  await page.locator('#fetch-result[data-status="200"]').waitFor();
  await page.locator('#img-result[data-status="200"]').waitFor();
  const hosts = [devnet.rpcUrl, devnet.wsUrl, merchant.origin, merchant.otherOrigin].map(
    (url) => new URL(url).host,
  );
  const asked = await spy.evaluate(() => [...(globalThis as typeof globalThis & Spying).hosts]);
  // The purse's pages and scripts are its own.
  expect(asked.filter((host) => ![...hosts, purse.extensionId].includes(host))).toEqual([]);
  for (const url of [devnet.rpcUrl, merchant.origin]) expect(asked).toContain(new URL(url).host);
});
