import { describe, expect, test } from 'vitest';
import { publicKeyOf } from '../nano/account.ts';
import { parseXno, type Raw } from '../nano/amount.ts';
import type { BlockHash, OpenHead, UnopenedHead } from '../nano/block.ts';
import { deriveKeys } from '../nano/seed.ts';
import { assertOpen, buildSendOf } from './send-order.ts';

const addressAt = (index: number) => deriveKeys({ kind: 'legacy', hex: '0'.repeat(64) }, index).address;
const [account, to] = [addressAt(0), addressAt(1)];
const unopened: UnopenedHead = { kind: 'unopened', account };
const open: OpenHead = {
  kind: 'open',
  account,
  hash: 'EE'.repeat(32) as BlockHash,
  balance: parseXno('1'),
  representative: to,
  confirmed: true,
};

describe('the send of an order', () => {
  test('leaves the balance less the amount, and names the payee', () => {
    expect(buildSendOf({ to, amount: parseXno('0.25') })(open)).toEqual({
      subtype: 'send',
      block: {
        account,
        previous: open.hash,
        representative: to,
        balance: parseXno('0.75'),
        link: publicKeyOf(to),
      },
    });
  });

  test('of more than the account has lacks the difference', () => {
    const send = buildSendOf({ to, amount: parseXno('1.5') });
    expect(() => send(open)).toThrow(expect.objectContaining({ key: 'fault_insufficient', args: ['0.5'] }));
  });

  test('from an account without blocks lacks the whole amount', () => {
    const send = buildSendOf({ to, amount: parseXno('0.25') });
    expect(() => send(unopened)).toThrow(
      expect.objectContaining({ key: 'fault_insufficient', args: ['0.25'] }),
    );
  });
});

test('an account that has blocks is open, whatever is needed', () => {
  expect(assertOpen(open, 1n as Raw)).toBe(open);
});
