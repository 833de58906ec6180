/** The money of a wallet adds up, whatever happens to it: on a devnet that validates blocks, with workers that are killed. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAddress } from '../../test/devnet/address.ts';
import { type Devnet, startDevnet } from '../../test/devnet/devnet.ts';
import type { Entry } from '../../test/devnet/ledger.ts';
import { Fault } from '../fault.ts';
import { type NanoAddress, publicKeyOf } from '../nano/account.ts';
import { type Raw, ZERO } from '../nano/amount.ts';
import { toRpc } from '../nano/block.ts';
import { systemClock } from '../nano/clock.ts';
import { NodeClient } from '../nano/node-client.ts';
import { freshKeys } from '../nano/nodes.fixture.ts';
import type { PaymentId } from '../payment-id.ts';
import { StoredTransfers } from '../storage/transfers.ts';
import { type Account, accountWith } from './account.fixture.ts';
import { AccountLeases } from './account-leases.ts';
import type { AccountWallet } from './account-wallet.ts';
import { Killable } from './killable.fixture.ts';
import { type HandedOverBlock, isHandedOverFault, type OwnBlock, settledBlock } from './own-block.ts';
import type { PaymentOrder } from './paying-wallet.ts';
import { type Refill, RefillLimit } from './refill-limit.ts';
import { Wallet } from './wallet.ts';

let devnet: Devnet;
beforeAll(async () => {
  devnet = await startDevnet({ confirmationDelayMs: 5 });
});
afterAll(() => devnet?.close());

const DAY = 24 * 60 * 60_000;
const PLAN = { accounts: 4, each: 100n as Raw };
/** What the pocket gets from savings within 24 hours (raw): twice its level. */
const MOST_REFILLED = 600n;
/** What it got just before (raw): the next share is allowed and no second one, or not even the next. */
const refilledBefore = fc.constantFrom(450, 550);
const raw = (amount: number): Raw => BigInt(amount) as Raw;

/** For how many further events a payment waits between its lease and its block, and a recall before it is published. */
const wait = fc.integer({ min: 0, max: 2 });
const one = fc.nat({ max: 3 });
const paying = <K extends string>(kind: K, min: number, max: number) =>
  fc.record({ kind: fc.constant(kind), amount: fc.integer({ min, max }), wait });
const event = fc.oneof(
  { weight: 1, arbitrary: paying('once', 1, 600) },
  { weight: 3, arbitrary: paying('budget', 50, 250) },
  { weight: 2, arbitrary: paying('hand over', 1, 150) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const), isWished: fc.boolean() }) },
  { weight: 1, arbitrary: paying('gather', 450, 650) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('recall' as const), one, wait }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('payee publishes' as const), one }) },
  fc.record({ kind: fc.constant('clock' as const), by: fc.integer({ min: -DAY, max: DAY }) }),
  fc.record({ kind: fc.constant('kill' as const), afterCalls: fc.integer({ min: 0, max: 60 }) }),
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Payment {
  readonly payee: NanoAddress;
  readonly amount: Raw;
  readonly account: NanoAddress;
  /** Whether its account had enough beside all that was leased, and was in no other payment. */
  mustSucceed: boolean;
  isUnderway: boolean;
  isDone: boolean;
}

type Order = Pick<PaymentOrder, 'amount' | 'approval' | 'isHandOver'>;

/** What one life of the worker holds in memory. */
interface Worker {
  readonly killable: Killable;
  readonly wallets: readonly AccountWallet[];
  readonly wallet: Wallet;
  readonly leases: AccountLeases;
}

/** What is left to do of an event after others have happened. */
type Rest = () => Promise<void>;

/** A wallet, what has happened to it, and what must be true of it afterwards. */
class History {
  readonly #accounts: readonly Account[];
  readonly #payments: Payment[] = [];
  readonly #handedOver: HandedOverBlock[] = [];
  readonly #recalled = new Set<string>();
  /** What savings gave the pocket unasked: only known while one event follows the other. */
  readonly #refilled: Refill[] = [];
  readonly #violations: string[] = [];
  readonly #pending: { readonly at: number; readonly worker: Worker; readonly rest: Rest }[] = [];
  #worker: Worker;
  #isInTurn = false;
  #now = Date.now();
  readonly #begunAt = this.#now;
  #stored: readonly Refill[];
  readonly #refilledBefore: Raw;
  readonly #received: bigint;

