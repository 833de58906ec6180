import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { type Raw, ZERO } from '../nano/amount.ts';
import { type BlockHash, hashBlock, type StateBlock, ZERO_HASH } from '../nano/block.ts';
import { deriveKeys } from '../nano/seed.ts';
import type { PaymentId } from '../payment-id.ts';
import type { Site } from '../site.ts';
import {
  dispositionOf,
  type HandedOverBlock,
  handedOverFault,
  handedOverOn,
  headAfter,
  headBefore,
  isHandedOverFault,
  type OwnBlock,
  settledBlock,
  withheld,
} from './own-block.ts';

const addressAt = (index: number) => deriveKeys({ kind: 'legacy', hex: '0'.repeat(64) }, index).address;
const address = addressAt(0);
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

describe('the chain head', () => {
  const representative = addressAt(1);
  const onIt = { kind: 'open', account: address, confirmed: false };
  const of = (subtype: OwnBlock['subtype'], parts: Partial<StateBlock> = {}): OwnBlock => {
    const changed = { ...block, representative, balance: 100n as Raw, ...parts };
    return {
      ...ordinary,
      subtype,
      block: { ...ordinary.block, ...changed },
      hash: hashBlock(changed),
      delta: 7n as Raw,
    };
  };

  test('after an own block is that block, not yet confirmed', () => {
    const own = of('send');
    expect(headAfter(own)).toEqual({ ...onIt, hash: own.hash, balance: 100n, representative });
  });

  test.each([
    ['send', 107n],
    ['receive', 93n],
  ] as const)('before a %s is the block below it, with the balance before', (subtype, balance) => {
    expect(headBefore(of(subtype))).toEqual({ ...onIt, hash: block.previous, balance, representative });
  });

  test('before the first block of an account is none', () => {
    const first = of('open', { previous: ZERO_HASH });
    expect(headBefore(first)).toEqual({ kind: 'unopened', account: address });
  });
});

describe('an account whose signed block is handed over', () => {
  test('cannot pay, for the site that has the block, which a private window does not name', () => {
    expect(handedOverFault(payment)).toMatchObject({ key: 'fault_chequeOut', args: [payment.site] });
    expect(handedOverFault({ ...payment, site: null })).toMatchObject({
      key: 'fault_chequeOutPrivate',
      args: [],
    });
  });

  test('has a fault that tells it from others', () => {
    for (const site of [payment.site, null]) {
      expect(isHandedOverFault(handedOverFault({ ...payment, site }))).toBe(true);
    }
    expect(isHandedOverFault(new Fault('fault_insufficient', ['1']))).toBe(false);
  });
});
