import { chromium } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../../scripts/browser.ts';
import { startWorld, type World } from './bench.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Everything a page can see of its own world without asking for anything; run in the page. */
function look(): unknown {
  const text = (value: unknown) =>
    typeof value === 'function' ? `${value.name}/${value.length} ${value}` : typeof value;
  const describeAll = (owner: object) =>
    Reflect.ownKeys(owner)
      .map((key) => {
        const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
        return `${String(key)} ${JSON.stringify(flags)} ${text(value)} ${text(get)} ${text(set)}`;
      })
      .sort();
  class Own extends XMLHttpRequest {}
  const xhr = new XMLHttpRequest();
  let complaint = '';
  try {
    Reflect.apply(XMLHttpRequest, undefined, []);
  } catch (error) {
    complaint = String(error);
  }
  return {
    fetch: [Object.keys(fetch), 'prototype' in fetch, `${fetch}`, typeof fetch, describeAll(fetch)],
    request: describeAll(XMLHttpRequest),
    prototype: describeAll(XMLHttpRequest.prototype),
    window: describeAll(window).filter(
      (line) => !/^(__playwright|__pw|chrome |event |performance )/.test(line),
    ),
    kin: [
      xhr.constructor === XMLHttpRequest,
      xhr instanceof XMLHttpRequest,
      new Own() instanceof Own,
      complaint,
    ],
    tag: Object.prototype.toString.call(xhr),
    dom: document.documentElement.outerHTML,
  };
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

test('a page that asks for nothing sees the browser as it is without the purse', async () => {
  const url = world.paywall.page('/plain', '<title>Plain</title>');
  const executablePath = findChromium();
  const plain = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox'],
  });
  const [native, ours] = [await plain.newPage(), await world.browser.context.newPage()];
  await Promise.all([native.goto(url), ours.goto(url)]);
  expect(await ours.evaluate(look)).toEqual(await native.evaluate(look));
  expect(await ours.evaluate(fail)).toEqual(await native.evaluate(fail));
  await plain.close();
});
