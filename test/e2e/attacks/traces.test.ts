/**
 * A page that looks for the purse before any 402: each of its probes gives the same in a browser with the purse as in one
 * without.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../../scripts/browser.ts';
import { builtExtension } from '../build.ts';
import { launchChromium, type Browser as PurseBrowser } from '../chromium.ts';
import { equipProbes, probes, type Site } from './probes.ts';

let server: Server;
let site: Site;
let plain: Browser;
let purse: PurseBrowser;
let pages: readonly Page[];

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    if (request.url === '/strict') response.setHeader('Content-Security-Policy', "connect-src 'none'");
    response.end('<!doctype html><title>Free</title><link rel="icon" href="data:,">');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  site = {
    free: `http://127.0.0.1:${port}/free`,
    foreign: `http://localhost:${port}/free`,
    nowhere: 'http://127.0.0.1:9/',
    strict: `http://127.0.0.1:${port}/strict`,
  };
  const executablePath = findChromium();
  plain = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox'],
  });
  purse = await launchChromium({ extension: builtExtension() });
  pages = [await plain.newPage(), await purse.context.newPage()];
  for (const page of pages) {
    await page.addInitScript('globalThis.__name = (value) => value');
    await page.addInitScript(equipProbes);
  }
});
afterAll(async () => {
  await plain.close();
  await purse.context.close();
  server.closeAllConnections();
  server.close();
});

test.each(Object.entries(probes))('a page cannot detect the purse by %s', async (_, probe) => {
  const found: unknown[] = [];
  for (const page of pages) {
    await page.goto(site.free);
    found.push(await page.evaluate(probe, site));
  }
  expect(found[1]).toEqual(found[0]);
});

/** What a page sees when code of its own is run by what it calls; what it cannot be kept from. */
const callers = async ({ free }: Site) => {
  const stacks: string[] = [];
  const look = () => {
    stacks.push(new Error('here').stack ?? '');
    return undefined;
  };
  const options = {
    get method() {
      return look();
    },
  };
  await fetch(free, options as unknown as RequestInit);
  const xhr = new XMLHttpRequest();
  const text = {
    toString() {
      look();
      return 'GET';
    },
  };
  xhr.onreadystatechange = look;
  xhr.open(text as unknown as string, free);
  xhr.onreadystatechange = null;
  xhr.onloadstart = look;
  xhr.send();
  return stacks;
};

test('a page whose code runs inside a native call sees at most four more lines in its stack, of a script called native', async () => {
  const [without, within] = await Promise.all(
    pages.map(async (page) => {
      await page.goto(site.free);
      return page.evaluate(callers, site);
    }),
  );
  expect(within).toHaveLength(4);
  for (const [index, trace] of (within ?? []).entries()) {
    const known = new Set(without?.[index]?.split('\n'));
    const more = trace.split('\n').filter((line) => !known.has(line));
    expect(more.length).toBeLessThanOrEqual(4);
    for (const line of more) expect(line).toMatch(/^ {4}at (?:[\w.[\] ]+ \()?native:\d+:\d+\)?$/);
  }
});

test('a fetch that the page’s own policy forbids is rejected at most one microtask late', async () => {
  const orders = await Promise.all(
    pages.map(async (page) => {
      await page.goto(site.strict);
      return page.evaluate(async (url) => {
        const order: string[] = [];
        const forbidden = fetch(url).catch(() => order.push('fetch'));
        const other = Promise.reject().catch(() => order.push('other'));
        const later = other.then(() => order.push('later'));
        await Promise.all([forbidden, later]);
        return order;
      }, site.free);
    }),
  );
  expect(orders[0]).toEqual(['fetch', 'other', 'later']);
  expect(orders[1]?.indexOf('fetch')).toBeLessThanOrEqual(1);
});
