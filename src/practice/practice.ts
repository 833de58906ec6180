import { decisionOf } from '../background/user-decision.ts';
import { approvalView } from '../background/views/approval.ts';
import { KeyedSerialQueue } from '../concurrency.ts';
import { Fault } from '../fault.ts';
import type { Challenge } from '../interception/challenge.ts';
import type { ApprovalView } from '../messages/approval.ts';
import type { PageInput } from '../messages/contract.ts';
import { ZERO } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { ApprovalQueue } from '../payments/approval-queue.ts';
import { ChallengeHandler } from '../payments/challenge-handler.ts';
import { Delivery } from '../payments/delivery.ts';
import type { ExchangeRecorder } from '../payments/exchange-recorder.ts';
import { keptAnswers } from '../payments/kept-answers.ts';
import { OfferClock } from '../payments/offer-clock.ts';
import type { Payment } from '../payments/payment.ts';
import { PaymentRunner } from '../payments/payment-runner.ts';
import { isWhole } from '../payments/private-record.ts';
import type { Question } from '../payments/question.ts';
import { nameOf } from '../payments/question.ts';
import { Recall } from '../payments/recall.ts';
import { Reopening } from '../payments/reopening.ts';
import { StoredBudgets } from '../storage/budgets.ts';
import { StoredJournal } from '../storage/journal.ts';
import { PrivateParts } from '../storage/private-parts.ts';
import type { Database } from '../storage/schema.ts';
import type { Exclusively } from '../wallet/exclusively.ts';
import { PracticeBrowser, type Shown } from './browser.ts';
import { PRACTICE } from './ledger.ts';
import { memoryStore } from './memory-store.ts';
import { type Article, PracticeShop, urlOf } from './shop.ts';
import { practiceKeys, practiceWallet } from './wallet.ts';

/** What the practice page shows. */
export interface PracticeView {
  /** Raw; null until the ledger was asked. */
  readonly balance: string | null;
  readonly question: ApprovalView | null;
}

export interface PracticeOptions {
  /** The page's own: nothing else is in it. */
  readonly database: Database;
  /** What the shop says it sells, by article. */
  readonly describe: (article: Article) => string;
  /** Called whenever something that the page shows may have changed. */
  readonly changed: () => void;
}

const { now } = systemClock;
const NETWORK = { id: PRACTICE.id, testMoney: PRACTICE.testMoney };

/**
 * The purse in small, for a payment without money: its own policy, questions, journal, budgets and signing, over a browser,
 * a shop and a ledger in memory. Like `compose`, it builds every part by hand. What it leaves out is what needs the real
 * browser: that the request of a page is seen, held and sent again.
 */
export class Practice {
  readonly #database: Database;
  readonly #budgets: StoredBudgets;
  readonly #journal: StoredJournal;
  readonly #approvals: ApprovalQueue;
  readonly #browser: PracticeBrowser;
  readonly #wallet: ReturnType<typeof practiceWallet>['wallet'];
  readonly #handler: ChallengeHandler;

