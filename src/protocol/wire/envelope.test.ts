import { afterEach, describe, expect, test, vi } from 'vitest';
import { encodeBase64 } from '../../base64.ts';
import { envelopeOf, headerOf, sessionEntry } from '../samples.fixture.ts';
import { decodeEnvelope, decodeObject, encodeProof } from './envelope.ts';

const good = envelopeOf([sessionEntry], { note: 'é🥦?>~ÿþ' });
const header = headerOf(good);
const unpadded = header.replace(/=+$/, '');
const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');

function codeOf(text: string): string {
  const decoded = decodeEnvelope(text);
  return decoded.ok ? 'OK' : decoded.code;
}
const bytesHeader = (...bytes: number[]) => encodeBase64(Uint8Array.from(bytes));
const textHeader = (text: string) => encodeBase64(new TextEncoder().encode(text));

afterEach(() => vi.restoreAllMocks());

describe('base64', () => {
  test.each([
    ['standard, padded', header],
    ['standard, unpadded', unpadded],
    ['URL-safe, padded', urlSafe(header)],
    ['URL-safe, unpadded', urlSafe(unpadded)],
    ['spaces and tabs around', ` \t${header}\t `],
  ])('reads %s', (_name, text) => {
    expect(codeOf(text)).toBe('OK');
  });

  test('the sample distinguishes the two alphabets and has padding', () => {
    expect(header).toMatch(/[+/]/);
    expect(header).toMatch(/=$/);
  });

  test.each([
    ['nothing', ''],
    ['padding alone', '=='],
    ['mixed alphabets', `${header.replace(/[+/]/, '-').replace(/=+$/, '')}++++`],
    ['two headers joined by a comma', `${header}, ${header}`],
    ['half of the padding', textHeader('{"x402Version":2} ').replace(/={1,2}$/, '') + '='.repeat(3)],
    ['too much padding', `${unpadded}====`],
    ['padding where none belongs', `${textHeader('abc')}=`],
    ['one digit too many', `${textHeader('abc')}A`],
    ['bits left over', 'QR'],
    ['a line break inside', `${header.slice(0, 8)}\n${header.slice(8)}`],
    ['a line break after', `${header}\n`],
    ['a non-breaking space before', `\u00a0${header}`],
  ])('refuses %s', (_name, text) => {
    expect(codeOf(text)).toBe('BAD_BASE64');
  });
});

describe('the size of a header', () => {
  test('may be 64 KiB, and one character more is refused before decoding', () => {
    const filled = (length: number) => ' '.repeat(length - header.length) + header;
    expect(codeOf(filled(65_536))).toBe('OK');

    const decoders = [
      vi.spyOn(globalThis, 'atob'),
      vi.spyOn(globalThis, 'TextDecoder'),
      vi.spyOn(JSON, 'parse'),
    ];
    expect(codeOf(filled(65_537))).toBe('TOO_LARGE');
    expect(codeOf('A'.repeat(256 * 1024))).toBe('TOO_LARGE');
    for (const decoder of decoders) expect(decoder).not.toHaveBeenCalled();
  });

  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  test.each([
    ['a little nesting', nested(50), 'OK'],
    ['deep nesting', nested(200), 'BAD_SHAPE'],
    ['nesting that fills the header', nested(24_000), 'BAD_SHAPE'],
    ['many values', `[${'1,'.repeat(9_000)}1]`, 'OK'],
    ['too many values', `[${'1,'.repeat(11_000)}1]`, 'BAD_SHAPE'],
    ['a number no JSON can repeat', '1e999', 'BAD_SHAPE'],
  ])('%s is $2', (_name, json, code) => {
    const text = JSON.stringify(good).replace(/}$/, `,"extensions":{"more":${json}}}`);
    expect(codeOf(textHeader(text))).toBe(code);
  });
});

