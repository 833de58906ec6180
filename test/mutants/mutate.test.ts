import { expect, test } from 'vitest';
import { mutantsOf, mutate } from './mutate.ts';

/** Every mutant of a source: its whole text. */
const allOf = (source: string) => mutantsOf(source).map((mutant) => mutate(source, mutant));

test.each<[string, string, readonly string[]]>([
  ['a comparison', 'f = a < b;', [';', 'f = a <= b;', 'f = a >= b;']],
  ['a choice', 'f = a ? b : c;', [';', 'f = true ? b : c;', 'f = false ? b : c;']],
  ['a condition', 'if (a) b();', ['if (true) b();', 'if (false) b();', 'if (a) ;']],
  ['an amount', 'f = 5n;', [';', 'f = (5n + 1n);']],
  ['a text', "f = 'a';", [';', "f = '';"]],
  ['a negation', 'f = !a;', [';', 'f = a;']],
  ['a list', 'f = [a];', [';', 'f = [];']],
  ['a call of a list', 'f = a.some(b);', [';', 'f = a.every(b);']],
  ['a filter', 'f = a.filter(b);', [';', 'f = a;']],
])('%s is changed in each way that it can be wrong', (_, source, mutants) => {
  expect(allOf(source)).toEqual(mutants);
});

test.each([
  ['a type', "type Kind = 'a' | 'b';"],
  ['an import', "import { a } from './a.ts';"],
  ['the name of a property', "export const a = { 'b-c': d };"],
  ['a cast', "export const a = b as 'c';"],
  ['what a schema says of a wrong value', "const a = v.check(b, 'not an origin');"],
  ['the name of a brand', "const a = v.brand('Threshold');"],
  ['what a plain error says', "export function f() { throw new Error('unreachable'); }"],
  ['what an error of range says', "export function f() { throw new RangeError('too long'); }"],
])('%s is left alone', (_, source) => {
  expect(allOf(source)).toEqual([]);
});

test('a mutant knows its line', () => {
  expect(mutantsOf('const a = b;\nconst c = 1;')).toMatchObject([{ line: 2, original: '1' }]);
});

test('a source that cannot be read is an error', () => {
  expect(() => mutantsOf('const = ;')).toThrow();
});
