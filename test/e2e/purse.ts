import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright';
import type { ActivityView } from '../../src/messages/activity.ts';
import type { ApprovalView } from '../../src/messages/approval.ts';
import type { PageInput, PageRequest, PageResponses } from '../../src/messages/contract.ts';
import type { PaymentView } from '../../src/messages/payment.ts';
import { bounded } from './bounded.ts';
import { type BrowserName, type PurseBrowser, startBrowser } from './purse-browser.ts';
import { pageScreen, type Screen } from './screen.ts';

/** A network as the purse is told it. What is left out has the value of a network for tests. */
export interface TestNetwork {
  /** CAIP-2, as offers name it. */
  readonly id: string;
  readonly rpcUrls: readonly string[];
  readonly wsUrl?: string | null;
  /** Least proof of work, 16 hex digits. */
  readonly thresholds: { readonly send: string; readonly receive: string };
  readonly label?: string;
  readonly testMoney?: boolean;
  readonly representative?: string;
  readonly explorerUrl?: string | null;
}

export interface PurseOptions {
  /** The browser; that of `testBrowser` by default. */
  readonly browser?: BrowserName;
  /** Left out, the purse stays on its own first network. */
  readonly network?: TestNetwork;
  /** 64 or 128 hex digits, or 24 words (read as BIP44); a random one by default. */
  readonly seed?: string;
  readonly password?: string;
  readonly headless?: boolean;
  readonly extraArgs?: readonly string[];
  /** As in `BrowserOptions`. */
  readonly keepsPages?: boolean;
  /** Folder of the browser's profile, to come back to a purse; a new one by default. */
  readonly profile?: string;
  /** The language of the purse, as a folder of `public/_locales`; English by default. */
  readonly language?: string;
  /** The user lets the purse into private windows. */
  readonly inPrivate?: boolean;
  /** Optional permissions that the user granted before, and that a click gets without the browser's question. */
  readonly grantedBefore?: readonly string[];
  /** Preferences of Firefox, beside those that every test has. */
  readonly preferences?: Readonly<Record<string, boolean | number | string>>;
  /** Do not onboard: the profile has its purse, or the test makes one itself. */
  readonly bare?: boolean;
}

/** A question to the user, as a test answers it: with trusted clicks on the purse's own window. */
export interface PendingApproval {
  readonly offer: ApprovalView;
  /** Pays; with a budget (raw, decimal text or bigint), sets it as well. */
  approve(answer?: { readonly budget?: TestBudget }): Promise<void>;
  decline(): Promise<void>;
  never(): Promise<void>;
  /** Lets the page handle it. */
  leave(): Promise<void>;
  /** What the user sees. */
  screenshot(path: string): Promise<void>;
}

export interface TestBudget {
  readonly perPayment: bigint | string;
  readonly perDay: bigint | string;
}

/** A browser with an onboarded purse in it. */
export interface TestPurse {
  readonly context: BrowserContext;
  readonly extensionId: string;
  /** The URL of a page of the purse, by its path in the extension. */
  url(page: string): string;
  /** As in `PurseBrowser`. */
  readonly privileged?: PurseBrowser['privileged'];
  /** The purse's account, `nano_…`; empty when launched bare. */
  readonly account: string;
  newPage(): Promise<Page>;
  /** A private window with one page in it; takes a purse with `inPrivate`. */
  newPrivatePage(url?: string): Promise<Page>;
  /** The popup, as a page of 360 by 600. */
  popup(): Promise<Page>;
  /** The oldest question that was not given out since the worker's start; waits for it. */
  nextApproval(options?: { readonly timeout?: number }): Promise<PendingApproval>;
  /** Kills the background worker, as an idle browser does; the next event starts it again. */
  killWorker(): Promise<void>;
  /** The whole journal, oldest first. */
  payments(): Promise<readonly PaymentView[]>;
  /** Everything that moved money, oldest first. */
  activity(): Promise<readonly ActivityView[]>;
  /** Asks the background what a page of the purse may ask. */
  ask<Q extends PageRequest>(question: Q, input: PageInput<Q>): Promise<PageResponses[Q]>;
  /** Resolves with the first answer that passes `test`. */
  until<Q extends PageRequest>(
    question: Q,
    input: PageInput<Q>,
    test: (answer: PageResponses[Q]) => boolean,
    timeout?: number,
  ): Promise<PageResponses[Q]>;
  close(): Promise<void>;
}

