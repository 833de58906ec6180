import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { envelopeOf, headerOf, sessionEntry } from '../samples.fixture.ts';
import { decodeObject } from '../wire/envelope.ts';
import { HEADERS } from './paste/header-names.ts';
import { readPaste } from './paste.ts';
import { AROUND, NAMED, OBJECTS, VALUES } from './paste-forms.fixture.ts';

/** An offer whose base64 has `+`, `/` and padding. */
const offer = envelopeOf([sessionEntry], { error: 'é🥦?>~ÿþ', extensions: {} });
const required = headerOf(offer);
const proof = headerOf({ x402Version: 2, accepted: sessionEntry, payload: { proof: 'A'.repeat(64), n: 1 } });
const answer = headerOf({ success: true, transaction: 'B'.repeat(64), network: 'nano:mainnet' });
const version1 = headerOf({
  x402Version: 1,
  scheme: 'exact',
  network: 'base',
  payload: { signature: '0x1' },
});

/** The headers that are read in a text, decoded. */
const readIn = (text: string) =>
  readPaste(text).map(({ header, value }) => [header, decodeObject(value) ?? value]);

test('the sample has every character that tools escape', () => {
  expect(required).toMatch(/^(?=.*\+)(?=.*\/).*=$/);
});

test.each([...VALUES, ...OBJECTS])('%s is read as the offer', (_, write) => {
  expect(readIn(write('payment-required', required))).toEqual([['PAYMENT-REQUIRED', offer]]);
});

test.each(NAMED)('%s is read as the offer', (_, write) => {
  expect(readIn(write('payment-required', required))).toEqual([['PAYMENT-REQUIRED', offer]]);
});

test('the forms are at least forty, each with a name of its own', () => {
  const names = [...VALUES, ...OBJECTS, ...NAMED].map(([name]) => name);
  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(new Set(names).size).toBe(names.length);
});

describe('a name', () => {
  test.each([
    ['payment-signature', proof, 'PAYMENT-SIGNATURE'],
    ['payment-response', answer, 'PAYMENT-RESPONSE'],
    ['x-payment-response', answer, 'PAYMENT-RESPONSE'],
    ['x-payment', version1, 'X-PAYMENT'],
  ])('%s is read in every form', (name, value, header) => {
    const read = NAMED.map(([form, write]) => [form, readIn(write(name, value))]);
    expect(read).toEqual(NAMED.map(([form]) => [form, [[header, decodeObject(value)]]]));
  });

  test('X-Nano-Payment is read with a block hash, in every form that keeps a value whole', () => {
    const hash = '0123456789ABCDEF'.repeat(4);
    const whole = NAMED.filter(([, write]) => write('x-nano-payment', hash).includes(hash));
    expect(whole.length).toBeGreaterThan(40);
    expect(whole.map(([form, write]) => [form, readIn(write('x-nano-payment', hash))])).toEqual(
      whole.map(([form]) => [form, [['X-Nano-Payment', hash]]]),
    );
  });

  test('in a sentence, without a value, is no header', () => {
    const text = 'Send PAYMENT-SIGNATURE with the request, see payment_required.';
    expect(readPaste(text)).toMatchObject([{ by: 'content' }]);
  });
});

test.each([
  [
    'a list of exposed headers',
    `access-control-expose-headers: PAYMENT-REQUIRED, X-PAYMENT-RESPONSE\r\nvary: *`,
  ],
  ['the name of a header as the value of another', JSON.stringify(['Vary', 'PAYMENT-SIGNATURE', 'X-A', 'b'])],
  ['a key of an API', JSON.stringify({ payment_required: 'yes', paymentResponse: 'none', xPayment: 1 })],
  ['a reason phrase', 'HTTP/1.1 402 Payment Required\r\nContent-Length: 0'],
])('%s is no header', (_, text) => {
  expect(readPaste(text)).toMatchObject([{ by: 'content' }]);
  const [found, ...more] = readPaste(`${text}\npayment-required: ${required}`);
  expect([found?.header, decodeObject(found?.value ?? ''), more]).toEqual(['PAYMENT-REQUIRED', offer, []]);
});

test('several headers at once are read in their order, each once', () => {
  const lines = [
    `> PAYMENT-SIGNATURE: ${proof}`,
    `< payment-required: ${required}`,
    `< Payment-Response: ${answer}`,
    `< x-payment-response: ${answer}`,
  ];
  expect(readPaste(lines.join('\r\n')).map(({ header }) => header)).toEqual([
    'PAYMENT-SIGNATURE',
    'PAYMENT-REQUIRED',
    'PAYMENT-RESPONSE',
  ]);
});

