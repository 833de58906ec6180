/**
 * The composition root: every listener is registered synchronously, so that whatever wakes the worker finds it
 * listening; the parts are built by hand, once per life of the worker, and hold all the logic.
 */

import { Exchanges } from '../exchanges/exchanges.ts';
import { Fault } from '../fault.ts';
import type { Challenge, Unpriced } from '../interception/challenge.ts';
import { createChromiumInterception } from '../interception/chromium/index.ts';
import { CHANGED } from '../messages/contract.ts';
import { type PageSide, route } from '../messages/router.ts';
import { MAINNET } from '../nano/network.ts';
import { ApprovalQueue } from '../payments/approval-queue.ts';
import { ChallengeHandler } from '../payments/challenge-handler.ts';
import { Delivery } from '../payments/delivery.ts';
import type { NotPaidReason } from '../payments/not-paid-reason.ts';
import type { Payment } from '../payments/payment.ts';
import { PaymentRunner } from '../payments/payment-runner.ts';
import { Recall } from '../payments/recall.ts';
import { TestSpending } from '../payments/test-spending.ts';
import { refusalSentence } from '../protocol/offer/codes.ts';
import { recogniseLegacy } from '../protocol/offer/legacy.ts';
import { siteOf } from '../site.ts';
import { StoredBudgets } from '../storage/budgets.ts';
import { StoredChains } from '../storage/chains.ts';
import { StoredJournal } from '../storage/journal.ts';
import { StoredLog } from '../storage/log.ts';
import { PrivateParts } from '../storage/private-parts.ts';
import { StoredSettings } from '../storage/settings.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { storedVault } from '../storage/vault-store.ts';
import { Vault } from '../vault/vault.ts';
import type { Exclusively } from '../wallet/account-chain.ts';
import { Attention } from './attention.ts';
import { pageAnswers } from './handlers/index.ts';
import { OpenWallets } from './open-wallets.ts';
import { loadForRedelivery, loadPage, postTo, replayTo } from './own-requests.ts';
import { Sandbox } from './sandbox.ts';
import { challengeStore, exchangeStore, privateStore, runStore, vaultSession } from './session-storage.ts';
import { openStoreHere, seedFile } from './store.ts';
import { throttle } from './throttle.ts';
import { Work } from './work.ts';

interface Composition {
  /** Resolves when the database is usable. After a failed write it first moves it. @throws Fault `fault_storageFull` */
  readonly ready: () => Promise<void>;
  readonly page: PageSide;
  readonly meet: (challenge: Challenge) => Promise<void>;
  readonly cannotHold: (challenge: Challenge) => Promise<void>;
  readonly turnAway: (challenge: Challenge) => Promise<void>;
  readonly note: (response: Unpriced) => Promise<void>;
  readonly withdraw: (challenge: Challenge) => Promise<void>;
  readonly tend: () => Promise<void>;
  readonly hasPurse: () => Promise<boolean>;
  /** Brings before the user what waits for them. */
  readonly summon: () => void;
  /** Takes back the questions that nothing waits for any more, of one tab. */
  readonly lapse: (tabId: number) => Promise<void>;
  readonly lapseGone: (tabId: number) => Promise<void>;
  readonly closed: (tabId: number) => Promise<void>;
  readonly opened: (from: number, to: number) => Promise<void>;
  readonly moved: (from: number, to: number) => Promise<void>;
}

const ONBOARDING = 'src/pages/onboarding/index.html';
/** How often the purse looks after what it keeps: open payments, incoming money, its own lock (minutes). */
const TEND_EVERY = 0.5;
/** How often open pages are told of changes (ms): a storm must not keep them from showing anything. */
const TELL_EVERY = 100;

/** Lets open pages know that what they show may have changed. */
const tellPages = throttle(() => {
  // With no page open there is nobody to hear it, which Chromium calls an error.
  chrome.runtime.sendMessage(CHANGED).catch(() => undefined);
}, TELL_EVERY);

/** How soon the accounts are looked at again that are not yet as they should be (ms). */
const SETTLE_AGAIN_AFTER = 1_000;
const LOOKS = 25;

/** Brings before the user what waits for them, over all lives of what is built below. */
const attention = new Attention();

