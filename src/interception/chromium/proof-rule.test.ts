import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Proof } from '../headers.ts';
import type { Target } from '../proof-target.ts';
import { canName, exactly, LONGEST_URL, proofRule } from './proof-rule.ts';

const special = fc.constantFrom(...'*^|?%()[]{}+$.\\/-_~!@:;,=&a1Z');
const url = fc
  .tuple(fc.webUrl(), fc.string({ unit: special, maxLength: 60 }))
  .map(([base, tail]) => new URL(`${base}/${tail}`).href.replace(/#.*/, ''));

const target: Target = {
  tabId: 7,
  kind: 'xmlhttprequest',
  url: 'https://shop.example/a?b=c',
  method: 'POST',
  initiators: ['page.example'],
};
const proof: Proof = { header: 'PAYMENT-SIGNATURE', value: 'the proof' };

describe('the expression of a rule', () => {
  test('matches its URL, with and without a fragment', () => {
    fc.assert(
      fc.property(url, fc.string(), (one, fragment) => {
        const expression = new RegExp(exactly(one), 's');
        expect(expression.test(one)).toBe(true);
        expect(expression.test(`${one}#${fragment}`)).toBe(true);
      }),
    );
  });

  test('with a nonce matches its URL with a fragment that ends in it, and no other', () => {
    fc.assert(
      fc.property(url, fc.uuid(), fc.string(), (one, nonce, other) => {
        const expression = new RegExp(exactly(one, nonce), 's');
        for (const fragment of [`#${nonce}`, `##${nonce}`, `#${other}#${nonce}`]) {
          expect(expression.test(one + fragment)).toBe(true);
        }
        for (const fragment of ['', '#', `#${other}`, `#${nonce}${other}x`, `#x${other}${nonce}`, nonce]) {
          fc.pre(!`${fragment}`.endsWith(`#${nonce}`));
          expect(expression.test(one + fragment)).toBe(false);
        }
      }),
    );
  });

  test('matches no neighbour: a character more, less, or another', () => {
    const at = fc.nat();
    fc.assert(
      fc.property(url, at, special, (one, where, letter) => {
        const expression = new RegExp(exactly(one), 's');
        const index = where % one.length;
        const neighbours = [
          one.slice(0, index) + letter + one.slice(index),
          one.slice(0, index) + one.slice(index + 1),
          one.slice(0, index) + letter + one.slice(index + 1),
          letter + one,
          one + letter,
        ];
        for (const other of neighbours) expect(expression.test(other)).toBe(other === one);
      }),
    );
  });

  test('matches no other URL', () => {
    fc.assert(
      fc.property(url, url, (one, other) => {
        expect(new RegExp(exactly(one), 's').test(other)).toBe(one === other);
      }),
    );
  });
});

describe('the rule', () => {
  test('sets the proof for one method, kind and tab, from documents of one host', () => {
    expect(proofRule(3, target, proof)).toEqual({
      id: 3,
      priority: 1000,
      action: {
        type: 'modifyHeaders',
        requestHeaders: [
          { header: 'PAYMENT-SIGNATURE', operation: 'set', value: 'the proof' },
          { header: 'Cache-Control', operation: 'set', value: 'no-cache' },
        ],
      },
      condition: {
        regexFilter: '^https://shop\\.example/a\\?b=c(#.*)?$',
        isUrlFilterCaseSensitive: true,
        resourceTypes: ['xmlhttprequest'],
        requestMethods: ['post'],
        tabIds: [7],
        initiatorDomains: ['page.example'],
      },
    });
  });

  test('carries the server’s token beside the proof, where it gave one', () => {
    expect(proofRule(3, target, { ...proof, represent: 'the token' }).action.requestHeaders).toEqual([
      { header: 'PAYMENT-SIGNATURE', operation: 'set', value: 'the proof' },
      { header: 'X-Nano-Represent', operation: 'set', value: 'the token' },
      { header: 'Cache-Control', operation: 'set', value: 'no-cache' },
    ]);
  });

  test('carries a bare hash in its own header, and no other proof', () => {
    const hash = { header: 'X-Nano-Payment', value: 'AB'.repeat(32) } as const;
    expect(proofRule(3, target, hash).action.requestHeaders).toEqual([
      { header: 'X-Nano-Payment', operation: 'set', value: 'AB'.repeat(32) },
      { header: 'Cache-Control', operation: 'set', value: 'no-cache' },
    ]);
  });

  test('names one request of a script by its nonce', () => {
    const { condition } = proofRule(1, { ...target, nonce: '0b8-1' }, proof);
    expect(condition.regexFilter).toBe('^https://shop\\.example/a\\?b=c#(.*#)?0b8-1$');
  });

  test('follows a request into the worker of its site, and into no other tab', () => {
    const { condition } = proofRule(1, { ...target, fromServiceWorker: true }, proof);
    expect(condition.tabIds).toEqual([7, -1]);
    expect(condition.initiatorDomains).toEqual(['page.example']);
  });

  test('leaves the document open where the browser or an opaque document asks', () => {
    expect(proofRule(1, { ...target, initiators: null }, proof).condition).not.toHaveProperty(
      'initiatorDomains',
    );
  });

  test.each(['PURGE', 'post', 'OPTIONS', 'toString', ''])('cannot name the method %s', (method) => {
    expect(canName(target.url, method)).toBe(false);
    expect(() => proofRule(1, { ...target, method }, proof)).toThrow(RangeError);
  });

  test('cannot name a URL beyond the limit', () => {
    const long = `https://a.example/${'x'.repeat(LONGEST_URL)}`;
    expect(canName(long.slice(0, LONGEST_URL), 'GET')).toBe(true);
    expect(canName(long, 'GET')).toBe(false);
  });
});
