import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Challenge } from '../interception/challenge.ts';
import { publicKeyOf } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import { copyOf, type Intent, type Progress } from '../payments/payment.ts';
import { KEPT_FOR } from '../payments/redelivery-schedule.ts';
import {
  budgetOf,
  challengeOf,
  intentOf,
  NETWORK,
  PAYEE,
  type RequestIntent,
  SHOP,
  sessionOffer,
  trackAOffer,
} from '../payments/samples.fixture.ts';
import type { Budget } from '../policy/budget.ts';
import { JUST_PAID } from '../policy/decision.ts';
import { SIGNING_MARGIN } from '../policy/expiry-margins.ts';
import { calendarDay, daysAfter } from '../policy/spending-windows.ts';
import type { Site } from '../site.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { OwnBlock } from '../wallet/own-block.ts';
import { StoredBudgets } from './budgets.ts';
import { StoredChains } from './chains.ts';
import { openDatabase } from './database.ts';
import { StoredJournal } from './journal.ts';
import { noParts } from './private-parts.fixture.ts';
import type { Database } from './schema.ts';
import { StoredSettings } from './settings.ts';

const HOUR = 3_600_000;

let database: Database;
let journal: StoredJournal;
let budgets: StoredBudgets;
let chains: StoredChains;
let now: number;

beforeEach(async () => {
  now = Date.now();
  database = await openDatabase(crypto.randomUUID());
  journal = new StoredJournal(database, await noParts(), () => now);
  budgets = new StoredBudgets(database, () => now);
  chains = new StoredChains(database);
});

const intent = (parts: Partial<RequestIntent> = {}) => intentOf({ account: STRANGER, ...parts });
const ofBudget = (amount: bigint, parts: Partial<RequestIntent> = {}) =>
  intent({ offer: sessionOffer(amount), approval: 'budget', ...parts });
const allow = (perPayment: bigint, perDay: bigint, parts: Partial<Budget> = {}) =>
  budgets.save(budgetOf({ perPayment: perPayment as Raw, perDay: perDay as Raw, ...parts }));
const spent = ({ windows: { day } }: Intent) => budgets.spentOn(NETWORK, SHOP, day);