const interception = createChromiumInterception({
  session: challengeStore,
  mayAsk: async () => (await house()).hasPurse(),
  changed: () => withHouse(({ summon }) => summon()),
});
let building: Promise<Composition> | undefined;

/** Builds the parts once a life of the worker. A build that failed is tried again by the next event. */
async function house(): Promise<Composition> {
  building ??= build().catch((failure: unknown) => {
    building = undefined;
    throw failure;
  });
  const built = await building;
  await built.ready();
  return built;
}

/** Does something with the parts. Where the disk is full there is nothing to be done, and the popup says so. */
function withHouse(work: (built: Composition) => unknown): void {
  house().then(work).catch(unlessFull);
}

function unlessFull(failure: unknown): void {
  if (!(failure instanceof Fault) || failure.key !== 'fault_storageFull') console.error(failure);
}

withHouse(() => undefined);

interception.watch(
  // Where the purse cannot even be built, pages are not kept waiting for it.
  (challenge) =>
    void house()
      .then(({ meet }) => meet(challenge))
      .catch((failure: unknown) => {
        interception.release(challenge);
        unlessFull(failure);
      }),
  (challenge) => withHouse(({ cannotHold }) => cannotHold(challenge)),
  (challenge) => withHouse(({ turnAway }) => turnAway(challenge)),
  (response) => withHouse(({ note }) => note(response)),
  (challenge) => withHouse(({ withdraw }) => withdraw(challenge)),
);
route({
  page: async () => (await house()).page,
  bridge: {
    'request.held': (input, sender) => interception.held(sender, input),
    'request.dropped': async (input, sender) => {
      await interception.dropped(sender, input);
      return null;
    },
    'document.left': async (_, sender) => {
      await interception.left(sender);
      const tabId = sender.tab?.id;
      // What its frames asked for went with it.
      if (tabId !== undefined) withHouse(({ lapse }) => lapse(tabId));
      return null;
    },
  },
});
chrome.alarms.onAlarm.addListener(() => withHouse(({ tend }) => tend()));
chrome.tabs.onRemoved.addListener((tabId) =>
  withHouse(({ lapseGone, closed }) => Promise.all([lapseGone(tabId), closed(tabId)])),
);
chrome.webNavigation.onCreatedNavigationTarget.addListener(({ sourceTabId, tabId }) =>
  withHouse(({ opened }) => opened(sourceTabId, tabId)),
);
chrome.tabs.onReplaced.addListener((to, from) => withHouse(({ moved }) => moved(from, to)));
chrome.tabs.onUpdated.addListener((tabId, { status }) => {
  if (status !== undefined) withHouse(({ lapseGone }) => lapseGone(tabId));
});
chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === 'install') void chrome.tabs.create({ url: chrome.runtime.getURL(ONBOARDING) });
});
void chrome.alarms.create('tend', { periodInMinutes: TEND_EVERY });

