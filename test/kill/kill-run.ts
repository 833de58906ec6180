import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import {
  isDebited,
  isUnderway,
  type Payment,
  type PaymentState,
  requestOf,
} from '../../src/payments/payment.ts';
import { isWhole } from '../../src/payments/private-record.ts';
import { sumKeys } from '../../src/policy/reservation.ts';
import { payFirstMechanisms } from '../../src/protocol/mechanisms/index.ts';
import { countedFor } from '../../src/storage/spending.ts';
import { readAddress, toAddress } from '../devnet/address.ts';
import type { Entry } from '../devnet/ledger.ts';
import type { MechanismName } from '../merchant/mechanisms/mechanism.ts';
import { PAID_MARKER } from '../merchant/pages/layout.ts';
import type { Journey } from './journeys.ts';
import { KillPocket } from './pocket.ts';
import { CONFIRMED_AFTER, type KillTestBed, type OnDisk, type Tab } from './setup.ts';
import type { Stop, WatchedWorker } from './worker.ts';

export type Surface = 'document' | 'fetch';

/** One killCase of the worker: on which journey, and where. */
export interface KillCase {
  readonly journey: Journey;
  readonly mechanism: MechanismName;
  readonly surface: Surface;
  readonly stop: Stop;
}

/** How long an expected state may take, and how often it is checked (ms). */
const PATIENCE = 20_000;
const LOOK_EVERY = 25;
/** How often a page is loaded until it has the content: one load is refused, and one is lost. */
const VISITS = 4;

/** Kills the worker once, goes on, and checks that nothing is lost, paid twice, or left unpaid. */
export async function runKillCase(testBed: KillTestBed, killCase: KillCase): Promise<void> {
  const { purse, merchant, devnet } = testBed;
  // The user is there: the whole matrix takes longer than the purse waits before it locks itself.
  await purse.ask('purse.touch', {});
  if (killCase.journey.fromPocket) await new KillPocket(testBed).fill();
  const run = await JourneyRun.of(testBed, killCase);
  try {
    await killCase.journey.before?.(run);
    const isWaited = await run.runToKill(killCase);
    await purse.ask('purse.state', {});
    await killCase.journey.after?.(run);
    if (isWaited && killCase.journey.endsWithout === undefined) await run.waitUntilServed();
    await run.loadUntilServed();
    await merchant.publishHeld();
    await purse.ask('purse.refresh', {});
    await run.checkRecords();
  } catch (failure) {
    throw new Error(await run.describe().catch(String), { cause: failure });
  } finally {
    devnet.elections.delayMs = CONFIRMED_AFTER;
  }
}

/** One page that pays, with the worker that is killed meanwhile. */
export class JourneyRun {
  readonly testBed: KillTestBed;
  readonly url: string;
  /** The price (raw). */
  readonly price: bigint;
  readonly #surface: Surface;
  readonly #tab: Tab;
  readonly #page: string;
  readonly #asks: boolean;
  /** The hashes of the purse's payments before it began. */
  readonly #paidBefore: ReadonlySet<string>;
  /** The sends since then that another wallet made. */
  readonly #foreign = new Set<string>();
  /** When it began (ms). */
  readonly #since = Date.now();
  /** Gives a plan to the worker's next life, at its start. */
  #nextLife: Awaited<ReturnType<WatchedWorker['killAndPauseNext']>> | undefined;

  private constructor(testBed: KillTestBed, killCase: KillCase, terms: Readonly<Record<string, string>>) {
    const { journey, mechanism, surface } = killCase;
    const { merchant } = testBed;
    this.testBed = testBed;
    this.#surface = surface;
    this.#tab = journey.inPrivate ? testBed.inPrivate : testBed.ordinary;
    this.#asks = journey.asks ?? (!journey.fromPocket && !payFirstMechanisms.has(mechanism));
    this.price = BigInt(terms.price ?? 0);
    const site = journey.asks ? merchant.otherOrigin : merchant.origin;
    const url = new URL(journey.path ?? (surface === 'document' ? '/article' : '/api/data'), site);
    const query = { mechanism, ...terms, visit: crypto.randomUUID() };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    this.url = url.href;
    const page = new URL('/page', site);
    page.searchParams.set('fetch', url.href);
    this.#page = surface === 'document' ? url.href : page.href;
    this.#paidBefore = new Set(sendsToOthers(testBed).map(({ hash }) => hash));
  }

