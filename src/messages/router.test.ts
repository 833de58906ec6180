import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Fault } from '../fault.ts';
import { bridgeRequests, type PageRequest, pageRequests } from './contract.ts';
import { INPUTS } from './inputs.fixture.ts';
import type { Access } from './message.ts';
import { type PageSide, type RequestHandlers, route, type Tier, tierOf } from './router.ts';

type Sender = chrome.runtime.MessageSender;

const ID = 'abcdefghijklmnopabcdefghijklmnop';
const ORIGIN = `chrome-extension://${ID}`;
const PAYEE = 'nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn';
const tab = { id: 1, index: 0, windowId: 1 } as chrome.tabs.Tab;

/** Who can send a message to an extension, as the browser describes them. */
const SENDERS: readonly { readonly who: string; readonly tier: Tier; readonly sender: Sender }[] = [
  {
    who: 'the popup',
    tier: 'page',
    sender: { id: ID, origin: ORIGIN, url: `${ORIGIN}/src/pages/popup/index.html` },
  },
  {
    who: 'our page in a tab',
    tier: 'page',
    sender: { id: ID, origin: ORIGIN, url: `${ORIGIN}/src/pages/onboarding/index.html`, tab, frameId: 0 },
  },
  {
    who: 'our content script',
    tier: 'bridge',
    sender: { id: ID, origin: 'https://shop.example', url: 'https://shop.example/', tab, frameId: 0 },
  },
  {
    who: 'our content script in a sandboxed frame',
    tier: 'bridge',
    sender: { id: ID, origin: 'null', url: 'https://shop.example/frame', tab, frameId: 3 },
  },
  {
    who: 'a content script on a page whose address looks like ours',
    tier: 'bridge',
    sender: { id: ID, origin: 'https://evil.example', url: `${ORIGIN}/src/pages/popup/index.html`, tab },
  },
  {
    who: 'another extension',
    tier: 'stranger',
    sender: { id: 'p'.repeat(32), origin: ORIGIN, url: `${ORIGIN}/` },
  },
  { who: 'a sender without any data', tier: 'stranger', sender: {} },
  { who: 'our id without an origin', tier: 'stranger', sender: { id: ID } },
  {
    who: 'our origin on a foreign address',
    tier: 'stranger',
    sender: { id: ID, origin: ORIGIN, url: `${ORIGIN}.evil.example/src/pages/popup/index.html`, tab },
  },
  {
    who: 'an origin that begins like ours',
    tier: 'bridge',
    sender: { id: ID, origin: `${ORIGIN}.evil.example`, url: `${ORIGIN}.evil.example/`, tab },
  },
];

test.each(SENDERS)('$who: $tier', ({ sender, tier }) => {
  expect(tierOf(sender, { id: ID, origin: ORIGIN })).toBe(tier);
});

const BRIDGE_INPUTS: { readonly [Q in keyof typeof bridgeRequests]: object } = {
  'request.held': { holdId: 'hold', url: 'https://shop.example/', method: 'GET' },
  'request.dropped': { holdId: 'hold' },
  'document.left': {},
  'link.clicked': { text: 'nano:' },
};

const REQUESTS = [
  ...Object.entries(INPUTS).map(([request, input]) => ({ request, input, allowed: 'page' as Tier })),
  ...Object.entries(BRIDGE_INPUTS).map(([request, input]) => ({ request, input, allowed: 'bridge' as Tier })),
];

/** The messages that were handled, in order. Every response is `done`. */
let done: string[];
let bridge: RequestHandlers['bridge'];
/** Whether the purse is locked. */
let locked: boolean;
type Listener = Parameters<typeof chrome.runtime.onMessage.addListener>[0];
let listener: Listener;

beforeEach(() => {
  done = [];
  locked = false;
  const handling = (names: readonly string[]) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        async () => {
          done.push(name);
          return 'done';
        },
      ]),
    );
  bridge = handling(Object.keys(bridgeRequests)) as object as RequestHandlers['bridge'];
  const handlers = handling(Object.keys(pageRequests)) as object as PageSide['handlers'];
  start(async () => ({ handlers, isLocked: async () => locked }));
});
afterEach(() => vi.unstubAllGlobals());