test.each([
  ['invalid UTF-8', bytesHeader(0x7b, 0x22, 0xff, 0x22, 0x7d), 'BAD_UTF8'],
  ['an overlong encoding', bytesHeader(0xc0, 0xaf), 'BAD_UTF8'],
  ['an encoded surrogate', bytesHeader(0x22, 0xed, 0xa0, 0x80, 0x22), 'BAD_UTF8'],
  ['half a JSON text', textHeader('{"x402Version":2'), 'BAD_JSON'],
  ['a byte order mark', textHeader(`\ufeff${JSON.stringify(good)}`), 'BAD_JSON'],
  ['null', headerOf(null), 'BAD_SHAPE'],
  ['an array', headerOf([good]), 'BAD_SHAPE'],
  ['a number', headerOf(2), 'BAD_SHAPE'],
  ['a version in text', headerOf({ ...good, x402Version: '2' }), 'UNSUPPORTED_VERSION'],
  ['an inherited version', textHeader('{"__proto__":{"x402Version":2}}'), 'UNSUPPORTED_VERSION'],
  ['no resource', headerOf({ ...good, resource: undefined }), 'BAD_RESOURCE'],
  ['a resource that is a text', headerOf({ ...good, resource: 'https://example.com/' }), 'BAD_RESOURCE'],
  ['a resource without a URL', headerOf({ ...good, resource: { description: 'x' } }), 'BAD_RESOURCE'],
  [
    'accepts that is an object',
    headerOf({ ...good, accepts: { 0: sessionEntry, length: 1 } }),
    'BAD_ACCEPTS',
  ],
  ['no entry', headerOf({ ...good, accepts: [] }), 'BAD_ACCEPTS'],
  ['1000 entries', headerOf({ ...good, accepts: Array(1000).fill(null) }), 'OK'],
])('%s is $2', (_name, text, code) => {
  expect(codeOf(text)).toBe(code);
});

test('inherited properties do not count as fields of the server', () => {
  const inherited = { x402Version: 2, resource: { url: 'https://example.com/' }, accepts: [null] };
  try {
    Object.assign(Object.prototype, inherited);
    expect(codeOf(textHeader('{}'))).toBe('UNSUPPORTED_VERSION');
    expect(codeOf(textHeader('{"x402Version":2}'))).toBe('BAD_RESOURCE');
    expect(codeOf(textHeader('{"x402Version":2,"resource":{"url":"/"}}'))).toBe('BAD_ACCEPTS');
  } finally {
    for (const key of Object.keys(inherited)) Reflect.deleteProperty(Object.prototype, key);
  }
});

test('a decoded envelope has the server’s values, and is frozen', () => {
  const decoded = decodeEnvelope(header);
  if (!decoded.ok) throw new Error(decoded.code);
  const [accepted] = decoded.envelope.accepts;
  expect(accepted).toEqual(sessionEntry);
  for (const part of [accepted, decoded.envelope.resource, decodeObject(headerOf({ a: [{}] }))?.a]) {
    expect(Object.isFrozen(part)).toBe(true);
  }
});

test('a decoded envelope has the extensions that are an object, and the error that is a text', () => {
  const partsOf = (parts: object) => {
    const decoded = decodeEnvelope(headerOf({ ...good, ...parts }));
    if (!decoded.ok) throw new Error(decoded.code);
    return [decoded.envelope.extensions, decoded.envelope.error];
  };
  expect(partsOf({ extensions: { a: 1 }, error: 'Block not confirmed' })).toEqual([
    { a: 1 },
    'Block not confirmed',
  ]);
  expect(partsOf({})).toEqual([undefined, undefined]);
  expect(partsOf({ extensions: [1], error: { text: 'no' } })).toEqual([undefined, undefined]);
});

describe('an object in base64', () => {
  test('is decoded, with spaces around it', () => {
    expect(decodeObject(`\t ${headerOf({ a: [1, 'é'] })} `)).toEqual({ a: [1, 'é'] });
  });

  test.each([
    ['no base64', '%%%'],
    ['no UTF-8', bytesHeader(0x7b, 0x22, 0xff, 0x22, 0x7d)],
    ['no JSON', textHeader('{"a":')],
    ['a text', headerOf('a')],
    ['an array', headerOf([1])],
    ['null', headerOf(null)],
    ['an object nested too deep', textHeader(`{"a":${'['.repeat(200)}${']'.repeat(200)}}`)],
  ])('is undefined for %s', (_name, text) => {
    expect(decodeObject(text)).toBeUndefined();
  });

  test('may have 64 KiB', () => {
    const text = headerOf({ a: 1 });
    const filled = (length: number) => ' '.repeat(length - text.length) + text;
    expect(decodeObject(filled(65_536))).toEqual({ a: 1 });
    expect(decodeObject(filled(65_537))).toBeUndefined();
  });
});

test('a proof is standard padded base64 of UTF-8 JSON', () => {
  const proof = encodeProof({ note: 'é🥦?>~ÿþ', lone: '\ud800' });
  expect(proof).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(proof.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(proof, 'base64').toString('utf8'))).toEqual({
    note: 'é🥦?>~ÿþ',
    lone: '\ud800',
  });
});
