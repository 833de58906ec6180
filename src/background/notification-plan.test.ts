import { describe, expect, test } from 'vitest';
import {
  lookedAt,
  MOST_UP,
  type NotificationState,
  nameOf,
  planOf,
  QUIET_FOR,
  type Tellable,
  type ToldSite,
} from './notification-plan.ts';

const SHOP = 'https://shop.example:8443';
const CENT = String(10n ** 28n);
const NOW = 1_800_000_000_000;

const question = (id: string, change: Partial<Tellable> = {}): Tellable => ({
  kind: 'question',
  id,
  from: SHOP,
  named: { site: SHOP, price: CENT, isTest: false },
  isSeen: false,
  ...change,
});
const owed = (id: string, change: Partial<Tellable> = {}) => question(id, { kind: 'owed', ...change });

/** The background over time: what was told, and what the browser shows. */
class Life {
  told: readonly ToldSite[] = [];
  readonly up = new Set<string>();
  now = NOW;

  /** Returns what a step shows and clears. */
  step(tellable: readonly Tellable[], given: Partial<NotificationState> = {}) {
    const { told, up, now } = this;
    const plan = planOf({ tellable, told, up: new Set(up), resuming: new Set(), now, ...given });
    this.told = plan.told;
    for (const name of plan.clear) up.delete(name);
    for (const { name } of plan.show) up.add(name);
    return { show: plan.show.map(({ name }) => name), clear: plan.clear };
  }
}

const QUESTIONS = nameOf(question(''));
const nothing = { show: [], clear: [] };

/** What the one notification of this says. */
function saidOf(...tellable: readonly Tellable[]) {
  const { show } = planOf({ tellable, told: [], up: new Set(), resuming: new Set(), now: NOW });
  expect(show).toHaveLength(1);
  return [show[0]?.title, show[0]?.message].map((one) => [one?.key, ...(one?.args ?? [])]);
}

describe('a notification', () => {
  test('of one question names site and price, and says where that is test money', () => {
    expect(saidOf(question('1'))).toEqual([['notify_question'], ['notify_amount', '0.01', SHOP]]);
    const test = question('1', { named: { site: SHOP, price: CENT, isTest: true } });
    expect(saidOf(test)).toEqual([['notify_question'], ['notify_testAmount', '0.01', SHOP]]);
  });

  test('of several questions says how many, and names the site that asks', () => {
    const other = question('2', { named: { site: 'https://pay.example', price: CENT, isTest: false } });
    expect(saidOf(question('1'), other)).toEqual([
      ['notify_questions', '2'],
      ['notify_site', SHOP],
    ]);
  });

  test('of a payment that bought nothing names site and price, but for a locked purse', () => {
    expect(saidOf(owed('1'))).toEqual([['notify_owed'], ['notify_amount', '0.01', SHOP]]);
    const unnamed = (id: string) => owed(id, { from: '', named: null });
    expect(saidOf(unnamed('1'))).toEqual([['notify_owed'], ['notify_open']]);
    expect(saidOf(unnamed('1'), unnamed('2'))).toEqual([['notify_owedMany', '2'], ['notify_open']]);
  });

  test('shows the end of an origin that is too long, which says whose it is', () => {
    const site = `https://${'paypal.com.'.repeat(12)}evil.example`;
    const [, message] = saidOf(question('1', { named: { site, price: CENT, isTest: false } }));
    expect(message?.at(-1)).toMatch(/^….{48}evil\.example$/);
  });
});

