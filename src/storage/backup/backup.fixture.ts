/** For tests: a database with records of every kind. */
import { type NanoAddress, publicKeyOf } from '../../nano/account.ts';
import type { Raw } from '../../nano/amount.ts';
import { type BlockHash, hashBlock, type SignedBlock, type StateBlock } from '../../nano/block.ts';
import { DEVNET } from '../../nano/network.ts';
import type { PaymentId } from '../../payment-id.ts';
import { advance, approved, type Intent, type Payment, type Progress } from '../../payments/payment.ts';
import {
  budgetOf,
  challengeIn,
  challengeOf,
  intentOf,
  NETWORK,
  PAYEE,
  SHOP,
  sessionOffer,
  signatureOffer,
  signedBlockOffer,
  trackAOffer,
} from '../../payments/samples.fixture.ts';
import type { Offer } from '../../protocol/offer/offer.ts';
import { STRANGER } from '../../wallet/account.fixture.ts';
import type { OwnBlock } from '../../wallet/own-block.ts';
import type { Transfer } from '../../wallet/transfer.ts';
import { nonceOf, parseThreshold, parseWorkRoot } from '../../work/difficulty.ts';
import { StoredBudgets } from '../budgets.ts';
import { StoredLog } from '../log.ts';
import { rowOf } from '../payment-row.ts';
import type { Database } from '../schema.ts';
import { StoredSettings } from '../settings.ts';
import { placeOf } from '../transfers.ts';

let counter = 0n;

/** A send of this account that is on no ledger, with its hash. */
export function blockOf(
  account: NanoAddress,
  balance: bigint,
): { readonly block: SignedBlock; readonly hash: BlockHash } {
  const unsigned: StateBlock = {
    account,
    previous: (++counter).toString(16).padStart(64, '0').toUpperCase() as BlockHash,
    representative: PAYEE,
    balance: balance as Raw,
    link: publicKeyOf(PAYEE),
  };
  return {
    block: { ...unsigned, signature: 'AB'.repeat(64), work: '0123456789abcdef' },
    hash: hashBlock(unsigned),
  };
}

const PROOF = btoa('a proof');

/** A payment after these steps. */
function paymentAfter(intent: Intent, steps: readonly Progress[]): Payment {
  return steps.reduce((payment, step, index) => advance(payment, step, intent.at + index), approved(intent));
}

/** Payments of every mechanism and in every state. */
export function everyPayment(amount = 1_000n): readonly Payment[] {
  const account = STRANGER;
  const { tagAmount: _, resourceAmount: __, ...terms } = sessionOffer(amount);
  const offers: readonly Offer[] = [
    sessionOffer(amount, {
      accepted: { price: '1', $odd: { __raw: '12' }, deep: [1.5, null, true, 'é 漢 \u202e'] },
      resource: { url: SHOP, description: 'a story' },
      extensions: { more: [] },
      warnings: ['insecurePage'],
    }),
    { ...sessionOffer(amount), mechanism: 'nymChallenge' },
    { ...terms, mechanism: 'trackB', oncePer: 'nonce', validBefore: 1_900_000_000 },
    signatureOffer(amount),
  ];
  const handOverOffers: readonly Offer[] = [
    trackAOffer(amount),
    signedBlockOffer(amount),
    signedBlockOffer(amount, { workThreshold: parseThreshold('ffffffff00000000') }),
  ];
  const of = (offer: Offer) => intentOf({ account, offer, challenge: challengeOf() });

  const paid = (signed: ReturnType<typeof blockOf>): readonly Progress[] => [
    { state: 'signed', ...signed },
    { state: 'published', ...signed },
    { state: 'confirmed', ...signed },
    { state: 'proven', ...signed, proof: PROOF },
    { state: 'delivered', ...signed, proof: PROOF },
  ];
  const ends = (signed: ReturnType<typeof blockOf>): readonly Progress[] => [
    { state: 'settled', ...signed, proof: PROOF, status: 200 },
    { state: 'settled', ...signed, proof: PROOF, status: 200, byPost: true, credit: 3n as Raw },
    { state: 'refused', ...signed, proof: PROOF, status: 402, final: false, said: 'no' },
    {
      state: 'refused',
      ...signed,
      proof: PROOF,
      status: 503,
      final: false,
      early: true,
      notBefore: 5,
      said: '',
    },
    { state: 'unanswered', ...signed, proof: PROOF, reason: 'gone' },
    { state: 'unanswered', ...signed, proof: PROOF, represent: 'token', reason: 'pending', notBefore: 5 },
  ];
  const ordinary: readonly Payment[] = [
    ...offers.flatMap((offer) => {
      const block = blockOf(account, 7n);
      const refund = { source: blockOf(account, 7n).hash, at: 9, amount: 5n as Raw, counted: 3n as Raw };
      const steps = paid(block);
      return [
        ...steps.map((_step, count) => paymentAfter(of(offer), steps.slice(0, count))),
        ...ends(block).map((end) => paymentAfter(of(offer), [...steps, end])),
        { ...paymentAfter(of(offer), steps), replaced: [blockOf(account, 7n).hash], claimed: [block.hash] },
        { ...paymentAfter(of(offer), steps), refunds: [refund] },
        paymentAfter(of(offer), [{ state: 'abandoned', fault: 'fault_insufficient', args: ['1'] }]),
      ];
    }),
    ...handOverOffers.map((offer) => {
      const block = blockOf(account, 7n);
      return paymentAfter(of(offer), [
        { state: 'signed', ...block },
        { state: 'proven', ...block, proof: PROOF },
        { state: 'revoked', ...block },
      ]);
    }),
  ];
  const ofTest = of(signedBlockOffer(amount));
  const block = blockOf(account, 7n);
  const test = paymentAfter({ ...ofTest, challenge: { kind: 'test', url: `${SHOP}/paid?test` } }, [
    { state: 'signed', ...block },
    { state: 'proven', ...block, proof: PROOF },
  ]);
  return [...ordinary, ...ordinary.map(inPrivate), test];
}

