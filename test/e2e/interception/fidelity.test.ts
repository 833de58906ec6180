/**
 * What a page can see of its own requests, in a browser with the purse and in one without: the same, whether the server
 * asks for nothing, is paid, or keeps asking.
 */
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium } from '../../../scripts/browser.ts';
import { type Behaviour, equip, type Place } from './behaviours/behaviour.ts';
import { fetches } from './behaviours/fetches.ts';
import { waits } from './behaviours/waits.ts';
import { xhrs } from './behaviours/xhrs.ts';
import { startWorld, type World } from './harness.ts';
import type { Served } from './paywall.ts';

let world: World;
let plain: Browser;
let ours: Page;
let theirs: Page;

beforeAll(async () => {
  world = await startWorld();
  const executablePath = findChromium();
  plain = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox'],
  });
  world.paywall.serve('/free', (_, response) => response.end('free'));
  // With an icon of its own: the browser would ask the server for one whenever it likes, in the midst of a behaviour.
  world.paywall.page('/behaviours', '<title>Behaviours</title><link rel="icon" href="data:,"><body>');
  [ours, theirs] = [await world.browser.context.newPage(), await plain.newPage()];
  for (const page of [ours, theirs]) {
    await page.addInitScript('globalThis.__name = (value) => value');
    await page.addInitScript(equip);
    await page.goto(`${world.paywall.here}/behaviours`);
  }
});
afterAll(async () => {
  await plain?.close();
  await world?.close();
});

type Price = 'free' | 'priced';

/** Where a behaviour is tried; the names are as long for the free as for the priced, and told apart afterwards. */
function place(name: string, price: Price): Place {
  const { paywall } = world;
  const path = `/paid/${encodeURIComponent(name)}?${price === 'free' ? 'free' : 'cost'}`;
  const redirect = `/to${path}`;
  paywall.serve(redirect, (_, response) => response.writeHead(302, { Location: path }).end());
  return {
    here: paywall.here + path,
    there: `${paywall.there}${path}&cors`,
    nowhere: 'http://127.0.0.1:9/',
    redirect: paywall.here + redirect,
  };
}

/** What a page saw, and what the server did, without what names this very run. */
async function observe(page: Page, behaviour: Behaviour, name: string, price: Price) {
  const start = world.paywall.served.length;
  const seen = await page.evaluate(behaviour, place(name, price));
  const served = world.paywall.served.slice(start);
  return { seen: plainly(seen), served };
}

function plainly(value: unknown): unknown {
  const text = JSON.stringify(value, (_, part) => (part === undefined ? 'undefined' : part));
  return JSON.parse(text.replace(/\?(free|cost)\b/g, '?').replace(/offer-\d+/g, 'offer'));
}

/** What the server saw, once each, without what the purse adds: the first try is like the one that carries the proof. */
function facts(served: readonly Served[]): unknown {
  const lines = served.map(({ method, path, headers, body }) => {
    const { 'payment-signature': _proof, 'cache-control': _cache, pragma: _pragma, ...others } = headers;
    for (const name of ['user-agent', 'sec-ch-ua', 'connection']) delete others[name];
    const boundary = /boundary=(.*)/.exec(headers['content-type'] ?? '')?.[1] ?? 'none';
    return JSON.stringify({ method, path, headers: others, body }).replaceAll(boundary, 'boundary');
  });
  return plainly([...new Set(lines)].toSorted());
}

/** What the server sees of these is left to chance, or to the page: whether the first request came before its abort. */
const isChance = (name: string) =>
  /: (aborted at once|opened again while|a signal of a Request|a relative URL|.* it does not allow$)/.test(
    name,
  );

const table = [
  ...Object.entries(fetches).map(([name, behaviour]) => [`fetch: ${name}`, behaviour] as const),
  ...Object.entries(xhrs).map(([name, behaviour]) => [`XMLHttpRequest: ${name}`, behaviour] as const),
];

describe('a page sees the same with the purse as without it', () => {
  test.each(table)('%s', async (name, behaviour) => {
    await world.policy('pay');
    const native = await observe(theirs, behaviour, name, 'free');
    const free = await observe(ours, behaviour, name, 'free');
    const paid = await observe(ours, behaviour, name, 'priced');
    expect(free.seen).toEqual(native.seen);
    expect(paid.seen).toEqual(native.seen);
    if (isChance(name)) return;
    expect(facts(free.served)).toEqual(facts(native.served));
    expect(facts(paid.served)).toEqual(facts(native.served));
    const proofs = paid.served.flatMap(({ proof }) => proof ?? []);
    expect(new Set(proofs).size).toBe(proofs.length);
  });
});

/** The events that were kept from a page are given to it by a script, and say so. */
const untrusted = /: events that are the browser’s own$/;

describe('a page sees the same where the purse does not pay', () => {
  test.each(table.filter(([name]) => !untrusted.test(name)))('%s', async (name, behaviour) => {
    await world.policy('release');
    const native = await observe(theirs, behaviour, name, 'priced');
    const released = await observe(ours, behaviour, name, 'priced');
    expect(released.seen).toEqual(native.seen);
    if (!isChance(name)) expect(released.served.length).toBe(native.served.length);
  });
});

describe('a page sees the same while no answer has come', () => {
  test.each(Object.entries(waits))('%s', async (name, behaviour) => {
    await world.policy('wait');
    const { here, paywall } = { ...place(name, 'priced'), ...world };
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const silent = paywall.serve(`/silent?${encodeURIComponent(name)}`, arrived);
    for (const page of [theirs, ours]) await page.goto(`${paywall.here}/behaviours`);
    const native = theirs.evaluate(behaviour, { ...place(name, 'free'), here: silent });
    const held = ours.evaluate(behaviour, place(name, 'priced'));
    await arrival;
    const path = here.slice(paywall.here.length);
    await expect.poll(async () => (await world.seen(path)).challenges).toHaveLength(1);
    for (const page of [theirs, ours]) await page.evaluate(() => goOn());
    expect(plainly(await held)).toEqual(plainly(await native));
  });
});