describe('notifications', () => {
  test('are shown once for a question, and cleared when it is over', () => {
    const life = new Life();
    expect(life.step([question('1')])).toEqual({ show: [QUESTIONS], clear: [] });
    expect(life.step([question('1')])).toEqual(nothing);
    expect(life.step([])).toEqual({ show: [], clear: [QUESTIONS] });
    expect(life.step([])).toEqual(nothing);
  });

  test('tell nothing that was seen, and are cleared once it is seen', () => {
    const life = new Life();
    expect(life.step([question('1', { isSeen: true })])).toEqual(nothing);
    expect(life.step([question('1')])).toEqual(nothing);
    expect(life.step([question('1'), question('2')]).show).toEqual([QUESTIONS]);
    expect(life.step([question('1'), question('2', { isSeen: true })]).clear).toEqual([QUESTIONS]);
  });

  test('are no stream, however often a page asks and takes its question back', () => {
    const life = new Life();
    const shown: string[] = [];
    for (let count = 0; count < 50; count += 1) {
      shown.push(...life.step([question(`${count}`)]).show);
      life.step([]);
    }
    expect(shown).toEqual([QUESTIONS]);
    life.now += QUIET_FOR - 1;
    expect(life.step([question('late')])).toEqual(nothing);
    life.now += 1;
    expect(life.step([question('late')]).show).toEqual([QUESTIONS]);
  });

  test('are shown again at once for a site whose question its user has looked at', () => {
    const life = new Life();
    life.step([question('1')]);
    life.step([question('1', { isSeen: true })]);
    expect(life.step([question('2')]).show).toEqual([QUESTIONS]);
    life.told = lookedAt(life.told, QUESTIONS);
    expect(life.step([question('2'), question('3')])).toEqual({ show: [QUESTIONS], clear: [QUESTIONS] });
  });

  test('stay while a part of what they tell waits, and do not follow each other', () => {
    const life = new Life();
    life.step([question('1'), question('2')]);
    expect(life.step([question('2'), question('3')])).toEqual(nothing);
    expect(life.step([question('3')])).toEqual({ show: [], clear: [QUESTIONS] });
  });

  test('are cleared once a part of what they tell was seen', () => {
    const life = new Life();
    life.step([question('1'), question('2')]);
    expect(life.step([question('1', { isSeen: true }), question('2')]).clear).toEqual([QUESTIONS]);
  });

  test('that the user has closed do not come back', () => {
    const life = new Life();
    life.step([question('1')]);
    life.up.clear();
    expect(life.step([question('1')])).toEqual(nothing);
    expect(life.step([question('1'), question('2')])).toEqual(nothing);
  });

  test('stay while a restarted worker has not asked their question again, and are not shown twice', () => {
    const life = new Life();
    life.step([question('1'), question('2', { from: 'https://other.example', isSeen: true })]);
    expect(life.step([], { resuming: new Set(['1', '2']) })).toEqual(nothing);
    const again = [question('1'), question('2', { from: 'https://other.example' })];
    expect(life.step(again)).toEqual(nothing);
    expect(life.step([]).clear).toEqual([QUESTIONS]);
  });

  test('are for each site and each kind one, and only so many in all', () => {
    const life = new Life();
    const sites = Array.from({ length: MOST_UP }, (_, number) => `https://${number}.example`);
    const questions = sites.map((from) => question(from, { from }));
    expect(life.step([owed('paid'), ...questions]).show).toHaveLength(MOST_UP);
    expect(life.step([owed('paid'), ...questions])).toEqual(nothing);
    expect(life.step(questions)).toEqual({ show: ['question https://3.example'], clear: [`owed ${SHOP}`] });
  });

  test('name no payment any more once the purse is locked, and tell it no second time', () => {
    const life = new Life();
    life.step([owed('1')]);
    expect(life.step([owed('1', { from: '', named: null })])).toEqual({ show: [], clear: [`owed ${SHOP}`] });
    expect(life.step([owed('1')])).toEqual(nothing);
  });

  test('that nothing is remembered of are cleared', () => {
    const life = new Life();
    life.up.add('question https://gone.example');
    expect(life.step([])).toEqual({ show: [], clear: ['question https://gone.example'] });
  });

  test('leave nothing to remember when their time is over', () => {
    const life = new Life();
    life.step([question('1')]);
    life.step([]);
    life.now += QUIET_FOR;
    life.step([]);
    expect(life.told).toEqual([]);
  });
});
