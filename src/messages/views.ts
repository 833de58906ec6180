import type { FaultKey, MessageKey, PlainMessageKey } from '../fault.ts';

/** What the pages see of the purse. Amounts cross as decimal text in raw, times as ms since the epoch. */
export type RawString = string;

/** A sentence about what could not be done, and the words that go into it. */
export interface FaultView {
  readonly key: FaultKey;
  readonly args: readonly string[];
}

export type PurseView = { readonly kind: 'empty' } | LockedPurseView | OpenPurseView;

export interface LockedPurseView {
  readonly kind: 'locked';
  readonly seed: SeedView;
  /** When the next password may be tried; null when at once. */
  readonly retryAt: number | null;
  readonly network: Pick<NetworkView, 'id' | 'label' | 'testMoney'>;
  /** How many questions wait for the user. */
  readonly waiting: number;
}

/**
 * What is left of the sealed seed in its two places. `lost`: the database has lost it, the second place still has it.
 * `differ`: each place has another one. An account is null where an older version of the purse did not write it down.
 */
export type SeedView =
  | { readonly kind: 'kept' }
  | { readonly kind: 'lost'; readonly account: string | null }
  | { readonly kind: 'differ'; readonly first: string | null; readonly second: string | null };

/** A question that waits, with no more than whose it is and what it costs. */
export interface WaitingView {
  readonly id: string;
  readonly site: string;
  readonly amount: RawString;
  readonly testMoney: boolean;
}

export interface OpenPurseView {
  readonly kind: 'open';
  readonly account: string;
  /** From the chain head whose hash and signature were checked here; null until a node was asked. */
  readonly balance: RawString | null;
  /** Checked incoming money that is not yet in the balance. */
  readonly incoming: RawString;
  readonly network: NetworkView;
  /** What stands between the purse and its money; null when all is well. */
  readonly trouble: FaultView | null;
  /** Why the sealed seed stands in one place only; null when it stands in both. */
  readonly seedCopyFault: FaultKey | null;
  /** Why the account waits, while a site has a signed block of it and has not cashed it. */
  readonly chequeOut: FaultView | null;
  readonly work: WorkState;
  readonly paused: boolean;
  readonly lockAt: number | null;
  readonly waiting: number;
}

/** How far the proof of work for the next payment is; `resting` while it waits until it is needed. */
export type WorkState = 'ready' | 'working' | 'resting' | 'none';

export interface NetworkView {
  readonly id: string;
  readonly label: string;
  readonly rpcUrls: readonly string[];
  readonly wsUrl: string | null;
  readonly thresholds: { readonly send: string; readonly receive: string };
  readonly testMoney: boolean;
  readonly representative: string;
  readonly explorerUrl: string | null;
  readonly builtIn: boolean;
}

/** How much of one limit is used. */
export interface UseView {
  readonly limit: 'perHour' | 'perDay' | 'perMonth' | 'total';
  /** Spent and reserved. */
  readonly spent: RawString;
  readonly of: RawString;
  /** The highest mark that is reached, in percent. */
  readonly mark: 0 | 50 | 80 | 100;
}

export interface BudgetView {
  readonly site: string;
  /** Each limit is null where there is none. */
  readonly perPayment: RawString | null;
  readonly perHour: RawString | null;
  readonly perDay: RawString | null;
  readonly perMonth: RawString | null;
  readonly total: RawString | null;
  /** The running term, with the day (`YYYY-MM-DD`) on which it ends or renews; null when nothing ends. */
  readonly term: { readonly until: string; readonly renews: 'never' | 'week' | 'month' } | null;
  /** The term is over: the purse asks. */
  readonly ended: boolean;
  /** The day on which more may be spent again; null where nothing renews but days and hours. */
  readonly renewsOn: string | null;
  /** Of each limit that is set, the shortest window first; none of a budget that has ended. */
  readonly uses: readonly UseView[];
  /** Spent and reserved since midnight. */
  readonly spentToday: RawString;
  /** Whether another payee than this one is asked about. */
  readonly pinned: boolean;
  readonly payTo: string | null;
  /** How many percent a price may rise without asking. */
  readonly priceRise: number;
  /** Other sites whose pages may spend this budget. */
  readonly initiators: readonly string[];
  readonly paused: boolean;
}

