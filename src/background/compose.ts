import { Exchanges } from '../exchanges/exchanges.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { Interception } from '../interception/interception.ts';
import type { PageSide } from '../messages/router.ts';
import { systemClock } from '../nano/clock.ts';
import { ApprovalQueue } from '../payments/approval-queue.ts';
import { ChallengeHandler } from '../payments/challenge-handler.ts';
import { Delivery } from '../payments/delivery.ts';
import { keptAnswers } from '../payments/kept-answers.ts';
import { isFailure } from '../payments/not-paid-reason.ts';
import { OfferClock } from '../payments/offer-clock.ts';
import { PayeeLookup } from '../payments/payee-lookup.ts';
import { PaymentRunner } from '../payments/payment-runner.ts';
import { Recall } from '../payments/recall.ts';
import { Reopening } from '../payments/reopening.ts';
import { TestSpending } from '../payments/test-spending.ts';
import { isManual } from '../policy/manual.ts';
import { StoredBudgets } from '../storage/budgets.ts';
import { StoredChains } from '../storage/chains.ts';
import { StoredJournal } from '../storage/journal.ts';
import { StoredLog } from '../storage/log.ts';
import { PrivateParts } from '../storage/private-parts.ts';
import { StoredSettings } from '../storage/settings.ts';
import { keepTitle } from '../storage/titles.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { storedVault } from '../storage/vault-store.ts';
import { Vault } from '../vault/vault.ts';
import { AbandonedRequests } from './abandoned-requests.ts';
import { Attention } from './attention.ts';
import { ChallengeEvents } from './challenge-events.ts';
import { CurrencyRate } from './currency-rate.ts';
import { DocumentTitles } from './document-titles.ts';
import { EarlyPage } from './early-page.ts';
import { exclusively } from './exclusively.ts';
import { isInFront } from './front-tab.ts';
import { pageSide } from './handlers/index.ts';
import { lockEverything } from './handlers/vault.ts';
import { LinkQuestions } from './link-questions.ts';
import { linkWindows } from './link-windows.ts';
import { Maintenance } from './maintenance.ts';
import { NewPhrase } from './new-phrase.ts';
import { nodeIn } from './node-of.ts';
import { NotPaidLog } from './not-paid-log.ts';
import { notifyPages, notifyPagesLater } from './notify-pages.ts';
import { OpenWallets } from './open-wallets.ts';
import { loadAgain } from './own-requests.ts';
import { PayerContexts } from './payer-contexts.ts';
import { PaymentWork } from './payment-work.ts';
import { askSource, mayAsk } from './rate-source.ts';
import { recordedDelivery } from './recorded-delivery.ts';
import { Sandbox } from './sandbox.ts';
import { pocketAccountsIn, ScreenLock } from './screen-lock.ts';
import { SendDraft } from './send-draft.ts';
import {
  challengeStore,
  draftStore,
  earlyPageStore,
  exchangeStore,
  linkStore,
  owedStore,
  phraseStore,
  privateStore,
  runStore,
  toldStore,
  vaultSession,
} from './session-storage.ts';
import { showDelivery } from './show-delivery.ts';
import { openStoreHere, seedFile } from './store.ts';
import { SystemNotifications } from './system-notifications.ts';
import { TabEvents } from './tab-events.ts';
import { stateOf, ToolbarButton } from './toolbar-button.ts';
import { UserNotices } from './user-notices.ts';
import { Work } from './work.ts';

/** The parts that listeners call. */
export interface Background {
  /** Resolves when the database is usable. After a failed write it first moves it. @throws Fault `fault_storageFull` */
  readonly ready: () => Promise<void>;
  readonly page: PageSide;
  readonly challenges: ChallengeEvents;
  readonly tabs: TabEvents;
  readonly links: LinkQuestions;
  readonly maintenance: Maintenance;
  readonly screenLock: ScreenLock;
  readonly notices: UserNotices;
  readonly notifications: SystemNotifications;
  readonly attention: Attention;
  /** Whether the user leaves the 402 of a request to its page. */
  readonly isManual: (challenge: Challenge) => Promise<boolean>;
  readonly vault: Vault;
}

