import { expect, test } from 'vitest';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };
import { hashFields, mechanismNamed, needsOpenedPayee } from './index.ts';
import { entryCodes, mechanisms } from './registry.ts';

test('every mechanism has the number of its rule, the specification that states it, and a sentence', () => {
  expect(mechanisms.map(({ name, code, rule }) => [name, code, rule.number])).toEqual([
    ['nanoSession', 'NS7_SESSION', 4],
    ['nymChallenge', 'NS8_CHALLENGE', 6],
    ['trackB', 'XN_TRACK_B', 7],
    ['nanoSignature', 'NS7_SIGNATURE', 5],
    ['trackA', 'XN_TRACK_A', 7],
    ['signedBlock', 'X402NANO_EXACT', 8],
    ['hashBearer', 'HASH_BEARER', 10],
  ]);
  for (const { name, rule, label } of mechanisms) {
    expect(label).toBe(`ui_mechanism_${name}`);
    expect(messages).toHaveProperty(label);
    expect(rule.source).not.toBe('');
  }
});

test('every mechanism but the one of plain headers has a code for entries', () => {
  expect(entryCodes).toEqual([
    ...['NS7_SESSION', 'NS8_CHALLENGE', 'XN_TRACK_B', 'NS7_SIGNATURE', 'XN_TRACK_A', 'X402NANO_EXACT'],
  ]);
});

test('the fields that may name a block are those of the mechanisms that pay first', () => {
  expect(hashFields).toEqual(['proof', 'sendHash', 'blockHash']);
});

test('only the server of a signature must have opened its account', () => {
  expect(mechanisms.filter(({ name: mechanism }) => needsOpenedPayee({ mechanism }))).toEqual([
    mechanismNamed('nanoSignature'),
  ]);
});
