import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import { DEVNET } from '../nano/network.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Payment } from '../payments/payment.ts';
import type { Question } from '../payments/question.ts';
import { challengeOf, intentOf, PAYEE, SHOP, sessionOffer } from '../payments/samples.fixture.ts';
import type { ToldSite } from './notification-plan.ts';
import { SystemNotifications } from './system-notifications.ts';
import type { OwedPayment } from './toolbar-button.ts';

/** How the language writes (see `placed`). */
const RULES: Readonly<Record<string, string>> = { ui_direction: 'ltr', ui_decimalSign: '.' };

const PRICE = 10n ** 28n;
const QUESTION = `question ${SHOP}`;

/** The browser: whether it grants the permission, the texts of what is up, and what it was told to show. */
let isGranted: boolean;
let up: Map<string, readonly string[]>;
let shown: string[];
/** The parts around: the questions, the requests that wait, the payments that bought nothing, the record. */
let questions: Question[];
let waiting: Set<string>;
let owed: OwedPayment[];
let payments: Map<PaymentId, Payment>;
let told: readonly ToldSite[];
let isUnlocked: boolean;
/** Runs when the record of what was told is read. */
let onRead: () => void;
let notifications: SystemNotifications;

beforeEach(() => {
  [isGranted, isUnlocked] = [true, true];
  onRead = () => undefined;
  [up, shown, questions, waiting, owed, payments, told] = [new Map(), [], [], new Set(), [], new Map(), []];
  vi.stubGlobal('chrome', {
    permissions: {
      contains: async () => isGranted,
      remove: async () => {
        isGranted = false;
      },
    },
    runtime: {
      getURL: (path: string) => path,
      getContexts: async () => [],
      ContextType: { POPUP: 'POPUP', TAB: 'TAB' },
    },
    i18n: {
      getMessage: (key: string, words?: readonly string[]) =>
        words === undefined ? RULES[key] : [key, ...words].join(' '),
    },
    tabs: {
      update: async (id: number) => {
        shown.push(`tab ${id}`);
        return { id, windowId: 7 };
      },
      create: async ({ url }: { readonly url: string }) => void shown.push(url),
    },
    windows: { update: async (id: number) => void shown.push(`window ${id}`) },
    notifications: {
      create: async (
        name: string,
        { title, message }: { readonly title: string; readonly message: string },
      ) => void up.set(name, [title, message]),
      clear: async (name: string) => void up.delete(name),
      getAll: async () => Object.fromEntries([...up.keys()].map((name) => [name, true])),
    },
  });
  notifications = start();
});
afterEach(() => vi.unstubAllGlobals());

/** The notifications as a worker has them after its start. */
const start = () =>
  new SystemNotifications({
    approvals: { list: () => questions },
    interception: { waits: async ({ id }) => waiting.has(id) },
    attention: { seen: async () => () => false, lookAt: async (tabId) => void shown.push(`purse ${tabId}`) },
    button: { owed: async () => owed, seen: async (id) => void shown.push(`seen ${id}`) },
    journal: { find: async (id) => payments.get(id) ?? null },
    settings: { networks: async () => [{ ...DEVNET, testMoney: false }] },
    vault: { isUnlocked: async () => isUnlocked },
    store: {
      read: async () => {
        onRead();
        return told;
      },
      write: async (now) => {
        told = now;
      },
    },
    notifyPages: () => undefined,
    now: () => 1_800_000_000_000,
  });

function ask(parts: Partial<Challenge> = {}): Question {
  const challenge = challengeOf({ tabId: 3, ...parts });
  const question: Question = {
    id: challenge.id,
    site: SHOP,
    challenge,
    offer: sessionOffer(PRICE + 7n, { resourceAmount: PRICE as never }),
    reason: 'reason_newSite',
    isPayeeUnopened: false,
  };
  questions.push(question);
  waiting.add(challenge.id);
  return question;
}

function owe(id: string, challenge: Challenge = challengeOf()): void {
  owed.push({ id: id as PaymentId, tabId: 3, price: String(PRICE), site: SHOP, isSeen: false });
  const intent = intentOf({ account: PAYEE, offer: sessionOffer(PRICE), id: id as never, challenge });
  payments.set(id as PaymentId, { intent } as Payment);
}

/** Resolves when what is due is shown. */
async function update(): Promise<void> {
  notifications.update();
  await notifications.clicked('nothing');
}

test('a question is told by its price without the tag and its site, until it is answered', async () => {
  const question = ask();
  await update();
  expect([...up]).toEqual([[QUESTION, ['notify_question', `notify_amount 0.01 ${SHOP}`]]]);
  questions = [];
  await notifications.answered(question);
  await update();
  expect(up.size).toBe(0);
});

test('without the permission nothing is shown or remembered', async () => {
  isGranted = false;
  ask();
  notifications.update();
  await notifications.stop();
  expect([up.size, told]).toEqual([0, []]);
});

test('nothing of a private window is shown, be it a question or a payment', async () => {
  ask({ isPrivate: true });
  owe('private', challengeOf({ isPrivate: true }));
  await update();
  expect([up.size, told]).toEqual([0, []]);
});

test('a payment that bought nothing is told by name, but not while the purse is locked', async () => {
  owe('payment');
  await update();
  expect([...up]).toEqual([[`owed ${SHOP}`, ['notify_owed', `notify_testAmount 0.01 ${SHOP}`]]]);
  isUnlocked = false;
  owe('later');
  await update();
  expect([...up]).toEqual([['owed ', ['notify_owed', 'notify_open']]]);
  expect(JSON.stringify([...up])).not.toContain('shop');
});

test('a restarted worker leaves the notification of a question that it has yet to ask again', async () => {
  ask();
  await update();
  questions = [];
  notifications = start();
  await update();
  expect([...up.keys()]).toEqual([QUESTION]);
  waiting.clear();
  await update();
  expect(up.size).toBe(0);
});

test('a click shows the tab of the question and the purse over it, or the payment in the activity', async () => {
  ask();
  owe('payment');
  await update();
  await notifications.clicked(QUESTION);
  expect(shown).toEqual(['tab 3', 'window 7', 'purse 3']);
  shown = [];
  await notifications.clicked(`owed ${SHOP}`);
  expect(shown).toEqual(['seen payment', 'src/pages/popup/index.html#payment=payment']);
  expect(up.size).toBe(0);
});

test('to end them clears all, forgets what was told and gives the permission back', async () => {
  ask();
  await update();
  await notifications.stop();
  expect([up.size, told, isGranted]).toEqual([0, [], false]);
});

test('a question that a restarted worker asks again while it looks at what is up stays up', async () => {
  const question = ask();
  await update();
  questions = [];
  notifications = start();
  onRead = () => {
    questions = [question];
  };
  await update();
  expect([...up.keys()]).toEqual([QUESTION]);
});
