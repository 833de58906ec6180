import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type NanoAddress, publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Intent, Payment, PaymentState, Progress } from '../payments/payment.ts';
import {
  budgetOf,
  challengeOf,
  intentOf,
  NETWORK,
  PAYEE,
  SHOP,
  sessionOffer,
  trackAOffer,
} from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import type { Transfer } from '../wallet/transfer.ts';
import { blockOf } from './backup/backup.fixture.ts';
import { StoredBudgets } from './budgets.ts';
import { openDatabase } from './database.ts';
import { StoredJournal } from './journal.ts';
import { noParts } from './private-parts.fixture.ts';
import type { Database } from './schema.ts';
import { StoredTransfers } from './transfers.ts';

let database: Database;
let journal: StoredJournal;
let transfers: StoredTransfers;
let budgets: StoredBudgets;
let now: number;

beforeEach(() => open());

/** Opens the stores of a new database, or those of the present one again, as a restarted worker does. */
async function open(present?: Database): Promise<void> {
  // The start of an hour, so that all payments of a test count in the same windows.
  if (present === undefined) now = Math.floor(Date.now() / HOUR) * HOUR;
  database = present ?? (await openDatabase(crypto.randomUUID()));
  const clock = () => now;
  journal = new StoredJournal(database, await noParts(), clock);
  transfers = new StoredTransfers(database, clock);
  budgets = new StoredBudgets(database, clock);
}

const HOUR = 3_600_000;
const PAID = ['published', 'confirmed', 'proven', 'delivered', 'settled'] as const;
const OTHER = 'nano_1111111111111111111111111111111111111111111111111111hifc8npp' as NanoAddress;
let counter = 0n;
const hash = (): BlockHash => blockOf(STRANGER, ++counter).hash;

/** The block that pays an intent. */
function blockFor({ network, account, offer, amount }: Intent): OwnBlock {
  const { block, hash } = blockOf(account, ++counter);
  const own = { network: network.id, account, hash, subtype: 'send', delta: amount } as const;
  return { ...own, block: { ...block, link: publicKeyOf(offer.payTo) } };
}

/** Reserves an intent and takes it through these states; false where the budget does not allow it. */
async function pay(intent: Intent, states: readonly PaymentState[] = PAID): Promise<boolean> {
  if ((await journal.reserve(intent)).kind !== 'reserved') return false;
  const own = blockFor(intent);
  await journal.sign(intent.id, own);
  const { block, hash } = own;
  for (const state of states) {
    const parts = { block, hash, proof: 'proof', status: 200 };
    await journal.advance(intent.id, { ...parts, state } as Progress);
  }
  return true;
}

const buys = (amount: bigint, parts: Partial<Intent> = {}): Intent => ({
  ...intentOf({ account: STRANGER, offer: sessionOffer(amount), at: now }),
  ...parts,
});

/** A receive of so many raw, and its block. */
function received(amount: bigint, parts: Partial<Transfer> = {}) {
  // Another account of the wallet than the one that pays.
  const account = OTHER;
  const { block, hash: blockHash } = blockOf(account, ++counter);
  const delta = amount as Raw;
  const own: OwnBlock = { network: NETWORK, account, subtype: 'receive', delta, block, hash: blockHash };
  const transfer: Transfer = {
    kind: 'received',
    id: hash(),
    block: blockHash,
    at: now,
    amount: amount as Raw,
    counterparty: PAYEE,
    network: { id: NETWORK, testMoney: true },
    ...parts,
  };
  return { own, transfer };
}

/** Records a receive, and that it is on the ledger. */
async function receive(entry: ReturnType<typeof received>): Promise<void> {
  await transfers.record([entry]);
  await transfers.settle([entry.transfer.id], null);
}

const refundsOf = async ({ id }: Intent) => (await journal.find(id))?.refunds;
const transferOf = async ({ transfer: { id } }: ReturnType<typeof received>) => database.get('transfers', id);
const sums = async () => (await database.getAll('spending')).map(({ spent }) => spent);

