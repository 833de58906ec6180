import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOf, BURN_ADDRESS, type PublicKey } from '../nano/account.ts';
import { MAX_SUPPLY } from '../nano/amount.ts';
import { LONGEST_URI, readPaymentUri, type UriRefusal } from './payment-uri.ts';
import { PAYEE } from './samples.fixture.ts';

const NOTHING = { kind: 'payment', payTo: PAYEE, amount: null, label: null, message: null };
const refusal = (text: string) => {
  const reading = readPaymentUri(text);
  return reading.kind === 'refused' ? reading.reason : null;
};

describe('a payment URI is read', () => {
  test.each([
    ['with an address alone', `nano:${PAYEE}`, {}],
    ['with the old prefix', `nano:${PAYEE.replace('nano_', 'xrb_')}`, {}],
    ['with a scheme in capitals', `NANO:${PAYEE}?amount=1`, { amount: 1n }],
    [
      'with an amount of raw',
      `nano:${PAYEE}?amount=1230000000000000000000000000000`,
      { amount: 123n * 10n ** 28n },
    ],
    ['with the whole supply', `nano:${PAYEE}?amount=${MAX_SUPPLY}`, { amount: MAX_SUPPLY }],
    [
      'with label and message in any order',
      `nano:${PAYEE}?message=Two%20cups&label=Caf%C3%A9&amount=7`,
      { amount: 7n, label: 'Café', message: 'Two cups' },
    ],
    ['with a plus sign, which is no space', `nano:${PAYEE}?label=a+b`, { label: 'a+b' }],
    ['with an empty label', `nano:${PAYEE}?label=&message`, {}],
    [
      'with parameters that are not known',
      `nano:${PAYEE}?callback=https%3A%2F%2Fx&Amount=9&nano-raw=5&amount=7`,
      { amount: 7n },
    ],
    ['with a fragment, which is no part of it', `nano:${PAYEE}?amount=7#amount=8`, { amount: 7n }],
    ['as payto', `payto://nano/${PAYEE}`, {}],
    ['as payto, with a slash at the end', `payto://Nano/${PAYEE}/?amount=7`, { amount: 7n }],
    ['as payto, with the unit', `payto://nano/${PAYEE}?amount=RAW:7`, { amount: 7n }],
    [
      'as payto, with the names of ORIS-009',
      `payto://nano/${PAYEE}?nano-raw=7&receiver-name=Shop&message=Order%201`,
      { amount: 7n, label: 'Shop', message: 'Order 1' },
    ],
    ['as payto, with the older name', `payto://nano/${PAYEE}?receiver_name=Shop`, { label: 'Shop' }],
  ])('%s', (_name, text, parts) => {
    expect(readPaymentUri(text)).toEqual({ ...NOTHING, ...parts });
  });

  test('with its words cut to 80 and 200 characters, without invisible ones', () => {
    const long = 'x'.repeat(300);
    const { label, message } = readPaymentUri(`nano:${PAYEE}?label=a%E2%80%8Bb${long}&message=${long}`) as {
      label: string;
      message: string;
    };
    expect([label, label.length, message.length]).toEqual([`ab${'x'.repeat(77)}…`, 80, 200]);
  });
});

