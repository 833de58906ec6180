import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };
import { estimate } from './estimate.ts';
import { passwordStrength } from './strength.ts';

/** Lists of an estimator that the product does not use: passwords, names and words, the commonest first. */
const lists: Readonly<Record<string, readonly string[]>> = createRequire(import.meta.url)(
  'zxcvbn/lib/frequency_lists.js',
);
const FLOOR = 3;
const passes = (password: string) => estimate(password).score >= FLOOR;
const names = ['female_names', 'male_names', 'surnames'].flatMap(
  (list) => lists[list]?.slice(0, 3_000) ?? [],
);
const titled = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

describe('passwordStrength refuses', () => {
  test.each([
    ['one of the 10,000 commonest', 'passwords', 10_000],
    ['one of the 3,712 commonest names of women', 'female_names', 10_000],
    ['one of the 983 commonest names of men', 'male_names', 10_000],
    ['one of the 10,000 commonest surnames', 'surnames', 10_000],
    ['one of the 10,000 commonest words', 'english_wikipedia', 10_000],
  ])(
    '%s',
    (_, list, most) => {
      const words = lists[list] ?? [];
      expect(words.length).toBeGreaterThan(900);
      const tried = words.slice(0, most);
      expect(tried.filter(passes)).toEqual([]);
    },
    300_000,
  );

  test('the 2,000 most common ones with the usual changes', () => {
    const common = lists.passwords?.slice(0, 2_000) ?? [];
    const dressed = [
      (word: string) => `${titled(word)}1!`,
      (word: string) => `${titled(word)}2026`,
      (word: string) => word.replace(/a/g, '@').replace(/o/g, '0').replace(/e/g, '3').replace(/i/g, '1'),
      (word: string) => word + word,
      (word: string) => [...word].reverse().join(''),
    ];
    const tried = common.map((word, at) => dressed[at % dressed.length]?.(word) ?? word);
    expect(tried.filter(passes)).toEqual([]);
  }, 300_000);

  const day = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2059-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  const two = (part: number) => part.toString().padStart(2, '0');
  const formats: readonly ((date: Date, separator: string) => string)[] = [
    (date, s) => [date.getUTCFullYear(), two(date.getUTCMonth() + 1), two(date.getUTCDate())].join(s),
    (date, s) => [two(date.getUTCDate()), two(date.getUTCMonth() + 1), date.getUTCFullYear()].join(s),
    (date, s) => [two(date.getUTCMonth() + 1), two(date.getUTCDate()), date.getUTCFullYear()].join(s),
    (date, s) => [date.getUTCDate(), date.getUTCMonth() + 1, two(date.getUTCFullYear() % 100)].join(s || '.'),
    (date, s) =>
      [two(date.getUTCDate()), two(date.getUTCMonth() + 1), two(date.getUTCFullYear() % 100)].join(s),
    ...['en-US', 'en-GB', 'de', 'fr', 'es', 'pl'].map(
      (language) => (date: Date) => date.toLocaleDateString(language, { dateStyle: 'long', timeZone: 'UTC' }),
    ),
    (date) => date.toLocaleDateString('en', { dateStyle: 'full', timeZone: 'UTC' }),
    (date) =>
      date
        .toLocaleDateString('en-GB', { month: 'short', day: '2-digit', year: 'numeric', timeZone: 'UTC' })
        .replaceAll(' ', ''),
  ];
  const dateText = fc
    .tuple(day, fc.constantFrom(...formats), fc.constantFrom('', '-', '.', '/', ' ', '_'))
    .map(([date, format, separator]) => format(date, separator));
  const nameText = fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(titled, String))
    .map(([word, dress]) => dress(word));
  const joint = fc.constantFrom('', ' ', '-', '.', '_', '!', ', ');

  const never = (text: fc.Arbitrary<string>) =>
    fc.assert(
      fc.property(text, (password) => {
        expect(passes(password), password).toBe(false);
      }),
      { numRuns: 100 },
    );

  test('a date in any format', () => never(dateText), 300_000);
  test(
    'two dates',
    () =>
      never(
        fc.tuple(dateText, fc.constantFrom(' ', '-', ', ', '/'), dateText).map((parts) => parts.join('')),
      ),
    300_000,
  );
  test('a name with a date in either order', () => {
    const parts = fc.tuple(nameText, joint, dateText);
    never(
      fc
        .oneof(
          parts,
          parts.map((three) => three.toReversed()),
        )
        .map((three) => three.join('')),
    );
  }, 300_000);
  test('a first name and a surname, with or without a date', () => {
    const end = fc.oneof(
      fc.constant(''),
      fc.tuple(joint, dateText).map((parts) => parts.join('')),
    );
    never(fc.tuple(nameText, joint, nameText, end).map((parts) => parts.join('')));
  }, 300_000);
  test('a name that is in no list, with a year', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'abcdefghijklmnoprstuvwyz'),
      minLength: 3,
      maxLength: 14,
    });
    never(
      fc
        .tuple(letters, joint, fc.integer({ min: 1900, max: 2099 }))
        .map(([word, ...rest]) => titled(word) + rest.join('')),
    );
  }, 300_000);
});