  static async of(testBed: KillTestBed, killCase: KillCase): Promise<JourneyRun> {
    return new JourneyRun(testBed, killCase, (await killCase.journey.terms?.(testBed)) ?? {});
  }

  /** A send of the account by another wallet. */
  markForeign(hash: string): void {
    this.#foreign.add(hash);
  }

  /** Loads the page. */
  async visit(): Promise<void> {
    await this.#tab.tab.goto(this.#page).catch(() => null);
  }

  /** Waits until a lost document is the browser's error page: on its way, it would take the place of what comes next. */
  async waitForErrorPage(): Promise<void> {
    if (this.#surface === 'fetch') return;
    await this.#waitFor('an error page', async () => this.#tab.tab.url().startsWith('chrome-error:'));
  }

  async leave(): Promise<void> {
    await this.#tab.tab.goto('about:blank');
  }

  /** Loads the page, and waits until its payment has come this far. */
  async visitUntil(state: PaymentState): Promise<void> {
    const answering = this.answersQuestions();
    await this.visit();
    await this.until(state);
    answering.stop();
  }

  /** Runs the journey to the point where the worker is killed. Resolves with whether the page still waits. */
  async runToKill({ journey, stop }: KillCase): Promise<boolean> {
    const { worker, ownPage, purse } = this.testBed;
    const halts = journey.halts ?? [];
    const stops = [...halts.map(([halt]) => halt), stop];
    const plan = { url: this.url, inPrivate: journey.inPrivate ?? false, stops, ...journey.world };
    const woken = this.#nextLife === undefined ? undefined : purse.ask('purse.state', {});
    const reached = await (this.#nextLife?.(plan) ?? worker.follow(plan));
    const answering = this.answersQuestions();
    const begun = woken ?? journey.begin?.(this) ?? this.visit();
    const failed = begun.then(() => new Promise<never>(() => {}));
    try {
      for (const [, meanwhile] of halts) {
        await Promise.race([reached(), failed]);
        await meanwhile(this);
        await worker.resume();
      }
      await Promise.race([reached(), failed]);
    } catch (failure) {
      // The next life asks anew: what this one asked is told here.
      const questions = await purse.ask('approval.list', {}).catch(() => []);
      const asked = questions.map(({ url, reason }) => `${reason} ${url}`).join(', ');
      throw new Error(`${failure}; asked: ${asked || 'nothing'}`, { cause: failure });
    } finally {
      answering.stop();
      await worker.kill(ownPage);
    }
    // What was asked of the worker dies with it.
    await begun.catch(() => undefined);
    return (await this.testBed.readDisk(this.#since)).waiting.includes(this.url);
  }

  /**
   * Loads the page, kills the worker at a stop, and leaves. What it is killed for then happens in its next life: from
   * the first moment of it, or once it has come to rest.
   */
  async killAndLeave(stop: Stop, then: 'at once' | 'at rest'): Promise<void> {
    const { worker, ownPage, purse } = this.testBed;
    const reached = await worker.follow({ url: this.url, inPrivate: false, stops: [stop] });
    const answering = this.answersQuestions();
    await this.visit();
    await reached();
    answering.stop();
    // A next life that is there before the page is left would go on with the payment.
    const nextLife = await worker.killAndPauseNext(ownPage);
    await this.leave();
    if (then === 'at once') {
      this.#nextLife = nextLife;
      return;
    }
    const woken = purse.ask('purse.state', {});
    await nextLife({ url: this.url, inPrivate: false, stops: [] });
    await woken;
    await this.#settled();
  }

  /** Approves every question about this page, until it is stopped. */
  answersQuestions(): { readonly stop: () => void } {
    let over = !this.#asks;
    const answer = async () => {
      while (!over) {
        await this.#answer();
        await pause(LOOK_EVERY);
      }
    };
    void answer();
    return {
      stop: () => {
        over = true;
      },
    };
  }

  /** Somebody else may answer as well, and the worker may die over the question. */
  async #answer(): Promise<void> {
    const { purse } = this.testBed;
    const questions = await purse.ask('approval.list', {}).catch(() => []);
    for (const { id, url } of questions) {
      if (url !== this.url) continue;
      await purse.ask('approval.answer', { id, answer: { kind: 'once' } }).catch(() => undefined);
    }
  }

  /** The newest payment for this page. */
  async payment(): Promise<Payment> {
    const payment = this.#paymentsForPage(await this.testBed.readDisk(this.#since)).at(-1);
    assert(payment, 'nothing was paid');
    return payment;
  }

  #paymentsForPage({ payments }: Pick<OnDisk, 'payments'>): readonly Payment[] {
    return payments
      .filter(isWhole)
      .filter(({ intent }) => intent.challenge.url === this.url)
      .sort((one, other) => one.intent.at - other.intent.at);
  }

  /** Waits until the newest payment has come this far. */
  async until(state: PaymentState): Promise<void> {
    await this.#waitFor(`a payment that is ${state}`, async (disk) => {
      return this.#paymentsForPage(disk).at(-1)?.progress.state === state;
    });
  }

