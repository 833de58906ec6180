import { expect, test } from 'vitest';
import { isSecure } from './origin.ts';

test.each([
  ['https://shop.example/a', true],
  ['http://localhost:3000/', true],
  ['http://127.1.2.3/', true],
  ['http://[::1]:3000/', true],
  ['http://shop.example/', false],
  ['http://notlocalhost/', false],
  ['ftp://localhost/', false],
  ['/a', false],
  ['', false],
])('%s is secure: %s', (address, isSo) => {
  expect(isSecure(address)).toBe(isSo);
});