  private constructor(accounts: readonly Account[], received: bigint, refilledBefore: Raw) {
    this.#accounts = accounts;
    this.#received = received;
    this.#refilledBefore = refilledBefore;
    this.#stored = [{ at: this.#now, amount: refilledBefore }];
    this.#worker = this.#newWorker();
  }

  /** A wallet whose accounts hold this much (raw), savings first, and whose pocket was just refilled by this much (raw). */
  static async with(balances: readonly (number | null)[], refilledBefore: number): Promise<History> {
    const accounts = await Promise.all(
      balances.map((balance) => accountWith(devnet, balance === null ? null : BigInt(balance))),
    );
    const received = balances.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const history = new History(accounts, raw(received), raw(refilledBefore));
    await history.#start();
    return history;
  }

  /** Has events happen one after another, but for what waits. */
  async happenInTurn(events: readonly Event[]): Promise<void> {
    this.#isInTurn = true;
    for (const [index, event] of events.entries()) {
      if (event.kind === 'kill') {
        this.#worker.killable.killAfter(event.afterCalls);
        continue;
      }
      await this.#inTurn(event, index);
      const due = this.#pending.filter(({ at }) => at <= index);
      for (const { worker, rest } of due) await this.#attempt(worker, rest);
      this.#pending.splice(0, this.#pending.length, ...this.#pending.filter(({ at }) => at > index));
    }
    for (const { worker, rest } of this.#pending) await this.#attempt(worker, rest);
  }

  /** Has all events up to the next kill happen at once. The kill comes in the middle of them. */
  async happenAtOnce(events: readonly Event[]): Promise<void> {
    const kills = events.flatMap((event, index) => (event.kind === 'kill' ? [{ ...event, index }] : []));
    for (const [number, end] of [...kills, null].entries()) {
      const worker = this.#worker;
      if (end !== null) worker.killable.killAfter(end.afterCalls);
      const together = events.slice((kills[number - 1]?.index ?? -1) + 1, end?.index ?? events.length);
      const run = async (event: Event) => (await this.#happen(event, worker))?.();
      await Promise.all(together.map((event) => this.#attempt(worker, () => run(event))));
      if (end !== null) await this.#restart();
    }
  }

  /** Lets everything come to rest, and checks that no money is lost, found or spent twice. */
  async check(): Promise<void> {
    await this.#restart();
    await this.#finishRecalls();
    await expect
      .poll(async () => {
        await Promise.all(this.#worker.wallets.map((wallet) => wallet.refresh()));
        const held = this.#worker.wallets.map(({ balance, incoming }) => (balance ?? ZERO) + incoming);
        return sumOf([...held, this.#out(), ...this.#paid()]);
      })
      .toBe(this.#received);
    expect(await this.#lost()).toEqual([]);
    expect(this.#refilledTooMuch()).toEqual([]);
    expect(this.#violations).toEqual([]);
  }

  close(): void {
    this.#worker.killable.kill();
    for (const wallet of this.#worker.wallets) wallet.close();
  }

  #newWorker(): Worker {
    const killable = new Killable();
    const now = () => this.#now;
    const own = this.#accounts.map(({ address }) => address);
    const request: typeof fetch = async (url, init) => {
      await this.#checkIsStored(init?.body);
      return killable.call(() => fetch(url, init));
    };
    const wallets = this.#accounts.map((account) =>
      account.wallet({
        node: NodeClient.at({ ...account.network, fetch: request, timeoutMs: 10_000, now: Date.now }),
        store: killable.port(account.chains),
        transfers: killable.port(new StoredTransfers(account.database, now)),
        clock: { ...systemClock, now },
        isOwn: (one) => own.includes(one),
      }),
    );
    const [main, ...others] = wallets;
    if (main === undefined) throw new Error('a wallet has an account');
    const refills = new RefillLimit(
      killable.port({
        read: async () => this.#stored,
        write: async (refills: readonly Refill[]) => {
          this.#stored = refills;
        },
      }),
      now,
    );
    const leases = new AccountLeases();
    const order = [0, 1, 2, 3, 4, 5, 6, 7];
    const wallet = new Wallet([main, ...others], { plan: PLAN, order, leases, refills });
    return { killable, wallets, wallet, leases };
  }

  async #start(): Promise<void> {
    await Promise.all(this.#worker.wallets.map((wallet) => wallet.refresh()));
  }

  async #restart(): Promise<void> {
    this.close();
    for (const payment of this.#payments) payment.isUnderway = false;
    this.#worker = this.#newWorker();
    await this.#start();
  }

  async #inTurn(event: Exclude<Event, { kind: 'kill' }>, index: number): Promise<void> {
    const worker = this.#worker;
    const isPaying = !worker.leases.isEmpty;
    const [toPocket, moved] = [await this.#sentToPocket(), await this.#moved()];
    await this.#attempt(worker, async () => {
      const rest = await this.#happen(event, worker);
      const wait = 'wait' in event ? event.wait : 0;
      if (rest !== undefined) this.#pending.push({ at: index + wait, worker, rest });
    });
    if (event.kind !== 'settle') return;
    if (isPaying && (await this.#moved()) > moved)
      this.#violations.push('money moved while a payment was made');
    if (!event.isWished)
      this.#refilled.push({ at: this.#now, amount: ((await this.#sentToPocket()) - toPocket) as Raw });
  }

  /** Does something in a life of the worker, which may end before it is done. The next one follows at once. */
  async #attempt(worker: Worker, run: Rest): Promise<void> {
    if (worker.killable.isKilled) return;
    const done = run().catch((failure: unknown) => {
      if (this.#isInTurn || !isShort(failure)) this.#fail(worker, `${failure}`);
    });
    await Promise.race([worker.killable.killed, done]);
    if (worker.killable.isKilled && this.#isInTurn) await this.#restart();
  }

  #fail({ killable }: Worker, violation: string): void {
    if (!killable.isKilled) this.#violations.push(violation);
  }

  async #happen(event: Event, worker: Worker): Promise<Rest | undefined> {
    const { wallet } = worker;
    switch (event.kind) {
      case 'kill':
        return undefined;
      case 'clock':
        this.#now += event.by;
        return undefined;
      case 'settle':
        await wallet.settle(event.isWished);
        return undefined;
      case 'gather': {
        const lease = await wallet.gatherFor({ amount: raw(event.amount), isHandOver: false });
        return lease === null ? undefined : async () => lease.done();
      }
      case 'payee publishes': {
        const block = this.#handedOver[event.one % this.#handedOver.length];
        if (block !== undefined) await this.#publish(block);
        return undefined;
      }
      case 'recall': {
        const block = this.#handedOver[event.one % this.#handedOver.length];
        if (block === undefined) return undefined;
        this.#recalled.add(block.hash);
        const replacement = await wallet.of(block.account)?.chain.replaceHandedOver(block.hash);
        return replacement?.replaces && (() => this.#finishRecall(worker, replacement));
      }
      case 'once':
      case 'budget':
      case 'hand over': {
        const isHandOver = event.kind === 'hand over';
        const approval = event.kind === 'budget' ? 'budget' : 'once';
        const order: Order = { amount: raw(event.amount), approval, isHandOver };
        // What the pocket lacks for a block that the user approved comes from savings, whatever was approved before.
        if (isHandOver) this.#mayFail(wallet.account);
        const lease = await wallet.lease(order).catch((failure: unknown) => {
          // Each account that may hand over a block has one out; any other order finds an account that has none.
          if (isInsufficient(failure) || (isHandOver && isShort(failure))) return null;
          throw failure;
        });
        if (lease === null) return undefined;
        const payment = this.#begin(order, lease.account, worker);
        return async () => {
          try {
            await this.#pay(payment, isHandOver, worker);
          } catch (failure) {
            if (payment.mustSucceed) this.#fail(worker, `${payment.amount} raw not paid: ${failure}`);
            else if (!isShort(failure)) throw failure;
          } finally {
            payment.isUnderway = false;
            lease.done();
          }
        };
      }
    }
  }

  /** Notes that the payments of an account are not alone with its money. Returns how many these are. */
  #mayFail(account: NanoAddress): number {
    const payments = this.#payments.filter((one) => one.isUnderway && one.account === account);
    for (const payment of payments) payment.mustSucceed = false;
    return payments.length;
  }

  #begin({ amount, approval }: Order, account: NanoAddress, { wallet, leases }: Worker): Payment {
    const others = this.#mayFail(account);
    const { held } = leases.usageOf(account);
    // What a budget allows is paid from an account that has enough, or from none. At once, others may take some meanwhile.
    const isPromised = this.#isInTurn && approval === 'budget' && held === amount;
    const hasEnough = (wallet.of(account)?.balance ?? ZERO) >= held;
    const payment: Payment = {
      payee: freshKeys().address,
      amount,
      account,
      mustSucceed: others === 0 && (isPromised || hasEnough),
      isUnderway: true,
      isDone: false,
    };
    this.#payments.push(payment);
    return payment;
  }

  async #pay(payment: Payment, isHandOver: boolean, { wallet, killable }: Worker): Promise<void> {
    const { payee: to, amount, account } = payment;
    if (!isHandOver) {
      await wallet.of(account)?.send(to, amount);
      payment.isDone = true;
      return;
    }
    const payee = { payment: crypto.randomUUID() as PaymentId, site: null };
    await wallet.of(account)?.chain.handOver({ to, amount }, payee, (own) =>
      killable.call(async () => {
        await this.#accountOf(own.account).chains.put(own);
        this.#handedOver.push({ ...own, handedOver: payee });
      }),
    );
  }

  /** Publishes a replacement block, and stores which of the two blocks the network has confirmed. */
  async #finishRecall({ wallet, killable }: Worker, replacement: OwnBlock): Promise<void> {
    const { database, chains } = this.#accountOf(replacement.account);
    const account = wallet.of(replacement.account);
    const { replaces } = replacement;
    if (account === undefined || replaces === undefined) return;
    const over = new AbortController();
    try {
      await account.chain.publish(replacement);
      const winner = await Promise.race(
        [replacement, replaces].map(async (own) => {
          await account.confirmed(own.hash, over.signal);
          return own;
        }),
      );
      await killable.call(async () => {
        if (winner === replaces) return chains.publishedByPayee(replaces);
        const newest = await database.get('chains', [replacement.network, replacement.account]);
        if (newest?.hash === replacement.hash) await database.put('chains', settledBlock(newest));
      });
      await account.look();
    } finally {
      over.abort();
    }
  }

  /** Goes on with the recalls that were begun, as maintenance does. */
  async #finishRecalls(): Promise<void> {
    for (const { chains, network, address } of this.#accounts) {
      const newest = await chains.newest(network.id, address);
      if (newest?.replaces !== undefined) await this.#finishRecall(this.#worker, newest);
    }
  }

  /** Has the payee publish a block. A ledger with another block in its place refuses it. */
  async #publish(own: OwnBlock): Promise<void> {
    const body = JSON.stringify({ action: 'process', json_block: 'true', block: toRpc(own.block) });
    const answer = await fetch(devnet.rpcUrl, { method: 'POST', body });
    if ((await answer.text()).includes(own.hash)) await devnet.confirmed(own.hash);
  }

  #accountOf(address: NanoAddress): Account {
    const found = this.#accounts.find((account) => account.address === address);
    if (found === undefined) throw new Error(`no account ${address}`);
    return found;
  }

  /** A block must be stored before a node sees it. */
  async #checkIsStored(body: unknown): Promise<void> {
    const { action, block } = JSON.parse(String(body));
    if (action !== 'process') return;
    const stored = await this.#storedBlocks();
    if (!stored.some((own) => own.block.signature === block.signature))
      this.#violations.push(`published before it was stored: ${JSON.stringify(block)}`);
  }

  async #storedBlocks(): Promise<readonly OwnBlock[]> {
    return (await Promise.all(this.#accounts.map(({ database }) => database.getAll('blocks')))).flat();
  }

  /** What savings has sent to the pocket (raw), as it is stored. */
  async #sentToPocket(): Promise<bigint> {
    const [main, ...pocket] = this.#accounts;
    const links: readonly string[] = pocket.map(({ address }) => publicKeyOf(address));
    const sent = (await this.#storedBlocks()).filter(
      ({ account, block }) => account === main?.address && links.includes(block.link),
    );
    return sumOf(sent.map(({ delta }) => delta));
  }

  /** How many sends are stored. */
  async #moved(): Promise<number> {
    return (await this.#storedBlocks()).filter(({ subtype }) => subtype === 'send').length;
  }

  /** The block on the ledger in the place of an own one; undefined while there is none. */
  #inPlaceOf({ account, block }: OwnBlock): Entry | undefined {
    const { blocks } = this.#accountOf(account);
    const previous: string = block.previous;
    return blocks().find((entry) => entry.block.previous === previous);
  }

  /** The sum of the blocks that are handed over, and that neither are on the ledger nor replaced there (raw). */
  #out(): bigint {
    const blocks = this.#handedOver.filter((block) => this.#inPlaceOf(block) === undefined);
    return sumOf(blocks.map(({ delta }) => delta));
  }

