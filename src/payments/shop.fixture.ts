import type { Challenge, DeliveryOutcome } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { systemClock } from '../nano/clock.ts';
import { siteOf } from '../site.ts';
import { StoredBudgets } from '../storage/budgets.ts';
import type { Account } from '../wallet/account.fixture.ts';
import { locks } from '../wallet/account.fixture.ts';
import type { AccountWalletPorts } from '../wallet/account-wallet.ts';
import type { ChainStore } from '../wallet/chain-store.ts';
import { ApprovalQueue, type Question } from './approval-queue.ts';
import { ChallengeHandler } from './challenge-handler.ts';
import type { ChallengeHandlerPorts } from './challenge-handler-ports.ts';
import { Delivery } from './delivery.ts';
import type { ExchangeRecorder } from './exchange-recorder.ts';
import type { Journal } from './journal.ts';
import type { NotPaidReason } from './not-paid-reason.ts';
import type { PaymentState } from './payment.ts';
import { PaymentRunner } from './payment-runner.ts';
import type { PostAnswer } from './proof-delivery.ts';
import { Recall } from './recall.ts';
import { budgetOf, challengeOf } from './samples.fixture.ts';

/** The edge of the browser: pages that wait for their 402s to end, and requests that go again. */
export class Browser {
  readonly #waiting = new Set<string>();
  /** What each challenge's request got when it went again. */
  readonly answers = new Map<string, { readonly status: number; readonly text: string }>();
  /** The URLs whose content was shown. */
  readonly served = new Set<string>();
  /** The challenges whose pages got their 402. */
  readonly released: string[] = [];
  /** The challenges of which the price was asked for anew, in order. */
  readonly renewed: string[] = [];
  /** Every proof that went out, in order. */
  readonly proofs: string[] = [];
  /** Every body that was posted, in order. */
  readonly posts: string[] = [];
  /** The challenges whose pages were to ask once more by themselves, and what waited for them then. */
  readonly again: [challenge: string, waiting: 'proof' | 'nothing'][] = [];

  /** Asks for a page; it answers 402 and waits. */
  async visit(url: string, parts: Partial<Challenge> = {}): Promise<Challenge> {
    const response = await fetch(url, { method: parts.method ?? 'GET' });
    await response.arrayBuffer();
    const header = response.headers.get('payment-required');
    if (response.status !== 402 || header === null) throw new Error(`${url} answered ${response.status}`);
    return this.show(challengeOf({ url, header, ...parts }));
  }

  /** Asks for the price anew, for a page that goes on waiting. */
  async afresh(challenge: Challenge): Promise<Challenge | null> {
    this.renewed.push(challenge.id);
    const response = await fetch(challenge.url);
    await response.arrayBuffer();
    const header = response.headers.get('payment-required');
    return header === null ? null : { ...challenge, header, seenAt: Date.now() };
  }

  /** A page that waits for this challenge, wherever it has it from. */
  show(challenge: Challenge): Challenge {
    this.#waiting.add(challenge.id);
    return challenge;
  }

  /** The page is closed, or loaded anew. */
  leave({ id }: Challenge): void {
    this.#waiting.delete(id);
  }

  waits({ id }: Challenge): boolean {
    return this.#waiting.has(id);
  }

  release({ id }: Challenge): void {
    if (this.#waiting.delete(id)) this.released.push(id);
  }

  /** Sends a body to the challenge's own URL, as the purse does by itself. */
  async post({ url }: Challenge, body: string): Promise<PostAnswer> {
    this.posts.push(body);
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'error' });
    const paymentResponse = response.headers.get('payment-response');
    return { status: response.status, paymentResponse, bodyText: await response.text() };
  }

  async deliver(challenge: Challenge, proof: string): Promise<DeliveryOutcome> {
    if (!this.#waiting.delete(challenge.id)) return { kind: 'unanswered', reason: 'gone' };
    this.proofs.push(proof);
    const { method, url } = challenge;
    try {
      const response = await fetch(url, { method, headers: { 'PAYMENT-SIGNATURE': proof } });
      const { status, headers } = response;
      const [paymentResponse, paymentRequired] = [
        headers.get('payment-response'),
        headers.get('payment-required'),
      ];
      const take = (text: string) => {
        if (status === 200) this.served.add(url);
        this.answers.set(challenge.id, { status, text });
        return 'came' as const;
      };
      const rest = response.text().then(take, () => 'network' as const);
      return { kind: 'answered', status, paymentResponse, paymentRequired, rest };
    } catch {
      return { kind: 'unanswered', reason: 'network' };
    }
  }
}

/**
 * Where a life of the worker ends: right before or right after it writes a state, another block for a payment
 * (`signedInstead`, `reinstated`), the block that is to take a cheque's place (`countermand`), that a block is held back, or that a cheque was cashed; or around the request with the proof.
 */
export interface Kill {
  readonly at:
    | PaymentState
    | 'signedInstead'
    | 'reinstated'
    | 'delivery'
    | 'countermand'
    | 'heldBack'
    | 'cashed';
  readonly when: 'before' | 'after';
}

export interface LifeOptions {
  readonly kill?: Kill;
  /** The account's own by default. */
  readonly journal?: Journal;
  readonly purse?: Partial<AccountWalletPorts>;
  readonly cashier?: Partial<ChallengeHandlerPorts>;
  /** What time it is (ms). */
  readonly now?: () => number;
}

