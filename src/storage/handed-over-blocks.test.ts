import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test } from 'vitest';
import { publicKeyOf } from '../nano/account.ts';
import { type Raw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Intent } from '../payments/payment.ts';
import {
  challengeOf,
  intentOf,
  NETWORK,
  PAYEE,
  type RequestIntent,
  SHOP,
  sessionOffer,
  trackAOffer,
} from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { HandedOverBlock, OwnBlock } from '../wallet/own-block.ts';
import { StoredChains } from './chains.ts';
import { openDatabase } from './database.ts';
import { StoredJournal } from './journal.ts';
import { StoredLog } from './log.ts';
import { noParts } from './private-parts.fixture.ts';
import type { Database } from './schema.ts';
import { StoredTransfers } from './transfers.ts';

let database: Database;
let journal: StoredJournal;
let chains: StoredChains;
beforeEach(async () => {
  database = await openDatabase(crypto.randomUUID());
  journal = new StoredJournal(database, await noParts(), Date.now);
  chains = new StoredChains(database);
});

let counter = 0;
function ownBlock(parts: Partial<OwnBlock> = {}): OwnBlock {
  const hash = String(++counter).padStart(64, '0') as BlockHash;
  return {
    network: NETWORK,
    account: STRANGER,
    hash,
    subtype: 'send',
    delta: 7n as Raw,
    block: {
      account: STRANGER,
      previous: hash,
      representative: PAYEE,
      balance: 5n as Raw,
      link: publicKeyOf(PAYEE),
      signature: '0'.repeat(128),
      work: '0'.repeat(16),
    },
    ...parts,
  };
}
const transferOf = ({ hash }: OwnBlock) => ({
  kind: 'sent' as const,
  id: hash,
  at: 0,
  amount: 7n as Raw,
  counterparty: PAYEE,
  network: { id: NETWORK, testMoney: true },
});
const spentBy = async ({ network, site, windows }: Intent) =>
  (await database.get('spending', [network.id, site, windows.day]))?.spent;

/** A payment whose block was handed over. */
async function handedOver(): Promise<{
  readonly intent: RequestIntent;
  readonly handedOverBlock: HandedOverBlock;
}> {
  const intent = intentOf({ account: STRANGER, offer: trackAOffer(7n) });
  await journal.reserve(intent);
  const handedOverBlock = { ...ownBlock(), handedOver: { payment: intent.id, site: SHOP } };
  await journal.sign(intent.id, handedOverBlock);
  return { intent, handedOverBlock };
}
const replacementOf = (handedOverBlock: HandedOverBlock) =>
  ownBlock({ subtype: 'change', delta: ZERO, replaces: handedOverBlock });

describe('while a block is handed over', () => {
  test('no block of its account is stored but the one that replaces it', async () => {
    const { handedOverBlock } = await handedOver();
    const other = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    await journal.reserve(other);
    const own = ownBlock();
    const refused = `fault_chequeOut ${SHOP}`;
    await expect(chains.put(own)).rejects.toThrow(refused);
    await expect(
      new StoredTransfers(database, Date.now).record([{ transfer: transferOf(own), own }]),
    ).rejects.toThrow(refused);
    await expect(journal.sign(other.id, own)).rejects.toThrow(refused);
    await expect(chains.put(replacementOf({ ...handedOverBlock, hash: own.hash }))).rejects.toThrow(refused);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(handedOverBlock);
    expect((await journal.find(other.id))?.progress.state).toBe('approved');
    expect(await database.getAll('transfers')).toEqual([]);

    const instead = replacementOf(handedOverBlock);
    await chains.put(instead);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(instead);
    expect(await chains.handedOver()).toEqual([handedOverBlock]);
    await expect(chains.put(own)).rejects.toThrow(refused);
  });

  test('blocks of other accounts and networks are stored', async () => {
    await handedOver();
    const elsewhere = ownBlock({ account: PAYEE });
    const onOtherNetwork = ownBlock({ network: 'nano:other' });
    await chains.put(elsewhere);
    await chains.put(onOtherNetwork);
    expect(await chains.newest(NETWORK, PAYEE)).toEqual(elsewhere);
    expect(await chains.newest('nano:other', STRANGER)).toEqual(onOtherNetwork);
    expect(await chains.handedOver()).toHaveLength(1);
  });
});

describe('a site counts as having a block', () => {
  const isOutAt = async (url: string, network = NETWORK) =>
    (await journal.recall(challengeOf({ url }), network)).isBlockOut;

  test('from the approval of one on, until it is published, on its network alone', async () => {
    await journal.reserve(intentOf({ account: STRANGER }));
    expect(await isOutAt(SHOP)).toBe(false);
    const intent = intentOf({ account: STRANGER, offer: trackAOffer(7n) });
    await journal.reserve(intent);
    expect([await isOutAt(SHOP), await isOutAt(SHOP, 'nano:other')]).toEqual([true, false]);
    const handedOverBlock = { ...ownBlock(), handedOver: { payment: intent.id, site: SHOP } };
    await journal.sign(intent.id, handedOverBlock);
    await journal.advance(intent.id, { ...handedOverBlock, state: 'proven', proof: 'p' });
    expect([await isOutAt(SHOP), await isOutAt(SHOP, 'nano:other')]).toEqual([true, false]);
    expect(await isOutAt('https://elsewhere.example')).toBe(false);
    await chains.publishedByPayee(handedOverBlock);
    expect(await isOutAt(SHOP)).toBe(false);
  });
});

