import 'fake-indexeddb/auto';
import { beforeEach, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import type { RateSource } from '../messages/settings.ts';
import { openDatabase } from '../storage/database.ts';
import { StoredSettings } from '../storage/settings.ts';
import { CurrencyRate } from './currency-rate.ts';

const SOURCE: RateSource = { url: 'https://rates.example/price', path: 'nano.eur' };
const HOUR = 3_600_000;
const START = 1_800_000_000_000;

let settings: StoredSettings;
let rate: CurrencyRate;
let now: number;
/** What the source answers, and how often it was asked. */
let answer: string | Fault;
let asked: number;
let isAllowed: boolean;

beforeEach(async () => {
  settings = new StoredSettings(await openDatabase(crypto.randomUUID()));
  [now, answer, asked, isAllowed] = [START, '0.85', 0, true];
  rate = new CurrencyRate({
    settings,
    mayAsk: async () => isAllowed,
    ask: async () => {
      asked += 1;
      if (answer instanceof Fault) throw answer;
      return answer;
    },
    notifyPages: () => undefined,
    now: () => now,
  });
});

const kept = async () => [await settings.read('currency'), await settings.read('rateSource')];
const told = (rateOfXno: string, at: number, askedAt = at, fault: object | null = null) => [
  { code: 'EUR', rate: rateOfXno },
  { ...SOURCE, at, askedAt, fault },
];

test('no source is asked before the user has named one', async () => {
  await settings.write('currency', { code: 'EUR', rate: '1' });
  await rate.refresh();
  expect(asked).toBe(0);
  expect(await kept()).toEqual([{ code: 'EUR', rate: '1' }, null]);
});

test('a source is asked when it is named, and then once an hour at most', async () => {
  await rate.use('EUR', SOURCE);
  expect(await kept()).toEqual(told('0.85', START));
  answer = '0.9';
  now += HOUR - 1;
  await rate.refresh();
  expect(asked).toBe(1);
  now += 1;
  await Promise.all([rate.refresh(), rate.refresh()]);
  expect(asked).toBe(2);
  expect(await kept()).toEqual(told('0.9', START + HOUR));
});

test('a source that fails leaves the last rate with its time, says why, and is not asked again for an hour', async () => {
  await rate.use('EUR', SOURCE);
  now += HOUR;
  answer = new Fault('fault_rateStatus', ['rates.example', '429']);
  await rate.refresh();
  const fault = { key: 'fault_rateStatus', args: ['rates.example', '429'] };
  expect(await kept()).toEqual(told('0.85', START, START + HOUR, fault));
  await rate.refresh();
  expect(asked).toBe(2);
  answer = '0.8';
  now += HOUR;
  await rate.refresh();
  expect(await kept()).toEqual(told('0.8', START + 2 * HOUR));
});

test('a source that fails when it is named, or may not be asked, changes nothing', async () => {
  answer = new Fault('fault_rateUnanswered', ['rates.example']);
  await expect(rate.use('EUR', SOURCE)).rejects.toThrow('fault_rateUnanswered');
  isAllowed = false;
  await expect(rate.use('EUR', SOURCE)).rejects.toThrow('fault_rateForbidden rates.example');
  expect(asked).toBe(1);
  expect(await kept()).toEqual([null, null]);
});

test('a source whose server may not be asked any more is not asked', async () => {
  await rate.use('EUR', SOURCE);
  now += HOUR;
  isAllowed = false;
  await rate.refresh();
  expect(asked).toBe(1);
  const fault = { key: 'fault_rateForbidden', args: ['rates.example'] };
  expect(await kept()).toEqual(told('0.85', START, START + HOUR, fault));
});

test('an answer that comes after the user has chosen another source counts for nothing', async () => {
  await rate.use('EUR', SOURCE);
  await settings.write('rateSource', { ...SOURCE, path: 'nano.usd', at: START, askedAt: START, fault: null });
  await settings.changeRateSource(SOURCE, { at: START + 1 }, '7');
  expect(await settings.read('currency')).toEqual({ code: 'EUR', rate: '0.85' });
  expect(await settings.read('rateSource')).toMatchObject({ path: 'nano.usd', at: START });
});
