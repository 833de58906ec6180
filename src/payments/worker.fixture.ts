import type { Challenge } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { siteOf } from '../site.ts';
import { StoredBudgets } from '../storage/budgets.ts';
import { StoredSettings } from '../storage/settings.ts';
import type { Account } from '../wallet/account.fixture.ts';
import { locks } from '../wallet/account.fixture.ts';
import type { AccountWalletPorts } from '../wallet/account-wallet.ts';
import type { ChainStore } from '../wallet/chain-store.ts';
import { ApprovalQueue } from './approval-queue.ts';
import type { Browser } from './browser.fixture.ts';
import { ChallengeHandler } from './challenge-handler.ts';
import type { ChallengeHandlerPorts } from './challenge-handler-ports.ts';
import { Delivery } from './delivery.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import type { Journal } from './journal.ts';
import { keptAnswers } from './kept-answers.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import { OfferClock } from './offer-clock.ts';
import type { PaymentState } from './payment.ts';
import { PaymentRunner } from './payment-runner.ts';
import type { Question } from './question.ts';
import { Recall } from './recall.ts';
import { Reopening } from './reopening.ts';
import { budgetOf } from './samples.fixture.ts';

/**
 * Where a worker is killed: right before or right after it writes a state, another block for a payment (`signedInstead`,
 * `reinstated`), the replacement of a handed-over block (`replacement`), that a block is withheld, or that the payee
 * published a block; or right before or after it sends the request with the proof (`delivery`).
 */
export interface Kill {
  readonly at:
    | PaymentState
    | 'signedInstead'
    | 'reinstated'
    | 'delivery'
    | 'replacement'
    | 'withheld'
    | 'publishedByPayee';
  readonly when: 'before' | 'after';
}

export interface WorkerOptions {
  readonly kill?: Kill;
  /** The account's own by default. */
  readonly journal?: Journal;
  /** Ports of the account wallet that differ from the usual ones. */
  readonly wallet?: Partial<AccountWalletPorts>;
  /** Ports of the challenge handler that differ from the usual ones. */
  readonly handler?: Partial<ChallengeHandlerPorts>;
  /** The time (ms since the epoch). */
  readonly now?: () => number;
  /** The monotonic clock (ms). */
  readonly elapsed?: () => number;
}

/** A worker as it is after its start, over the database, the keys and the ledger of an account. */
export type TestWorker = ReturnType<typeof startWorker>;

/** Starts a worker with everything that pays. */
export function startWorker(
  account: Account,
  browser: Browser,
  {
    kill,
    journal: opened = account.journal,
    wallet: walletPorts,
    handler,
    now = Date.now,
    elapsed = () => performance.now(),
  }: WorkerOptions = {},
) {
  const { died, isDead, step } = killableAt(kill);
  const chains = killableChains(account.chains, step);
  const wallet = account.wallet({ store: chains, clock: { ...systemClock, now }, ...walletPorts });
  const budgets = new StoredBudgets(account.database, Date.now);
  const settings = new StoredSettings(account.database);
  const log: { readonly challenge: string; readonly key: NotPaidReason; readonly args: readonly string[] }[] =
    [];
  const asked: Question[] = [];
  const approvals: ApprovalQueue = new ApprovalQueue(() => {
    for (const question of approvals.list()) if (!asked.includes(question)) asked.push(question);
  });
  const journal = killableJournal(opened, step);
  const offerClock = new OfferClock(now, elapsed);
  const recall = new Recall({ journal, chains, wallet: async () => wallet, now });
  const runner = new PaymentRunner({
    journal,
    wallet: async () => wallet,
    recall: (id) => recall.recall(id),
    recallIfVoid: (id) => recall.recallIfVoid(id),
    exclusively: locks(),
    delivered: () => undefined,
    deliver: (challenge, proof) => step('delivery', () => browser.deliver(challenge, proof)),
    postFallback: (challenge, body) => browser.post(challenge, body),
    again: (challenge, pause, isStillOwed) => void browser.repeated.push([challenge.id, pause, isStillOwed]),
    now,
    offerClock,
  });
  const waits = async (challenge: Challenge) => browser.waits(challenge);
  const release = (challenge: Challenge) => (isDead() ? undefined : browser.release(challenge));
  const delivery = new Delivery({
    journal,
    runner,
    waits,
    release,
    endReload: (challenge) => browser.endReload(challenge),
    handleAgain: (challenge) => void challengeHandler.handle(challenge),
    recorder: silentRecorder,
    now,
  });
  const reopening = new Reopening({ journal, runner, recorder: silentRecorder, now });
  const { id, testMoney } = account.network;
  const challengeHandler: ChallengeHandler = new ChallengeHandler({
    journal,
    budgets,
    approvals,
    ...keptAnswers(browser.session, async () => true),
    delivery,
    reopening,
    context: async () => ({
      network: { id, testMoney },
      paused: false,
      hasPocket: false,
      preference: [],
      manualSites: await settings.read('manualSites'),
    }),
    metEarly: () => undefined,
    accounts: async () => [account.address],
    handedOver: () => wallet.chain.handedOver(),
    lease: async () => ({ account: account.address, done: () => undefined }),
    gatherFor: async () => null,
    workTime: async () => 0,
    work: { bound: async () => 0, find: async () => undefined },
    isPayeeUnopened: async () => false,
    waits,
    take: waits,
    isInFront: async () => true,
    heldUntil: async () => null,
    giveBack: (challenge) => browser.giveBack(challenge),
    addManualSite: (site) => settings.setManual(site, true),
    freshOffer: (challenge) => browser.freshOffer(challenge),
    release,
    recorder: silentRecorder,
    log: async (challenge, key, args) => void log.push({ challenge: challenge.id, key, args }),
    now,
    offerClock,
    ...handler,
  });
  return {
    wallet,
    journal,
    budgets,
    settings,
    /** The lines of the user's log. */
    log,
    /** Every question that the user was asked, in order. */
    asked,
    approvals,
    runner,
    delivery,
    reopening,
    challengeHandler,
    recall,
    /** Resolves when the worker is killed. */
    died,
  };
}

