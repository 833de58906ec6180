import { describe, expect, test } from 'vitest';
import { dataUrlOf, documentUrlOf, isReadableBy, type OtherAnswer } from './other-answer.ts';

const URL_OF_ANSWER = 'https://shop.example/a';
const answer = (type: string | null, body = ''): OtherAnswer => ({
  type,
  allowedOrigin: null,
  body: new TextEncoder().encode(body),
});
const read = async (url: string | null) => {
  const response = await fetch(url ?? '');
  return [response.headers.get('content-type'), await response.text()];
};

test.each([
  ['https://shop.example', undefined, null, true],
  ['https://shop.example', 'https://other.example', null, false],
  ['https://page.example', undefined, null, false],
  ['https://page.example', undefined, 'https://page.example', false],
  ['https://page.example', undefined, '*', true],
  ['https://shop.example', 'https://other.example', '*', true],
  ['null', undefined, null, false],
  ['null', undefined, 'null', false],
  [null, undefined, null, false],
])('a page of %s, redirected by %s, may read an answer for %s: %s', (initiator, by, allowedOrigin, may) => {
  const request = { url: URL_OF_ANSWER, initiator, ...(by !== undefined && { redirectedBy: by }) };
  expect(isReadableBy(request, { ...answer('text/plain'), allowedOrigin })).toBe(may);
});

describe('the data: URL of an answer', () => {
  test.each([
    ['application/json', '{"paid":true}'],
    ['text/plain;charset=utf-8', 'ünïcode, 100 %'],
  ])('is its body under its content type: %s', async (type, body) => {
    expect(await read(dataUrlOf(answer(type, body)))).toEqual([type, body]);
  });

  test('has a type that begins no data, and one where the server names none', () => {
    expect(dataUrlOf(answer('text/plain; a="b,c"', 'x'))).toBe('data:text/plain;a="bc";base64,eA==');
    expect(dataUrlOf(answer(null, 'x'))).toBe('data:application/octet-stream;base64,eA==');
  });

  test('is not there for a body that is too long', () => {
    const long = (length: number) => ({ ...answer('text/plain'), body: new Uint8Array(length) });
    expect(dataUrlOf(long(1_500_000))?.length).toBeLessThan(2 * 1024 * 1024);
    expect(dataUrlOf(long(1_500_001))).toBeNull();
  });
});

describe('the data: URL of a document', () => {
  test.each([
    ['<!doctype html><p>a', '<!doctype html>', '<p>a'],
    [
      '\n<!DOCTYPE html SYSTEM "about:legacy-compat"><p>a',
      '\n<!DOCTYPE html SYSTEM "about:legacy-compat">',
      '<p>a',
    ],
    ['<p>a<!doctype html>', '', '<p>a<!doctype html>'],
  ])('of a page has the address that its links are relative to: %j', async (html, head, rest) => {
    const url = documentUrlOf(answer('text/html; charset=utf-8', html), 'https://shop.example/a?b="c"&d');
    const base = '<base href="https://shop.example/a?b=&quot;c&quot;&amp;d">';
    expect((await read(url))[1]).toBe(head + base + rest);
  });

  test('of anything else is its body alone', () => {
    const json = answer('application/json', '{}');
    expect(documentUrlOf(json, URL_OF_ANSWER)).toBe(dataUrlOf(json));
  });
});