  /** The user recalls the signed block. */
  async takeBack(): Promise<void> {
    await this.testBed.purse.ask('payment.recall', { id: (await this.payment()).intent.id });
  }

  /** Waits until the page has the content without a reload. */
  async waitUntilServed(): Promise<void> {
    await this.#waitFor('a page that is served', () => this.#hasContent());
  }

  /** Loads the page until it has the content. */
  async loadUntilServed(): Promise<void> {
    await this.#settled();
    for (let visits = 0; !(await this.#isPaidFor()); visits++) {
      assert(visits < VISITS, 'the page never gets what it asked for');
      const since = Date.now();
      await this.visit();
      await this.#noticed(since);
      await this.#settled();
    }
  }

  async #isPaidFor(): Promise<boolean> {
    const paid = this.#paymentsForPage(await this.testBed.readDisk(this.#since)).some(({ progress }) =>
      isDebited(progress.state),
    );
    return paid && (await this.#hasContent());
  }

  async #hasContent(): Promise<boolean> {
    const at = this.#surface === 'document' ? '#paid' : '#fetch-result[data-status="200"]';
    return (await this.#tab.tab.locator(at, { hasText: PAID_MARKER }).count()) > 0;
  }

  /** Waits until the purse has seen the 402 of a visit: before that, a page that waits looks like one that was answered. */
  async #noticed(since: number): Promise<void> {
    const { purse } = this.testBed;
    const { tabId } = this.#tab;
    await this.#waitFor('the purse take notice', async () => {
      const exchanges = await purse.ask('exchange.list', { tabId });
      return exchanges.some(({ url, at }) => url === this.url && at >= since);
    });
  }

  /** Waits until no page waits, and no payment or request is under way. */
  async #settled(): Promise<void> {
    await this.#waitFor('an end of it', async (disk) => {
      const isOpen = disk.waiting.includes(this.url) || disk.isLoading;
      const isOnItsWay = this.#paymentsForPage(disk).some(({ progress }) => isUnderway(progress.state));
      return !isOpen && !isOnItsWay && (await this.#tab.tab.locator('[data-state="pending"]').count()) === 0;
    });
  }

  async #waitFor(what: string, test: (disk: OnDisk) => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const disk = await this.testBed.readDisk(this.#since);
      if (await test(disk).catch(() => false)) return;
      if (Date.now() > deadline) {
        const states = this.#paymentsForPage(disk).map(({ story }) =>
          story.map(({ state }) => state).join(' '),
        );
        assert.fail(`never saw ${what}; ${JSON.stringify({ states, waiting: disk.waiting })}`);
      }
      if (this.#asks) await this.#answer();
      await pause(LOOK_EVERY);
    }
  }

  /** Describes the state of the run, for the error message. */
  async describe(): Promise<string> {
    const { purse } = this.testBed;
    const { payments, waiting, isLoading } = await this.testBed.readDisk(this.#since);
    // A worker that does not answer is what went wrong.
    const worker = await Promise.race([
      Promise.all([purse.ask('purse.state', {}), purse.ask('approval.list', {})]).then(
        ([{ kind }, questions]) => [kind, ...questions.map(({ url, reason }) => [url, reason])],
        String,
      ),
      pause(PATIENCE, 'silent'),
    ]);
    const stories = this.#paymentsForPage({ payments }).map(({ intent, story }) => ({
      frame: `${requestOf(intent)?.tabId} ${requestOf(intent)?.frameId}`,
      seen: (requestOf(intent)?.seenAt ?? 0) - this.#since,
      story: story.map(({ state, at }) => `${state} ${at - this.#since}`).join(', '),
    }));
    const requests = this.testBed.merchant
      .books()
      .requests.filter(({ host, path }) => `http://${host}${path}` === this.url)
      .map(({ at, status, hadPaymentSignature }) => [at - this.#since, status, hadPaymentSignature]);
    return JSON.stringify({ worker, waiting, isLoading, tab: this.#tab.tab.url(), stories, requests });
  }

  /** The money on the ledger, in the journal and in the merchant's records is the same, in one block. */
  async checkRecords(): Promise<void> {
    const { testBed } = this;
    const { payments, spending } = await testBed.readDisk();
    const records = testBed.merchant.books();
    const isBounced = (hash: string) =>
      records.cheques.some((one) => one.hash === hash && one.state === 'bounced');
    const inJournal = this.#paymentsForPage({ payments }).flatMap(({ intent, progress }) =>
      isDebited(progress.state) && 'hash' in progress
        ? [[progress.hash, String(intent.amount), intent.offer.payTo]]
        : [],
    );
    const onLedger = sendsToOthers(testBed)
      .filter(({ hash }) => !this.#paidBefore.has(hash) && !this.#foreign.has(hash))
      .map(({ hash, amount, block }) => [hash, String(amount), toAddress(block.link)]);
    const inRecords = records.payments
      .filter(({ url, hash }) => url === this.url && !isBounced(hash))
      .map(({ hash, amountRaw, payTo }) => [hash, amountRaw, payTo]);

    assert.equal(onLedger.length, 1, 'one block paid for it');
    assert.deepEqual(inJournal, onLedger, 'the journal has what the ledger has');
    assert.deepEqual(inRecords, onLedger, 'the merchant has what the ledger has');
    const debited = new Map<string, bigint>();
    for (const { intent, progress } of payments) {
      if (!isDebited(progress.state)) continue;
      for (const key of sumKeys(countedFor(intent)))
        debited.set(`${key}`, (debited.get(`${key}`) ?? 0n) + intent.amount);
    }
    const sums = spending.map(
      ({ network, site, window, spent, tags = 0n }) => [`${[network, site, window]}`, spent + tags] as const,
    );
    assert.deepEqual(
      new Map(sums.filter(([, sum]) => sum > 0n)),
      debited,
      'what was debited is what was paid',
    );
  }
}

/** The sends of all accounts of the seed, but for those between them. */
function sendsToOthers({ accounts, devnet }: KillTestBed): readonly Entry[] {
  const own = accounts.map((account) => readAddress(account)).filter((key) => key !== undefined);
  return own
    .flatMap((key) => devnet.ledger.chain(key))
    .filter(({ subtype, block }) => subtype === 'send' && !own.some((key) => key === block.link));
}
