/** For tests: a real merchant, a browser of a few lines, and lives of the worker that can be cut short anywhere. */
import type { Challenge, Delivery } from '../interception/challenge.ts';
import type { Raw } from '../nano/amount.ts';
import { StoredBudgets } from '../storage/budgets.ts';
import type { Account } from './account.fixture.ts';
import { locks } from './account.fixture.ts';
import { Approvals, type Question } from './approvals.ts';
import { Cashier, type CashierPorts, type Left } from './cashier.ts';
import { Handover } from './handover.ts';
import type { Journal } from './journal.ts';
import { Payer } from './payer.ts';
import { type PaymentState, siteOf } from './payment.ts';
import type { PursePorts } from './purse.ts';
import { challengeOf } from './samples.fixture.ts';

/** The edge of the browser: pages that wait for their 402s to end, and requests that go again. */
export class Browser {
  readonly #waiting = new Set<string>();
  /** What each challenge's request got when it went again. */
  readonly answers = new Map<string, { readonly status: number; readonly text: string }>();
  /** The challenges whose pages got their 402. */
  readonly released: string[] = [];
  /** Every proof that went out, in order. */
  readonly proofs: string[] = [];

  /** Asks for a page; it answers 402 and waits. */
  async visit(url: string, parts: Partial<Challenge> = {}): Promise<Challenge> {
    const response = await fetch(url, { method: parts.method ?? 'GET' });
    await response.arrayBuffer();
    const header = response.headers.get('payment-required');
    if (response.status !== 402 || header === null) throw new Error(`${url} answered ${response.status}`);
    return this.show(challengeOf({ url, header, ...parts }));
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

  async deliver(challenge: Challenge, proof: string): Promise<Delivery> {
    if (!this.#waiting.delete(challenge.id)) return { kind: 'unanswered', reason: 'gone' };
    this.proofs.push(proof);
    const { method, url } = challenge;
    try {
      const response = await fetch(url, { method, headers: { 'PAYMENT-SIGNATURE': proof } });
      const { status, headers } = response;
      this.answers.set(challenge.id, { status, text: await response.text() });
      const [paymentResponse, paymentRequired] = [
        headers.get('payment-response'),
        headers.get('payment-required'),
      ];
      return { kind: 'answered', status, paymentResponse, paymentRequired };
    } catch {
      return { kind: 'unanswered', reason: 'network' };
    }
  }
}

/** Where a life of the worker ends: right before or right after it writes a state, or around the request with the proof. */
export interface Kill {
  readonly at: PaymentState | 'delivery';
  readonly when: 'before' | 'after';
}

export interface LifeOptions {
  readonly kill?: Kill;
  readonly purse?: Partial<PursePorts>;
  readonly cashier?: Partial<CashierPorts>;
}

/** One life of the worker over what outlives it. */
export function lifeOf(
  account: Account,
  browser: Browser,
  { kill, purse: ports, cashier: more }: LifeOptions = {},
) {
  const { died, mortal } = deathAt(kill);
  const purse = account.purse(ports);
  const budgets = new StoredBudgets(account.database, Date.now);
  const log: { readonly challenge: string; readonly key: Left; readonly args: readonly string[] }[] = [];
  const asked: Question[] = [];
  const approvals: Approvals = new Approvals(() => {
    for (const question of approvals.list()) if (!asked.includes(question)) asked.push(question);
  });
  const journal = mortalJournal(account.journal, mortal);
  const exclusively = locks();
  const payer = new Payer({
    journal,
    purse: async () => purse,
    deliver: (challenge, proof) => mortal('delivery', () => browser.deliver(challenge, proof)),
    now: Date.now,
  });
  const waits = async (challenge: Challenge) => browser.waits(challenge);
  const release = (challenge: Challenge) => browser.release(challenge);
  const handover = new Handover({ journal, payer, waits, release, exclusively, now: Date.now });
  const { id, testMoney } = account.network;
  const cashier = new Cashier({
    journal,
    budgets,
    approvals,
    handover,
    standing: async () => ({ network: { id, testMoney }, account: account.address, paused: false }),
    waits,
    release,
    log: async (challenge, key, args) => void log.push({ challenge: challenge.id, key, args }),
    now: Date.now,
    ...more,
  });
  return { purse, budgets, log, asked, approvals, payer, handover, cashier, died };
}

/** A budget that is large enough for anything here. */
export async function allowAll(account: Account, url: string, perDay: bigint = 10n ** 33n): Promise<void> {
  await new StoredBudgets(account.database, Date.now).save({
    site: siteOf(url),
    network: account.network.id,
    perPayment: perDay as Raw,
    perDay: perDay as Raw,
    payTo: null,
    paused: false,
    since: 0,
  });
}

type Mortal = <T>(at: Kill['at'], work: () => Promise<T>) => Promise<T>;

/** What comes at the point of death never ends, and `died` tells that it was reached. */
function deathAt(kill: Kill | undefined): { readonly died: Promise<void>; readonly mortal: Mortal } {
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const never = new Promise<never>(() => {});
  const end = () => {
    die();
    return never;
  };
  return {
    died,
    mortal: async (at, work) => {
      if (kill?.at !== at) return work();
      if (kill.when === 'before') return end();
      await work();
      return end();
    },
  };
}

function mortalJournal(journal: Journal, mortal: Mortal): Journal {
  return {
    reserve: (intent) => mortal('approved', () => journal.reserve(intent)),
    sign: (id, own) => mortal('signed', () => journal.sign(id, own)),
    advance: (id, progress) => mortal(progress.state, () => journal.advance(id, progress)),
    find: (id) => journal.find(id),
    underway: () => journal.underway(),
    forChallenge: (id) => journal.forChallenge(id),
    undelivered: (network, method, url) => journal.undelivered(network, method, url),
    lastPrice: (network, resource) => journal.lastPrice(network, resource),
  };
}
