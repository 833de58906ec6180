/** Exchanges at random: what sellers, lines and the browser may do to a payment by a signed block, and what must hold then. */
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { Challenge } from '../../src/interception/challenge.ts';
import { isDebited, resourceOf } from '../../src/payments/payment.ts';
import { paymentsOf } from '../../src/payments/records.fixture.ts';
import { budgetOf, SHOP } from '../../src/payments/samples.fixture.ts';
import { type Kill, startWorker, type TestWorker } from '../../src/payments/worker.fixture.ts';
import { StoredBudgets } from '../../src/storage/budgets.ts';
import { type Account, accountWith } from '../../src/wallet/account.fixture.ts';
import type { Devnet } from '../devnet/devnet.ts';
import { type AccountKey, readHex32 } from '../devnet/hex.ts';
import { SimulatedBrowser } from './browser.ts';
import { PRICE, type Reaction, type Said, SimulatedSeller } from './seller.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What sellers were seen to say, and what means the opposite of what they do. */
const WORDS = [
  'frontier_moved',
  'amount_mismatch',
  'invalid_signature',
  'requirements_mismatch',
  'block_already_exists',
  'confirmation_timeout',
  'process rejected the block: Fork; a rebuilt payment is safe',
  'already used',
  'not confirmed yet',
  'node_unavailable',
  'sign a NEW block',
] as const;

const reason = fc.constantFrom(undefined, ...WORDS);
const refusal = (...statuses: readonly number[]) =>
  fc.record({ status: fc.constantFrom(...statuses), reason }).map(withoutUndefined);
const says: fc.Arbitrary<Said> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Said>({ status: 200, success: true }, { status: 200 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Said>(
      { status: 202, retryAfter: 90 },
      { status: 202 },
      { status: 503, retryAfter: 30 },
      { status: 402, represent: true },
      { status: 402, success: true },
      { status: 200, reason: 'confirmation_timeout' },
    ),
  },
  { weight: 3, arbitrary: refusal(402) },
  { weight: 2, arbitrary: refusal(400, 403, 404, 405, 409, 410, 422, 429, 500, 502, 503) },
);
const reaction: fc.Arbitrary<Reaction> = fc.record({
  reaches: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.constant(false)),
  publishes: fc.boolean(),
  says,
  arrives: fc.oneof(
    { weight: 5, arbitrary: fc.constant('whole' as const) },
    fc.constantFrom('lost' as const, 'cut' as const),
  ),
});

function withoutUndefined({ status, reason: said }: { status: number; reason: string | undefined }): Said {
  return said === undefined ? { status } : { status, reason: said };
}

/** The pages of the seller. */
const PAGES = 3;
const kill = fc.record({
  at: fc.constantFrom<Kill['at']>(
    'approved',
    'signed',
    'proven',
    'delivered',
    'delivery',
    'refused',
    'unanswered',
    'settled',
    'replacement',
    'revoked',
    'publishedByPayee',
  ),
  when: fc.constantFrom('before' as const, 'after' as const),
});