/** What all sites together may spend without asking. */
export interface CapView {
  readonly perDay: RawString | null;
  readonly perMonth: RawString | null;
  readonly uses: readonly UseView[];
}

/** A question to the user: may this be paid? */
export interface ApprovalView {
  readonly id: string;
  /** Origin that gets the proof. */
  readonly site: string;
  /** Origin of the page that asked, when it is another one. */
  readonly askedBy: string | null;
  /** The other sites that had it asked and can be blocked by their name, the nearest first. */
  readonly askers: readonly string[];
  readonly url: string;
  readonly amount: RawString;
  /** The part of the amount that is only a tag, when it is worth showing. */
  readonly tag: RawString | null;
  readonly payTo: string;
  readonly mechanism: string;
  readonly description: string | null;
  readonly network: NetworkView;
  /** A private window asks: what would keep its site on the disk is not offered. */
  readonly isPrivate: boolean;
  /** Why the purse asks instead of paying by itself. */
  readonly reason: Extract<PlainMessageKey, `reason_${string}`>;
  /** What was checked, and what to be careful about. */
  readonly checks: readonly PlainMessageKey[];
  readonly warnings: readonly PlainMessageKey[];
  readonly expiresAt: number;
  /** Why it can only be declined, as things stand; null where it can be paid. */
  readonly obstacle: { readonly key: MessageKey; readonly args: readonly string[] } | null;
  /** Whether a budget would pay the like of this without asking. */
  readonly canBudget: boolean;
  readonly budget: BudgetView | null;
  readonly cap: CapView;
  readonly balance: RawString | null;
  /** How much is missing; null when the balance is enough or unknown. */
  readonly missing: RawString | null;
  readonly account: string;
  readonly work: WorkState;
}

/** Something paid that only its page can ask for again, once the user loads it. */
export interface ToLoadView {
  readonly id: string;
  readonly site: string;
  readonly url: string;
}

export type PaymentState =
  | 'approved'
  | 'signed'
  | 'published'
  | 'confirmed'
  | 'proven'
  | 'delivered'
  | 'settled'
  | 'refused'
  | 'unanswered'
  | 'revoked'
  | 'abandoned';

export interface PaymentView {
  readonly kind: 'payment';
  readonly id: string;
  readonly at: number;
  readonly state: PaymentState;
  readonly story: readonly { readonly state: PaymentState; readonly at: number }[];
  /** Paid in a private window: site, URL, method and all that a server said are not shown, and null. */
  readonly isPrivate: boolean;
  /** The browser was closed since: nothing goes on for it but its block. */
  readonly isForgotten: boolean;
  readonly site: string | null;
  readonly askedBy: string | null;
  readonly url: string | null;
  readonly method: string | null;
  readonly amount: RawString;
  readonly payTo: string;
  readonly mechanism: string;
  readonly network: string;
  readonly testMoney: boolean;
  readonly description: string | null;
  readonly approval: 'once' | 'budget';
  readonly blockHash: string | null;
  /** The blocks that were signed for it before, and that another wallet of the same seed made worthless to it. */
  readonly lostBlocks: readonly string[];
  /** HTTP status of the paid answer. */
  readonly status: number | null;
  readonly fault: FaultView | null;
  readonly serverSaid: string | null;
  /** For a signed block that was handed over: whether the site may still cash it, or has. */
  readonly cheque: 'out' | 'cashed' | null;
  /** The proof was taken in the body of a POST: the page itself may not show what was paid for. */
  readonly byPost: boolean;
  readonly canDeliver: boolean;
}

/** Whether a transfer's block is on the ledger, waits for a node, was refused by one, or has another in its place. */
export type TransferStateView = 'done' | 'waiting' | 'refused' | 'replaced';

export interface TransferView {
  readonly kind: 'received' | 'sent';
  readonly id: string;
  readonly at: number;
  readonly state: TransferStateView;
  /** Why it is not done, where there is more to say than its state. */
  readonly fault: FaultView | null;
  readonly amount: RawString;
  readonly counterparty: string;
  readonly blockHash: string;
  readonly network: string;
  readonly testMoney: boolean;
}