/** The same payment, made in a private window. */
function inPrivate({ intent, ...rest }: Payment): Payment {
  const request = challengeIn(intent);
  const challenge = { ...request, id: `${request.id} in private`, isPrivate: true };
  const once = `${intent.once} in private`;
  return { ...rest, intent: { ...intent, id: `${intent.id}-in-private` as PaymentId, challenge, once } };
}

/** Fills every store of a database. */
export async function fill(database: Database, amount = 1_000n): Promise<void> {
  const settings = new StoredSettings(database);
  await settings.saveNetwork({ ...DEVNET, label: 'Mine' });
  await settings.useNetwork(NETWORK);
  await settings.write('representative', PAYEE);
  await settings.write('autoLockMinutes', 7);
  await settings.write('preference', ['trackB']);
  await settings.write('cap', { perDay: amount as Raw, perMonth: null });

  const payments = everyPayment(amount);
  for (const payment of payments) await database.add('payments', rowOf(payment));
  const [first] = payments;
  if (first === undefined) throw new Error('there are payments');
  const { account, windows } = first.intent;
  const { hash } = blockOf(account, 1n);
  const shared = {
    at: 5,
    amount: amount as Raw,
    counterparty: PAYEE,
    network: { id: NETWORK, testMoney: true },
  };
  const hashOf = (balance: bigint) => blockOf(account, balance).hash;
  const transfers: readonly Transfer[] = [
    { ...shared, kind: 'received', id: hash, refundOf: first.intent.id },
    { ...shared, kind: 'received', id: hashOf(2n), block: hashOf(3n), state: { kind: 'waiting' } },
    { ...shared, kind: 'sent', id: hashOf(4n), state: { kind: 'replaced' } },
    {
      ...shared,
      kind: 'sent',
      id: hashOf(8n),
      state: { kind: 'refused', said: 'Unreceivable', tries: 2, at: 6 },
    },
  ];
  for (const transfer of transfers) {
    await database.add('transfers', { ...transfer, place: placeOf(transfer) });
  }

  const budgets = new StoredBudgets(database, () => 9);
  await database.put('budgets', {
    ...budgetOf({ payTo: PAYEE, paused: true, total: amount as Raw, initiators: [SHOP] }),
    period: { until: windows.day, renews: 'month' },
  });
  for (const window of [windows.day, windows.month]) {
    await database.add('spending', { network: NETWORK, site: SHOP, window, spent: (3n * amount) as Raw });
    await database.add('spending', { network: NETWORK, site: '*', window, spent: (4n * amount) as Raw });
  }
  await budgets.block(SHOP);

  const { subtype, delta } = { subtype: 'send', delta: amount as Raw } as const;
  const handedOverBlock: OwnBlock = {
    network: NETWORK,
    account: PAYEE,
    subtype,
    delta,
    ...blockOf(PAYEE, 5n),
    handedOver: { payment: first.intent.id, site: SHOP },
  };
  await database.add('blocks', { network: NETWORK, account, subtype, delta, ...blockOf(account, 7n) });
  await database.add('chains', {
    network: NETWORK,
    account,
    subtype,
    delta,
    ...blockOf(account, 5n),
    excludes: blockOf(account, 4n).hash,
    due: { payment: first.intent.id, site: SHOP, by: 1_900_000_000_000 },
  });
  await database.add('chains', {
    network: NETWORK,
    account: PAYEE,
    subtype: 'change',
    delta: 0n as Raw,
    ...blockOf(PAYEE, 6n),
    replaces: { ...handedOverBlock, handedOver: { payment: first.intent.id, site: null } },
  });

  const root = parseWorkRoot('AB'.repeat(32));
  await database.put('work', { root, nonce: nonceOf(1n), foundAt: 1 }, root);
  await database.put('workIntents', { root, threshold: parseThreshold('f'.repeat(16)), askedAt: 1 }, root);
  await new StoredLog(database).add({ at: 1, site: SHOP, url: SHOP, key: 'refusal_DECLINED', args: [] });
}
