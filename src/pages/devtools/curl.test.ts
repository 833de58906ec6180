import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { curlOf } from './curl.ts';

test('curlOf is one line with method, proof and URL', () => {
  expect(curlOf({ method: 'GET', url: 'https://shop.example/a?b=[1]' }, null)).toBe(
    "curl -i --globoff --url 'https://shop.example/a?b=[1]'",
  );
  const proof = { header: 'PAYMENT-SIGNATURE', value: 'e30=' } as const;
  expect(curlOf({ method: 'POST', url: 'https://shop.example/' }, proof)).toBe(
    "curl -i --globoff -X 'POST' -H 'PAYMENT-SIGNATURE: e30=' --url 'https://shop.example/'",
  );
  const hash = { header: 'X-Nano-Payment', value: 'AB12' } as const;
  expect(curlOf({ method: 'GET', url: 'https://shop.example/' }, hash)).toContain(
    " -H 'X-Nano-Payment: AB12' ",
  );
  expect(curlOf({ method: 'HEAD', url: 'https://shop.example/' }, null)).toContain(' --head ');
});

test('curlOf quotes any URL so that a shell passes it unchanged', () => {
  const text = fc.string({ unit: 'binary-ascii' }).filter((value) => !value.includes('\0'));
  fc.assert(
    fc.property(text, (url) => {
      const command = curlOf({ method: 'GET', url }, null).replace(/^curl/, "printf '%s\\0'");
      expect(execFileSync('sh', ['-c', command]).toString().split('\0').at(-2)).toBe(url);
    }),
    { numRuns: 50, examples: [["'; touch x; '"], ['$(id)`id`\\']] },
  );
});