  private constructor({ database, describe, changed }: PracticeOptions, parts: PrivateParts) {
    const queues = new KeyedSerialQueue<string>();
    // One page is all there is: no other context could hold a lock.
    const exclusively: Exclusively = (name, work) => queues.run(name, work);
    const { ledger, chains, account, wallet } = practiceWallet({ database, exclusively, changed });
    const shop = new PracticeShop({ ledger, payTo: practiceKeys().address, describe, now });
    const browser = new PracticeBrowser({ shop, changed, now });
    const budgets = new StoredBudgets(database, now);
    const journal = new StoredJournal(database, parts, now);
    const approvals = new ApprovalQueue(changed);
    const offerClock = new OfferClock(now, () => performance.now());
    const waits = async (challenge: Challenge) => browser.waits(challenge);
    const release = (challenge: Challenge) => browser.release(challenge);
    const recall = new Recall({ journal, chains, wallet: async () => account, now });
    const runner = new PaymentRunner({
      journal,
      wallet: async () => account,
      recall: (id) => recall.recall(id),
      recallIfVoid: (id) => recall.recallIfVoid(id),
      exclusively,
      delivered: changed,
      deliver: (challenge, proof) => browser.deliver(challenge, proof),
      // The shop takes no POST.
      postFallback: () => Promise.reject(new Fault('fault_unexpected')),
      again: () => undefined,
      now,
      offerClock,
    });
    const delivery = new Delivery({
      journal,
      runner,
      waits,
      release,
      endReload: () => undefined,
      handleAgain: (challenge) => this.#handle(challenge),
      recorder: unrecorded,
      now,
    });
    this.#handler = new ChallengeHandler({
      journal,
      budgets,
      approvals,
      ...keptAnswers(memoryStore(), async () => true),
      delivery,
      reopening: new Reopening({ journal, runner, recorder: unrecorded, now }),
      context: async () => ({
        network: NETWORK,
        paused: false,
        hasPocket: false,
        preference: [],
        manualSites: [],
      }),
      metEarly: () => undefined,
      accounts: async () => wallet.accounts,
      handedOver: () => wallet.handedOver(),
      lease: (_network, order) => wallet.lease(order),
      gatherFor: (_network, order) => wallet.gatherFor(order),
      isPayeeUnopened: async () => false,
      workTime: async () => 0,
      work: { bound: async () => 0, find: async () => undefined },
      waits,
      take: waits,
      isInFront: async () => true,
      heldUntil: async () => null,
      giveBack: async () => undefined,
      addManualSite: async () => undefined,
      freshOffer: async (challenge) => browser.freshOffer(challenge),
      release,
      recorder: unrecorded,
      log: async () => changed(),
      now,
      offerClock,
    });
    this.#database = database;
    this.#budgets = budgets;
    this.#journal = journal;
    this.#approvals = approvals;
    this.#browser = browser;
    this.#wallet = wallet;
  }

  static async begin(options: PracticeOptions): Promise<Practice> {
    return new Practice(options, await PrivateParts.open(memoryStore()));
  }

  /** What the tab shows of an article. */
  shown(article: Article): Shown {
    return this.#browser.shown(article);
  }

  /** Loads an article. The purse sees the 402, and pays or asks. */
  load(article: Article): void {
    const challenge = this.#browser.load(article);
    if (challenge !== null) this.#handle(challenge);
  }

  /** Answers the question of this name. @throws Fault `fault_approvalGone`, and as `decisionOf` */
  answer(name: string, answer: PageInput<'approval.answer'>['answer']): void {
    const question = this.#approvals.list().find((one) => nameOf(one) === name);
    if (question === undefined) throw new Fault('fault_approvalGone');
    this.#approvals.answer(question.id, decisionOf(answer, question));
  }

  async view(): Promise<PracticeView> {
    const [question] = this.#approvals.list();
    return {
      balance: this.#wallet.balance?.toString() ?? null,
      question: question === undefined ? null : await this.#viewOf(question),
    };
  }

  /** The newest payment for an article; null where there is none. */
  async paymentFor(article: Article): Promise<Payment | null> {
    const rows = await this.#database.getAll('payments');
    const paid = rows
      .map(({ payment }) => payment)
      .filter(
        (payment): payment is Payment => isWhole(payment) && payment.intent.challenge.url === urlOf(article),
      );
    return paid.toSorted((one, other) => other.intent.at - one.intent.at)[0] ?? null;
  }

  /** Ends what runs. */
  close(): void {
    this.#wallet.close();
  }

  #handle(challenge: Challenge): void {
    void this.#handler.handle(challenge).catch(console.error);
  }

  async #viewOf(question: Question): Promise<ApprovalView> {
    const { allowance } = await this.#budgets.rulesFor(PRACTICE.id, question.site, now());
    return approvalView(question, {
      network: PRACTICE,
      allowance,
      now: now(),
      wallet: this.#wallet,
      holder: null,
      isKnownPayee: await this.#journal.hasPaid(PRACTICE.id, question.offer.payTo),
      otherBudgets: ZERO,
      work: 'ready',
      workTime: null,
      hasRunOut: this.#approvals.hasRunOut(question.id),
    });
  }
}

/** The page shows what happens by itself. */
const unrecorded: ExchangeRecorder = {
  decided: () => undefined,
  renewed: () => undefined,
  served: () => undefined,
  left: () => undefined,
  answered: () => undefined,
};
