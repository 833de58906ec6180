import { describe, expect, test } from 'vitest';
import type { BudgetView } from '../../messages/budget.ts';
import { RAW_PER_XNO } from '../../nano/amount.ts';
import { type BudgetDraft, draftOf, newDraft, readDraft } from './budget-draft.ts';

const NOW = new Date('2026-11-22T12:00:00').getTime();
const xno = (amount: bigint) => (amount * RAW_PER_XNO).toString();

const view: BudgetView = {
  site: 'https://news.example',
  perPayment: xno(1n),
  perHour: null,
  perDay: xno(5n),
  perMonth: null,
  total: xno(20n),
  term: { until: '2026-12-01', renews: 'month' },
  ended: false,
  renewsOn: '2026-12-01',
  uses: [],
  spentToday: '0',
  tagsToday: '0',
  pinned: true,
  payTo: null,
  priceRise: 0,
  initiators: ['https://one.example', 'https://two.example'],
  paused: false,
};
const draft = draftOf(view, NOW);
const read = (parts: Partial<BudgetDraft>) => readDraft({ ...draft, ...parts }, NOW);

test('a budget that is opened and saved is unchanged', () => {
  const { perPayment, perHour, perDay, perMonth, total, term, pinned, priceRise, initiators } = view;
  expect(readDraft(draft, NOW)).toEqual({
    kind: 'change',
    change: { perPayment, perHour, perDay, perMonth, total, term, pinned, priceRise, initiators },
  });
});

test('a new budget that is saved as it is offered limits each payment and the day, and no more', () => {
  expect(readDraft(newDraft(NOW), NOW)).toEqual({
    kind: 'change',
    change: {
      perPayment: (RAW_PER_XNO / 20n).toString(),
      perHour: null,
      perDay: (RAW_PER_XNO / 2n).toString(),
      perMonth: null,
      total: null,
      term: null,
      pinned: true,
      priceRise: 0,
      initiators: [],
    },
  });
});

test('an empty field sets no limit', () => {
  const change = { perPayment: null, perDay: null, total: xno(20n) };
  expect(read({ perPayment: ' ', perDay: '' })).toMatchObject({ kind: 'change', change });
});

test('the default end of a period is the first of the next month', () => {
  const endless = draftOf({ ...view, term: null }, NOW);
  expect(endless).toMatchObject({ lasts: 'always', until: '2026-12-01' });
  expect(readDraft(endless, NOW)).toMatchObject({ change: { term: null } });
  expect(readDraft({ ...endless, lasts: 'never' }, NOW)).toMatchObject({
    change: { term: { until: '2026-12-01', renews: 'never' } },
  });
});

describe('the budget form reports', () => {
  test.each<[string, string, Partial<BudgetDraft>]>([
    ['what is no amount', 'fault_badAmount', { perHour: '1;5' }],
    ['that nothing is limited', 'fault_budgetUnlimited', { perDay: '', total: '', lasts: 'always' }],
    ['that a limit allows no payment', 'popup_limitBelow', { perMonth: '0.9' }],
    ['that the day is over', 'popup_dateFault', { until: '2026-11-22' }],
    ['that there is no such day', 'popup_dateFault', { until: '2027-02-29' }],
    ['that no day was chosen', 'popup_dateFault', { until: '' }],
    ['that nothing renews', 'popup_renewsNothing', { total: '' }],
    ['what is no percentage', 'popup_priceRiseFault', { priceRise: '1.5' }],
    ['what is too large a percentage', 'popup_priceRiseFault', { priceRise: '1001' }],
  ])('%s', (_, key, parts) => {
    expect(read(parts)).toMatchObject({ kind: 'remark', key });
  });

  test('nothing about a date that is not used', () => {
    expect(read({ lasts: 'always', until: '' }).kind).toBe('change');
  });
});

test('initiators are separated by lines or spaces', () => {
  const initiators = ['one.example', 'https://two.example'];
  expect(read({ initiators: ' one.example\n\nhttps://two.example ' })).toMatchObject({
    change: { initiators },
  });
});