/** One life of the worker over what outlives it. */
export function lifeOf(
  account: Account,
  browser: Browser,
  { kill, journal: opened = account.journal, purse: ports, cashier: more, now = Date.now }: LifeOptions = {},
) {
  const { died, isDead, mortal } = deathAt(kill);
  const chains = mortalChains(account.chains, mortal);
  const wallet = account.purse({ store: chains, clock: { ...systemClock, now }, ...ports });
  const budgets = new StoredBudgets(account.database, Date.now);
  const log: { readonly challenge: string; readonly key: NotPaidReason; readonly args: readonly string[] }[] =
    [];
  const asked: Question[] = [];
  const approvals: ApprovalQueue = new ApprovalQueue(() => {
    for (const question of approvals.list()) if (!asked.includes(question)) asked.push(question);
  });
  const journal = mortalJournal(opened, mortal);
  const recall = new Recall({ journal, chains, wallet: async () => wallet, now });
  const runner = new PaymentRunner({
    journal,
    wallet: async () => wallet,
    recall: (id) => recall.recall(id),
    exclusively: locks(),
    deliver: (challenge, proof) => mortal('delivery', () => browser.deliver(challenge, proof)),
    postFallback: (challenge, body) => browser.post(challenge, body),
    again: async (challenge, waiting) => void browser.again.push([challenge.id, waiting]),
    now,
  });
  const waits = async (challenge: Challenge) => browser.waits(challenge);
  const release = (challenge: Challenge) => (isDead() ? undefined : browser.release(challenge));
  const delivery = new Delivery({
    journal,
    runner,
    waits,
    release,
    handleAgain: (challenge) => void challengeHandler.handle(challenge),
    recorder: nobody,
    now,
  });
  const { id, testMoney } = account.network;
  const challengeHandler: ChallengeHandler = new ChallengeHandler({
    journal,
    budgets,
    approvals,
    delivery,
    context: async () => ({
      network: { id, testMoney },
      paused: false,
      preference: [],
    }),
    accounts: async () => [account.address],
    handedOver: () => wallet.chain.handedOver(),
    lease: async () => ({ account: account.address, done: () => undefined }),
    waits,
    freshOffer: (challenge) => browser.afresh(challenge),
    release,
    recorder: nobody,
    log: async (challenge, key, args) => void log.push({ challenge: challenge.id, key, args }),
    now,
    ...more,
  });
  return {
    purse: wallet,
    journal,
    budgets,
    log,
    asked,
    approvals,
    payer: runner,
    handover: delivery,
    cashier: challengeHandler,
    revoker: recall,
    died,
  };
}

/** Who writes nothing down. */
export const nobody: ExchangeRecorder = {
  decided: () => undefined,
  renewed: () => undefined,
  served: () => undefined,
  left: () => undefined,
  answered: () => undefined,
};

/** A budget that is large enough for anything here. */
export async function allowAll(account: Account, url: string, perDay: bigint = 10n ** 33n): Promise<void> {
  const limit = perDay as Raw;
  await new StoredBudgets(account.database, Date.now).save(
    budgetOf({ site: siteOf(url), network: account.network.id, perPayment: limit, perDay: limit }),
  );
}

type Mortal = <T>(at: Kill['at'], work: () => Promise<T>) => Promise<T>;

/** What comes at the point of death or after it never ends, and `died` tells that it was reached. */
function deathAt(kill: Kill | undefined): {
  readonly died: Promise<void>;
  readonly isDead: () => boolean;
  readonly mortal: Mortal;
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
    mortal: async (at, work) => {
      if (isDead || (kill?.at === at && kill.when === 'before')) return end();
      const done = await work();
      return isDead || kill?.at === at ? end() : done;
    },
  };
}

function mortalChains(chains: ChainStore, mortal: Mortal): ChainStore {
  return {
    newest: (network, account) => chains.newest(network, account),
    signed: (hash) => chains.signed(hash),
    put: (own) =>
      own.revokes === undefined ? chains.put(own) : mortal('countermand', () => chains.put(own)),
    publishedByPayee: (cheque) => mortal('cashed', () => chains.publishedByPayee(cheque)),
    handedOver: () => chains.handedOver(),
    withhold: (cheque) => mortal('heldBack', () => chains.withhold(cheque)),
  };
}

function mortalJournal(journal: Journal, mortal: Mortal): Journal {
  return {
    reserve: (intent) => mortal('approved', () => journal.reserve(intent)),
    sign: (id, own) => mortal('signed', () => journal.sign(id, own)),
    advance: (id, progress, lost) => mortal(progress.state, () => journal.advance(id, progress, lost)),
    signInstead: (id, lost, own, how) =>
      mortal('signedInstead', () => journal.signInstead(id, lost, own, how)),
    reinstate: (id, lost, own) => mortal('reinstated', () => journal.reinstate(id, lost, own)),
    revoke: (id, instead) => mortal('revoked', () => journal.revoke(id, instead)),
    find: (id) => journal.find(id),
    underway: () => journal.underway(),
    forChallenge: (id) => journal.forChallenge(id),
    recall: (challenge, network) => journal.recall(challenge, network),
  };
}
