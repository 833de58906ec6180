import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import { STRANGER } from '../payments/account.fixture.ts';
import { SIGNING_MARGIN } from '../payments/last-look.ts';
import type { OwnBlock } from '../payments/own-block.ts';
import type { Intent, PaymentId, Progress } from '../payments/payment.ts';
import { challengeOf, intentOf, NETWORK, PAYEE, SHOP, sessionOffer } from '../payments/samples.fixture.ts';
import { StoredBudgets } from './budgets.ts';
import { StoredChains } from './chains.ts';
import { type Database, openDatabase } from './database.ts';
import { StoredJournal } from './journal.ts';

let database: Database;
let journal: StoredJournal;
let budgets: StoredBudgets;
let chains: StoredChains;
let now: number;

beforeEach(async () => {
  now = Date.now();
  database = await openDatabase(crypto.randomUUID());
  journal = new StoredJournal(database, () => now);
  budgets = new StoredBudgets(database, () => now);
  chains = new StoredChains(database);
});

const intent = (parts: Partial<Intent> = {}) => intentOf({ account: STRANGER, ...parts });
const ofBudget = (amount: bigint, parts: Partial<Intent> = {}) =>
  intent({ offer: sessionOffer(amount), approval: 'budget', ...parts });
const allow = (perPayment: bigint, perDay: bigint, paused = false) =>
  budgets.save({
    site: SHOP,
    network: NETWORK,
    perPayment: perPayment as Raw,
    perDay: perDay as Raw,
    payTo: null,
    paused,
    since: now,
  });
const spent = (day: string) => budgets.spentOn(NETWORK, SHOP, day);

/** The block that pays an intent, or a little something else. */
function blockFor({ network, account, offer, amount }: Intent, parts: Partial<OwnBlock> = {}): OwnBlock {
  const hash = crypto.randomUUID().replaceAll('-', '').repeat(2).toUpperCase() as BlockHash;
  return {
    network: network.id,
    account,
    hash,
    subtype: 'send',
    moved: amount,
    block: {
      account,
      previous: hash,
      representative: PAYEE,
      balance: 5n as Raw,
      link: publicKeyOf(offer.payTo),
      signature: '0'.repeat(128),
      work: '0'.repeat(16),
    },
    ...parts,
  };
}

/** Walks a reserved payment through these states. */
async function walk({ id }: Intent, own: OwnBlock, ...states: readonly Progress['state'][]): Promise<void> {
  const { block, hash } = own;
  const known = { block, hash, proof: 'proof', status: 200, final: false, said: '', reason: 'gone' };
  for (const state of states) {
    if (state === 'signed') await journal.sign(id, own);
    else if (state === 'abandoned') await giveUp(id);
    else await journal.advance(id, { ...known, state } as Progress);
  }
}

const giveUp = (id: PaymentId) =>
  journal.advance(id, { state: 'abandoned', fault: 'fault_locked', args: [] });

describe('reserving', () => {
  test('writes the payment as approved and debits the day of its site', async () => {
    const one = intent();
    const reservation = await journal.reserve(one);
    expect(reservation).toEqual({
      kind: 'reserved',
      payment: { intent: one, progress: { state: 'approved' }, story: [{ state: 'approved', at: one.at }] },
    });
    expect(await journal.find(one.id)).toEqual(Object(reservation).payment);
    expect(await spent(one.day)).toBe(one.amount);
  });

  test('the same session again is the payment that is there, whatever its state', async () => {
    const offer = sessionOffer(1_000n);
    const first = intent({ offer });
    await journal.reserve(first);
    const again = () => journal.reserve(intent({ offer }));
    const known = { kind: 'known', payment: { intent: { id: first.id } } };
    expect(await again()).toMatchObject(known);
    await walk(first, blockFor(first), 'signed', 'published', 'confirmed', 'proven', 'delivered', 'settled');
    expect(await again()).toMatchObject(known);
    expect(await spent(first.day)).toBe(1_000n);
  });

  test('of the same session at once, one is reserved', async () => {
    const offer = sessionOffer(1_000n);
    const all = await Promise.all(Array.from({ length: 20 }, () => journal.reserve(intent({ offer }))));
    expect(all.filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'known')).toHaveLength(19);
  });

  test('what was abandoned may be tried again', async () => {
    const offer = sessionOffer(1_000n);
    const first = intent({ offer });
    await journal.reserve(first);
    await giveUp(first.id);
    expect(await journal.reserve(intent({ offer }))).toMatchObject({ kind: 'reserved' });
    expect(await spent(first.day)).toBe(1_000n);
  });

  test('a budget that is gone, paused or used up since the decision allows nothing', async () => {
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await allow(10n, 10n, true);
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await allow(10n, 10n);
    expect(await journal.reserve(ofBudget(11n))).toEqual({ kind: 'over' });
    expect(await journal.reserve(ofBudget(6n))).toMatchObject({ kind: 'reserved' });
    expect(await journal.reserve(ofBudget(5n))).toEqual({ kind: 'over' });
    expect(await spent(intent().day)).toBe(6n);
    expect(await database.count('payments')).toBe(1);
  });

  test('what was paid by hand counts, and is not held up', async () => {
    await allow(10n, 10n);
    const byHand = intent({ offer: sessionOffer(8n) });
    await journal.reserve(byHand);
    expect(await journal.reserve(ofBudget(3n))).toEqual({ kind: 'over' });
    expect(await journal.reserve(intent({ offer: sessionOffer(100n) }))).toMatchObject({ kind: 'reserved' });
  });

  test('each day, site and network has its own account', async () => {
    await allow(10n, 10n);
    const days = ['2026-11-22', '2026-11-23', '2026-11-22'];
    const kinds = [];
    for (const day of days) kinds.push((await journal.reserve(ofBudget(10n, { day }))).kind);
    expect(kinds).toEqual(['reserved', 'reserved', 'over']);
    const elsewhere = intent({ network: { id: 'nano:other', testMoney: true }, day: '2026-11-22' });
    await journal.reserve(elsewhere);
    expect(await spent('2026-11-22')).toBe(10n);
  });

  test('given back, the money is of the day it was taken from', async () => {
    const one = intent({ day: '2026-11-21' });
    await journal.reserve(one);
    await giveUp(one.id);
    expect(await spent('2026-11-21')).toBe(0n);
  });
});