function start(page: RequestHandlers['page']): void {
  vi.stubGlobal('chrome', {
    runtime: {
      id: ID,
      getURL: (path: string) => `${ORIGIN}/${path}`,
      onMessage: {
        addListener: (added: Listener) => {
          listener = added;
        },
      },
    },
  });
  route({ page, bridge });
}

/** Sends a message. Resolves with null when no listener responds. */
function send(message: unknown, sender: Sender): Promise<unknown> {
  return new Promise((resolve) => {
    const taken: unknown = listener(message, sender, resolve);
    if (taken !== true) resolve(null);
  });
}
const page = SENDERS[0]?.sender ?? {};
const refused = (key: string) => ({ ok: false, fault: { key, args: [] } });

test('the table of messages is complete: every message of the contract is in it', () => {
  expect(REQUESTS.map(({ request }) => request).toSorted()).toEqual(
    [...Object.keys(pageRequests), ...Object.keys(bridgeRequests)].toSorted(),
  );
});

describe.each(SENDERS)('$who', ({ tier, sender }) => {
  test.each(REQUESTS)('sends $request', async ({ request, input, allowed }) => {
    const response = await send({ request, input }, sender);
    const isAllowed = tier === allowed;
    expect(response).toEqual(isAllowed ? { ok: true, value: 'done' } : refused('fault_forbidden'));
    expect(done).toEqual(isAllowed ? [request] : []);
  });

  test.each(['', 'toString', '__proto__', 'constructor', 'purse.nothing'])('sends %j', async (request) => {
    expect(await send({ request, input: {} }, sender)).toEqual(refused('fault_forbidden'));
  });
});

describe('a locked purse', () => {
  beforeEach(() => {
    locked = true;
  });

  /** Handled without the password. */
  const ALWAYS = [
    'purse.state',
    'purse.touch',
    'vault.newWords',
    'vault.preview',
    'vault.balances',
    'vault.create',
    'vault.unlock',
    'vault.lock',
    'vault.lockEverything',
    'vault.reveal',
    'vault.recover',
    'vault.erase',
    'vault.undelivered',
    'backup.restore',
    'settings.theme',
    'approval.waiting',
    'approval.cancel',
    'link.read',
    'link.decline',
  ];
  const LESSENS = ['purse.pause', 'approval.answer', 'budget.remove', 'link.listen'];
  const rules = Object.entries(pageRequests).map(
    ([request, { access }]) => [request as PageRequest, access as Access<never>] as const,
  );

  test('has an access rule for every message of the contract', () => {
    expect(rules.flatMap(([request, rule]) => (rule === 'always' ? [request] : []))).toEqual(ALWAYS);
    expect(rules.flatMap(([request, rule]) => (typeof rule === 'object' ? [request] : []))).toEqual(LESSENS);
  });

  test.each(rules.filter(([request]) => !LESSENS.includes(request)))(
    'handles %s by its access rule: %s',
    async (request, rule) => {
      const response = await send({ request, input: INPUTS[request] }, page);
      expect(response).toEqual(rule === 'always' ? { ok: true, value: 'done' } : refused('fault_locked'));
      expect(done).toEqual(rule === 'always' ? [request] : []);
    },
  );

  test.each([
    ['purse.pause', { paused: true }, true],
    ['purse.pause', { paused: false }, false],
    ['approval.answer', { id: 'challenge', answer: { kind: 'decline' } }, true],
    ['approval.answer', { id: 'challenge', answer: { kind: 'never' } }, true],
    ['approval.answer', { id: 'challenge', answer: { kind: 'manual' } }, true],
    ['approval.answer', { id: 'challenge', answer: { kind: 'renew' } }, false],
    ['approval.answer', { id: 'challenge', answer: { kind: 'once' } }, false],
    ['approval.answer', { id: 'challenge', answer: { kind: 'budget', perPayment: '1', perDay: '1' } }, false],
    ['budget.remove', { site: 'https://shop.example' }, true],
    ['budget.save', { site: 'https://shop.example', paused: true }, false],
    ['link.listen', { on: false }, true],
    ['link.listen', { on: true }, false],
  ] as const)('handles a change only if it lets the purse do less: %s %j', async (request, input, passes) => {
    expect(await send({ request, input }, page)).toEqual(
      passes ? { ok: true, value: 'done' } : refused('fault_locked'),
    );
    expect(done).toEqual(passes ? [request] : []);
  });

  test('refuses an unreadable message as unreadable, and a wrong tier as forbidden: neither learns that it is locked', async () => {
    expect(await send({ request: 'log.list', input: { more: 1 } }, page)).toEqual(
      refused('fault_badMessage'),
    );
    for (const { tier, sender } of SENDERS.filter(({ tier: one }) => one !== 'page')) {
      expect(await send({ request: 'log.list', input: {} }, sender), tier).toEqual(
        refused('fault_forbidden'),
      );
    }
  });

  test('still handles the held requests of web pages', async () => {
    const [request, input] = Object.entries(BRIDGE_INPUTS)[0] ?? [];
    const bridge = SENDERS.find(({ tier }) => tier === 'bridge')?.sender ?? {};
    expect(await send({ request, input }, bridge)).toEqual({ ok: true, value: 'done' });
  });
});