/** One thing that happens. `visit`: an exchange, in one tab or in two at once. */
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('visit' as const),
      page: fc.nat({ max: PAGES - 1 }),
      reactions: fc.array(reaction, { minLength: 1, maxLength: 2 }),
      twice: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), kill }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      by: fc.constantFrom(2 * SECOND, 6 * SECOND, 40 * SECOND, 3 * MINUTE, 12 * MINUTE, HOUR),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'maintain' as const }) },
  fc.constant({ kind: 'seller publishes' as const }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** Whether the user is asked about each payment, and what happens. Together it takes less than a day. */
const course = fc.record({
  isAsked: fc.boolean(),
  events: fc.array(event, { minLength: 3, maxLength: 14 }),
});
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

/** How often the user looks for a question (ms). */
const LOOK_EVERY = 2;
/** How often a page is loaded in the end, an hour apart each time, until it has its content. */
const LAST_VISITS = 4;

/** One account, one seller, and what has happened between them. */
class Simulation {
  readonly #account: Account;
  readonly #payer: AccountKey;
  readonly #seller: SimulatedSeller;
  readonly #browser: SimulatedBrowser;
  readonly #isAsked: boolean;
  readonly #pages = Array.from({ length: PAGES }, (_, number) => `${SHOP}/${number}`);
  #worker: TestWorker;
  #now = Date.now();
  /** The exchanges so far: requests that got a 402, and were handled to their end. */
  exchanges = 0;

  private constructor(account: Account, devnet: Devnet, payer: AccountKey, isAsked: boolean) {
    this.#account = account;
    this.#payer = payer;
    this.#isAsked = isAsked;
    this.#seller = new SimulatedSeller(devnet);
    this.#browser = new SimulatedBrowser(this.#seller, () => this.#now);
    this.#worker = this.#newWorker();
  }

  /** Has a course of events happen, and checks what must hold. Resolves with the number of exchanges. */
  static async run(devnet: Devnet, { isAsked, events }: Course): Promise<number> {
    const account = await accountWith(devnet, 100n * PRICE);
    const payer = readHex32(account.keys.publicKey);
    if (payer === undefined) throw new Error('a public key is 32 bytes');
    // Each page is paid to another account.
    await new StoredBudgets(account.database, Date.now).save(
      budgetOf({ site: SHOP, network: account.network.id, pinned: false }),
    );
    const simulation = new Simulation(account, devnet, payer as string as AccountKey, isAsked);
    try {
      for (const each of events) await simulation.#happen(each);
      await simulation.#end();
    } finally {
      simulation.#worker.wallet.close();
      account.database.close();
    }
    return simulation.exchanges;
  }

  async #happen(happening: Event): Promise<void> {
    switch (happening.kind) {
      case 'visit': {
        const { page, reactions, twice } = happening;
        const url = this.#pages[page] ?? SHOP;
        // Who has the content does not ask for it again.
        if (this.#browser.timesShown(url) > 0) return;
        this.#browser.reactions.splice(0, this.#browser.reactions.length, ...reactions);
        const tabs = twice ? [1, 2] : [1];
        await this.#handle(tabs.map((tab) => this.#browser.ask(url, tab)));
        this.#browser.reactions.length = 0;
        return;
      }
      case 'kill':
        return this.#restart(happening.kill);
      case 'time':
        this.#now += happening.by;
        return;
      case 'maintain':
        return this.#maintain();
      case 'seller publishes':
        this.#seller.publishAll();
        return;
    }
  }

  #newWorker(dies?: Kill): TestWorker {
    const network = { id: this.#account.network.id, testMoney: true };
    const hasPocket = !this.#isAsked;
    return startWorker(this.#account, this.#browser, {
      ...(dies && { kill: dies }),
      now: () => this.#now,
      handler: {
        context: async () => ({ network, paused: false, hasPocket, preference: [], manualSites: [] }),
      },
    });
  }

  /** Starts the worker's next life, which handles what still waits, as the browser's next event has it do. */
  async #restart(dies?: Kill): Promise<void> {
    this.#worker.wallet.close();
    this.#worker = this.#newWorker(dies);
    const resumed = this.#worker.delivery.resume();
    await this.#untilOver([
      resumed,
      ...this.#browser.waiting().map((one) => this.#worker.challengeHandler.handle(one)),
    ]);
  }

  async #maintain(): Promise<void> {
    const { recall, delivery, wallet } = this.#worker;
    const refreshed = wallet.refresh().catch(() => undefined);
    await this.#untilOver([recall.maintain(), delivery.resume(), refreshed]);
  }

  /** Handles requests to their end, and answers what the user is asked meanwhile. */
  async #handle(challenges: readonly Challenge[]): Promise<void> {
    this.exchanges += challenges.length;
    await this.#untilOver(challenges.map((one) => this.#worker.challengeHandler.handle(one)));
  }

  /** Waits for the end of some work; where the worker dies over it, its next life goes on with it. */
  async #untilOver(work: readonly Promise<unknown>[]): Promise<void> {
    const worker = this.#worker;
    const done = Promise.all(work).then(() => 'done' as const);
    const died = worker.died.then(() => 'died' as const);
    for (;;) {
      const end = await Promise.race([done, died, pause(LOOK_EVERY, 'goes on' as const)]);
      if (end === 'done') return;
      if (end === 'died') return this.#restart();
      await this.#answer(worker);
    }
  }

  /** The user pays for what is not paid for, and never twice. */
  async #answer({ approvals }: TestWorker): Promise<void> {
    const questions = approvals.list();
    if (questions.length === 0) return;
    const paid = (await this.#debited()).map(({ intent }) => intent.resource);
    for (const { id, reason: why, challenge } of questions) {
      const resource = resourceOf(challenge);
      const isNew = this.#isAsked && why === 'reason_signedBlock' && !paid.includes(resource);
      approvals.answer(id, { kind: isNew ? 'once' : 'decline' });
      paid.push(resource);
    }
  }

  /**
   * The seller is honest from now on, and publishes all that it has; nothing is lost any more. Every page that is loaded
   * until it has its content gets it, and the ledger has one payment for each.
   */
  async #end(): Promise<void> {
    this.#seller.publishAll();
    await this.#restart();
    for (let visits = 0; visits < LAST_VISITS && this.#unserved().length > 0; visits += 1) {
      this.#now += HOUR + MINUTE;
      await this.#maintain();
      for (const url of this.#unserved()) await this.#handle([this.#browser.ask(url, 1)]);
    }
    this.#seller.publishAll();
    await this.#maintain();
    for (const url of this.#pages) {
      const payments = this.#seller.paymentsFor(url, this.#payer);
      if (payments > Math.max(1, this.#browser.timesShown(url)))
        throw new Error(`${url} is paid ${payments} times; ${await this.#story()}`);
    }
    const [unserved] = this.#unserved();
    if (unserved !== undefined) throw new Error(`${unserved} is never served; ${await this.#story()}`);
    const { length: debited } = await this.#debited();
    const paid = this.#pages.reduce((sum, url) => sum + this.#seller.paymentsFor(url, this.#payer), 0);
    if (debited !== paid)
      throw new Error(`${debited} payments are debited, ${paid} were made; ${await this.#story()}`);
  }

  /** The pages without their content. */
  #unserved(): readonly string[] {
    return this.#pages.filter((url) => this.#browser.timesShown(url) === 0);
  }

  /** The payments that count as spent. */
  async #debited() {
    return (await paymentsOf(this.#account)).filter(({ progress }) => isDebited(progress.state));
  }

  /** What the journal has, for the error message. */
  async #story(): Promise<string> {
    const payments = await paymentsOf(this.#account);
    const stories = payments.map(({ intent: { resource }, story }) => [
      resource,
      story.map(({ state }) => state),
    ]);
    return JSON.stringify({ stories, log: this.#worker.log.map(({ key }) => key) });
  }
}

/** How many courses happen side by side: each waits more than it computes. */
const LANES = 4;

/** What was simulated: how many exchanges there were, and how long they took together (ms). */
export interface Simulated {
  readonly exchanges: number;
  readonly took: number;
}

/**
 * Has so many courses of events happen.
 *
 * @throws the smallest course after which something does not hold
 */
export async function simulate(devnet: Devnet, courses: number): Promise<Simulated> {
  const began = performance.now();
  let exchanges = 0;
  const property = fc.asyncProperty(course, async (happens) => {
    exchanges += await Simulation.run(devnet, happens);
  });
  const numRuns = Math.ceil(courses / LANES);
  const lanes = Array.from({ length: LANES }, () => fc.assert(property, { numRuns }));
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
  return { exchanges, took: performance.now() - began };
}