test('no interleaving overspends a budget, and what is debited is what was not given back', async () => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('reserve'), amount: fc.bigInt(0n, 60n), day: fc.nat(2) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('by hand'), amount: fc.bigInt(0n, 60n), day: fc.nat(2) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('abandon'), amount: fc.bigInt(0n, 60n), day: fc.nat(2) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('sign'), amount: fc.bigInt(0n, 60n), day: fc.nat(2) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 60 }),
      fc.bigInt(1n, 60n),
      fc.bigInt(1n, 200n),
      async (steps, perPayment, perDay) => {
        database = await openDatabase(crypto.randomUUID());
        journal = new StoredJournal(database, () => now);
        budgets = new StoredBudgets(database, () => now);
        await allow(perPayment, perDay);
        const begun: Intent[] = [];
        // All at once: what comes first, IndexedDB alone decides.
        await Promise.all(
          steps.map(async ({ do: what, amount, day }, index) => {
            const own = ofBudget(amount, {
              day: `day ${day}`,
              approval: what === 'by hand' ? 'once' : 'budget',
            });
            await Promise.resolve();
            if ((await journal.reserve(own)).kind !== 'reserved') return;
            begun.push(own);
            if (what === 'sign') await journal.sign(own.id, blockFor(own));
            const target = begun[index % begun.length];
            if (what !== 'abandon' || target === undefined) return;
            await giveUp(target.id).catch((failure: unknown) =>
              expect(failure).toMatchObject({ key: 'fault_paymentOver' }),
            );
          }),
        );
        const payments = (await database.getAll('payments')).map(({ payment }) => payment);
        const alive = payments.filter(({ progress }) => progress.state !== 'abandoned');
        for (const day of ['day 0', 'day 1', 'day 2']) {
          const today = alive.filter(({ intent }) => intent.day === day);
          const sum = (of: typeof today) => of.reduce((total, { intent }) => total + intent.amount, 0n);
          const paidByBudget = today.filter(({ intent }) => intent.approval === 'budget');
          expect(await spent(day)).toBe(sum(today));
          expect(sum(paidByBudget)).toBeLessThanOrEqual(perDay);
          for (const { intent } of paidByBudget) expect(intent.amount).toBeLessThanOrEqual(perPayment);
        }
      },
    ),
    { numRuns: 40 },
  );
});