describe('a receive from a payee', () => {
  test('is the refund of the payment to it, and is taken off all its sums', async () => {
    const intent = buys(10n);
    await pay(intent);
    const entry = received(4n);
    await transfers.record([entry]);
    expect(await sums()).toEqual([10n, 10n, 10n, 10n, 10n]);
    await transfers.settle([entry.transfer.id], null);
    expect(await sums()).toEqual([6n, 6n, 6n, 6n, 6n]);
    expect(await refundsOf(intent)).toEqual([
      { source: entry.transfer.id, at: now, amount: 4n, counted: 4n },
    ]);
    expect(await transferOf(entry)).toMatchObject({ refundOf: intent.id });
  });

  test('counts at most as what was paid and not sent back before', async () => {
    const intent = buys(10n);
    await pay(intent);
    const [some, rest, more] = [received(7n), received(7n), received(7n)];
    for (const entry of [some, rest, more]) await receive(entry);
    expect((await refundsOf(intent))?.map(({ counted }) => counted)).toEqual([7n, 3n]);
    expect(await sums()).toEqual([0n, 0n, 0n, 0n, 0n]);
    expect(await transferOf(more)).not.toHaveProperty('refundOf');
  });

  test('refunds the newest payment before it of which so much is left', async () => {
    const intents = [buys(10n), buys(3n), buys(20n)].map((intent, index) => ({ ...intent, at: now + index }));
    for (const intent of intents) await pay(intent);
    await receive(received(5n, { at: now + 1 }));
    await receive(received(3n, { at: now + 2 }));
    expect(await Promise.all(intents.map(refundsOf))).toMatchObject([
      [{ counted: 5n }],
      undefined,
      [{ counted: 3n }],
    ]);
  });

  test.each([
    ['another account', { counterparty: STRANGER }],
    ['another network', { network: { id: 'nano:mainnet', testMoney: false } }],
    ['a time before the payment', { at: 0 }],
    ['the user, who sends to the payee', { kind: 'sent' as const }],
  ])('is no refund where it comes from %s', async (_, parts) => {
    const intent = buys(10n);
    await pay(intent);
    const entry = received(4n, parts);
    await receive(entry);
    expect(await transferOf(entry)).not.toHaveProperty('refundOf');
    expect(await refundsOf(intent)).toBeUndefined();
    expect(await sums()).toEqual([10n, 10n, 10n, 10n, 10n]);
  });

  test.each([
    ['signed', []],
    ['published', ['published']],
  ] as const)('is no refund of a payment that is only %s', async (_, states) => {
    const intent = buys(10n);
    await pay(intent, states);
    await receive(received(4n));
    expect(await refundsOf(intent)).toBeUndefined();
  });

  test.each(['waiting', 'refused'] as const)('is no refund while its block is %s', async (kind) => {
    const intent = buys(10n);
    await pay(intent);
    const entry = received(4n);
    await transfers.record([entry]);
    await transfers.settle(
      [entry.transfer.id],
      kind === 'waiting' ? { kind } : { kind, said: '', tries: 1, at: now },
    );
    expect(await refundsOf(intent)).toBeUndefined();
    expect(await sums()).toEqual([10n, 10n, 10n, 10n, 10n]);
  });

  test('counts once, however often a node names it again and the worker starts anew', async () => {
    const intent = buys(10n);
    await pay(intent);
    const entry = received(4n);
    await receive(entry);
    await open(database);
    await receive(entry);
    await transfers.record([entry]);
    await transfers.forget([entry.transfer.id]);
    await receive(entry);
    expect(await sums()).toEqual([6n, 6n, 6n, 6n, 6n]);
    expect(await refundsOf(intent)).toHaveLength(1);
    expect(await transferOf(entry)).toMatchObject({ refundOf: intent.id });
  });

  test('counts once, though more payments than are searched were made since', async () => {
    const intent = buys(10n);
    await pay(intent);
    const entry = received(4n);
    await receive(entry);
    const row = await database.get('payments', intent.id);
    if (row === undefined) throw new Error('it was paid');
    const { refunds: _, ...payment } = row.payment;
    for (let nth = 1; nth <= 501; nth++) {
      const [id, at] = [`${intent.id} ${nth}` as PaymentId, now + nth];
      const later = { ...payment, intent: { ...payment.intent, id, at } } as Payment;
      await database.put('payments', { ...row, id, place: [at, id], payment: later });
    }
    await receive({ ...entry, transfer: { ...entry.transfer, at: now + 1_000 } });
    expect(await sums()).toEqual([6n, 6n, 6n, 6n, 6n]);
  });

  test('refunds a payment to its own sender on its own network, though others were made since', async () => {
    const to = (payTo: NanoAddress) => sessionOffer(10n, { payTo });
    const elsewhere = { id: 'nano:test', testMoney: true };
    const [own, ...others] = [
      buys(10n, { offer: to(STRANGER) }),
      buys(10n, { offer: to(STRANGER), network: elsewhere, at: now + 1 }),
      buys(10n, { at: now + 2 }),
    ];
    for (const intent of [own, ...others]) await pay(intent);
    await receive(received(4n, { counterparty: STRANGER, at: now + 3 }));
    expect(await Promise.all(others.map(refundsOf))).toEqual([undefined, undefined]);
    expect(await refundsOf(own)).toHaveLength(1);
  });

  test('of a private window names no site, and is taken off the sums over all sites', async () => {
    const challenge = challengeOf({ isPrivate: true });
    const intent = { ...intentOf({ account: STRANGER, offer: sessionOffer(10n), challenge, at: now }) };
    await pay(intent);
    const entry = received(4n);
    await receive(entry);
    expect(await sums()).toEqual([6n, 6n]);
    const row = await database.get('payments', intent.id);
    expect(row?.payment.refunds).toHaveLength(1);
    expect(JSON.stringify(await transferOf(entry), (_, value) => String(value))).not.toContain(SHOP);
  });
});