describe('a handed-over block that its payee has published', () => {
  test.each(['handed over', 'being replaced'])(
    'is stored as an ordinary block, when it was %s before',
    async (when) => {
      const { handedOverBlock, intent } = await handedOver();
      if (when === 'being replaced') await chains.put(replacementOf(handedOverBlock));
      await chains.publishedByPayee(handedOverBlock);
      const { handedOver: _, ...block } = handedOverBlock;
      expect(await chains.newest(NETWORK, STRANGER)).toEqual(block);
      expect(await chains.handedOver()).toEqual([]);
      expect(await spentBy(intent)).toBe(7n);
      await chains.put(ownBlock());
    },
  );

  test('does not replace a later block as the newest of its account', async () => {
    const { handedOverBlock } = await handedOver();
    await chains.publishedByPayee(handedOverBlock);
    const next = ownBlock();
    await chains.put(next);
    await chains.publishedByPayee(handedOverBlock);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(next);
  });
});

describe('the recall of a handed-over block', () => {
  test('gives the amount back and frees the account in one transaction, once', async () => {
    const { handedOverBlock, intent } = await handedOver();
    const instead = replacementOf(handedOverBlock);
    await chains.put(instead);
    expect((await journal.takeBack(intent.id, instead)).progress.state).toBe('revoked');
    expect(await spentBy(intent)).toBe(0n);
    const { replaces: _, ...block } = instead;
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(block);
    await expect(journal.takeBack(intent.id, instead)).rejects.toThrow('fault_paymentOver');
    expect(await spentBy(intent)).toBe(0n);
    expect((await journal.recall(intent.challenge, NETWORK)).undelivered).toEqual([]);
  });

  test('does not change a later handed-over block', async () => {
    const { handedOverBlock, intent } = await handedOver();
    const instead = replacementOf(handedOverBlock);
    await chains.put(instead);
    await chains.publishedByPayee(handedOverBlock);
    const { handedOverBlock: later } = await handedOver();
    await journal.takeBack(intent.id, instead);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(later);
    expect(await chains.handedOver()).toEqual([later]);
  });

  test('is refused for a payment whose block the wallet publishes itself', async () => {
    const intent = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    await journal.reserve(intent);
    await expect(journal.takeBack(intent.id, ownBlock())).rejects.toThrow('fault_paymentOver');
    await journal.sign(intent.id, ownBlock());
    await expect(journal.takeBack(intent.id, ownBlock())).rejects.toThrow('fault_paymentOver');
    expect(await spentBy(intent)).toBe(7n);
  });

  test('a payment is not signed with a handed-over block unless its mechanism hands over, nor the reverse', async () => {
    const published = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    const given = intentOf({ account: STRANGER, offer: trackAOffer(7n) });
    await journal.reserve(published);
    await journal.reserve(given);
    const handedOver = ownBlock({ handedOver: { payment: published.id, site: SHOP } });
    await expect(journal.sign(published.id, handedOver)).rejects.toThrow('fault_unexpected');
    await expect(journal.sign(given.id, ownBlock())).rejects.toThrow('fault_unexpected');
    expect(await chains.newest(NETWORK, STRANGER)).toBeNull();
  });
});

describe('withholding a block that is too late', () => {
  /** A payment with a signed block that the wallet publishes, and that block as a withheld one. */
  async function signed(): Promise<{
    readonly intent: Intent;
    readonly own: OwnBlock;
    readonly late: HandedOverBlock;
  }> {
    const intent = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    await journal.reserve(intent);
    const own = ownBlock();
    await journal.sign(intent.id, own);
    return { intent, own, late: { ...own, handedOver: { payment: intent.id, site: SHOP } } };
  }

  test('blocks its account and keeps the amount debited until it is replaced', async () => {
    const { intent, late } = await signed();
    expect(await chains.withhold(late)).toBe(true);
    expect(await chains.handedOver()).toEqual([late]);
    await expect(chains.put(ownBlock())).rejects.toThrow(`fault_chequeOut ${SHOP}`);
    expect(await spentBy(intent)).toBe(7n);
  });

  test.each(['published', 'confirmed', 'proven', 'delivered', 'settled'] as const)(
    'is refused once its payment is %s, because the ledger has the block',
    async (last) => {
      const { intent, own, late } = await signed();
      const { block, hash } = own;
      for (const state of ['published', 'confirmed', 'proven', 'delivered', 'settled'] as const) {
        await journal.advance(intent.id, { state, block, hash, proof: 'proof', status: 200 });
        if (state === last) break;
      }
      expect(await chains.withhold(late)).toBe(false);
      expect(await chains.newest(NETWORK, STRANGER)).toEqual(own);
    },
  );

  test('is refused for a block that is not the newest, and for one of no payment', async () => {
    const { late } = await signed();
    const next = ownBlock();
    await chains.put(next);
    expect(await chains.withhold(late)).toBe(false);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(next);
    const ofNone = { ...next, handedOver: { payment: 'none' as PaymentId, site: SHOP } };
    expect(await chains.withhold(ofNone)).toBe(false);
    expect(await chains.handedOver()).toEqual([]);
  });
});

test('a database of version 1 keeps its records and gets the later stores', async () => {
  const name = crypto.randomUUID();
  const first = await openDB(name, 1, {
    upgrade(old) {
      for (const store of database.objectStoreNames) {
        if (store !== 'blocks') old.createObjectStore(store, store === 'log' ? { autoIncrement: true } : {});
      }
    },
  });
  await first.add('log', { at: 1, site: SHOP, url: SHOP, key: 'refusal_DECLINED', args: [] });
  first.close();
  const grown = await openDatabase(name);
  expect(await new StoredLog(grown).list()).toHaveLength(1);
  expect(await grown.getAll('blocks')).toEqual([]);
});
