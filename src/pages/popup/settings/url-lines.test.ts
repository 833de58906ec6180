import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { DEVNET, MAINNET, NetworkProfileText } from '../../../nano/network.ts';
import { mistakesInUrls, type UrlKind } from './url-lines.ts';

const said = (text: string, kind: UrlKind) =>
  mistakesInUrls(text, kind).map(({ key, args }) => [key, ...args]);

test.each<[string, UrlKind, readonly string[]]>([
  ['localhost:7076', 'node', ['network_urlNoScheme', '1', 'http://localhost:7076']],
  ['127.0.0.1:7076', 'node', ['network_urlNoScheme', '1', 'http://127.0.0.1:7076']],
  ['[::1]:7076', 'node', ['network_urlNoScheme', '1', 'http://[::1]:7076']],
  ['192.168.1.20:7076', 'node', ['network_urlNoScheme', '1', 'http://192.168.1.20:7076']],
  ['nas:7076', 'node', ['network_urlNoScheme', '1', 'http://nas:7076']],
  ['node.example/api', 'node', ['network_urlNoScheme', '1', 'https://node.example/api']],
  ['//node.example/api', 'node', ['network_urlNoScheme', '1', 'https://node.example/api']],
  ['http:localhost:7076', 'node', ['network_urlNoScheme', '1', 'http://localhost:7076']],
  ['http:/localhost:7076', 'node', ['network_urlNoScheme', '1', 'http://localhost:7076']],
  ['https//node.example', 'node', ['network_urlNoScheme', '1', 'https://node.example']],
  ['localhost:7078', 'socket', ['network_urlNoScheme', '1', 'ws://localhost:7078']],
  ['node.example/ws', 'socket', ['network_urlNoScheme', '1', 'wss://node.example/ws']],
  ['htp://node.example', 'node', ['network_urlScheme', '1', 'htp:', 'https://node.example']],
  ['ftp://localhost', 'explorer', ['network_urlScheme', '1', 'ftp:', 'http://localhost']],
  ['http://node.example/api', 'node', ['network_urlPlain', '1', 'https://node.example/api']],
  ['http://8.8.8.8:7076/', 'node', ['network_urlPlain', '1', 'https://8.8.8.8:7076/']],
  ['ws://node.example/', 'socket', ['network_urlPlain', '1', 'wss://node.example/']],
  ['wss://node.example', 'node', ['network_urlIsSocket', '1']],
  ['ws://localhost:7078', 'explorer', ['network_urlIsSocket', '1']],
  ['https://node.example', 'socket', ['network_urlNotSocket', '1']],
  ['https://a.example, https://b.example', 'node', ['network_urlTwo', '1']],
  ['https://a.example,https://b.example', 'node', ['network_urlTwo', '1']],
  ['https://a.example https://b.example', 'node', ['network_urlTwo', '1']],
  ['https://a.example; localhost:7076', 'node', ['network_urlTwo', '1']],
  ['https://node .example', 'node', ['network_urlSpace', '1']],
  ['https://node.example:70760', 'node', ['network_urlPort', '1', '70760']],
  ['localhost:7O76', 'node', ['network_urlPort', '1', '7O76']],
  ['https://me:secret@node.example', 'node', ['network_urlUser', '1']],
  ['https://', 'node', ['network_urlInvalid', '1']],
  ['https://[::1', 'node', ['network_urlInvalid', '1']],
  [`https://node.example/${'a'.repeat(512)}`, 'node', ['network_urlLong', '1', '512']],
  [' \n ', 'node', ['network_urlMissing']],
  ['https://a.example\n'.repeat(17), 'node', ['network_urlTooMany', '17', '16']],
])('%j as a %s is told what is wrong', (text, kind, mistake) => {
  expect(said(text, kind)).toEqual([mistake]);
});

test('each line is told by its number, empty lines counted', () => {
  expect(said('localhost:7076\n\nhttps://right.example\nwss://node.example', 'node')).toEqual([
    ['network_urlNoScheme', '1', 'http://localhost:7076'],
    ['network_urlIsSocket', '4'],
  ]);
});

describe('an address that is right', () => {
  test.each<[UrlKind, readonly string[]]>([
    [
      'node',
      [...MAINNET.rpcUrls, ...DEVNET.rpcUrls, 'http://[::1]:7076', 'http://nas.local:7076/rpc?key=a:b@c'],
    ],
    ['socket', [MAINNET.wsUrl ?? '', DEVNET.wsUrl ?? '', ...(MAINNET.otherWsUrls ?? [])]],
    ['socket', []],
    ['explorer', ['', MAINNET.explorerUrl ?? '']],
  ])('of a %s is not remarked on: %j', (kind, urls) => {
    expect(said(urls.join('\n'), kind)).toEqual([]);
  });
});

test('what is suggested is itself right, and every text without a mistake is one that a profile takes', () => {
  const part = fc.constantFrom(
    'http',
    'https',
    'ws',
    'ftp',
    ':',
    '/',
    '//',
    'localhost',
    'node',
    '.',
    '127.0.0.1',
    '7076',
    '@',
    ',',
    ' ',
    '[',
    ']',
    '?',
    'ä',
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 9 }), (parts) => {
      const text = parts.join('').trim();
      if (text === '') return;
      const [mistake] = mistakesInUrls(text, 'node');
      if (mistake?.key === 'network_urlNoScheme') {
        expect(
          mistakesInUrls(String(mistake.args[1]), 'node').filter(({ key }) => key === 'network_urlNoScheme'),
        ).toEqual([]);
      }
      if (mistake === undefined)
        expect(v.safeParse(NetworkProfileText, { ...DEVNET, rpcUrls: [text] }).success).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