/** Builds every part by hand, once in each life of the worker, and starts what an earlier life left unfinished. */
export async function compose(interception: Interception): Promise<Background> {
  const { now } = systemClock;
  const offerClock = new OfferClock(now, () => performance.now());
  const button: ToolbarButton = new ToolbarButton({
    owed: owedStore,
    owedChanged: () => notifications.update(),
    purse: () => stateOf(vault),
    isTest: (tabId) => sandbox.has(tabId),
  });
  const attention = new Attention(button);
  const store = await openStoreHere((isUsable) => {
    void button.outOfOrder(!isUsable).catch(console.error);
    notifyPages();
  });
  /** Tells pages, the toolbar button and notifications that the purse was locked or unlocked, or may have been. */
  const purseChanged = () => {
    notifyPages();
    notifications.update();
    void button.look().catch(console.error);
  };
  const { database } = store;
  const settings = new StoredSettings(database);
  const budgets = new StoredBudgets(database, now);
  const journal = new StoredJournal(database, await PrivateParts.open(privateStore), now);
  const log = new StoredLog(database);
  const notPaidLog = new NotPaidLog(log, now);
  const chains = new StoredChains(database);
  const exchanges = new Exchanges({ store: exchangeStore, changed: notifyPages, now });
  const vault: Vault = new Vault({
    store: storedVault(database),
    second: seedFile,
    session: vaultSession(() => exchanges.forgetAll()),
    clock: { now },
    autoLockMinutes: await settings.read('autoLockMinutes'),
    pocketAccounts: () => pocketAccountsIn(settings),
  });
  const work = new Work({ database, settings, now, changed: notifyPagesLater });
  const sandbox: Sandbox = new Sandbox(settings, (tabId) => button.showTab(tabId));
  const openWallets = new OpenWallets({
    vault,
    settings,
    transfers: new StoredTransfers(database, now),
    chains,
    work: work.scheduler,
    exclusively,
    changed: notifyPages,
    inSandbox: (network) => sandbox.inUse(network),
    // Questions stay open: otherwise a page whose request waits would learn when the purse is locked.
    locked: purseChanged,
  });

  const approvals: ApprovalQueue = new ApprovalQueue(() => notices.update());
  const notifications: SystemNotifications = new SystemNotifications({
    ...{ approvals, interception, attention, button, journal, settings, vault, notifyPages, now },
    store: toldStore,
  });
  const notices = new UserNotices({ approvals, interception, attention, notifications, notifyPages });
  const recall = new Recall({
    journal,
    chains,
    wallet: (network, account) => openWallets.accountWallet(network, account),
    now,
  });
  const titles = new DocumentTitles({
    exchanges,
    tab: (tabId) => chrome.tabs.get(tabId).catch(() => undefined),
    keep: (id, title) => keepTitle(database, id, title),
    notifyPages,
  });
  const runner = new PaymentRunner({
    journal,
    wallet: (network, account) => openWallets.accountWallet(network, account),
    recall: (id) => recall.recall(id),
    recallIfVoid: (id) => recall.recallIfVoid(id),
    ...recordedDelivery(interception, exchanges, (tabId) => void titles.look(tabId).catch(console.error)),
    delivered: (payment, challenge) =>
      void showDelivery(button, payment, challenge).then(notifyPages).catch(console.error),
    again: loadAgain,
    exclusively,
    now,
    offerClock,
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
  const delivery = new Delivery({
    journal,
    runner,
    waits: (challenge) => interception.waits(challenge),
    release: (challenge) => interception.release(challenge),
    endReload: (challenge) => interception.endReload(challenge),
    handleAgain: (challenge) => void challengeHandler.handle(challenge),
    recorder: exchanges,
    now,
  });
  const reopening = new Reopening({ journal, runner, recorder: exchanges, now });
  const payees = new PayeeLookup({ node: (network) => nodeIn(settings, network) });
  const payers = new PayerContexts({ vault, settings, sandbox });
  const links = new LinkQuestions({
    store: linkStore,
    windows: linkWindows,
    networkOf: async (tabId) => (await payers.contextOf(tabId).catch(() => null))?.network.id ?? null,
  });
  const earlyPage = new EarlyPage({ store: earlyPageStore, button, network: () => settings.network(), now });
  const challengeHandler: ChallengeHandler = new ChallengeHandler({
    journal,
    budgets,
    approvals,
    ...keptAnswers(challengeStore, async () => (await vault.deadline()) !== null),
    delivery,
    reopening,
    context: ({ tabId }) => payers.contextOf(tabId),
    metEarly: (challenge) => void earlyPage.met(challenge).catch(console.error),
    accounts: (network) => openWallets.accountsOn(network),
    handedOver: (network) => openWallets.handedOverOn(network),
    lease: async (network, order) => (await openWallets.payingOn(network)).lease(order),
    gatherFor: async (network, order) => (await openWallets.payingOn(network)).gatherFor(order),
    isPayeeUnopened: (network, payTo) => payees.isUnopened(network, payTo),
    workTime: async (threshold) => (await work.engines.searchTime(threshold))?.bound ?? null,
    work: new PaymentWork({
      accountWallet: (network, account) => openWallets.accountWallet(network, account),
      networks: () => settings.networks(),
      engines: work.engines,
      scheduler: work.scheduler,
    }),
    waits: (challenge) => interception.waits(challenge),
    take: (challenge) => interception.take(challenge),
    isInFront: ({ tabId }) => isInFront(tabId),
    heldUntil: (challenge) => interception.heldUntil(challenge),
    giveBack: (challenge) => interception.giveBack(challenge),
    addManualSite: (site) => settings.setManual(site, true),
    freshOffer: (challenge) => interception.freshOffer(challenge),
    release: (challenge) => interception.release(challenge),
    recorder: exchanges,
    log: (challenge, reason, args) => {
      if (isFailure(reason)) void button.tell(challenge.tabId, { kind: 'failed' }).catch(console.error);
      return notPaidLog.add(challenge, reason, args);
    },
    now,
    offerClock,
  });
  const abandoned = new AbandonedRequests({ approvals, interception, challengeHandler });
  const upkeep = { openWallets, delivery, recall, work, abandoned };
  const maintenance = new Maintenance({ ...upkeep, notifyPages: purseChanged });

  void work.resume().catch(console.error);
  void maintenance.unlocked().catch(console.error);

  return {
    ready: () => store.ready(),
    page: pageSide({
      vault,
      openWallets,
      settings,
      budgets,
      journal,
      log,
      work,
      database,
      approvals,
      challengeHandler,
      delivery,
      reopening,
      recall,
      testSpending,
      chains,
      exchanges,
      sandbox,
      payers,
      interception,
      newPhrase: new NewPhrase(phraseStore),
      sendDraft: new SendDraft({ store: draftStore, isUnlocked: () => vault.isUnlocked() }),
      button,
      notifications,
      rate: new CurrencyRate({ settings, mayAsk, ask: askSource, notifyPages, now }),
      earlyPage,
      links,
      abandoned,
      maintenance,
      notifyPages,
      now,
    }),
    challenges: new ChallengeEvents({ exchanges, challengeHandler, notPaidLog, notifyPages }),
    tabs: new TabEvents({ button, sandbox, exchanges, abandoned, titles }),
    links,
    maintenance,
    screenLock: new ScreenLock({
      settings,
      lockEverything: () => lockEverything({ vault, openWallets, notifyPages }),
    }),
    notices,
    notifications,
    attention,
    isManual: async (challenge) => isManual(challenge, await settings.read('manualSites')),
    vault,
  };
}
