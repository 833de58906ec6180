import { expect, test } from 'vitest';
import { boughtUrl } from './bought.ts';

test.each([
  ['GET', 'https://shop.example/a?b=c', 'https://shop.example/a?b=c'],
  ['GET', 'http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
  ['GET', 'javascript:alert(1)', null],
  ['GET', 'data:text/html,x', null],
  ['GET', null, null],
  ['POST', 'https://shop.example/a', null],
  ['a test', 'https://shop.example/a', null],
])('what a %s of %s bought is opened at %s', (method, url, opened) => {
  expect(boughtUrl({ method, url })).toBe(opened);
});
