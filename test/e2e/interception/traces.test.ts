import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../../scripts/browser.ts';
import { builtExtension } from '../build.ts';
import { startWorld, type World } from './harness.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.close());

/** Everything a page can see of its own world without asking for anything, line by line; run in the page. */
function look(): readonly string[] {
  const source = Function.prototype.toString;
  const text = (value: unknown) =>
    typeof value === 'function' ? `${value.name}/${value.length} ${source.call(value)}` : typeof value;
  const lines: string[] = [];
  const known = new Set<unknown>();
  const describeAll = (owner: object, path: string) => {
    if (known.has(owner)) return;
    known.add(owner);
    for (const key of Reflect.ownKeys(owner)) {
      const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
      const name = `${path}.${String(key)}`;
      if (/^window\.(__playwright|__pw|__name|event$|chrome$|external$)/.test(name)) continue;
      lines.push(`${name} ${JSON.stringify(flags)} ${text(value)} ${text(get)} ${text(set)}`);
      for (const one of [value, get, set]) if (typeof one === 'function') describeAll(one, `${name}()`);
      if (key === 'prototype' && typeof value === 'object' && value !== null) describeAll(value, name);
    }
    lines.push(`${path} is ${Object.prototype.toString.call(owner)} ${Object.isExtensible(owner)}`);
  };
  describeAll(window, 'window');
  for (const owner of [document, navigator, location, history, performance, screen]) {
    describeAll(owner, Object.prototype.toString.call(owner));
    describeAll(Object.getPrototypeOf(owner), `prototype of ${Object.prototype.toString.call(owner)}`);
  }
  lines.push(`kin: ${new XMLHttpRequest().constructor === XMLHttpRequest}`);
  lines.push(`text: ${fetch} ${fetch.toString === source} ${String(XMLHttpRequest)} ${source}`);
  lines.push(document.documentElement.outerHTML, JSON.stringify(document.getAnimations()));
  const entries = performance
    .getEntries()
    .filter(
      ({ entryType, name }) =>
        !/frame|task|paint|visibility/.test(entryType) && !name.endsWith('/favicon.ico'),
    )
    .map(({ entryType, name }) => `${entryType} ${name}`);
  return [...lines.toSorted(), ...entries];
}

declare global {
  var log: string[];
}

/** Writes down whatever happens to a page, from its first script on. */
function watchClosely(): void {
  const log: string[] = [];
  Object.assign(globalThis, { log });
  const hook = (owner: object, name: string) => {
    const native = Reflect.get(owner, name);
    Reflect.defineProperty(owner, name, {
      value(...args: unknown[]) {
        log.push(`${name} ${args.map(String).join(' ')}`);
        return Reflect.apply(native, this, args);
      },
    });
  };
  hook(EventTarget.prototype, 'addEventListener');
  hook(EventTarget.prototype, 'dispatchEvent');
  hook(MessagePort.prototype, 'postMessage');
  hook(window, 'postMessage');
  hook(Element.prototype, 'setAttribute');
  hook(Node.prototype, 'appendChild');
  for (const type of ['nano-purse', 'message', 'error', 'unhandledrejection', 'securitypolicyviolation']) {
    Reflect.apply(EventTarget.prototype.addEventListener, window, [
      type,
      () => log.push(`event ${type}`),
      true,
    ]);
  }
  const changes = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records)
      log.push(`${type} ${target.nodeName} ${addedNodes.length}`);
  });
  changes.observe(document, { attributes: true, childList: true, characterData: true, subtree: true });
  const types = PerformanceObserver.supportedEntryTypes.filter(
    (type) => !/paint|shift|event|frame|task/.test(type),
  );
  for (const type of types) {
    const observer = new PerformanceObserver((list) => {
      for (const { entryType, name } of list.getEntries()) {
        if (!name.endsWith('/favicon.ico')) log.push(`${entryType} ${name}`);
      }
    });
    observer.observe({ type, buffered: true });
  }
}

