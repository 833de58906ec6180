import { expect, test } from 'vitest';
import { inEnglish } from '../../test/conformance/english.ts';
import { PROBES } from './probes/index.ts';
import { listOf, sentence } from './sentence.ts';

test('a sentence has its words in the order of the names, whatever the order they are given in', () => {
  const what = sentence('probe_T24_tooLittle');
  const refused = { key: 'probe_refused', args: ['402', what] };
  expect(sentence('probe_refused', { what, answer: '402' })).toEqual(refused);
  expect(sentence('probe_refused', { answer: '402', what })).toEqual(refused);
  expect(inEnglish(sentence('probe_refused', { what, answer: '402' }))).toBe(
    'One raw too little: refused. Response: 402.',
  );
});

test('a sentence has the words of a server without direction marks, and cut where they are long', () => {
  const { args } = sentence('probe_T31_other', { url: `\u202Ehttps://shop.example/${'a'.repeat(1_000)}` });
  expect(args).toEqual([expect.stringMatching(/^https:\/\/shop\.example\/a+…$/)]);
  expect(args[0]).toHaveLength(400);
});

test('several words make one list, and one word is its own', () => {
  const redirect = sentence('probe_redirect');
  expect(inEnglish(sentence('probe_T28_neither', { answers: listOf(['402', redirect, '503']) }))).toBe(
    'Neither block was accepted. Responses: 402, redirect, 503.',
  );
  expect(listOf(['402'])).toBe('402');
});

test('every probe has a title and a rule of its own', () => {
  for (const { id, title, rule } of PROBES)
    expect([title, rule]).toEqual([`probe_${id}_title`, `probe_${id}_rule`]);
});