/** A recorder that records nothing. */
export const silentRecorder: ExchangeRecorder = {
  decided: () => undefined,
  renewed: () => undefined,
  served: () => undefined,
  left: () => undefined,
  answered: () => undefined,
};

/** Sets a budget for a site that is large enough for any test. */
export async function allowAll(account: Account, url: string, perDay: bigint = 10n ** 33n): Promise<void> {
  const limit = perDay as Raw;
  await new StoredBudgets(account.database, Date.now).save(
    budgetOf({ site: siteOf(url), network: account.network.id, perPayment: limit, perDay: limit }),
  );
}

/** A write or a request of the worker, at which it may be killed. */
type Step = <T>(at: Kill['at'], work: () => Promise<T>) => Promise<T>;

/** The steps of a worker that is killed at one of them: from then on no step ends, and `died` is resolved. */
function killableAt(kill: Kill | undefined): {
  readonly died: Promise<void>;
  readonly isDead: () => boolean;
  readonly step: Step;
} {
  let isDead = false;
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const never = new Promise<never>(() => {});
  const end = () => {
    isDead = true;
    die();
    return never;
  };
  return {
    died,
    isDead: () => isDead,
    step: async (at, work) => {
      if (isDead || (kill?.at === at && kill.when === 'before')) return end();
      const done = await work();
      return isDead || kill?.at === at ? end() : done;
    },
  };
}

function killableChains(chains: ChainStore, step: Step): ChainStore {
  return {
    newest: (network, account) => chains.newest(network, account),
    signed: (hash) => chains.signed(hash),
    put: (own) => (own.replaces === undefined ? chains.put(own) : step('replacement', () => chains.put(own))),
    publishedByPayee: (block) => step('publishedByPayee', () => chains.publishedByPayee(block)),
    handedOver: () => chains.handedOver(),
    withhold: (block) => step('withheld', () => chains.withhold(block)),
  };
}

function killableJournal(journal: Journal, step: Step): Journal {
  return {
    reserve: (intent) => step('approved', () => journal.reserve(intent)),
    sign: (id, own) => step('signed', () => journal.sign(id, own)),
    advance: (id, progress, lost) => step(progress.state, () => journal.advance(id, progress, lost)),
    signInstead: (id, lost, own, how) => step('signedInstead', () => journal.signInstead(id, lost, own, how)),
    reinstate: (id, lost, own) => step('reinstated', () => journal.reinstate(id, lost, own)),
    takeBack: (id, instead) => step('revoked', () => journal.takeBack(id, instead)),
    find: (id) => journal.find(id),
    underway: () => journal.underway(),
    forChallenge: (id) => journal.forChallenge(id),
    recall: (challenge, network) => journal.recall(challenge, network),
  };
}
