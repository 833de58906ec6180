import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test } from 'vitest';
import { publicKeyOf } from '../nano/account.ts';
import { type Raw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Intent } from '../payments/payment.ts';
import { intentOf, NETWORK, PAYEE, SHOP, sessionOffer, trackAOffer } from '../payments/samples.fixture.ts';
import { STRANGER } from '../wallet/account.fixture.ts';
import type { HandedOverBlock, OwnBlock } from '../wallet/own-block.ts';
import { StoredBudgets } from './budgets.ts';
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
    moved: 7n as Raw,
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
async function handedOver(): Promise<{ readonly intent: Intent; readonly cheque: HandedOverBlock }> {
  const intent = intentOf({ account: STRANGER, offer: trackAOffer(7n) });
  await journal.reserve(intent);
  const cheque = { ...ownBlock(), cheque: { payment: intent.id, site: SHOP } };
  await journal.sign(intent.id, cheque);
  return { intent, cheque };
}
const insteadOf = (cheque: HandedOverBlock) => ownBlock({ subtype: 'change', moved: ZERO, revokes: cheque });

describe('while a cheque is out, no block is written beside it', () => {
  test('but the one that revokes it', async () => {
    const { cheque } = await handedOver();
    const other = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    await journal.reserve(other);
    const own = ownBlock();
    const refused = `fault_chequeOut ${SHOP}`;
    await expect(chains.put(own)).rejects.toThrow(refused);
    await expect(
      new StoredTransfers(database, Date.now).record([{ transfer: transferOf(own), own }]),
    ).rejects.toThrow(refused);
    await expect(journal.sign(other.id, own)).rejects.toThrow(refused);
    await expect(chains.put(insteadOf({ ...cheque, hash: own.hash }))).rejects.toThrow(refused);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(cheque);
    expect((await journal.find(other.id))?.progress.state).toBe('approved');
    expect(await database.getAll('transfers')).toEqual([]);

    const instead = insteadOf(cheque);
    await chains.put(instead);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(instead);
    expect(await chains.handedOver()).toEqual([cheque]);
    await expect(chains.put(own)).rejects.toThrow(refused);
  });

  test('of this account; others go on', async () => {
    await handedOver();
    const elsewhere = ownBlock({ account: PAYEE });
    const abroad = ownBlock({ network: 'nano:other' });
    await chains.put(elsewhere);
    await chains.put(abroad);
    expect(await chains.newest(NETWORK, PAYEE)).toEqual(elsewhere);
    expect(await chains.newest('nano:other', STRANGER)).toEqual(abroad);
    expect(await chains.handedOver()).toHaveLength(1);
  });
});

describe('a cheque that was cashed', () => {
  test.each(['out', 'being revoked'])('while it was %s is a block like any other', async (when) => {
    const { cheque, intent } = await handedOver();
    if (when === 'being revoked') await chains.put(insteadOf(cheque));
    await chains.publishedByPayee(cheque);
    const { cheque: _, ...block } = cheque;
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(block);
    expect(await chains.handedOver()).toEqual([]);
    expect(await spentBy(intent)).toBe(7n);
    await chains.put(ownBlock());
  });

  test('long ago takes nothing back from what came since', async () => {
    const { cheque } = await handedOver();
    await chains.publishedByPayee(cheque);
    const next = ownBlock();
    await chains.put(next);
    await chains.publishedByPayee(cheque);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(next);
  });
});