describe('signing: the last look before money moves', () => {
  const reserved = async (parts: Partial<Intent> = {}) => {
    const one = intent(parts);
    await journal.reserve(one);
    return one;
  };

  test('writes the block into the payment and as the newest of its account', async () => {
    const one = await reserved();
    const own = blockFor(one);
    await journal.sign(one.id, own);
    expect((await journal.find(one.id))?.progress).toEqual({
      state: 'signed',
      hash: own.hash,
      block: own.block,
    });
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(own);
  });

  test.each<[string, (one: Intent) => Partial<OwnBlock>]>([
    ['one raw more', ({ amount }) => ({ moved: (amount + 1n) as Raw })],
    ['one raw less', ({ amount }) => ({ moved: (amount - 1n) as Raw })],
    ['another payee', (one) => ({ block: { ...blockFor(one).block, link: publicKeyOf(STRANGER) } })],
    ['another account', () => ({ account: PAYEE })],
    ['another network', () => ({ network: 'nano:mainnet' })],
    ['taking money in', () => ({ subtype: 'receive' })],
  ])('a block with %s is refused, and leaves nothing behind', async (_, wrong) => {
    const one = await reserved();
    await expect(journal.sign(one.id, blockFor(one, wrong(one)))).rejects.toThrow('fault_unexpected');
    expect((await journal.find(one.id))?.progress).toEqual({ state: 'approved' });
    expect(await database.count('chains')).toBe(0);
  });

  test('an offer that is about to expire is not paid any more', async () => {
    const one = await reserved({ offer: sessionOffer(1n, { expiresAt: now + SIGNING_MARGIN }) });
    now += 1;
    await expect(journal.sign(one.id, blockFor(one))).rejects.toThrow('fault_offerExpired');
    now -= 1;
    await journal.sign(one.id, blockFor(one));
  });

  test('a payment is signed once', async () => {
    const one = await reserved();
    const first = blockFor(one);
    const outcomes = await Promise.allSettled([
      journal.sign(one.id, first),
      journal.sign(one.id, blockFor(one)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(first);
    const unknown = 'unknown' as PaymentId;
    await expect(journal.sign(unknown, first)).rejects.toThrow('fault_unknownPayment');
  });

  test('what was given back is not signed any more', async () => {
    const one = await reserved();
    await giveUp(one.id);
    await expect(journal.sign(one.id, blockFor(one))).rejects.toThrow('fault_paymentOver');
  });
});

test('a step that the table does not know changes nothing', async () => {
  const one = intent();
  await journal.reserve(one);
  await walk(one, blockFor(one), 'signed', 'published', 'confirmed');
  const before = await journal.find(one.id);
  await expect(walk(one, blockFor(one), 'abandoned')).rejects.toThrow('fault_paymentOver');
  expect(await journal.find(one.id)).toEqual(before);
  expect(await spent(one.day)).toBe(one.amount);
});

describe('finding', () => {
  const states = ['signed', 'published', 'confirmed', 'proven', 'delivered', 'unanswered'] as const;
  const upTo = async (count: number, parts: Partial<Intent> = {}) => {
    const one = intent(parts);
    await journal.reserve(one);
    await walk(one, blockFor(one), ...states.slice(0, count));
    return one;
  };
  const ids = (payments: readonly { readonly intent: Intent }[]) => payments.map(({ intent }) => intent.id);

  test('what the purse must carry on, and nothing else', async () => {
    const open = [await upTo(0), await upTo(1), await upTo(2), await upTo(3)];
    await upTo(4);
    await upTo(6);
    expect(ids(await journal.underway()).toSorted()).toEqual(
      ids(open.map((one) => ({ intent: one }))).toSorted(),
    );
  });

  test('what has a block and did not get what it is for, of this very request, the oldest first', async () => {
    const url = `${SHOP}/a?b=c`;
    const challenge = () => challengeOf({ url });
    const older = await upTo(2, { challenge: challenge(), at: now - 2 });
    const newer = await upTo(6, { challenge: challenge(), at: now - 1 });
    await upTo(0, { challenge: challenge() });
    const settled = await upTo(5, { challenge: challenge() });
    await walk(settled, blockFor(settled), 'settled');
    await upTo(4, { challenge: challenge(), network: { id: 'nano:other', testMoney: true } });
    await upTo(4, { challenge: challengeOf({ url, method: 'POST' }) });
    await upTo(4, { challenge: challengeOf({ url: `${SHOP}/a` }) });
    expect(ids(await journal.undelivered(NETWORK, 'GET', url))).toEqual([older.id, newer.id]);
  });

  test('the payment of a challenge', async () => {
    const challenge = challengeOf();
    expect(await journal.forChallenge(challenge.id)).toBeUndefined();
    const one = await upTo(1, { challenge });
    expect((await journal.forChallenge(challenge.id))?.intent.id).toBe(one.id);
  });

  test('whether an account was paid: from the first block on, unless it never landed', async () => {
    await upTo(0);
    expect(await journal.hasPaid(NETWORK, PAYEE)).toBe(false);
    const one = await upTo(1);
    expect(await journal.hasPaid(NETWORK, PAYEE)).toBe(true);
    await walk(one, blockFor(one), 'abandoned');
    expect(await journal.hasPaid(NETWORK, PAYEE)).toBe(false);
  });

  test('the last price is of what was delivered, without its tag', async () => {
    const resource = `GET ${SHOP}/article`;
    expect(await journal.lastPrice(NETWORK, resource)).toBeNull();
    const offer = sessionOffer(107n, { resourceAmount: 100n as Raw, tagAmount: 7n as Raw });
    const settled = await upTo(5, { offer, at: now - 10 });
    await walk(settled, blockFor(settled), 'settled');
    await upTo(6, { offer: sessionOffer(5n), at: now });
    expect(await journal.lastPrice(NETWORK, resource)).toBe(100n);
    expect(await journal.lastPrice('nano:other', resource)).toBeNull();
    expect(await journal.lastPrice(NETWORK, `GET ${SHOP}/article2`)).toBeNull();
  });
});