/** What was received in payments too small to be listed among the others. */
export interface SmallReceivesView {
  readonly count: number;
  /** When the newest of them was signed. */
  readonly newest: number;
}

export type ActivityView = PaymentView | TransferView;

/** One line of the log: why a 402 was not paid. */
export interface LogLineView {
  readonly at: number;
  /** Both are null for a private window. */
  readonly site: string | null;
  readonly url: string | null;
  readonly key: MessageKey;
  readonly args: readonly string[];
  /** For how many 402s of the site the line stands, where it is more than one. */
  readonly times?: number;
}

export interface SettingsView {
  readonly autoLockMinutes: number;
  readonly representative: string | null;
  readonly cap: CapView;
  readonly blockedSites: readonly string[];
  /** The sites that may ask for signed blocks. */
  readonly blockTakers: readonly string[];
  /** Every way to pay, the one the user likes best first. */
  readonly preference: readonly string[];
  /** How many accounts stand ready to pay, and what each beside the first is to hold; one is no float. */
  readonly float: { readonly accounts: number; readonly each: RawString };
  /** What a stranger's payment must be worth to be taken in. */
  readonly leastReceived: RawString;
  readonly networks: readonly NetworkView[];
  readonly activeNetwork: string;
}

/** What a typed-in secret would open: 24 words have two readings, and only the user knows which is theirs. */
export type SecretPreview =
  | { readonly kind: 'words'; readonly bip44Address: string; readonly legacyAddress: string }
  | { readonly kind: 'seed'; readonly address: string };

export type RevealedSecret =
  | { readonly kind: 'words'; readonly words: string; readonly reading: 'bip44' | 'legacy' }
  | { readonly kind: 'seed'; readonly hex: string };

/** The search that is running. */
export interface WorkProgressView {
  /** The engines at it, by name. */
  readonly engines: readonly string[];
  /** Since when. */
  readonly since: number;
  /** How long it takes from any moment on, on average (ms); null while nothing is known. */
  readonly meanMs: number | null;
}

/** What computes the proof of work. */
export interface WorkEngineView {
  /** `gpu`, `cpu`, or the URL of a work server. */
  readonly name: string;
  readonly kind: 'local' | 'server';
  readonly state: 'retired' | 'unavailable' | 'works' | 'untried';
  /** Hashes a second; null while unknown. */
  readonly rate: number | null;
  /** Whether it is asked first. */
  readonly leads: boolean;
}

export interface WorkView {
  readonly engines: readonly WorkEngineView[];
  /** How many threads the processor runs at once, and how many may be used; null for as many as the purse thinks fit. */
  readonly cores: number;
  readonly workers: number | null;
  readonly ahead: 'always' | 'battery' | 'plugged' | 'never';
  readonly servers: readonly string[];
}

/** A tab with a web page in it. */
export interface SandboxTabView {
  readonly id: number;
  readonly title: string;
  /** Its origin. */
  readonly site: string;
  /** The test network that it pays on; null where it pays as the whole purse does. */
  readonly network: string | null;
}

/** What there is to pay with on a test network. */
export interface TestMoneyView {
  readonly network: NetworkView;
  readonly account: string;
  readonly balance: RawString | null;
  readonly incoming: RawString;
  readonly trouble: FaultView | null;
}

export interface SandboxView {
  readonly tabs: readonly SandboxTabView[];
  /** Every network with test money. */
  readonly networks: readonly NetworkView[];
  /** The network that the whole purse is on, if its money is for tests. */
  readonly whole: NetworkView | null;
  /** For each test network in use; empty while the purse is locked. */
  readonly money: readonly TestMoneyView[];
}

/** A signed block in the words of the nodes. */
export interface SignedBlockView {
  readonly type: 'state';
  readonly account: string;
  readonly previous: string;
  readonly representative: string;
  readonly balance: RawString;
  readonly link: string;
  readonly link_as_account: string;
  readonly signature: string;
  readonly work: string;
}
