import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import type { Raw } from '../nano/amount.ts';
import { type BlockHash, type ChainHead, hashBlock, type StateBlock } from '../nano/block.ts';
import { freshKeys } from '../nano/nodes.fixture.ts';
import { KnownHead } from './known-head.ts';
import { headAfter, type OwnBlock } from './own-block.ts';

const { address } = freshKeys();
const BELOW = 'AB'.repeat(32) as BlockHash;

/** A send of 1 raw on a previous block. */
function sendOn(previous: BlockHash, balance: bigint): OwnBlock {
  const block: StateBlock = {
    account: address,
    previous,
    representative: address,
    balance: balance as Raw,
    link: 'CD'.repeat(32),
  };
  return {
    network: 'nano:devnet',
    account: address,
    hash: hashBlock(block),
    subtype: 'send',
    block: { ...block, signature: '0'.repeat(128), work: '0'.repeat(16) },
    delta: 1n as Raw,
  };
}
const proven: ChainHead = {
  kind: 'open',
  account: address,
  hash: BELOW,
  balance: 10n as Raw,
  representative: address,
  confirmed: true,
};
const own = sendOn(BELOW, 9n);
let known: KnownHead;

beforeEach(() => {
  known = new KnownHead();
  known.prove(proven, null, null);
});

describe('KnownHead', () => {
  test('has the proven head while no block is signed after it', () => {
    expect([known.head, known.provenAt(null), known.provenAt(own.hash)]).toEqual([proven, proven, null]);
  });

  test('keeps a block that was signed while the nodes were asked', () => {
    const before = known.head;
    known.append(own);
    known.prove(proven, null, before);
    expect(known.head).toEqual(headAfter(own));
  });

  test('takes its head for proven once the block is on the ledger', () => {
    known.append(own);
    expect(known.provenAt(own.hash)).toBeNull();
    known.noteOnLedger(own);
    expect(known.provenAt(own.hash)).toEqual(headAfter(own));
    known.invalidate();
    expect(known.provenAt(own.hash)).toBeNull();
  });

  test('returns to the head before a refused block, and forgets the refusal with a proven head', () => {
    const fault = new Fault('fault_nodeRefused', ['Bad signature']);
    known.append(own);
    known.refuse(own, fault);
    expect(known.refused).toEqual({ hash: own.hash, fault });
    expect(known.head).toMatchObject({ hash: BELOW, balance: 10n });
    expect(known.provenAt(null)).toBeNull();
    known.prove(proven, null, known.head);
    expect(known.refused).toBeNull();
  });

  test('keeps a head above a refused block that is not the newest', () => {
    const above = sendOn(own.hash, 8n);
    known.append(own);
    known.append(above);
    known.refuse(own, new Fault('fault_nodeRefused'));
    expect(known.head).toEqual(headAfter(above));
  });
});
