import { describe, expect, test } from 'vitest';
import { withName } from './contacts.ts';

const recipients = [
  { account: 'nano_1', name: null },
  { account: 'nano_2', name: 'Shop' },
  { account: 'nano_3', name: 'Friend' },
];

describe('the names of accounts', () => {
  test('gain one, change one, or lose one', () => {
    const friend = { account: 'nano_3', name: 'Friend' };
    const shop = { account: 'nano_2', name: 'Shop' };
    expect(withName(recipients, 'nano_1', ' Bank ')).toEqual([
      shop,
      friend,
      { account: 'nano_1', name: 'Bank' },
    ]);
    expect(withName(recipients, 'nano_2', 'Store')).toEqual([friend, { account: 'nano_2', name: 'Store' }]);
    expect(withName(recipients, 'nano_2', ' ')).toEqual([friend]);
    expect(withName([], 'nano_4', 'New')).toEqual([{ account: 'nano_4', name: 'New' }]);
  });

  test('stay where nothing was typed', () => {
    expect(withName(recipients, 'nano_2', 'Shop ')).toBeNull();
    expect(withName(recipients, 'nano_1', '')).toBeNull();
    expect(withName(recipients, 'nano_9', ' ')).toBeNull();
  });
});