/** The block that pays an intent, with some parts replaced. */
function blockFor({ network, account, offer, amount }: Intent, parts: Partial<OwnBlock> = {}): OwnBlock {
  const hash = crypto.randomUUID().replaceAll('-', '').repeat(2).toUpperCase() as BlockHash;
  return {
    network: network.id,
    account,
    hash,
    subtype: 'send',
    delta: amount,
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

/** Advances a reserved payment through these states, with its present block. */
async function advanceThrough(
  { id }: Intent,
  own: OwnBlock,
  ...states: readonly Progress['state'][]
): Promise<void> {
  const before = (await journal.find(id))?.progress;
  const { block, hash } = before !== undefined && 'hash' in before ? before : own;
  const known = { block, hash, proof: 'proof', status: 200, final: false, said: '', reason: 'gone' };
  for (const state of states) {
    if (state === 'signed') await journal.sign(id, own);
    else if (state === 'abandoned') await giveUp(id);
    else await journal.advance(id, { ...known, state } as Progress);
  }
}

async function giveUp(id: PaymentId): Promise<void> {
  const progress = (await journal.find(id))?.progress;
  const lost = progress !== undefined && 'hash' in progress ? progress.hash : undefined;
  await journal.advance(id, { state: 'abandoned', fault: 'fault_locked', args: [] }, lost);
}

describe('reserving', () => {
  test('writes the payment as approved and debits the day of its site', async () => {
    const one = intent();
    const reservation = await journal.reserve(one);
    expect(reservation).toEqual({
      kind: 'reserved',
      payment: { intent: one, progress: { state: 'approved' }, story: [{ state: 'approved', at: one.at }] },
    });
    expect(await journal.find(one.id)).toEqual(Object(reservation).payment);
    expect(await spent(one)).toBe(one.amount);
  });

  test('the same session again is the payment that is there, in any state', async () => {
    const offer = sessionOffer(1_000n);
    const first = intent({ offer });
    await journal.reserve(first);
    const again = () => journal.reserve(intent({ offer }));
    const known = { kind: 'known', payment: { intent: { id: first.id } } };
    expect(await again()).toMatchObject(known);
    await advanceThrough(
      first,
      blockFor(first),
      'signed',
      'published',
      'confirmed',
      'proven',
      'delivered',
      'settled',
    );
    expect(await again()).toMatchObject(known);
    expect(await spent(first)).toBe(1_000n);
  });

  test('of the same session at once, one is reserved', async () => {
    const offer = sessionOffer(1_000n);
    const all = await Promise.all(Array.from({ length: 20 }, () => journal.reserve(intent({ offer }))));
    expect(all.filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
    expect(all.filter(({ kind }) => kind === 'known')).toHaveLength(19);
  });

  test('an abandoned payment may be tried again', async () => {
    const offer = sessionOffer(1_000n);
    const first = intent({ offer });
    await journal.reserve(first);
    await giveUp(first.id);
    expect(await journal.reserve(intent({ offer }))).toMatchObject({ kind: 'reserved' });
    expect(await spent(first)).toBe(1_000n);
  });

  test('a budget that was removed, paused or used up since the decision allows nothing', async () => {
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await allow(10n, 10n, { paused: true });
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await allow(10n, 10n);
    expect(await journal.reserve(ofBudget(11n))).toEqual({ kind: 'over' });
    expect(await journal.reserve(ofBudget(6n))).toMatchObject({ kind: 'reserved' });
    expect(await journal.reserve(ofBudget(5n))).toEqual({ kind: 'over' });
    expect(await spent(intent())).toBe(6n);
    expect(await database.count('payments')).toBe(1);
  });

  test('a payment that the user approved counts in the sums, and is not limited by them', async () => {
    await allow(10n, 10n);
    const byHand = intent({ offer: sessionOffer(8n) });
    await journal.reserve(byHand);
    expect(await journal.reserve(ofBudget(3n))).toEqual({ kind: 'over' });
    expect(await journal.reserve(intent({ offer: sessionOffer(100n) }))).toMatchObject({ kind: 'reserved' });
  });

  test('each day and each network has its own sum', async () => {
    await allow(10n, 10n);
    const [today, tomorrow] = [now, now + 24 * HOUR];
    const kinds = [];
    for (const at of [today, tomorrow, today])
      kinds.push((await journal.reserve(ofBudget(10n, { at }))).kind);
    expect(kinds).toEqual(['reserved', 'reserved', 'over']);
    const elsewhere = intent({ network: { id: 'nano:other', testMoney: true } });
    await journal.reserve(elsewhere);
    expect(await spent(elsewhere)).toBe(10n);
  });

  test('an abandoned amount is given back to the windows that it was debited from, even later', async () => {
    const one = intent();
    await journal.reserve(one);
    now += 40 * 24 * HOUR;
    await journal.reserve(intent({ at: now }));
    await giveUp(one.id);
    expect(await spent(one)).toBe(0n);
    expect(await spent(intent({ at: now }))).toBe(1_000n);
  });

  test('a total counts in the present budget period, and starts at zero with a renewal or a new budget', async () => {
    const until = daysAfter(calendarDay(now), 1);
    const rules = {
      perPayment: null,
      perDay: null,
      total: 10n as Raw,
      period: { until, renews: 'week' as const },
    };
    await budgets.change(NETWORK, SHOP, rules);
    const total = async (at: number) => (await budgets.rulesFor(NETWORK, SHOP, at)).allowance.spent.total;
    const buy = async (at: number) => (await journal.reserve(ofBudget(10n, { at }))).kind;
    const renewed = now + 25 * HOUR;
    expect([await buy(now), await buy(now), await buy(renewed), await buy(renewed)]).toEqual([
      'reserved',
      'over',
      'reserved',
      'over',
    ]);
    expect([await total(now), await total(renewed)]).toEqual([10n, 10n]);
    await budgets.remove(NETWORK, SHOP);
    now += 1;
    await budgets.change(NETWORK, SHOP, rules);
    expect(await total(now)).toBe(0n);
  });

  test('a reservation checks the rules again, and refuses what changed since the decision', async () => {
    const friend = 'https://friend.example' as Site;
    const from = (topOrigin: string) => ({ challenge: challengeOf({ topOrigin, initiator: SHOP }) });
    await allow(10n, 100n, { payTo: STRANGER, initiators: [friend] });
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await allow(10n, 100n, { payTo: PAYEE, initiators: [friend] });
    expect(await journal.reserve(ofBudget(1n, from('https://other.example')))).toEqual({ kind: 'over' });
    expect(await journal.reserve(ofBudget(1n, from(friend)))).toMatchObject({ kind: 'reserved' });
    const settings = new StoredSettings(database);
    await settings.write('paused', true);
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await settings.write('paused', false);
    await settings.write('cap', { perDay: 1n as Raw, perMonth: null });
    expect(await journal.reserve(ofBudget(1n))).toEqual({ kind: 'over' });
    await settings.write('cap', { perDay: 2n as Raw, perMonth: null });
    expect(await journal.reserve(ofBudget(1n))).toMatchObject({ kind: 'reserved' });
  });

  test('a budget hands over no block at a site that was paid and has not served, for a day', async () => {
    const other = 'https://shop.example.org' as Site;
    await allow(10n, 100n, { payTo: PAYEE });
    await allow(10n, 100n, { payTo: PAYEE, site: other });
    const handOver = (url: string) =>
      ofBudget(1n, { at: now, challenge: challengeOf({ url }), offer: trackAOffer(1n) });
    const isOwed = async (url: string, network = NETWORK) =>
      (await journal.recall(challengeOf({ url }), network)).isOwed;
    const challenge = challengeOf({ url: `${SHOP}/lost?part=1`, method: 'POST' });
    const lost = ofBudget(1n, { at: now, challenge });
    await journal.reserve(lost);
    await advanceThrough(lost, blockFor(lost), 'signed', 'published', 'confirmed', 'proven', 'delivered');
    expect(await isOwed(`${SHOP}/next`)).toBe(false);

    await advanceThrough(lost, blockFor(lost), 'refused');
    expect([await isOwed(`${SHOP}/next`), await isOwed(`${SHOP}/next`, 'nano:other')]).toEqual([true, false]);
    expect(await isOwed(`${other}/next`)).toBe(false);
    expect(await journal.reserve(handOver(`${SHOP}/next`))).toEqual({ kind: 'over' });
    expect(await journal.reserve(handOver(`${other}/next`))).toMatchObject({ kind: 'reserved' });

    now += KEPT_FOR;
    expect(await isOwed(`${SHOP}/next`)).toBe(false);
    expect(await journal.reserve(handOver(`${SHOP}/later`))).toMatchObject({ kind: 'reserved' });
  });

  test('a budget without a payee gets the payee of its first payment', async () => {
    await allow(10n, 100n);
    await journal.reserve(ofBudget(1n));
    expect(await budgets.read(NETWORK, SHOP)).toMatchObject({ payTo: PAYEE });
    expect(await journal.reserve(ofBudget(1n, { offer: sessionOffer(1n, { payTo: STRANGER }) }))).toEqual({
      kind: 'over',
    });
  });

  test('a budget that may pay any payee keeps the payee of its first payment', async () => {
    await allow(10n, 100n, { pinned: false });
    await journal.reserve(ofBudget(1n));
    const other = ofBudget(1n, { offer: sessionOffer(1n, { payTo: STRANGER }) });
    expect(await journal.reserve(other)).toMatchObject({ kind: 'reserved' });
    expect(await budgets.read(NETWORK, SHOP)).toMatchObject({ payTo: PAYEE });
  });
});

describe('another block for a payment whose block was replaced', () => {
  const signed = async (parts: Partial<RequestIntent> = {}) => {
    const one = intent(parts);
    await journal.reserve(one);
    const own = blockFor(one);
    await journal.sign(one.id, own);
    return { one, own };
  };
  const held = async ({ id }: Intent) => {
    const payment = await journal.find(id);
    const progress = payment?.progress;
    return progress !== undefined && 'hash' in progress ? [progress.state, progress.hash] : [progress?.state];
  };

  test.each(['signed', 'published'] as const)(
    'is signed, and the newest of its account; the lost one is kept on record, and nothing is debited: %s',
    async (state) => {
      const { one, own } = await signed();
      if (state === 'published') await advanceThrough(one, own, state);
      const next = blockFor(one);
      const payment = await journal.signInstead(one.id, own.hash, next, 'replaced');
      expect(payment).toMatchObject({ progress: { state: 'signed', hash: next.hash }, replaced: [own.hash] });
      expect(await journal.find(one.id)).toEqual(payment);
      expect(await chains.newest(NETWORK, STRANGER)).toEqual(next);
      expect(await chains.signed(own.hash)).toEqual(own);
      expect(await spent(one)).toBe(one.amount);
      const third = blockFor(one);
      await journal.signInstead(one.id, next.hash, third, 'replaced');
      await advanceThrough(one, third, 'published', 'confirmed', 'proven', 'delivered', 'settled');
      expect(await journal.find(one.id)).toMatchObject({
        progress: { hash: third.hash },
        replaced: [own.hash, next.hash],
      });
    },
  );

  test('is accepted once, and steps that were decided for the earlier block are refused', async () => {
    const { one, own } = await signed();
    const next = blockFor(one);
    await journal.signInstead(one.id, own.hash, next, 'replaced');
    const { block, hash } = own;
    const late = [
      journal.signInstead(one.id, own.hash, blockFor(one), 'replaced'),
      journal.sign(one.id, blockFor(one)),
      journal.advance(one.id, { state: 'published', block, hash }),
      journal.advance(one.id, { state: 'abandoned', fault: 'fault_blockForked', args: [] }, hash),
      journal.advance(one.id, { state: 'abandoned', fault: 'fault_blockForked', args: [] }),
    ];
    for (const { status } of await Promise.allSettled(late)) expect(status).toBe('rejected');
    expect(await held(one)).toEqual(['signed', next.hash]);
    expect(await spent(one)).toBe(one.amount);
  });

  test('must pay what was approved, before the offer expires', async () => {
    const { one, own } = await signed();
    const wrong = blockFor(one, { delta: (one.amount + 1n) as Raw });
    await expect(journal.signInstead(one.id, own.hash, wrong, 'replaced')).rejects.toThrow(
      'fault_unexpected',
    );
    now = one.offer.expiresAt - SIGNING_MARGIN + 1;
    const late = journal.signInstead(one.id, own.hash, blockFor(one), 'replaced');
    await expect(late).rejects.toThrow('fault_offerExpired');
    expect(await held(one)).toEqual(['signed', own.hash]);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(own);
  });

  test('is refused for a payment without a block, or past its confirmation', async () => {
    const one = intent();
    await journal.reserve(one);
    const own = blockFor(one);
    await expect(journal.signInstead(one.id, own.hash, own, 'replaced')).rejects.toThrow('fault_paymentOver');
    await advanceThrough(one, own, 'signed', 'published', 'confirmed');
    await expect(journal.signInstead(one.id, own.hash, blockFor(one), 'replaced')).rejects.toThrow(
      'fault_paymentOver',
    );
  });

  test('is never signed for a payment that was restored from a backup', async () => {
    const { one, own } = await signed();
    const row = await database.get('payments', one.id);
    if (row === undefined) throw new Error('reserved above');
    await database.put('payments', { ...row, payment: copyOf(row.payment) });
    await expect(journal.signInstead(one.id, own.hash, blockFor(one), 'replaced')).rejects.toThrow(
      'fault_paymentOver',
    );
    await advanceThrough(one, own, 'published');
    expect(await held(one)).toEqual(['published', own.hash]);
  });

  test('may be an earlier block of the payment that is on the ledger after all, and no other earlier one', async () => {
    const { one, own } = await signed();
    const next = blockFor(one);
    await journal.signInstead(one.id, own.hash, next, 'replaced');
    const strange = blockFor(one);
    await expect(journal.reinstate(one.id, next.hash, strange)).rejects.toThrow('fault_paymentOver');
    await expect(journal.reinstate(one.id, own.hash, own)).rejects.toThrow('fault_paymentOver');
    now = one.offer.expiresAt;
    const payment = await journal.reinstate(one.id, next.hash, own);
    expect(payment).toMatchObject({ progress: { state: 'signed', hash: own.hash }, replaced: [next.hash] });
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(next);
    expect(await spent(one)).toBe(one.amount);
  });

  test('leaves no data of a private window on the disk', async () => {
    const { one, own } = await signed({ challenge: challengeOf({ isPrivate: true }) });
    const next = blockFor(one);
    await journal.signInstead(one.id, own.hash, next, 'replaced');
    const { payment } = (await database.get('payments', one.id)) ?? {};
    expect(Object.keys(Object(payment)).toSorted()).toEqual(['intent', 'progress', 'replaced', 'story']);
    expect(payment).not.toHaveProperty('intent.challenge');
  });
});

describe('signing, which checks the block against the approval', () => {
  const reserved = async (parts: Partial<RequestIntent> = {}) => {
    const one = intent(parts);
    await journal.reserve(one);
    return one;
  };

  test('stores the block in the payment and as the newest of its account', async () => {
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
    ['one raw more', ({ amount }) => ({ delta: (amount + 1n) as Raw })],
    ['one raw less', ({ amount }) => ({ delta: (amount - 1n) as Raw })],
    ['another payee', (one) => ({ block: { ...blockFor(one).block, link: publicKeyOf(STRANGER) } })],
    ['another account', () => ({ account: PAYEE })],
    ['another network', () => ({ network: 'nano:mainnet' })],
    ['a receive', () => ({ subtype: 'receive' })],
  ])('a block with %s is refused, and leaves nothing behind', async (_, wrong) => {
    const one = await reserved();
    await expect(journal.sign(one.id, blockFor(one, wrong(one)))).rejects.toThrow('fault_unexpected');
    expect((await journal.find(one.id))?.progress).toEqual({ state: 'approved' });
    expect(await database.count('chains')).toBe(0);
  });

  test('an offer that is about to expire is not signed', async () => {
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

  test('an abandoned payment is not signed', async () => {
    const one = await reserved();
    await giveUp(one.id);
    await expect(journal.sign(one.id, blockFor(one))).rejects.toThrow('fault_paymentOver');
  });
});

test('a transition that the state machine does not allow changes nothing', async () => {
  const one = intent();
  await journal.reserve(one);
  await advanceThrough(one, blockFor(one), 'signed', 'published', 'confirmed');
  const before = await journal.find(one.id);
  await expect(advanceThrough(one, blockFor(one), 'abandoned')).rejects.toThrow('fault_paymentOver');
  expect(await journal.find(one.id)).toEqual(before);
  expect(await spent(one)).toBe(one.amount);
});

describe('finding payments', () => {
  const states = ['signed', 'published', 'confirmed', 'proven', 'delivered', 'unanswered'] as const;
  const upTo = async (count: number, parts: Partial<RequestIntent> = {}) => {
    const one = intent(parts);
    await journal.reserve(one);
    await advanceThrough(one, blockFor(one), ...states.slice(0, count));
    return one;
  };
  const ids = (payments: readonly { readonly intent: Pick<Intent, 'id'> }[]) =>
    payments.map(({ intent }) => intent.id);

  test('that are under way, and no others', async () => {
    const open = [await upTo(0), await upTo(1), await upTo(2), await upTo(3)];
    await upTo(4);
    await upTo(6);
    expect(ids(await journal.underway()).toSorted()).toEqual(
      ids(open.map((one) => ({ intent: one }))).toSorted(),
    );
  });

  test('of a request with a block and without delivered content, oldest first', async () => {
    const url = `${SHOP}/a?b=c`;
    const challenge = () => challengeOf({ url });
    const older = await upTo(2, { challenge: challenge(), at: now - 2 });
    const newer = await upTo(6, { challenge: challenge(), at: now - 1 });
    await upTo(0, { challenge: challenge() });
    const settled = await upTo(5, { challenge: challenge() });
    await advanceThrough(settled, blockFor(settled), 'settled');
    await upTo(4, { challenge: challenge(), network: { id: 'nano:other', testMoney: true } });
    await upTo(4, { challenge: challengeOf({ url, method: 'POST' }) });
    await upTo(4, { challenge: challengeOf({ url: `${SHOP}/a` }) });
    expect(ids((await journal.recall(challengeOf({ url }), NETWORK)).undelivered)).toEqual([
      older.id,
      newer.id,
    ]);
  });

  test('of a challenge', async () => {
    const challenge = challengeOf();
    expect(await journal.forChallenge(challenge.id)).toBeUndefined();
    const one = await upTo(1, { challenge });
    expect((await journal.forChallenge(challenge.id))?.intent.id).toBe(one.id);
    expect((await journal.recall(challenge, NETWORK)).ofChallenge?.intent.id).toBe(one.id);
  });

  test('to an account, from the signed block on, unless the payment was abandoned', async () => {
    await upTo(0);
    expect(await journal.hasPaid(NETWORK, PAYEE)).toBe(false);
    const one = await upTo(1);
    expect(await journal.hasPaid(NETWORK, PAYEE)).toBe(true);
    await advanceThrough(one, blockFor(one), 'abandoned');
    expect(await journal.hasPaid(NETWORK, PAYEE)).toBe(false);
  });

  test('the last price is that of the last delivered payment, without the session tag', async () => {
    const lastPrice = async (network: string, path: string) =>
      (await journal.recall(challengeOf({ url: SHOP + path }), network)).lastPrice;
    expect(await lastPrice(NETWORK, '/article')).toBeNull();
    const offer = sessionOffer(107n, { resourceAmount: 100n as Raw, tagAmount: 7n as Raw });
    const settled = await upTo(5, { offer, at: now - 10 });
    await advanceThrough(settled, blockFor(settled), 'settled');
    await upTo(6, { offer: sessionOffer(5n), at: now });
    expect(await lastPrice(NETWORK, '/article')).toBe(100n);
    expect(await lastPrice('nano:other', '/article')).toBeNull();
    expect(await lastPrice(NETWORK, '/article2')).toBeNull();
  });

  test('the last price is searched for in the last 20 purchases of the resource', async () => {
    const lastPrice = async () =>
      (await journal.recall(challengeOf({ url: `${SHOP}/article` }), NETWORK)).lastPrice;
    const settled = await upTo(5, { offer: sessionOffer(100n), at: now - 100 });
    await advanceThrough(settled, blockFor(settled), 'settled');
    for (let n = 0; n < 19; n++) await upTo(0, { at: now - 50 + n });
    expect(await lastPrice()).toBe(100n);
    await upTo(0, { at: now });
    expect(await lastPrice()).toBeNull();
  });

  test('a request that was paid and delivered in the last ten minutes is known as just paid', async () => {
    const url = `${SHOP}/article?part=1`;
    const paidAt = async (parts: Partial<Challenge> = {}, network = NETWORK) =>
      (await journal.recall(challengeOf({ url, ...parts }), network)).paidAt;
    expect(await paidAt()).toBeNull();
    const paid = await upTo(5, { challenge: challengeOf({ url }), at: now - JUST_PAID });
    expect(await paidAt()).toBeNull();
    await advanceThrough(paid, blockFor(paid), 'settled');
    expect(await paidAt()).toBe(now - JUST_PAID);
    expect(await paidAt({ url: `${SHOP}/article?part=2` })).toBeNull();
    expect(await paidAt({ method: 'POST' })).toBeNull();
    expect(await paidAt({}, 'nano:other')).toBeNull();
    now += 1;
    expect(await paidAt()).toBeNull();
  });
});