describe('message input', () => {
  const sender = (allowed: Tier) => SENDERS.find(({ tier }) => tier === allowed)?.sender ?? {};

  test.each(REQUESTS)(
    '$request refuses input of another shape and unknown fields',
    async ({ request, input, allowed }) => {
      for (const bad of [
        null,
        undefined,
        'text',
        7,
        ['text'],
        { ...input, more: 1 },
        { ...input, sender: { id: ID } },
      ]) {
        expect(await send({ request, input: bad }, sender(allowed))).toEqual(refused('fault_badMessage'));
      }
      expect(done).toEqual([]);
    },
  );

  test.each([
    ['budget.save', { perPayment: '-1' }],
    ['budget.save', { perPayment: '01' }],
    ['budget.save', { perDay: '1e30' }],
    ['budget.save', { perMonth: '-1' }],
    ['budget.save', { total: '5.0' }],
    ['budget.save', { term: { until: 'tomorrow', renews: 'week' } }],
    ['budget.save', { term: { until: '2026-12-01', renews: 'year' } }],
    ['budget.save', { priceRise: 1.5 }],
    ['budget.save', { priceRise: -1 }],
    ['budget.save', { initiators: Array(33).fill('https://shop.example') }],
    ['budget.save', { payTo: 'nano_1' }],
    ['settings.cap', { perDay: '01' }],
    ['budget.save', { perDay: 5 }],
    ['budget.save', { perDay: '9'.repeat(40) }],
    ['money.send', { amount: '0x10' }],
    ['money.send', { amount: '1.5' }],
    ['money.send', { amount: 'all' }],
    ['link.send', { amount: '1.5' }],
    ['link.send', { amount: 'everything' }],
    ['approval.answer', { answer: { kind: 'lapsed' } }],
    ['approval.answer', { answer: { kind: 'budget', perPayment: '1' } }],
    ['settings.write', { autoLockMinutes: 0 }],
    ['settings.write', { autoLockMinutes: 1.5 }],
    ['settings.write', { pocketCloses: 'never' }],
    ['settings.write', { theme: 'blue' }],
    ['settings.write', { contacts: [{ account: 'nano_1', name: 'Shop' }] }],
    ['settings.write', { contacts: [{ account: PAYEE, name: ' ' }] }],
    ['settings.write', { contacts: [{ account: PAYEE, name: 'x'.repeat(41) }] }],
    ['settings.write', { contacts: Array(2).fill({ account: PAYEE, name: 'Shop' }) }],
    ['settings.rateSource', { code: 'euro', source: { url: 'https://rates.example/', path: 'eur' } }],
    ['settings.rateSource', { code: 'EUR', source: { url: 'http://rates.example/', path: 'eur' } }],
    ['settings.rateSource', { code: 'EUR', source: { url: 'https://me:word@rates.example/', path: 'eur' } }],
    ['settings.rateSource', { code: 'EUR', source: { url: 'rates.example', path: 'eur' } }],
    ['settings.rateSource', { code: 'EUR', source: { url: 'https://rates.example/', path: '' } }],
    ['settings.rateSource', { code: 'EUR', source: { url: 'https://rates.example/', path: 'a..b' } }],
    ['settings.write', { rateSource: null }],
    ['settings.write', { currency: { code: 'euro', rate: '1' } }],
    ['settings.write', { currency: { code: 'EUR', rate: '0.0' } }],
    ['settings.write', { currency: { code: 'EUR', rate: '1e3' } }],
    ['settings.write', { currency: { code: 'EUR', rate: '100000000' } }],
    ['send.keepDraft', { to: 'x'.repeat(2_101) }],
    ['settings.manual', { manual: 'yes' }],
    ['approval.answer', { answer: { kind: 'manual', site: 'https://shop.example' } }],
    ['activity.page', { limit: 501 }],
    ['activity.page', { search: 'a'.repeat(201) }],
    ['activity.totals', { weekFrom: 'monday' }],
    ['vault.unlock', { password: '' }],
    ['vault.changePassword', { current: '' }],
    ['vault.changePassword', { next: 'x'.repeat(1_025) }],
    ['vault.recover', { secret: { kind: 'seed' } }],
    ['vault.erase', { password: '' }],
    ['vault.erase', { kind: 'forgotten' }],
    ['tester.begin', { limit: '-1' }],
    ['tester.confirmed', { hash: 'a'.repeat(64) }],
    // Only texts that can be nothing but a proof are signed.
    ['tester.sign', { message: { kind: 'plain', text: 'a text' } }],
    ['tester.sign', { message: { kind: 'plain', text: 'A'.repeat(64) } }],
    ['tester.sign', { message: { kind: 'plain', text: `\0${'A'.repeat(64)}https://shop.example/` } }],
    ['tester.sign', { message: { kind: 'noms', text: 'I owe you everything' } }],
    ['tester.sign', { message: { kind: 'noms', text: `${'a'.repeat(64)}:${'b'.repeat(64)}:1\n` } }],
    ['vault.create', { secret: { kind: 'words', words: 'a b c', reading: 'other' } }],
  ] as const)('%s with %j is refused as unreadable', async (request, part) => {
    expect(await send({ request, input: { ...INPUTS[request], ...part } }, page)).toEqual(
      refused('fault_badMessage'),
    );
    expect(done).toEqual([]);
  });

  test('beyond the length limit is refused as unreadable', async () => {
    const long = [
      { request: 'approval.answer', input: { id: 'x'.repeat(129), answer: { kind: 'once' } } },
      { request: 'vault.unlock', input: { password: 'x'.repeat(1_025) } },
    ];
    for (const message of long) expect(await send(message, page)).toEqual(refused('fault_badMessage'));
    expect(done).toEqual([]);
  });

  test('an arbitrary message is refused or ignored, and no handler runs', async () => {
    const noise = fc.oneof(fc.anything(), fc.record({ request: fc.string(), input: fc.anything() }));
    await fc.assert(
      fc.asyncProperty(noise, fc.constantFrom(...SENDERS), async (message, { sender }) => {
        const response = await send(message, sender);
        expect(response === null || Object(response).ok === false).toBe(true);
      }),
    );
    expect(done).toEqual([]);
  });
});

describe('a failure', () => {
  const failing = (failure: unknown) => start(() => Promise.reject(failure));

  test('reaches the page as key and arguments, without its cause', async () => {
    failing(new Fault('fault_insufficient', ['1.5'], { cause: new Error('secret') }));
    expect(await send({ request: 'purse.state', input: {} }, page)).toEqual({
      ok: false,
      fault: { key: 'fault_insufficient', args: ['1.5'] },
    });
  });

  test('of the database keeps pages from a response, but no content script', async () => {
    failing(new Fault('fault_storageFull'));
    const [script] = SENDERS.filter(({ tier }) => tier === 'bridge');
    const held = { request: 'request.held', input: BRIDGE_INPUTS['request.held'] };
    expect(await send(held, script?.sender ?? {})).toEqual({ ok: true, value: 'done' });
    expect(await send({ request: 'purse.state', input: {} }, page)).toEqual(refused('fault_storageFull'));
  });

  test('that is no Fault reaches the page as fault_unexpected, and the console in full', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    try {
      failing(new Error('secret'));
      expect(await send({ request: 'purse.state', input: {} }, page)).toEqual(refused('fault_unexpected'));
      expect(said).toHaveBeenCalledOnce();
    } finally {
      said.mockRestore();
    }
  });
});