describe('revoking', () => {
  test('gives the money back and frees the account, at once and once', async () => {
    const { cheque, intent } = await handedOver();
    const instead = insteadOf(cheque);
    await chains.put(instead);
    expect((await journal.revoke(intent.id, instead)).progress.state).toBe('revoked');
    expect(await spentBy(intent)).toBe(0n);
    const { revokes: _, ...block } = instead;
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(block);
    await expect(journal.revoke(intent.id, instead)).rejects.toThrow('fault_paymentOver');
    expect(await spentBy(intent)).toBe(0n);
    expect((await journal.recall(intent.challenge, NETWORK)).undelivered).toEqual([]);
  });

  test('leaves a later block that is out as it is', async () => {
    const { cheque, intent } = await handedOver();
    const instead = insteadOf(cheque);
    await chains.put(instead);
    await chains.publishedByPayee(cheque);
    const { cheque: later } = await handedOver();
    await journal.revoke(intent.id, instead);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(later);
    expect(await chains.handedOver()).toEqual([later]);
  });

  test('is nothing for a payment whose block the purse publishes', async () => {
    const intent = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    await journal.reserve(intent);
    await expect(journal.revoke(intent.id, ownBlock())).rejects.toThrow('fault_paymentOver');
    await journal.sign(intent.id, ownBlock());
    await expect(journal.revoke(intent.id, ownBlock())).rejects.toThrow('fault_paymentOver');
    expect(await spentBy(intent)).toBe(7n);
  });

  test('a block marked as handed over, of a payment that is not, is not signed; nor the other way round', async () => {
    const published = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    const given = intentOf({ account: STRANGER, offer: trackAOffer(7n) });
    await journal.reserve(published);
    await journal.reserve(given);
    const cheque = { payment: published.id, site: SHOP };
    await expect(journal.sign(published.id, ownBlock({ cheque }))).rejects.toThrow('fault_unexpected');
    await expect(journal.sign(given.id, ownBlock())).rejects.toThrow('fault_unexpected');
    expect(await chains.newest(NETWORK, STRANGER)).toBeNull();
  });
});

describe('holding back a block that was too late', () => {
  /** A payment whose block is signed, to be published by the purse, and that block as it is held back. */
  async function signed(): Promise<{
    readonly intent: Intent;
    readonly own: OwnBlock;
    readonly late: HandedOverBlock;
  }> {
    const intent = intentOf({ account: STRANGER, offer: sessionOffer(7n) });
    await journal.reserve(intent);
    const own = ownBlock();
    await journal.sign(intent.id, own);
    return { intent, own, late: { ...own, cheque: { payment: intent.id, site: SHOP } } };
  }

  test('keeps its account waiting until it is taken back', async () => {
    const { intent, late } = await signed();
    expect(await chains.withhold(late)).toBe(true);
    expect(await chains.handedOver()).toEqual([late]);
    await expect(chains.put(ownBlock())).rejects.toThrow(`fault_chequeOut ${SHOP}`);
    expect(await spentBy(intent)).toBe(7n);
  });

  test.each(['published', 'confirmed', 'proven', 'delivered', 'settled'] as const)(
    'is refused once its payment is %s: the ledger has it',
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

  test('is refused for one that was built on, and for one of no payment', async () => {
    const { late } = await signed();
    const next = ownBlock();
    await chains.put(next);
    expect(await chains.withhold(late)).toBe(false);
    expect(await chains.newest(NETWORK, STRANGER)).toEqual(next);
    const ofNone = { ...next, cheque: { payment: 'none' as PaymentId, site: SHOP } };
    expect(await chains.withhold(ofNone)).toBe(false);
    expect(await chains.handedOver()).toEqual([]);
  });
});

const takesBlocks = async (budgets: StoredBudgets) =>
  (await budgets.rulesFor(NETWORK, SHOP, Date.now())).takesBlocks;

test('who may ask for signed blocks is remembered by site, and can be taken back', async () => {
  const budgets = new StoredBudgets(database, Date.now);
  expect(await takesBlocks(budgets)).toBe(false);
  await budgets.setHandOverSite(SHOP, true);
  await budgets.setHandOverSite(SHOP, true);
  expect(await takesBlocks(budgets)).toBe(true);
  expect(await budgets.handOverSites()).toEqual([SHOP]);
  await budgets.setHandOverSite(SHOP, false);
  expect(await takesBlocks(budgets)).toBe(false);
  expect(await budgets.handOverSites()).toEqual([]);
});

test('a database of the first version keeps what it holds and learns the rest', async () => {
  const name = crypto.randomUUID();
  const first = await openDB(name, 1, {
    upgrade(old) {
      for (const store of database.objectStoreNames) {
        if (store !== 'blockTakers' && store !== 'blocks')
          old.createObjectStore(store, store === 'log' ? { autoIncrement: true } : {});
      }
    },
  });
  await first.add('log', { at: 1, site: SHOP, url: SHOP, key: 'refusal_DECLINED', args: [] });
  first.close();
  const grown = await openDatabase(name);
  expect(await new StoredLog(grown).list()).toHaveLength(1);
  const budgets = new StoredBudgets(grown, Date.now);
  await budgets.setHandOverSite(SHOP, true);
  expect(await takesBlocks(budgets)).toBe(true);
});