/** How native functions fail; run in the page. */
async function fail(): Promise<unknown> {
  const attempts: Array<() => unknown> = [
    () => Reflect.apply(fetch, window, []),
    () => fetch('http://'),
    () => fetch('/', { method: 'GET', body: 'x' }),
    () => Reflect.apply(fetch, {}, ['/']),
    () => Reflect.construct(fetch, ['/']),
    () => fetch('/', { signal: AbortSignal.abort('early') }),
    () => new XMLHttpRequest().open('BAD METHOD', '/'),
    () => new XMLHttpRequest().open('GET', 'http://'),
    () => new XMLHttpRequest().send(),
    () => new XMLHttpRequest().setRequestHeader('a', 'b'),
    () => Reflect.apply(XMLHttpRequest.prototype.open, {}, ['GET', '/']),
  ];
  const failures: string[] = [];
  for (const attempt of attempts) {
    failures.push(await Promise.resolve().then(attempt).then(String, String));
  }
  return failures;
}

/** What only a page finds that looks for stand-ins; run in the page. */
function suspect(): unknown {
  const tried = (attempt: () => unknown) => {
    try {
      return String(attempt());
    } catch (error) {
      return String(error);
    }
  };
  const stackFrom = (call: (options: object) => unknown) => {
    let stack = '';
    const options = {
      get method() {
        stack = new Error('here').stack ?? '';
        return 'BAD METHOD';
      },
    };
    Promise.resolve(call(options)).catch(() => {});
    return stack;
  };
  return {
    news: [fetch, XMLHttpRequest.prototype.open].map((one) => tried(() => Reflect.construct(one, ['/']))),
    classes: tried(() => Reflect.construct(class extends (fetch as never as typeof Object) {}, [])),
    has: ['prototype', 'arguments', 'caller', 'toString'].map((name) => [
      name in fetch,
      Object.hasOwn(fetch, name),
      Object.hasOwn(XMLHttpRequest, name),
    ]),
    inherits: tried(() => Object.create(fetch).toString()),
    nulls: tried(() => Function.prototype.toString.call(null)),
    instances: tried(() => ({}) instanceof (fetch as never as typeof Object)),
    keys: [
      Reflect.ownKeys(fetch),
      Reflect.ownKeys(XMLHttpRequest),
      Reflect.ownKeys(XMLHttpRequestUpload.prototype),
    ],
    said: stackFrom((options) => fetch('/', options)).includes('chrome-extension:'),
  };
}

test('a page that asks for nothing sees the browser as it is without the purse', async () => {
  const html = '<title>Plain</title><script>document.title = "Plain script"</script><p>text</p>';
  const url = world.paywall.page('/plain', html);
  const executablePath = findChromium();
  const plain = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox'],
  });
  const [native, ours] = [await plain.newPage(), await world.browser.context.newPage()];
  await Promise.all([native.goto(url), ours.goto(url)]);
  const [without, purse] = [await native.evaluate(look), await ours.evaluate(look)];
  expect(without.length).toBeGreaterThan(10_000);
  const [atHome, withUs] = [new Set(without), new Set(purse)];
  expect(purse.filter((line) => !atHome.has(line))).toEqual([]);
  expect(without.filter((line) => !withUs.has(line))).toEqual([]);
  expect(await ours.evaluate(fail)).toEqual(await native.evaluate(fail));
  expect(await ours.evaluate(suspect)).toEqual(await native.evaluate(suspect));
  await plain.close();
});

test('nothing happens to a page that asks for nothing', async () => {
  const page = await world.browser.context.newPage();
  const html = `<script>(${watchClosely})()</script><title>Quiet</title><p>text</p><script>document.title = "Q"</script>`;
  const url = world.paywall.page('/quiet', html);
  const executablePath = findChromium();
  const plain = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox'],
  });
  const native = await plain.newPage();
  const logs: unknown[] = [];
  for (const one of [native, page]) {
    await one.goto(url);
    await one.evaluate(async () => {
      await (await fetch('/plain')).text();
      const xhr = new XMLHttpRequest();
      xhr.open('GET', '/plain');
      const end = new Promise((resolve) => {
        xhr.onloadend = resolve;
      });
      xhr.send();
      await end;
      document.body.append('more');
      await new Promise((resolve) => setTimeout(resolve));
    });
    // In what order the browser tells of itself is left to chance.
    logs.push(await one.evaluate(() => [...new Set(log)].toSorted()));
  }
  expect(logs[1]).toEqual(logs[0]);
  await plain.close();
});

test('both scripts together weigh no more than 6 KiB', () => {
  const built = builtExtension();
  const weights = ['isolated/bridge', 'main/hold'].map(
    (name) => gzipSync(readFileSync(join(built, `src/content/${name}.iife.js`))).length,
  );
  expect(weights.reduce((sum, weight) => sum + weight)).toBeLessThanOrEqual(6144);
});
