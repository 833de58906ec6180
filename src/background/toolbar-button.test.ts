import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PaymentId } from '../payment-id.ts';
import { type OwedPayment, ToolbarButton } from './toolbar-button.ts';
import type { PurseSign } from './toolbar-sign.ts';

/** How the language writes (see `placed`). */
const RULES: Readonly<Record<string, string>> = { ui_direction: 'ltr', ui_decimalSign: '.' };

const SITE = 'https://shop.example';
const PRICE = String(10n ** 28n);
const owed = { id: 'payment' as PaymentId, tabId: 1, price: PRICE, site: SITE };

/** The button of the browser: what is set for all tabs, and for single tabs in its place. */
let texts: Map<number | undefined, string>;
let titles: Map<number | undefined, string>;
let icon: unknown;
/** The storage that outlives the worker. */
let stored: Map<PaymentId, OwedPayment>;
let purse: PurseSign['purse'];
let tests: Set<number>;

interface Given {
  readonly tabId?: number;
  readonly text?: string;
  readonly title?: string;
  readonly path?: unknown;
}

beforeEach(() => {
  [texts, titles, stored, tests] = [new Map(), new Map(), new Map(), new Set()];
  purse = 'open';
  const set = (of: Map<number | undefined, string>, tabId: number | undefined, value: string | undefined) =>
    value === undefined ? of.delete(tabId) : of.set(tabId, value);
  vi.stubGlobal('chrome', {
    i18n: {
      getMessage: (key: string, words?: readonly string[]) =>
        words === undefined ? RULES[key] : [key, ...words].join(' '),
    },
    action: {
      setBadgeText: async ({ tabId, text }: Given) => void set(texts, tabId, text),
      getBadgeText: async ({ tabId }: Given) => texts.get(tabId) ?? texts.get(undefined) ?? '',
      setTitle: async ({ tabId, title }: Given) => void set(titles, tabId, title),
      setBadgeBackgroundColor: async () => undefined,
      setBadgeTextColor: async () => undefined,
      setIcon: async ({ path }: Given) => {
        icon = path;
      },
    },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** The button as a worker has it after its start. */
const start = () =>
  new ToolbarButton({
    owed: {
      read: async () => [...stored.values()],
      write: async (payment) => void stored.set(payment.id, payment),
      remove: async (id) => void stored.delete(id),
    },
    purse: async () => purse,
    owedChanged: () => undefined,
    isTest: async (tabId) => tests.has(tabId),
  });

/** What the user sees on the button over a tab. */
const over = (tabId: number) => [
  texts.get(tabId) ?? texts.get(undefined) ?? '',
  titles.get(tabId) || titles.get(undefined) || '',
];

test('what a budget has paid is told over its tab for eight seconds', async () => {
  vi.useFakeTimers();
  const button = start();
  await button.look();
  await button.paid(1, { price: PRICE, site: SITE });
  expect([over(1), over(2)]).toEqual([
    ['0.01', 'action_paid 0.01 shop.example'],
    ['', 'appName'],
  ]);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(over(1)).toEqual(['', 'appName']);
});

test('a payment that bought nothing is marked over the death of the worker, until it is seen', async () => {
  await start().owe(owed);
  texts.clear();
  const button = start();
  await button.look();
  await button.showTab(1);
  expect([over(1)[0], over(2)]).toEqual(['!', ['!', 'action_owedElsewhere']]);
  await button.seen(owed.id);
  expect([over(1), over(2)]).toEqual([
    ['', 'appName'],
    ['', 'appName'],
  ]);
  expect(await button.owed()).toEqual([{ ...owed, isSeen: true }]);
  await button.settle(owed.id);
  expect([await button.owed(), stored.size]).toEqual([[], 0]);
});

test('a tab shows its own sign again after a navigation, and no other tab is touched by one', async () => {
  const button = start();
  await button.owe(owed);
  texts.delete(1);
  await button.showTab(1);
  await button.showTab(2);
  expect([texts.get(1), texts.has(2)]).toEqual(['!', false]);
});

test('what is told of a page stays until it is over, whatever changes elsewhere', async () => {
  const button = start();
  await button.tell(1, { kind: 'failed' });
  await button.waits(1);
  expect([over(1)[0], over(2)[0]]).toEqual(['!', '1']);
  await button.recovered(1);
  expect(over(1)).toEqual(['1', 'action_waiting 1']);
});

test('a tab with test money keeps its own badge, and loses it with the test money', async () => {
  const button = start();
  tests.add(1);
  await button.showTab(1);
  await button.tell(1, { kind: 'failed' });
  expect(over(1)[0]).toBe('TEST');
  tests.delete(1);
  await button.showTab(1);
  expect(over(1)[0]).toBe('');
});

test('a lock turns the icon grey, and a full disk is told without a look at the purse', async () => {
  const button = start();
  purse = 'locked';
  await button.look();
  expect([over(1), icon]).toEqual([
    ['', 'action_locked'],
    { 16: '/icons/purse-locked-16.png', 32: '/icons/purse-locked-32.png' },
  ]);
  await button.outOfOrder(true);
  expect(over(1)).toEqual(['!', 'fault_storageFull']);
});
