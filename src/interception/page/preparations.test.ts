import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BridgeCommand } from '../../messages/bridge.ts';
import type { Challenge, RequestKind } from '../challenge.ts';
import { lifecycleWith } from '../lifecycle.fixture.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { observedOf } from '../samples.fixture.ts';
import { Preparations } from './preparations.ts';
import { Presence } from './presence.ts';
import { ScriptHolds } from './script-holds.ts';

const EXTENSION = 'nano-purse';
const SITE = 'https://page.example';
const SHOP = 'https://shop.example/';

interface Tab {
  readonly id: number;
  readonly url: string;
  readonly active?: boolean;
  readonly incognito?: boolean;
}

/** The tabs of the browser. */
let tabs: readonly Tab[];
/** What the bridge of every document finds. */
let finds: readonly BridgeCommand['what'][];

beforeEach(() => {
  vi.useFakeTimers();
  tabs = [{ id: 1, url: `${SITE}/` }];
  finds = [];
  vi.stubGlobal('chrome', {
    runtime: { id: EXTENSION },
    tabs: {
      get: async (wanted: number) => {
        const tab = tabs.find(({ id }) => id === wanted);
        if (tab === undefined) throw new Error(`No tab with id: ${wanted}.`);
        return tab;
      },
      query: async () => tabs,
      sendMessage: async (_: number, { what }: BridgeCommand) => (finds.includes(what) ? 1 : 0),
      onUpdated: { addListener: () => undefined, removeListener: () => undefined },
    },
    webNavigation: { getAllFrames: async () => [{ frameId: 0, documentId: 'document' }] },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The preparations of a purse, with what it reported: the event, and the challenge. */
function purse({ isManual = false } = {}) {
  const { lifecycle, reported, open, holds } = lifecycleWith();
  const scriptHolds = new ScriptHolds({
    open,
    holds,
    lifecycle,
    isManual: async () => isManual,
    caughtUp: () => undefined,
  });
  const preparations = new Preparations({
    open,
    lifecycle,
    presence: new Presence(),
    scriptHolds,
    canCarry: (_, method) => method !== 'PURGE',
  });
  return { reported, open, lifecycle, scriptHolds, preparations };
}

/** A 402 of this kind, which its page asked for. */
function observed(kind: RequestKind, parts: Partial<Challenge> = {}): ObservedRequest {
  const { challenge, ...rest } = observedOf('one', 1);
  const url = parts.url ?? SHOP;
  return {
    ...rest,
    challenge: { ...challenge, kind, ...parts },
    asked: { url, method: parts.method ?? 'GET' },
  };
}

/** Prepares a 402 to the end. */
async function prepare(one: ObservedRequest, at = purse()) {
  const taken = at.preparations.take(one);
  await vi.runAllTimersAsync();
  await taken;
  return at;
}

/** The page of a script says that it holds its request. */
const held = (
  { scriptHolds }: ReturnType<typeof purse>,
  parts: { steady?: boolean; manual?: boolean } = {},
) =>
  scriptHolds.held(
    {
      id: EXTENSION,
      documentId: 'document',
      origin: SITE,
      url: `${SITE}/`,
      tab: { id: 1 } as chrome.tabs.Tab,
    },
    { holdId: '1', url: SHOP, method: 'GET', steady: true, timeout: 0, manual: false, ...parts },
  );

test('a request that no rule can name is reported, and never open', async () => {
  const { challenge, ...rest } = observed('xmlhttprequest', { method: 'PURGE' });
  const { reported, open } = await prepare({ challenge, ...rest });
  expect(reported).toEqual([['unheld', challenge]]);
  expect(await open.all()).toEqual([]);
});

describe('the request of a script', () => {
  const script = observed('xmlhttprequest');

  test('is announced once its page holds it', async () => {
    const at = purse();
    void held(at);
    const { reported, open } = await prepare(script, at);
    expect(reported).toEqual([['challenge', script.challenge]]);
    expect(await open.get('one')).toEqual({ observed: script, hold: { documentId: 'document', id: '1' } });
  });

  test('whose page says that it handles its 402 is released to it, reported as such, and never open', async () => {
    const at = purse();
    const end = held(at, { manual: true });
    const { reported, open } = await prepare(script, at);
    expect(await end).toBe('release');
    expect(reported).toEqual([['manual', script.challenge]]);
    expect(await open.all()).toEqual([]);
  });

  test.each([
    ['left to its page is announced at once', true, 1],
    ['not left to its page is announced once the page has held it for a while', false, 0],
  ])('that its page could take back, and is %s', async (_, isManual, atOnce) => {
    const at = purse({ isManual });
    void at.preparations.take(script);
    void held(at, { steady: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(at.reported).toHaveLength(atOnce);
    await vi.runAllTimersAsync();
    expect(at.reported).toEqual([['challenge', script.challenge]]);
  });

  test('that its page does not hold waits for a load of that page', async () => {
    finds = ['page'];
    const { reported, open } = await prepare(script);
    const challenge = { ...script.challenge, userPart: 'load' };
    expect(reported).toEqual([['challenge', challenge]]);
    expect(await open.get('one')).toEqual({ observed: { ...script, challenge }, hold: null });
  });

  test('whose page is gone is reported, and not open', async () => {
    const { reported, open } = await prepare(script);
    expect(reported).toEqual([['unheld', script.challenge]]);
    expect(await open.all()).toEqual([]);
  });

  test('that its page took back is withdrawn', async () => {
    const at = purse();
    at.lifecycle.noteAborted(script.challenge.requestId);
    const { reported } = await prepare(script, at);
    expect(reported).toEqual([['withdrawn', script.challenge]]);
  });

  test('that no fragment reaches is released to its page, and waits for a load of it', async () => {
    finds = ['page'];
    const at = purse();
    const end = held(at);
    const { reported } = await prepare({ ...script, route: null }, at);
    expect(await end).toBe('release');
    expect(reported).toEqual([['challenge', { ...script.challenge, userPart: 'load' }]]);
  });

  test('of a response that no script sees is withdrawn where its page aborts it', async () => {
    finds = ['page'];
    const unseen = { ...script, trait: 'unseen' } as const;
    const at = purse();
    at.lifecycle.noteAborted(script.challenge.requestId);
    const { reported } = await prepare(unseen, at);
    expect(reported).toMatchObject([['withdrawn', { id: 'one' }]]);
  });

  test('of a service worker waits for a load of a page of its site', async () => {
    finds = ['page'];
    tabs = [...tabs, { id: 2, url: `${SITE}/front`, active: true }, { id: 3, url: SHOP, active: true }];
    const { challenge, ...rest } = observed('xmlhttprequest', {
      ...{ tabId: -1, documentId: null, fromServiceWorker: true, topOrigin: null },
    });
    const { reported } = await prepare({ challenge, ...rest, trait: 'unseen' });
    expect(reported).toEqual([['challenge', { ...challenge, tabId: 2, userPart: 'load' }]]);
  });

  test('of a service worker whose site no tab shows is reported', async () => {
    tabs = [];
    const { challenge, ...rest } = observed('xmlhttprequest', { fromServiceWorker: true });
    const { reported } = await prepare({ challenge, ...rest, trait: 'unseen' });
    expect(reported).toEqual([['unheld', challenge]]);
  });
});

describe('a document', () => {
  test('is announced at once, before its tab shows it', async () => {
    const document = observed('main_frame');
    const at = purse();
    await at.preparations.take(document);
    expect(at.reported).toEqual([['challenge', document.challenge]]);
    expect(await at.open.get('one')).toEqual({ observed: document, hold: null });
    await vi.runAllTimersAsync();
  });

  test('that is one too many is reported, and not announced', async () => {
    const document = observed('main_frame', { header: 'x'.repeat(600_000) });
    const { reported } = await prepare(document);
    expect(reported).toEqual([['over limit', document.challenge]]);
  });

  test('that came through a service worker is loaded again in the tab that shows it', async () => {
    tabs = [...tabs, { id: 2, url: `${SHOP}#part`, incognito: true }];
    const document = { ...observed('xmlhttprequest'), trait: 'navigation' } as const;
    const { reported } = await prepare(document);
    const place = { tabId: 2, frameId: 0, topOrigin: 'https://shop.example', isPrivate: true };
    expect(reported).toEqual([['challenge', { ...document.challenge, kind: 'main_frame', ...place }]]);
  });

  test.each([
    ['no tab shows it', 'GET'],
    ['it is a form', 'POST'],
  ])('that came through a service worker waits for a load where %s', async (_, method) => {
    finds = ['page'];
    if (method === 'POST') tabs = [...tabs, { id: 2, url: SHOP }];
    const document = { ...observed('xmlhttprequest', { method }), trait: 'navigation' } as const;
    const { reported } = await prepare(document);
    expect(reported).toEqual([['challenge', { ...document.challenge, userPart: 'load' }]]);
  });
});

describe('a form', () => {
  const form = observed('main_frame', { method: 'POST' });

  test('that the server answered with a page is announced as any document', async () => {
    tabs = [{ id: 1, url: SHOP }];
    finds = ['document'];
    const { reported } = await prepare(form);
    expect(reported).toEqual([['challenge', form.challenge]]);
  });

  test('for which the browser shows its own page is sent again once its user confirms that', async () => {
    tabs = [{ id: 1, url: SHOP }];
    const { reported, open } = await prepare(form);
    const challenge = { ...form.challenge, userPart: 'confirm' };
    expect(reported).toEqual([['challenge', challenge]]);
    expect((await open.get('one'))?.observed.challenge).toEqual(challenge);
  });

  test('whose tab shows another page is announced as it is: its delivery looks again', async () => {
    const { reported } = await prepare(form);
    expect(reported).toEqual([['challenge', form.challenge]]);
  });

  test('that is one too many is reported, and not announced', async () => {
    const large = observed('main_frame', { method: 'POST', header: 'x'.repeat(600_000) });
    expect((await prepare(large)).reported).toEqual([['over limit', large.challenge]]);
  });
});

describe('an element', () => {
  const image = observed('image');

  test('that its page still has is announced', async () => {
    finds = ['image'];
    const { reported, open } = await prepare(image);
    expect(reported).toEqual([['challenge', image.challenge]]);
    expect(await open.get('one')).toEqual({ observed: image, hold: null });
  });

  test('that its page has no more waits for a load of that page', async () => {
    finds = ['page'];
    const { reported, open } = await prepare(image);
    const challenge = { ...image.challenge, userPart: 'load' };
    expect(reported).toEqual([['challenge', challenge]]);
    expect((await open.all()).map((one) => one.observed.challenge)).toEqual([challenge]);
  });

  test('whose page is gone is reported, and not open any more', async () => {
    const { reported, open } = await prepare(image);
    expect(reported).toEqual([['unheld', image.challenge]]);
    expect(await open.all()).toEqual([]);
  });

  test('that is the icon of its page is reported', async () => {
    finds = ['page'];
    const icon = observed('image', { url: `${SHOP}favicon.ico` });
    expect((await prepare(icon)).reported).toEqual([['unheld', icon.challenge]]);
    finds = ['page', 'icon'];
    expect((await prepare(image)).reported).toEqual([['unheld', image.challenge]]);
  });

  test('that is one too many is reported, and not announced', async () => {
    finds = ['image'];
    const large = observed('image', { header: 'x'.repeat(600_000) });
    expect((await prepare(large)).reported).toEqual([['over limit', large.challenge]]);
  });
});