test('a signed block that is taken back after a refund gives back what is left', async () => {
  const intent = { ...intentOf({ account: STRANGER, offer: trackAOffer(10n), at: now }) };
  await journal.reserve(intent);
  const own: OwnBlock = { ...blockFor(intent), handedOver: { payment: intent.id, site: SHOP } };
  await journal.sign(intent.id, own);
  const { block, hash } = own;
  await journal.advance(intent.id, { state: 'proven', block, hash, proof: 'proof' });
  await receive(received(4n));
  expect(await sums()).toEqual([6n, 6n, 6n, 6n, 6n]);
  const { block: instead, hash: insteadHash } = blockOf(STRANGER, ++counter);
  const change = { network: NETWORK, account: STRANGER, subtype: 'change', delta: 0n as Raw } as const;
  await journal.takeBack(intent.id, {
    ...change,
    block: instead,
    hash: insteadHash,
    replaces: own,
  } as OwnBlock);
  expect(await sums()).toEqual([0n, 0n, 0n, 0n, 0n]);
});

test('whatever a payee sends back and however often it is named: spent less refunds stays within the budget', async () => {
  const LIMIT = 30n;
  const amount = fc.bigInt({ min: 1n, max: 20n });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('pay' as const), amount }),
    fc.record({ kind: fc.constant('receive' as const), amount, by: fc.constantFrom(PAYEE, STRANGER) }),
    fc.record({ kind: fc.constant('again' as const), which: fc.nat(), forgets: fc.boolean() }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
      await open();
      await budgets.save(budgetOf({ perPayment: LIMIT as Raw, perDay: LIMIT as Raw }));
      const paid: Intent[] = [];
      const came: ReturnType<typeof received>[] = [];
      for (const action of steps) {
        now += 1;
        switch (action.kind) {
          case 'pay': {
            const intent = buys(action.amount, { approval: 'budget' });
            if (await pay(intent)) paid.push(intent);
            break;
          }
          case 'receive': {
            const entry = received(action.amount, { counterparty: action.by as NanoAddress });
            came.push(entry);
            await receive(entry);
            break;
          }
          case 'again': {
            const entry = came[action.which % Math.max(1, came.length)];
            if (entry === undefined) break;
            await transfers.record([entry]);
            if (action.forgets) await transfers.forget([entry.transfer.id]);
            else await transfers.settle([entry.transfer.id], null);
            break;
          }
          case 'restart':
            await open(database);
        }
        const refunds = await Promise.all(paid.map(async (intent) => (await refundsOf(intent)) ?? []));
        const counted = refunds.flat().reduce((sum, one) => sum + one.counted, 0n);
        const total = paid.reduce((sum, one) => sum + one.amount, 0n);
        for (const [index, intent] of paid.entries()) {
          const back = refunds[index]?.reduce((sum, one) => sum + one.counted, 0n) ?? 0n;
          expect(back).toBeLessThanOrEqual(intent.amount);
        }
        const sources = refunds.flat().map(({ source }) => source);
        expect(new Set(sources).size).toBe(sources.length);
        const fromPayee = came.filter(({ transfer }) => transfer.counterparty === PAYEE);
        expect(counted).toBeLessThanOrEqual(fromPayee.reduce((sum, one) => sum + one.transfer.amount, 0n));
        expect(total - counted).toBeLessThanOrEqual(LIMIT);
        for (const spent of await sums()) expect(spent).toBe(total - counted);
      }
    }),
    { numRuns: 25 },
  );
});
