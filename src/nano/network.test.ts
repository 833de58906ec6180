import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { SUBTYPES } from './block.ts';
import { DEVNET, MAINNET, NetworkProfileText, thresholdFor } from './network.ts';

test.each([MAINNET, DEVNET])('the built-in profile $id passes the schema of profiles', (profile) => {
  expect(v.parse(NetworkProfileText, JSON.parse(JSON.stringify(profile)))).toEqual(profile);
});

test('a profile is read into its canonical spelling', () => {
  const thresholds = { send: 'FFC0000000000000', receive: 'F000000000000000' };
  const representative = DEVNET.representative.replace('nano_', 'xrb_');
  expect(v.parse(NetworkProfileText, { ...DEVNET, label: ' Devnet ', thresholds, representative })).toEqual(
    DEVNET,
  );
});

describe('a profile is refused', () => {
  test.each([
    ['without a node', { rpcUrls: [] }],
    ['with a node that is no web URL', { rpcUrls: ['ftp://node.test'] }],
    ['with a javascript URL for a node', { rpcUrls: ['javascript:alert(1)'] }],
    ['with a user name in a URL', { rpcUrls: ['https://user:secret@node.test'] }],
    ['with an https URL for a socket', { wsUrl: 'https://node.test' }],
    ['with a socket that is no URL', { wsUrl: 'node.test' }],
    ['with an https URL among further sockets', { otherWsUrls: ['wss://node.test', 'https://node.test'] }],
    ['with a threshold of 15 digits', { thresholds: { send: 'f'.repeat(15), receive: 'f'.repeat(16) } }],
    ['without a CAIP-2 id', { id: 'mainnet' }],
    ['without a name', { label: ' ' }],
    ['with a representative that is no account', { representative: 'nano_1' }],
    ['with an unknown field', { seed: '' }],
    ['with a javascript URL for an explorer', { explorerUrl: 'javascript:alert(1)//' }],
  ])('%s', (_case, change) => {
    expect(v.is(NetworkProfileText, { ...DEVNET, ...change })).toBe(false);
  });
});

test('a receive needs less work than a send or a change', () => {
  const { send, receive } = MAINNET.thresholds;
  const thresholds = SUBTYPES.map((subtype) => [subtype, thresholdFor(MAINNET, subtype)]);
  expect(Object.fromEntries(thresholds)).toEqual({ send, change: send, receive, open: receive });
});