describe('a payment URI is refused by name', () => {
  const wrong = PAYEE.replace(/.$/, (last) => (last === '1' ? '3' : '1'));
  const hostile: readonly (readonly [name: string, text: string, reason: UriRefusal])[] = [
    ['too long', `nano:${PAYEE}?x=${'y'.repeat(LONGEST_URI)}`, 'link_tooLong'],
    ['of a web page', 'https://example.com/', 'link_otherScheme'],
    ['of another coin', 'bitcoin:bc1qexample?amount=1', 'link_otherScheme'],
    ['of a seed', `nanoseed:${'0'.repeat(64)}`, 'link_otherScheme'],
    ['of another payment system', 'payto://iban/DE75512108001245126199?amount=EUR:1', 'link_otherScheme'],
    ['of payto without slashes', `payto:nano/${PAYEE}`, 'link_otherScheme'],
    ['to an account of another network', `nano:ban_${PAYEE.slice(5)}`, 'link_otherNetwork'],
    ['to an account of another network by payto', `payto://nano/ban_${PAYEE.slice(5)}`, 'link_otherNetwork'],
    ['with slashes before the address', `nano://${PAYEE}`, 'link_badAddress'],
    ['with a network before the address', `nano:beta:${PAYEE}`, 'link_badAddress'],
    ['without an address', 'nano:?amount=1', 'link_badAddress'],
    ['with a short address', `nano:${PAYEE.slice(0, -1)}`, 'link_badAddress'],
    ['with an address in capitals', `nano:${PAYEE.toUpperCase()}`, 'link_badAddress'],
    ['with an encoded address', `nano:${PAYEE.replace('_', '%5F')}`, 'link_badAddress'],
    ['with two addresses', `payto://nano/${PAYEE}/${PAYEE}`, 'link_badAddress'],
    ['with a wrong checksum', `nano:${wrong}`, 'link_badChecksum'],
    ['to the burn account', `nano:${BURN_ADDRESS}`, 'fault_burnAddress'],
    ['with a direction character in the address', `nano:${PAYEE}%E2%80%AE`, 'link_hiddenCharacters'],
    ['with a control character in the address', `nano:${PAYEE}%00`, 'link_hiddenCharacters'],
    ['with a direction character in the label', `nano:${PAYEE}?label=a%E2%80%AEb`, 'link_hiddenCharacters'],
    ['with an isolate in the message', `nano:${PAYEE}?message=%E2%81%A6b`, 'link_hiddenCharacters'],
    ['with a line feed in the message', `nano:${PAYEE}?message=a%0Ab`, 'link_hiddenCharacters'],
    ['with a broken encoding', `nano:${PAYEE}?label=%E2%80`, 'link_badEncoding'],
    ['with two amounts', `nano:${PAYEE}?amount=1&amount=1`, 'link_twice'],
    ['with two amounts, one of them encoded', `nano:${PAYEE}?amount=1&%61mount=2`, 'link_twice'],
    ['with two amounts of two names', `payto://nano/${PAYEE}?amount=1&nano-raw=2`, 'link_twice'],
    ['with two labels', `nano:${PAYEE}?label=a&label=b`, 'link_twice'],
    ['with more than there is', `nano:${PAYEE}?amount=${MAX_SUPPLY + 1n}`, 'link_amountTooLarge'],
    ['with a huge amount', `nano:${PAYEE}?amount=1${'0'.repeat(1000)}`, 'link_amountTooLarge'],
    ['with a negative amount', `nano:${PAYEE}?amount=-1`, 'link_amountNegative'],
    ['with a decimal point', `nano:${PAYEE}?amount=0.01`, 'link_amountDecimal'],
    ['with a decimal comma', `nano:${PAYEE}?amount=1%2C5`, 'link_amountDecimal'],
    ['with nothing', `nano:${PAYEE}?amount=0`, 'link_amountZero'],
    ['with an amount of XNO', `payto://nano/${PAYEE}?amount=XNO:1`, 'link_amountCurrency'],
    ['with an amount of NANO', `payto://nano/${PAYEE}?amount=NANO:1.25`, 'link_amountCurrency'],
    ['with a unit in a nano link', `nano:${PAYEE}?amount=RAW:1`, 'link_amountCurrency'],
    ['with an empty amount', `nano:${PAYEE}?amount=`, 'link_badAmount'],
    ['with a leading zero', `nano:${PAYEE}?amount=01`, 'link_badAmount'],
    ['with an exponent', `nano:${PAYEE}?amount=1e30`, 'link_badAmount'],
    ['with hex digits', `nano:${PAYEE}?amount=0x10`, 'link_badAmount'],
    ['with digits of another script', `nano:${PAYEE}?amount=%EF%BC%91`, 'link_badAmount'],
    ['with a space', `nano:${PAYEE}?amount=1%20`, 'link_badAmount'],
  ];
  test.each(hostile)('%s', (_name, text, reason) => {
    expect(refusal(text)).toBe(reason);
  });
});

describe('for any text', () => {
  const words = fc.string({ unit: 'binary', maxLength: 40 });
  const part = fc.oneof(
    words,
    words.map((text) => encodeURIComponent(text)),
    fc.constantFrom(
      PAYEE,
      'nano:',
      'payto://nano/',
      '?',
      '&',
      '=',
      'amount=',
      'label=',
      '%',
      '#',
      '1',
      '-',
      '.',
    ),
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  const uri = fc.oneof(
    text,
    text.map((rest) => `nano:${PAYEE}?${rest}`),
    text.map((rest) => `payto://nano/${rest}`),
  );

  test('a reading never throws, and what is read can be paid and shown', () => {
    fc.assert(
      fc.property(uri, (one) => {
        const reading = readPaymentUri(one);
        if (reading.kind === 'refused') return;
        expect(reading.payTo).toMatch(/^nano_[13]/);
        if (reading.amount !== null) {
          expect(reading.amount > 0n && reading.amount <= MAX_SUPPLY).toBe(true);
          expect(one.replace(/%3(\d)/g, '$1')).toContain(String(reading.amount));
        }
        for (const said of [reading.label, reading.message])
          expect(said ?? '').not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
      { numRuns: 2000 },
    );
  });

  test('what was written is what is read', () => {
    const key = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase() as PublicKey);
    fc.assert(
      fc.property(key, fc.bigInt({ min: 1n, max: MAX_SUPPLY }), (publicKey, amount) => {
        const payTo = addressOf(publicKey);
        fc.pre(payTo !== BURN_ADDRESS);
        for (const start of [`nano:${payTo}?amount=`, `payto://nano/${payTo}?nano-raw=`])
          expect(readPaymentUri(`${start}${amount}`)).toEqual({ ...NOTHING, payTo, amount });
      }),
    );
  });
});
