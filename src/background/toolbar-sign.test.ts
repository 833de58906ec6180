import { describe, expect, test } from 'vitest';
import { type PurseSign, signOf, type TabSign } from './toolbar-sign.ts';

const CENT = String(10n ** 28n);
const OPEN: PurseSign = { isOutOfOrder: false, purse: 'open', waiting: 0, isOwed: false };
const paid = (price: string): TabSign => ({ kind: 'paid', price, site: 'https://shop.example:8443' });
const owed: TabSign = { kind: 'owed', price: CENT, site: 'https://shop.example' };
const early: TabSign = { kind: 'early', site: 'https://shop.example' };

describe('the toolbar button', () => {
  test.each([
    { purse: 'none', icon: 'open', key: 'appName' },
    { purse: 'open', icon: 'open', key: 'appName' },
    { purse: 'locked', icon: 'locked', key: 'action_locked' },
    { purse: 'pocket', icon: 'locked', key: 'action_pocket' },
  ] as const)('shows a purse that is $purse by its icon and its title', ({ purse, icon, key }) => {
    expect(signOf({ ...OPEN, purse })).toEqual({ text: '', tone: 'plain', icon, title: { key, args: [] } });
  });

  test('counts what waits, whether locked or not', () => {
    for (const purse of ['open', 'locked', 'pocket'] as const) {
      expect(signOf({ ...OPEN, purse, waiting: 2 })).toMatchObject({
        text: '2',
        title: { key: 'action_waiting', args: ['2'] },
      });
    }
  });

  test.each([
    { price: CENT, text: '0.01' },
    { price: String(12n * 10n ** 30n), text: '12' },
    { price: String(123n * 10n ** 26n), text: '✓' },
    { price: '1', text: '✓' },
  ])('names a price of $price raw as $text after a payment within a budget', ({ price, text }) => {
    expect(signOf(OPEN, paid(price))).toMatchObject({
      text,
      tone: 'good',
      title: { key: 'action_paid', args: [expect.any(String), 'shop.example:8443'] },
    });
  });

  test('names site and price of a payment in its title', () => {
    expect(signOf(OPEN, paid(CENT)).title.args).toEqual(['0.01', 'shop.example:8443']);
    expect(signOf(OPEN, owed).title).toEqual({ key: 'action_owed', args: ['0.01', 'shop.example'] });
  });

  test('marks a payment that bought nothing on its tab by name, and on all others without', () => {
    const purse = { ...OPEN, isOwed: true };
    expect(signOf(purse, owed)).toMatchObject({ text: '!', tone: 'bad', title: { key: 'action_owed' } });
    expect(signOf(purse)).toMatchObject({ text: '!', title: { key: 'action_owedElsewhere', args: [] } });
  });

  test('names no payment that bought nothing while the purse is locked', () => {
    for (const purse of ['locked', 'pocket'] as const) {
      expect(signOf({ ...OPEN, purse, isOwed: true }, owed)).toMatchObject({
        text: '!',
        title: { key: 'action_owedElsewhere', args: [] },
      });
    }
  });

  test('leads to the set-up over a page that asks for money before there is a purse', () => {
    expect(signOf({ ...OPEN, purse: 'none' }, early)).toMatchObject({
      text: '1',
      title: { key: 'action_early', args: ['shop.example'] },
    });
  });

  test('says TEST in a tab with test money, unless something of that tab is to be told', () => {
    expect(signOf({ ...OPEN, waiting: 1, isOwed: true }, null, true)).toMatchObject({
      text: 'TEST',
      tone: 'test',
    });
    expect(signOf(OPEN, owed, true)).toMatchObject({ text: '!', tone: 'test' });
    expect(signOf(OPEN, paid(CENT), true)).toMatchObject({ text: '0.01', tone: 'test' });
  });

  test('tells the more important of two things', () => {
    const texts = [
      signOf({ ...OPEN, isOutOfOrder: true, waiting: 1 }, paid(CENT)),
      signOf({ ...OPEN, waiting: 1 }, paid(CENT)),
      signOf({ ...OPEN, waiting: 1 }, { kind: 'failed' }),
      signOf({ ...OPEN, waiting: 1, isOwed: true }, owed),
      signOf({ ...OPEN, isOwed: true, purse: 'locked' }),
    ].map(({ title }) => title.key);
    expect(texts).toEqual([
      'fault_storageFull',
      'action_paid',
      'action_failed',
      'action_waiting',
      'action_owedElsewhere',
    ]);
  });
});