test('several values without names are told apart by their contents', () => {
  const text = [required, proof, answer, version1].map((value) => `"${value}"`).join(',\n');
  for (const form of [text, `[${text}]`]) {
    expect(readPaste(form).map(({ header }) => header)).toEqual(
      HEADERS.filter((one) => one !== 'X-Nano-Payment'),
    );
  }
});

test('a token of another kind in base64 is no payment header', () => {
  const token = headerOf({ alg: 'HS256', typ: 'JWT' });
  const text = `authorization: Bearer ${token}.${headerOf({ sub: 'x' })}.c2ln\npayment-required: ${required}`;
  expect(readIn(text)).toEqual([['PAYMENT-REQUIRED', offer]]);
  expect(readPaste(`a token ${token} alone`)).toMatchObject([
    { by: 'content', notes: [{ key: 'wire_lookedFor' }] },
  ]);
});

test('a value that cannot be read does not take the value of the next header', () => {
  const text = `PAYMENT-REQUIRED: eyJ%\r\nx-token: ${required}\r\n`;
  expect(readPaste(text)).toMatchObject([{ header: 'PAYMENT-REQUIRED', value: 'eyJ%' }]);
});

test('a header that was written as plain JSON is read, and said to be so', () => {
  for (const text of [
    `PAYMENT-REQUIRED: ${JSON.stringify(offer)}`,
    JSON.stringify({ headers: { 'payment-required': offer } }),
    `{ 'payment-required': ${JSON.stringify(offer)} }`,
  ]) {
    const [found, ...more] = readPaste(text);
    expect([found?.header, decodeObject(found?.value ?? ''), more]).toEqual(['PAYMENT-REQUIRED', offer, []]);
    expect(found?.notes).toMatchObject([{ key: 'wire_pastedPlain' }]);
  }
});

describe('a text without a payment header', () => {
  test.each([
    ['How do I charge?', 'wire_stoppedAt', ['16', '?', '1']],
    ['\n  abc\n  d%f', 'wire_stoppedAt', ['4', '%f', '3']],
    ['{"x402Version": 2,\n "accepts": [oops]}', 'wire_stoppedAt', ['14', 'oops]}', '2']],
    ['{"x402Version": 2, "accepts": [{"amount": "1"', 'wire_stoppedAtEnd', []],
    ['🥦 «x» %', 'wire_stoppedAt', ['1', '🥦 «x» %', '1']],
  ])('%j says where reading stopped', (text, key, args) => {
    const [found] = readPaste(text);
    expect(found?.notes.map((one) => one.key)).toEqual(['wire_lookedFor', key]);
    expect(found?.notes[0]?.args).toEqual([HEADERS.join(', ')]);
    expect(found?.notes[1]?.args).toEqual(args);
  });
});

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const members = fc.dictionary(
  text.filter((key) => key !== 'x402Version'),
  fc.oneof(text, fc.integer(), fc.constant(null)),
  {
    maxKeys: 4,
  },
);

describe('for any header', () => {
  const extra = fc.record({ extra: members });
  const header = fc.oneof(
    extra.map(
      (more) => ['payment-required', { x402Version: 2, resource: { url: '/' }, accepts: [more] }] as const,
    ),
    extra.map((more) => ['payment-signature', { x402Version: 2, accepted: more, payload: more }] as const),
    extra.map((more) => ['payment-response', { success: true, ...more }] as const),
    extra.map((more) => ['x-payment', { x402Version: 1, scheme: 'exact', payload: more }] as const),
  );

  test('every form of it in any surroundings is read as the same', () => {
    fc.assert(
      fc.property(
        header,
        fc.constantFrom(...NAMED),
        fc.constantFrom(...AROUND),
        (given, [, write], [, around]) => {
          const [name, object] = given;
          expect(readIn(around(write(name, headerOf(object))))).toEqual([
            [name.toUpperCase(), JSON.parse(JSON.stringify(object))],
          ]);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test('its value alone, in every form, is read as the same', () => {
    fc.assert(
      fc.property(header, fc.constantFrom(...VALUES), (given, [, write]) => {
        const [name, object] = given;
        expect(readIn(write(name, headerOf(object)))).toEqual([[name.toUpperCase(), object]]);
      }),
      { numRuns: 1_000 },
    );
  });
});