  /** What the ledger holds for the payees (raw). */
  #paid(): readonly bigint[] {
    return this.#payments.flatMap(({ payee }) => paidTo(payee));
  }

  /** Payments that were made twice or not at all, and blocks that are not where they belong. */
  async #lost(): Promise<readonly string[]> {
    const payments = this.#payments.filter(({ payee, amount, isDone }) => {
      const paid = paidTo(payee);
      const isRight = paid.length === 1 && paid[0] === amount;
      return !isRight && (isDone || paid.length > 0);
    });
    const replaced = this.#handedOver.filter((block) => {
      const instead = this.#inPlaceOf(block);
      if (instead === undefined || isSame(instead, block)) return false;
      return !this.#recalled.has(block.hash) || instead.amount !== 0n;
    });
    const missing = (await this.#storedBlocks()).filter((own) => {
      const isRival = this.#handedOver.some(({ block }) => block.previous === own.block.previous);
      return !isRival && !isSame(this.#inPlaceOf(own), own);
    });
    const stored = await Promise.all(this.#accounts.map(({ chains }) => chains.handedOver()));
    const locked = stored.flat().filter((block) => this.#inPlaceOf(block) !== undefined);
    return [
      ...payments.map(({ payee, amount }) => `${amount} paid as ${paidTo(payee)}`),
      ...replaced.map(({ hash }) => `handed over, and replaced without a recall: ${hash}`),
      ...locked.map(({ hash }) => `decided on the ledger, and still out: ${hash}`),
      ...missing.map(({ hash, subtype }) => `not on the ledger: ${subtype} ${hash}`),
    ];
  }

  /** The times at which the pocket had got too much from savings within 24 hours; the clock must not have been set back. */
  #refilledTooMuch(): readonly number[] {
    const [first] = this.#refilled;
    const start = first === undefined ? [] : [{ at: this.#begunAt, amount: this.#refilledBefore }];
    const all = [...start, ...this.#refilled];
    const isMonotonic = all.every(({ at }, index) => at >= (all[index - 1]?.at ?? at));
    if (!isMonotonic) return [];
    return all
      .map(({ at }) => at)
      .filter((end) => {
        const within = all.filter(({ at }) => at > end - DAY && at <= end);
        return sumOf(within.map(({ amount }) => amount)) > MOST_REFILLED;
      });
  }
}

const isSame = (entry: { readonly hash: string } | undefined, { hash }: OwnBlock): boolean =>
  entry?.hash === hash;
const isInsufficient = (failure: unknown): boolean =>
  failure instanceof Fault && failure.key === 'fault_insufficient';
/** Whether a failure says that there is too little money, or that blocks or payments keep the accounts that have it. */
const isShort = (failure: unknown): boolean =>
  isInsufficient(failure) ||
  (failure instanceof Fault && (isHandedOverFault(failure) || failure.key === 'fault_accountsBusy'));
const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, one) => sum + one, 0n);