describe('passwordStrength', () => {
  test.each([
    ['x7Q', 'password_longer'],
    ['password', 'password_common'],
    ['P@ssw0rd!', 'password_common'],
    ['iloveyou2', 'password_common'],
    ['michelle', 'password_common'],
    ['trustno1', 'password_common'],
    ['butterfly', 'password_common'],
    ['12.04.1987', 'password_date'],
    ['Featherstone 1987', 'password_names'],
    ['12th of April 1987', 'password_names'],
    ['O’Connor, Anne 87', 'password_names'],
    ['Nano Purse 402', 'password_names'],
    ['nano-purse-wallet', 'password_names'],
    ['12345678', 'password_common'],
    ['qwertyuiop[]asdfghjkl', 'password_pattern'],
    ['!QAZ2wsx#EDC4rfv', 'password_pattern'],
    ['1qaz2wsx3edc4rfv5tgb6yhn', 'password_pattern'],
    ['poiuytrewqlkjhgfdsamnbvcxz', 'password_pattern'],
    ['1a2b3c4d5e6f7g8h', 'password_pattern'],
    ['aaaabbbbccccddddeeee', 'password_pattern'],
    ['abc123def456ghi789', 'password_pattern'],
    ['xk7xk7xk7xk7xk7xk7', 'password_pattern'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', 'password_pattern'],
  ])('refuses %j with the advice %s', async (password, advice) => {
    expect(await passwordStrength(password, 'purse')).toMatchObject({
      refusal: 'fault_weakPassword',
      advice,
    });
    expect(await passwordStrength(password, 'file')).toMatchObject({
      refusal: 'fault_weakFilePassword',
      advice,
    });
    expect(messages).toHaveProperty(advice);
  });

  test.each([
    'correct horse battery staple',
    'correcthorsebatterystaple',
    'fjord tulip oboe zinc',
    'vK8#tq2!Lm9x',
    'Straße nach Süden 7',
    'xKqWzVbNtRmP',
    'a keeper of small change',
    'пять ворот и деревянный мост',
  ])('accepts %j for the purse and a file', async (password) => {
    for (const use of ['purse', 'file'] as const)
      expect(await passwordStrength(password, use)).toEqual({ score: 4, refusal: null, advice: null });
  });

  test('can accept a password for the purse and refuse it for a file', async () => {
    const password = 'g7Tq9wZp2x';
    expect(await passwordStrength(password, 'purse')).toEqual({ score: 3, refusal: null, advice: null });
    expect(await passwordStrength(password, 'file')).toMatchObject({
      score: 3,
      refusal: 'fault_weakFilePassword',
    });
  });

  test('gives a repeated password no higher score', () => {
    const word = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !passes(text));
    fc.assert(
      fc.property(word, fc.integer({ min: 2, max: 5 }), (password, times) => {
        expect(passes(password.repeat(times)), password).toBe(false);
      }),
    );
  }, 300_000);

  test('accepts 20 random letters and digits', () => {
    const chance = Array.from({ length: 200 }, (_, seed) =>
      createHash('sha256').update(`${seed}`).digest('base64').replace(/\W/g, '').slice(0, 20),
    );
    expect(chance.filter((password) => estimate(password).score < 4)).toEqual([]);
  });

  test('judges a very long password quickly', () => {
    const before = performance.now();
    for (const password of ['ab'.repeat(500_000), 'x'.repeat(1_000_000), '1qaz'.repeat(50_000)])
      estimate(password);
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});