async function build(): Promise<Composition> {
  const now = Date.now;
  const store = await openStoreHere((isUsable) => {
    attention.outOfOrder(!isUsable);
    tellPages();
  });
  const { database } = store;
  const settings = new StoredSettings(database);
  const budgets = new StoredBudgets(database, now);
  const journal = new StoredJournal(database, await PrivateParts.open(privateStore), now);
  const log = new StoredLog(database);

  const exchanges = new Exchanges({ store: exchangeStore, changed: tellPages, now });

  const chains = new StoredChains(database);
  const vault = new Vault({
    store: storedVault(database),
    second: seedFile,
    session: vaultSession(() => exchanges.forgetAll()),
    clock: { now },
    autoLockMinutes: await settings.read('autoLockMinutes'),
  });
  // The next work is begun in the middle of a payment: what open pages ask about it must not keep that waiting.
  const worked = () => void setTimeout(tellPages, TELL_EVERY);
  const work = new Work({ database, settings, now, changed: worked });
  const sandbox = new Sandbox(settings);
  const openWallets = new OpenWallets({
    vault,
    settings,
    transfers: new StoredTransfers(database, now),
    chains,
    work: work.scheduler,
    exclusively,
    changed: tellPages,
    beside: (id) => sandbox.inUse(id),
    // Its questions stay: what a page waits for must not tell it when the purse was locked.
    locked: tellPages,
  });

  const summon = () => {
    attention.tell([
      ...approvals.list().map(({ id, challenge }) => ({ id, tabId: challenge.tabId })),
      ...interception.toLoad().map(({ id, tabId }) => ({ id: `load ${id}`, tabId })),
    ]);
    tellPages();
  };
  const approvals = new ApprovalQueue(summon);
  const recall = new Recall({
    journal,
    chains,
    wallet: (network, account) => openWallets.accountWallet(network, account),
    now,
  });
  const runner = new PaymentRunner({
    journal,
    wallet: (network, account) => openWallets.accountWallet(network, account),
    recall: (id) => recall.recall(id),
    deliver: async (challenge, proof) => {
      const delivery = await interception.deliver(challenge, proof);
      exchanges.answered(challenge, 'page', delivery);
      return delivery;
    },
    postFallback: async (challenge, body) => {
      const { status, paymentResponse, bodyText } = await postTo(challenge, body);
      exchanges.answered(challenge, 'post', {
        kind: 'answered',
        status,
        paymentResponse,
        paymentRequired: null,
      });
      return { status, paymentResponse, bodyText };
    },
    again: loadForRedelivery,
    exclusively,
    now,
  });
  const testSpending = new TestSpending({
    journal,
    runner,
    recall,
    wallet: () => openWallets.opened(),
    runs: runStore,
    isOwn: async (site) => (await settings.read('servers')).includes(site),
    exclusively,
    now,
  });
  const write = (
    { url, isPrivate }: Pick<Challenge, 'url' | 'isPrivate'>,
    key: NotPaidReason,
    args: readonly string[],
  ) =>
    log.add({
      at: now(),
      ...(isPrivate ? { site: null, url: null } : { site: siteOf(url), url }),
      key,
      args,
    });
  const leave = (challenge: Challenge, key: NotPaidReason) => {
    exchanges.saw(challenge);
    exchanges.left(challenge, key, []);
    return write(challenge, key, []);
  };
  const waits = (challenge: Pick<Challenge, 'id'>) => interception.waits(challenge);
  const release = (challenge: Challenge) => interception.release(challenge);
  const delivery = new Delivery({
    journal,
    runner,
    waits,
    release,
    handleAgain: (challenge) => void challengeHandler.handle(challenge),
    recorder: exchanges,
    now,
  });
  const challengeHandler: ChallengeHandler = new ChallengeHandler({
    journal,
    budgets,
    approvals,
    delivery,
    context: async ({ tabId }) => {
      const [test, [paused, preference]] = await Promise.all([
        sandbox.networkOf(tabId),
        settings.readBoth('paused', 'preference'),
      ]);
      if (!(await vault.exists())) return null;
      const { id, testMoney } = test ?? (await settings.network());
      return {
        network: { id, testMoney },
        paused,
        preference,
        // Servers on a bench say what they would say for real, and are paid in test money all the same.
        alsoNamed: test === null ? undefined : MAINNET.id,
      };
    },
    accounts: async (network) =>
      (await vault.isUnlocked()) ? (await openWallets.openedOn(network)).accounts : null,
    handedOver: async (network) =>
      (await vault.isUnlocked()) ? (await openWallets.openedOn(network)).handedOver() : null,
    lease: async (network, amount) => (await openWallets.openedOn(network)).lease(amount),
    waits,
    freshOffer: (challenge) => interception.afresh(challenge),
    release,
    recorder: exchanges,
    log: write,
    now,
  });

  const carryOn = () => Promise.all([delivery.resume(), recall.maintain()]);
  const opened = async () => {
    if ((await openWallets.current()) !== null) void carryOn().then(settleAccounts).catch(console.error);
    tellPages();
  };
  let looks = 0;
  /** Moves money between the accounts until each has its share; until the next tending at most. */
  const settle = async (): Promise<void> => {
    const settling = (await (await openWallets.current())?.settle()) ?? 'settled';
    looks = settling === 'settled' ? 0 : looks - 1;
    if (looks > 0) setTimeout(() => void settle().catch(console.error), SETTLE_AGAIN_AFTER);
  };
  const settleAccounts = async (): Promise<void> => {
    const isRunning = looks > 0;
    looks = LOOKS;
    if (!isRunning) await settle();
  };
  const lock = async () => {
    await vault.lock();
    await openWallets.current();
  };

  /** Where a sandbox is gone nothing is paid; what its tab met is told all the same. */
  const network = async (tabId: number) =>
    (await sandbox.networkOf(tabId).catch(() => null)) ?? settings.network();
  /** Takes back the questions that nothing waits for any more, of one tab or of all. */
  const lapse = async (tabId?: number) => {
    for (const { challenge } of approvals.list()) {
      if (tabId !== undefined && challenge.tabId !== tabId) continue;
      if (!(await interception.waits(challenge))) await challengeHandler.withdraw(challenge);
    }
  };
  let isLooking = false;
  const lookAfter = () => {
    if (isLooking) return;
    isLooking = true;
    const done = () => {
      isLooking = false;
    };
    void lapse().catch(console.error).finally(done);
  };

  void work.resume().catch(console.error);
  void opened().catch(console.error);

  return {
    ready: () => store.ready(),
    page: {
      answers: pageAnswers({
        vault,
        openWallets,
        settings,
        budgets,
        journal,
        log,
        work,
        database,
        approvals,
        delivery,
        recall,
        testSpending,
        chains,
        sandbox,
        now,
        opened,
        lock,
        changed: tellPages,
        visit,
        exchange: { exchanges, journal, approvals, openWallets, network, waits, replay: replayTo, now },
        toLoad: () => interception.toLoad(),
        loadPage: async (challenge) => {
          await interception.expectLoad(challenge);
          await loadPage(challenge);
        },
        lookAfter,
      }),
      isLocked: async () => !(await vault.isUnlocked()) && (await vault.exists()),
    },
    meet: (challenge) => {
      exchanges.saw(challenge);
      return challengeHandler.handle(challenge).finally(tellPages);
    },
    withdraw: (challenge) => {
      exchanges.saw(challenge);
      return challengeHandler.withdraw(challenge).finally(tellPages);
    },
    cannotHold: (challenge) => leave(challenge, 'refusal_UNHELD'),
    turnAway: (challenge) => leave(challenge, 'refusal_QUEUE_FULL'),
    note: async (response) => {
      const code = recogniseLegacy(response);
      exchanges.sawUnpriced(response);
      exchanges.left(response, code === undefined ? 'refusal_NO_PRICE' : refusalSentence(code), []);
      if (code !== undefined) await write(response, refusalSentence(code), []);
    },
    hasPurse: () => vault.exists(),
    summon,
    tend: async () => {
      lookAfter();
      const wallet = await openWallets.current();
      if (wallet === null) return;
      await work.tend();
      // Payments do not wait for it: what is taken in may need work that takes long.
      for (const wallet of await openWallets.all()) void wallet.refresh();
      await carryOn();
      await settleAccounts();
    },
    closed: async (tabId) => {
      await sandbox.leave(tabId);
      await exchanges.forget(tabId);
    },
    opened: (from, to) => sandbox.opened(from, to),
    moved: (from, to) => sandbox.moved(from, to),
    lapse,
    lapseGone: async (tabId) => {
      await sandbox.mark(tabId);
      await lapse(tabId);
    },
  };
}

/** One holder of a name at a time, over all contexts of the extension and all lives of the worker. */
const exclusively: Exclusively = (name, work) => navigator.locks.request(name, work);

/** Opens what a payment paid for; where only the page itself can ask for it, that page's site. */
async function visit({ intent: { challenge } }: Payment): Promise<void> {
  const url = challenge.method === 'GET' ? challenge.url : challenge.topOrigin;
  if (url === null) return;
  if (!challenge.isPrivate) return void (await chrome.tabs.create({ url }));
  const windows = await chrome.windows.getAll({ windowTypes: ['normal'] });
  const id = windows.find(({ incognito }) => incognito)?.id;
  // In an ordinary window the address would stand in the history, and the proof would not be delivered.
  if (id === undefined) await chrome.windows.create({ url, incognito: true });
  else {
    await chrome.tabs.create({ url, windowId: id });
    await chrome.windows.update(id, { focused: true });
  }
}
