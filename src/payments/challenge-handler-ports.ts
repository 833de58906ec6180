import type { Challenge } from '../interception/challenge.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { Budgets } from '../policy/budgets.ts';
import type { Mechanism } from '../protocol/offer/offer.ts';
import type { Site } from '../site.ts';
import type { AccountLease } from '../wallet/account-leases.ts';
import type { HandedOver } from '../wallet/own-block.ts';
import type { PaymentOrder } from '../wallet/paying-wallet.ts';
import type { Threshold } from '../work/difficulty.ts';
import type { Agreements } from './agreements.ts';
import type { ApprovalQueue } from './approval-queue.ts';
import type { AskedQuestions } from './asked-questions.ts';
import type { Delivery } from './delivery.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import type { Journal } from './journal.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import type { OfferClock } from './offer-clock.ts';
import type { Reopening } from './reopening.ts';

/** The settings that decide how the wallet pays. They are the same while it is locked, so that no page can tell. */
export interface PayerContext {
  readonly network: { readonly id: string; readonly testMoney: boolean };
  /** The user has stopped all payments without asking. */
  readonly paused: boolean;
  /** As in `Circumstances`. */
  readonly hasPocket: boolean;
  /** The mechanisms that the user prefers, as in `ClassifyContext`. */
  readonly preference: readonly Mechanism[];
  /** The sites whose pages handle their own 402s, as in `isManual`. */
  readonly manualSites: readonly string[];
  /** As in `ClassifyContext`. */
  readonly alsoNamed?: string | undefined;
  /** As in `ClassifyContext`. */
  readonly sendThreshold?: string | undefined;
}

/** What handling a challenge needs of the rest of the extension. */
export interface ChallengeHandlerPorts {
  readonly journal: Journal;
  readonly budgets: Budgets;
  readonly approvals: ApprovalQueue;
  readonly agreements: Agreements;
  readonly askedQuestions: AskedQuestions;
  readonly delivery: Delivery;
  readonly reopening: Pick<Reopening, 'serve'>;
  /** The settings for the tab of a challenge. Null before the user has set up a wallet: the page then keeps its 402. */
  readonly context: (challenge: Challenge) => Promise<PayerContext | null>;
  /** Called with a challenge that came before there is a wallet. */
  readonly metEarly: (challenge: Challenge) => void;
  /**
   * The wallet's own accounts on a network; null while it is locked and its pocket closed. Asked for only where a budget or the user allows
   * the payment: otherwise the time until a page gets its 402 back could tell it something about the accounts.
   */
  readonly accounts: (network: string) => Promise<readonly NanoAddress[] | null>;
  /** Whether the page still waits for the challenge. */
  readonly waits: (challenge: Challenge) => Promise<boolean>;
  /** Whether the page still waits, and will take an answer: its own 402 may be gone from then on. */
  readonly take: (challenge: Challenge) => Promise<boolean>;
  /** Whether the tab of the challenge is the one that its window shows. Never rejects. */
  readonly isInFront: (challenge: Challenge) => Promise<boolean>;
  /** As in `Interception`. */
  readonly heldUntil: (challenge: Challenge) => Promise<number | null>;
  /** Gives the page its original 402, while its question stays open. */
  readonly giveBack: (challenge: Challenge) => Promise<void>;
  /** Which payment handed over a signed block that is not on the ledger yet; no other payment is possible meanwhile. */
  readonly handedOver: (network: string) => Promise<HandedOver | null>;
  /**
   * The account to pay an order from on a network, as in `PayingWallet.lease`. Rejects with Fault `fault_locked`,
   * `fault_unknownNetwork` too.
   */
  readonly lease: (network: string, order: PaymentOrder) => Promise<AccountLease | null>;
  /** Moves the money for a question to one account, as in `PayingWallet.gatherFor`. Rejects as `lease`. */
  readonly gatherFor: (
    network: string,
    order: Omit<PaymentOrder, 'approval'>,
  ) => Promise<AccountLease | null>;
  /** How long a search for work takes at most in 95 of 100 cases (ms); null while the speed of this device is unknown. */
  readonly workTime: (threshold: Threshold) => Promise<number | null>;
  /** The work of a payment that is to be approved. */
  readonly work: {
    /**
     * How long the search for the next block of an account takes at most in 95 of 100 cases (ms); 0 when the work is found
     * already, null while the speed of this device is unknown.
     */
    bound(network: string, account: NanoAddress): Promise<number | null>;
    /** Resolves once the work is found and kept for the next block. Rejects with the signal's reason. */
    find(network: string, account: NanoAddress, signal: AbortSignal): Promise<void>;
  };
  /** Whether a payee was never opened, as in `PayeeLookup.isUnopened`. Asked for no offer that is refused. */
  readonly isPayeeUnopened: (network: string, payTo: NanoAddress) => Promise<boolean>;
  /** As in `ManualSitesPorts`. */
  readonly addManualSite: (site: Site) => Promise<void>;
  /** The challenge with a fresh offer in the place of its own; null when the server gives none. */
  readonly freshOffer: (challenge: Challenge) => Promise<Challenge | null>;
  /** Gives the page its original 402. */
  readonly release: (challenge: Challenge) => void;
  readonly recorder: Pick<ExchangeRecorder, 'decided' | 'renewed' | 'left'>;
  /** Adds one line to the user's log: why a 402 was not paid. */
  readonly log: (challenge: Challenge, key: NotPaidReason, args: readonly string[]) => Promise<void>;
  /** The time (ms since the epoch). */
  readonly now: () => number;
  /** The time by which offers are judged. */
  readonly offerClock: Pick<OfferClock, 'of'>;
}
