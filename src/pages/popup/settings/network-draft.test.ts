import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { DEVNET, MAINNET, NetworkProfileText } from '../../../nano/network.ts';
import { draftOf, EMPTY_DRAFT, mistakesIn, type NetworkDraft, profileOf } from './network-draft.ts';

const sound = draftOf({ ...DEVNET, builtIn: false });
const keysIn = (parts: Partial<NetworkDraft>) =>
  Object.entries(mistakesIn({ ...sound, ...parts })).map(([field, found]) => [
    field,
    ...found.map(({ key }) => key),
  ]);

describe('a network draft', () => {
  test.each([MAINNET, DEVNET])('of $label has no mistake, and is its profile again', (network) => {
    const draft = draftOf({ ...network, builtIn: true });
    expect(mistakesIn(draft)).toEqual({});
    expect(v.parse(NetworkProfileText, profileOf(draft))).toEqual(network);
  });

  test.each<[Partial<NetworkDraft>, readonly string[]]>([
    [{ label: ' ' }, ['label', 'network_label']],
    [{ id: 'mine' }, ['id', 'network_id']],
    [{ rpcUrls: 'localhost:7076' }, ['rpcUrls', 'network_urlNoScheme']],
    [
      { rpcUrls: 'a.example\nhttps://b.example,https://c.example' },
      ['rpcUrls', 'network_urlNoScheme', 'network_urlTwo'],
    ],
    [{ wsUrl: 'http://localhost:7078' }, ['wsUrl', 'network_urlNotSocket']],
    [{ send: 'high' }, ['send', 'network_threshold']],
    [{ receive: 'f'.repeat(15) }, ['receive', 'network_threshold']],
    [{ representative: 'nano_1' }, ['representative', 'network_representative']],
    [{ explorerUrl: 'blocks.example/block/' }, ['explorerUrl', 'network_urlNoScheme']],
  ])('with %j says so at the field', (parts, mistake) => {
    expect(keysIn(parts)).toEqual([mistake]);
    expect(v.safeParse(NetworkProfileText, profileOf({ ...sound, ...parts })).success).toBe(false);
  });

  test('that is new says at each empty field what belongs there', () => {
    expect(Object.keys(mistakesIn(EMPTY_DRAFT))).toEqual(['label', 'id', 'rpcUrls', 'representative']);
  });
});