const POPUP = 'src/pages/popup/index.html';
const APPROVE = 'src/pages/approve/index.html';
const ONBOARDING = 'src/pages/onboarding/index.html';
/** Nobody votes with test money. */
const REPRESENTATIVE = 'nano_1111111111111111111111111111111111111111111111111111hifc8npp';
/** How long the purse may take to bring its popup or window up (ms). */
const OPENING = 1_500;
/** How long an answer may take from the click to the background (ms). */
const SETTLING = 15_000;
const PASSWORD = 'correct horse battery staple';
/** How long a test waits for a fact, and how often it looks (ms). */
const PATIENCE = 60_000;
const LOOK_EVERY = 25;

/** Starts a browser with the purse in it, built anew when a source is newer; sets the purse up unless `bare`. */
export async function launchPurse(options: PurseOptions = {}): Promise<TestPurse> {
  const browser = await startBrowser(options);
  try {
    return await setUp(browser, options);
  } catch (failure) {
    await browser.context.close();
    throw failure;
  }
}

async function setUp(browser: PurseBrowser, options: PurseOptions): Promise<TestPurse> {
  const { context, extensionId, isNew } = browser;
  const { bare = false } = options;
  const url = (page: string) => `${browser.origin}/${page}`;

  // One page of the purse stays open in the background: it is where the test asks from, as the popup would.
  let page = await context.newPage();
  await page.goto(url(ONBOARDING));
  if (isNew) await installTab(context, url(ONBOARDING), page);
  for (const other of context.pages()) if (other !== page) await other.close();
  const ownPage = async (): Promise<Page> => {
    if (page.isClosed()) {
      page = await bounded('a page of the purse', context.newPage());
      await page.goto(url(ONBOARDING));
    }
    return page;
  };

  const ask: TestPurse['ask'] = async (question, input) => {
    const message = { request: question, input };
    const own = await ownPage();
    const reply = await bounded(
      question,
      own.evaluate((asked) => chrome.runtime.sendMessage(asked), message),
    );
    // Firefox gives no answer for a background that died over the question.
    if (reply === undefined) throw new Error('message channel closed');
    if (!reply.ok) throw new Error(`${question}: ${reply.fault.key} ${reply.fault.args.join(' ')}`);
    return reply.value;
  };

  const until: TestPurse['until'] = async (question, input, test, timeout = PATIENCE) => {
    const deadline = Date.now() + timeout;
    for (;;) {
      const answer = await ask(question, input).catch((failure: unknown) => {
        // The worker died over the question: its next life is asked again.
        if (!/message channel closed/.test(String(failure))) throw failure;
        return null;
      });
      if (answer !== null && test(answer)) return answer;
      if (Date.now() > deadline) throw new Error(`${question} never came true: ${JSON.stringify(answer)}`);
      await pause(LOOK_EVERY);
    }
  };

  if (options.network !== undefined) await useNetwork(ask, options.network);
  if (!bare)
    await onboard(ask, options.seed ?? randomBytes(32).toString('hex'), options.password ?? PASSWORD);
  const state = await ask('purse.state', {});
  const account = state.kind === 'open' ? state.account : '';

  const givenOut = new Set<string>();
  const question = async (timeout: number): Promise<ApprovalView> => {
    const isNew = ({ id }: ApprovalView) => !givenOut.has(id);
    const waiting = await until('approval.list', {}, (list) => list.some(isNew), timeout);
    const found = waiting.find(isNew);
    if (found === undefined) throw new Error('no question waits');
    givenOut.add(found.id);
    return found;
  };

  const approvePage = () => context.pages().find((one) => one.url().startsWith(url(APPROVE)));

  /**
   * Where the user sees the question: the toolbar popup, the purse's own window, or that page opened by hand. The question of
   * the tab in front is shown first: over another tab, the page opened by hand shows the oldest.
   */
  const shown = async (id: string): Promise<Screen> => {
    const within = `[data-approval="${id}"]`;
    const deadline = Date.now() + OPENING;
    while (Date.now() < deadline) {
      const own = approvePage();
      const screen =
        own === undefined
          ? await bounded('the toolbar popup', browser.popupScreen(url(POPUP), within))
          : pageScreen(own, within);
      if (screen !== undefined && (await screen.shows().catch(() => false))) {
        await own?.bringToFront();
        return screen;
      }
      await pause(LOOK_EVERY);
    }
    const view = await context.newPage();
    await view.goto(url(APPROVE));
    await view.bringToFront();
    return pageScreen(view, within);
  };

  const isGone = (id: string) => (list: PageResponses['approval.list']) => list.every((one) => one.id !== id);

  /** Answers a question on the screen where it stands; when that screen goes away before the click, on the next one. */
  const answer = async (id: string, act: (screen: Screen) => Promise<void>): Promise<void> => {
    const deadline = Date.now() + PATIENCE;
    let acted = false;
    for (;;) {
      const screen = await shown(id);
      try {
        await act(screen);
        acted = true;
        await until('approval.list', {}, isGone(id), SETTLING);
        return;
      } catch (failure) {
        const gone = isGone(id)(await ask('approval.list', {}));
        if (gone && acted) return;
        if (gone || Date.now() > deadline) throw failure;
      } finally {
        await bounded('the end of the question’s screen', screen.close());
      }
    }
  };

  const activity = async (): Promise<readonly ActivityView[]> => {
    const all: ActivityView[] = [];
    let before: string | null = null;
    do {
      const part: PageResponses['activity.page'] = await ask('activity.page', { before, limit: 500 });
      all.push(...part.items);
      before = part.next;
    } while (before !== null);
    return all.reverse();
  };

  return {
    context,
    extensionId,
    url,
    ...(browser.privileged !== undefined && { privileged: browser.privileged }),
    account,
    ask,
    until,
    activity,
    newPage: () => bounded('a new page', context.newPage()),
    newPrivatePage: async (first = 'about:blank') => browser.openPrivatePage(await ownPage(), first),
    async popup() {
      const popup = await bounded('the popup in a page', context.newPage());
      await popup.setViewportSize({ width: 360, height: 600 });
      await popup.goto(url(POPUP));
      return popup;
    },
    async nextApproval({ timeout = PATIENCE } = {}) {
      const offer = await question(timeout);
      const { id } = offer;
      return {
        offer,
        approve: ({ budget } = {}) =>
          answer(id, async (screen) => {
            if (budget === undefined) return screen.click('approve-pay');
            await screen.click('approve-always');
            await screen.click('approve-limits');
            await screen.ready('budget-per-payment');
            await screen.fill('budget-per-payment', inXno(budget.perPayment));
            await screen.fill('budget-per-day', inXno(budget.perDay));
            return screen.click('approve-pay');
          }),
        decline: () => answer(id, (screen) => screen.click('approve-decline')),
        never: () => answer(id, (screen) => screen.click('approve-never')),
        leave: () =>
          answer(id, async (screen) => {
            await screen.click('approve-manual');
            await screen.click('approve-manual-confirm');
          }),
        async screenshot(path) {
          const screen = await shown(id);
          await screen.ready('approve-decline');
          await screen.screenshot(path);
        },
      };
    },
    async killWorker() {
      await bounded('the end of the worker', browser.stopBackground(await ownPage()));
      // What still waits is asked anew by the worker's next life.
      givenOut.clear();
    },
    payments: async () => (await activity()).filter((item) => item.kind === 'payment'),
    close: () => context.close(),
  };
}

