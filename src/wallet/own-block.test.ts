import { describe, expect, test } from 'vitest';
import { type Raw, ZERO } from '../nano/amount.ts';
import { type BlockHash, hashBlock, type StateBlock } from '../nano/block.ts';
import { freshKeys } from '../nano/nodes.fixture.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Site } from '../site.ts';
import {
  dispositionOf,
  type HandedOverBlock,
  handedOverOn,
  type OwnBlock,
  settledBlock,
  withheld,
} from './own-block.ts';

const { address } = freshKeys();
const block: StateBlock = {
  account: address,
  previous: 'AB'.repeat(32) as BlockHash,
  representative: address,
  balance: ZERO,
  link: 'CD'.repeat(32),
};
const ordinary: OwnBlock = {
  network: 'nano:devnet',
  account: address,
  hash: hashBlock(block),
  subtype: 'send',
  block: { ...block, signature: '0'.repeat(128), work: '0'.repeat(16) },
  delta: 1n as Raw,
};
const payment = { payment: 'one' as PaymentId, site: 'https://shop.example' as Site };
const due: OwnBlock = { ...ordinary, due: { ...payment, by: 1_000 } };
const handedOver: HandedOverBlock = { ...ordinary, handedOver: payment };
const replacing: OwnBlock = { ...ordinary, subtype: 'change', delta: ZERO, replaces: handedOver };

describe('the disposition of an own block', () => {
  test.each([
    ['no field', ordinary, { kind: 'ordinary' }],
    ['due', due, { kind: 'due', due: { ...payment, by: 1_000 } }],
    ['handedOver', handedOver, { kind: 'handedOver', handedOver }],
    ['replaces', replacing, { kind: 'replaces', handedOver }],
  ])('is read from the stored fields: %s', (_, own, disposition) => {
    expect(dispositionOf(own)).toEqual(disposition);
    expect(dispositionOf(settledBlock(own))).toEqual({ kind: 'ordinary' });
  });

  test('keeps the account from signing while a block is handed over or being replaced', () => {
    expect([null, ordinary, due, handedOver, replacing].map(handedOverOn)).toEqual([
      null,
      null,
      null,
      handedOver,
      handedOver,
    ]);
  });
});

describe('a withheld block', () => {
  test('is a handed-over one, from its deadline on', () => {
    expect(withheld(due, 999)).toBeNull();
    expect(withheld(due, 1_000)).toEqual(handedOver);
  });

  test('is only one with a deadline', () => {
    for (const own of [ordinary, handedOver, replacing]) expect(withheld(own, 2_000)).toBeNull();
  });
});