/** The amounts that the ledger holds for an account (raw). */
function paidTo(address: NanoAddress): readonly bigint[] {
  const key = readAddress(address);
  if (key === undefined) throw new Error('an account has a key');
  return devnet.ledger.receivables(key).map(({ amount }) => amount);
}

/** What random events seldom come to: each of them must leave the money of some account where it is. */
const RARE: readonly (readonly Event[])[] = [
  [
    { kind: 'hand over', amount: 100, wait: 0 },
    { kind: 'gather', amount: 550, wait: 0 },
  ],
  [
    { kind: 'hand over', amount: 20, wait: 0 },
    { kind: 'budget', amount: 200, wait: 0 },
  ],
  [
    { kind: 'once', amount: 450, wait: 1 },
    { kind: 'settle', isWished: true },
  ],
];

test('savings, pocket, blocks that are out and payments always sum up to what was received', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 8, maxLength: 16 }),
      refilledBefore,
      fc.boolean(),
      async (events, before, areAtOnce) => {
        const history = await History.with([500, 60, null, 190], before);
        try {
          await (areAtOnce ? history.happenAtOnce(events) : history.happenInTurn(events));
          await history.check();
        } finally {
          history.close();
        }
      },
    ),
    { numRuns: 15, endOnFailure: true, examples: RARE.map((events) => [[...events], 450, false]) },
  );
}, 170_000);