/** Resolves when the page that the purse opens on its installation is there, wherever it was opened first. */
async function installTab(context: BrowserContext, url: string, except: Page): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!context.pages().some((page) => page !== except && page.url() === url)) {
    if (Date.now() > deadline) throw new Error('the purse did not open its onboarding when it was installed');
    await pause(LOOK_EVERY);
  }
}

/** Makes `network` the one in use before there is a seed, so that no other network's nodes are ever asked. */
export async function useNetwork(ask: TestPurse['ask'], network: TestNetwork): Promise<void> {
  await ask('network.save', {
    profile: {
      id: network.id,
      label: network.label ?? network.id,
      rpcUrls: [...network.rpcUrls],
      wsUrl: network.wsUrl ?? null,
      thresholds: { ...network.thresholds },
      testMoney: network.testMoney ?? true,
      representative: network.representative ?? REPRESENTATIVE,
      explorerUrl: network.explorerUrl ?? null,
    },
  });
  await ask('network.use', { id: network.id });
}

/** Seals a purse around a seed, as the last of the onboarding pages does. */
async function onboard(ask: TestPurse['ask'], seed: string, password: string): Promise<void> {
  const secret = /\s/.test(seed.trim())
    ? ({ kind: 'words', words: seed, reading: 'bip44' } as const)
    : ({ kind: 'seed', hex: seed } as const);
  await ask('vault.create', { secret, password });
}

/** Raw as a person types it in XNO. */
function inXno(raw: bigint | string): string {
  const digits = BigInt(raw).toString().padStart(31, '0');
  return `${digits.slice(0, -30)}.${digits.slice(-30)}`;
}
