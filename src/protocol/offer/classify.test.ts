import { describe, expect, test } from 'vitest';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };
import { BURN_ADDRESS } from '../../nano/account.ts';
import { defaultPreference, isHandOver } from '../mechanisms/index.ts';
import {
  ARRIVED,
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  PAGE,
  PAYEE,
  PAYER,
  session,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from '../samples.fixture.ts';
import { type ClassifyContext, classify, tellingReason } from './classify.ts';
import { dialectCodes, entryRefusalCodes, envelopeCodes, payabilityCodes, refusalSentence } from './codes.ts';
import type { Mechanism } from './offer.ts';
import { proofUrlOf } from './track-demo.ts';

function found(accepts: readonly unknown[], parts: object = {}, where: Partial<ClassifyContext> = {}) {
  const result = classify(headerOf(envelopeOf(accepts, parts)), { ...context, ...where });
  if (result.kind === 'refused') throw new Error(result.code);
  return result;
}
const codeOf = (entry: unknown, where: Partial<ClassifyContext> = {}) =>
  found([entry], {}, where).entries[0]?.code;
const offerOf = (entry: unknown, parts: object = {}, where: Partial<ClassifyContext> = {}) => {
  const [offer] = found([entry], parts, where).offers;
  if (!offer) throw new Error('nothing payable');
  return offer;
};
const withSession = (parts: object) => ({
  ...sessionEntry,
  extra: { nanoSession: { ...session, ...parts } },
});
const withSignature = (parts: object) => ({
  ...signatureEntry,
  extra: { nanoSignature: { ...signatureEntry.extra.nanoSignature, ...parts } },
});
const withChallenge = (parts: object) => ({
  ...challengeEntry,
  extra: { challenge: { ...challengeEntry.extra.challenge, ...parts } },
});

test('an offer contains what is shown, budgeted, sent and echoed', () => {
  const resource = { url: PAGE, description: '\u202eAn article ', mimeType: 'text/html' };
  const offer = offerOf(sessionEntry, { resource, extensions: { other: {} } });
  expect(offer).toEqual({
    mechanism: 'nanoSession',
    index: 0,
    network: 'nano:mainnet',
    amount: 10000000000000000000004518140n,
    resourceAmount: 10000000000000000000000000000n,
    tagAmount: 4518140n,
    payTo: PAYEE,
    expiresAt: ARRIVED + 180_000,
    oncePer: session.id,
    accepted: sessionEntry,
    resource: { url: PAGE, description: 'An article', mimeType: 'text/html' },
    resourceEcho: resource,
    extensions: { other: {} },
    warnings: [],
  });
});

test('what is paid for is cut: its URL to 512 characters, its description to 280, its type to 80', () => {
  const resourceOf = (more: string) => {
    const url = PAGE.padEnd(512, 'x') + more;
    const [description, mimeType] = ['d'.repeat(280) + more, 'm'.repeat(80) + more];
    return offerOf(sessionEntry, { resource: { url, description, mimeType } }).resource;
  };
  const whole = { url: PAGE.padEnd(512, 'x'), description: 'd'.repeat(280), mimeType: 'm'.repeat(80) };
  expect(resourceOf('')).toEqual(whole);
  const cut = Object.entries(whole).map(([name, text]) => [name, `${text.slice(0, -1)}…`]);
  expect(resourceOf('x')).toEqual(Object.fromEntries(cut));
});

test('an offer may name the network in use by another name, where the caller says so', () => {
  const header = headerOf(envelopeOf([sessionEntry]));
  const on = (alsoNamed?: string) => classify(header, { ...context, network: 'nano:devnet', alsoNamed });
  expect(on('nano:mainnet')).toMatchObject({ offers: [{ network: 'nano:devnet', accepted: sessionEntry }] });
  expect(on()).toMatchObject({ offers: [], refused: [{ code: 'UNSUPPORTED_NETWORK' }] });
  expect(on('nano:beta')).toMatchObject({ offers: [] });
});

describe('rules 1 and 2: the fields of every entry', () => {
  test.each([
    ['a text for an entry', 'exact', 'MALFORMED_ENTRY'],
    ['an array for an entry', [], 'MALFORMED_ENTRY'],
    ['no scheme', { ...sessionEntry, scheme: undefined }, 'MALFORMED_ENTRY'],
    ['no network', { ...sessionEntry, network: 7 }, 'MALFORMED_ENTRY'],
    ['another chain, whatever else is wrong', { scheme: 'x', network: 'eip155:1' }, 'IGNORE_NOT_NANO'],
    ['a name that only starts like ours', { ...sessionEntry, network: 'nanotech:main' }, 'IGNORE_NOT_NANO'],
    ['another Nano network', { ...sessionEntry, network: 'nano:beta' }, 'UNSUPPORTED_NETWORK'],
    ['the scheme of Rev 5', { ...sessionEntry, scheme: 'nano-session' }, 'LEGACY_UNSUPPORTED'],
    ['another scheme', { ...sessionEntry, scheme: 'Exact' }, 'UNSUPPORTED_SCHEME'],
    ['no asset', { ...sessionEntry, asset: undefined }, 'UNSUPPORTED_ASSET'],
    ['the asset in lower case', { ...sessionEntry, asset: 'xno' }, 'NS7_SESSION'],
    [
      'an amount above the supply',
      { ...sessionEntry, amount: '133248297920938463463374607431768211456' },
      'BAD_AMOUNT',
    ],
    ['no payee', { ...sessionEntry, payTo: undefined }, 'BAD_PAYTO'],
    ['a timeout of zero', { ...sessionEntry, maxTimeoutSeconds: 0 }, 'BAD_TIMEOUT'],
    ['no timeout', { ...sessionEntry, maxTimeoutSeconds: undefined }, 'BAD_TIMEOUT'],
    ['a text for extra', { ...sessionEntry, extra: 'nanoSession' }, 'MALFORMED_EXTRA'],
    ['null for extra', { ...sessionEntry, extra: null }, 'X402NANO_EXACT'],
    ['a prototype in extra', { ...sessionEntry, extra: { prototype: {} } }, 'MALFORMED_EXTRA'],
    ['a constructor in extra', { ...signedBlockEntry, extra: { constructor: 'x' } }, 'MALFORMED_EXTRA'],
    [
      '__proto__ in extra',
      { ...signedBlockEntry, extra: JSON.parse('{"__proto__":"x"}') },
      'MALFORMED_EXTRA',
    ],
    ['the burn account', { ...sessionEntry, payTo: BURN_ADDRESS }, 'BAD_PAYTO'],
    ['an amount of zero', { ...sessionEntry, amount: '0' }, 'BAD_AMOUNT'],
  ])('%s is $2', (_name, entry, code) => {
    expect(codeOf(entry)).toBe(code);
  });

  test('the active network replaces the live one', () => {
    const devnet = { ...sessionEntry, network: 'nano:devnet' };
    expect(codeOf(devnet, { network: 'nano:devnet' })).toBe('NS7_SESSION');
    expect(codeOf(sessionEntry, { network: 'nano:devnet' })).toBe('UNSUPPORTED_NETWORK');
    expect(offerOf(devnet, {}, { network: 'nano:devnet' }).network).toBe('nano:devnet');
  });
});

describe('rules 3 to 8: the mechanism', () => {
  test.each([
    ['two marks', { ...sessionEntry.extra, ...challengeEntry.extra }, 'AMBIGUOUS_MECHANISM'],
    ['a mark and a nonce', { ...sessionEntry.extra, nonce: 'x' }, 'AMBIGUOUS_MECHANISM'],
    ['a mark and a time', { ...signatureEntry.extra, validBefore: 0 }, 'AMBIGUOUS_MECHANISM'],
    ['a mark beside unknown keys', { ...sessionEntry.extra, decimals: 30 }, 'NS7_SESSION'],
    ['a mark that is null', { nanoSession: null }, 'BAD_SESSION'],
    ['keys of no known mechanism', { decimals: 30, network: 'nano:mainnet' }, 'UNSUPPORTED_MECHANISM'],
    ['a nonce without a time', { nonce: 'a9'.repeat(32) }, 'BAD_EXPIRY'],
    ['a nonce too short', { nonce: 'a9'.repeat(31), validBefore: 1_900_000_120 }, 'BAD_NONCE'],
    ['a time in text', { validBefore: '1900000120' }, 'BAD_EXPIRY'],
    ['a time with a fraction', { validBefore: 1_900_000_120.5 }, 'BAD_EXPIRY'],
    ['the present time', { validBefore: 1_900_000_000 }, 'EXPIRED'],
    ['the largest time in seconds', { validBefore: 99_999_999_999 }, 'XN_TRACK_A'],
    ['a time in milliseconds', { validBefore: 100_000_000_000 }, 'BAD_EXPIRY'],
  ])('%s is $2', (_name, extra, code) => {
    expect(codeOf({ ...sessionEntry, extra })).toBe(code);
  });

  test.each([
    ['a rounded 64-bit tag', withSession({ tag: 713206359944553600 }), 'NS7_SESSION'],
    ['a tag with a fraction', withSession({ tag: 0.5 }), 'BAD_SESSION'],
    ['a tag below zero', withSession({ tag: -1 }), 'BAD_SESSION'],
    ['a tag that is a text', withSession({ tag: '4518140' }), 'BAD_SESSION'],
    ['an empty id', withSession({ id: '' }), 'BAD_SESSION'],
    ['an id of 256 characters', withSession({ id: 'a'.repeat(256) }), 'NS7_SESSION'],
    ['an id of 257 characters', withSession({ id: 'a'.repeat(257) }), 'BAD_SESSION'],
    ['one part missing', withSession({ tagAmountRaw: undefined }), 'BAD_SESSION'],
    ['a part in XNO', withSession({ tagAmountRaw: '0.1' }), 'BAD_AMOUNT'],
    ['a part that is a number', withSession({ tagAmountRaw: 4518140 }), 'BAD_AMOUNT'],
    ['parts beside a modulus', withSession({ tagModulus: 10000 }), 'NS7_SESSION'],
    ['one part beside a modulus', withSession({ tagModulus: 10000, tagAmountRaw: undefined }), 'BAD_SESSION'],
    ['a time without a zone', withSession({ expiresAt: '2030-03-17T17:49:40' }), 'BAD_EXPIRY'],
    ['a day without a time', withSession({ expiresAt: '2030-03-17' }), 'BAD_EXPIRY'],
    ['a month that is none', withSession({ expiresAt: '2030-13-17T17:49:40Z' }), 'BAD_EXPIRY'],
    ['a number for a time', withSession({ expiresAt: 1_900_000_180 }), 'BAD_EXPIRY'],
    ['another zone', withSession({ expiresAt: '2030-03-17T18:47:40+01:00' }), 'NS7_SESSION'],
  ])('session: %s is $2', (_name, entry, code) => {
    expect(codeOf(entry)).toBe(code);
  });

  test('session: a part may be zero, a sum that is off by one is refused', () => {
    const free = { resourceAmountRaw: sessionEntry.amount, tagAmountRaw: '0', tag: 0 };
    expect(codeOf(withSession(free))).toBe('NS7_SESSION');
    expect(codeOf(withSession({ ...free, tagAmountRaw: '1' }))).toBe('SUM_MISMATCH');
  });

  test.each([
    ['no template', withSignature({ messageToSign: undefined }), 'NS7_SIGNATURE'],
    ['a template that is no text', withSignature({ messageToSign: null }), 'BAD_SIGNATURE_OFFER'],
    ['an array', { ...signatureEntry, extra: { nanoSignature: [] } }, 'BAD_SIGNATURE_OFFER'],
    ['a URL that is none', withSignature({ url: 'example.com/api' }), 'BAD_SIGNATURE_OFFER'],
    ['a URL that is a number', withSignature({ url: 7 }), 'BAD_SIGNATURE_OFFER'],
    ['another scheme of URL', withSignature({ url: 'javascript:alert(1)' }), 'BAD_SIGNATURE_OFFER'],
    ['a line break that a parser drops', withSignature({ url: `${PAGE}\n` }), 'BAD_SIGNATURE_OFFER'],
    ['another path', withSignature({ url: 'https://example.com/other' }), 'NS7_SIGNATURE'],
    [
      'letters that are not percent-encoded',
      withSignature({ url: 'https://example.com/café' }),
      'NS7_SIGNATURE',
    ],
    ['a subdomain', withSignature({ url: 'https://api.example.com/' }), 'URL_MISMATCH'],
    ['http', withSignature({ url: 'http://example.com/api/protected?x=1' }), 'URL_MISMATCH'],
    ['another port', withSignature({ url: 'https://example.com:8443/' }), 'URL_MISMATCH'],
    ['our host as a user name', withSignature({ url: 'https://example.com@evil.example/' }), 'URL_MISMATCH'],
  ])('signature: %s is $2', (_name, entry, code) => {
    expect(codeOf(entry)).toBe(code);
  });

  test.each([
    ['an amount of its own', withChallenge({ amount: '1' }), 'BAD_CHALLENGE'],
    ['no id', withChallenge({ challengeId: undefined }), 'BAD_CHALLENGE'],
    ['another payee', withChallenge({ destination: PAYER }), 'BAD_CHALLENGE'],
    ['parts that do not add up', withChallenge({ tagAmountRaw: '1' }), 'SUM_MISMATCH'],
    ['an expiry that is no time', withChallenge({ expiresAt: 'soon' }), 'BAD_EXPIRY'],
    ['a text', { ...challengeEntry, extra: { challenge: 'pay me' } }, 'UNSUPPORTED_MECHANISM'],
    ['null', { ...challengeEntry, extra: { challenge: null } }, 'UNSUPPORTED_MECHANISM'],
    ['the present time', withChallenge({ expiresAt: '2030-03-17T17:46:40Z' }), 'EXPIRED'],
    ['another version', withChallenge({ version: 'ns9' }), 'UNSUPPORTED_MECHANISM'],
    ['a macaroon', withChallenge({ mechanism: 'nanoMacaroon', version: 'nm2' }), 'NS8_MACAROON_UNSUPPORTED'],
    [
      'a payee in the old prefix',
      withChallenge({ destination: PAYEE.replace('nano', 'xrb') }),
      'NS8_CHALLENGE',
    ],
  ])('challenge: %s is $2', (_name, entry, code) => {
    expect(codeOf(entry)).toBe(code);
  });
});

describe('the expiry of an offer', () => {
  test('is the earlier of its own expiry and the timeout after arrival', () => {
    const shorter = { ...sessionEntry, maxTimeoutSeconds: 60 };
    expect(offerOf(shorter).expiresAt).toBe(ARRIVED + 60_000);
    expect(offerOf({ ...sessionEntry, maxTimeoutSeconds: 600 }).expiresAt).toBe(ARRIVED + 180_000);
    expect(offerOf(withSession({ expiresAt: undefined })).expiresAt).toBe(ARRIVED + 180_000);
    expect(codeOf(shorter, { now: ARRIVED + 59_999 })).toBe('NS7_SESSION');
    expect(codeOf(shorter, { now: ARRIVED + 60_000 })).toBe('EXPIRED');
    expect(codeOf(signatureEntry, { now: ARRIVED + 180_000 })).toBe('EXPIRED');
  });

  test.each([
    ['Track A', (validBefore: number) => ({ ...trackAEntry, extra: { validBefore } })],
    ['Track B', (validBefore: number) => ({ ...trackBEntry, extra: { ...trackBEntry.extra, validBefore } })],
  ])('of %s is the earlier of its time and the timeout after arrival', (_name, entryUntil) => {
    const seconds = ARRIVED / 1000;
    expect(offerOf(entryUntil(seconds + 60)).expiresAt).toBe(ARRIVED + 60_000);
    expect(offerOf(entryUntil(seconds + 600)).expiresAt).toBe(ARRIVED + 180_000);
    expect(offerOf(entryUntil(seconds + 60))).toMatchObject({ validBefore: seconds + 60 });
  });

  test('is an hour after arrival for a longer timeout', () => {
    for (const maxTimeoutSeconds of [3_601, 1e300, Number.MAX_VALUE]) {
      expect(offerOf({ ...signatureEntry, maxTimeoutSeconds }).expiresAt).toBe(ARRIVED + 3_600_000);
    }
  });
});

describe('maxTimeoutSeconds of a signed block, which is how long the server looks for the confirmation', () => {
  const endsAfter = (maxTimeoutSeconds?: number) =>
    offerOf({ ...signedBlockEntry, maxTimeoutSeconds }).expiresAt - ARRIVED;

  test.each([undefined, 0.5, 1, 30, 60, 300])(
    'does not end the offer before five minutes: %s s',
    (seconds) => {
      expect(endsAfter(seconds)).toBe(300_000);
    },
  );

  test('lets the offer stand longer, for an hour at most', () => {
    expect([301, 3600, 3601, 1e300].map(endsAfter)).toEqual([301_000, 3_600_000, 3_600_000, 3_600_000]);
  });

  test.each(['60', -30, 0, null, [60]])(
    'is refused where it is no number above 0: %j',
    (maxTimeoutSeconds) => {
      expect(codeOf({ ...signedBlockEntry, maxTimeoutSeconds })).toBe('BAD_TIMEOUT');
    },
  );
});

describe('an offer with many entries', () => {
  const other = { scheme: 'exact', network: 'eip155:8453' };

  test('is read whole: the entry for Nano may stand anywhere', () => {
    const { offers, refused } = found([...Array(500).fill(other), sessionEntry]);
    expect(offers.map(({ index }) => index)).toEqual([500]);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['IGNORE_NOT_NANO']));
  });

  test('is read up to the thirty-second entry for Nano', () => {
    const { offers, refused } = found([other, ...Array(33).fill(signatureEntry), other]);
    expect(offers).toHaveLength(32);
    expect(refused.map(({ index, code }) => [index, code])).toEqual([
      [0, 'IGNORE_NOT_NANO'],
      [33, 'TOO_MANY_ENTRIES'],
      [34, 'IGNORE_NOT_NANO'],
    ]);
  });
});

describe('the order of offers', () => {
  const all = [signedBlockEntry, trackAEntry, signatureEntry, trackBEntry, challengeEntry, sessionEntry];

  test('has every mechanism by default, in the order of preference', () => {
    const { entries, offers, refused } = found(all);
    expect(entries.map(({ code }) => code)).toEqual([
      'X402NANO_EXACT',
      'XN_TRACK_A',
      'NS7_SIGNATURE',
      'XN_TRACK_B',
      'NS8_CHALLENGE',
      'NS7_SESSION',
    ]);
    expect(entries.map(({ offer }) => offer?.mechanism)).toEqual([
      'signedBlock',
      'trackA',
      'nanoSignature',
      'trackB',
      'nymChallenge',
      'nanoSession',
    ]);
    expect(offers.map(({ mechanism, index }) => [mechanism, index])).toEqual([
      ['nanoSession', 5],
      ['nymChallenge', 4],
      ['trackB', 3],
      ['nanoSignature', 2],
      ['trackA', 1],
      ['signedBlock', 0],
    ]);
    expect(refused).toEqual([]);
    expect(offers.map(isHandOver)).toEqual([false, false, false, false, true, true]);
  });

  test('starts with the user’s preference, followed by the default order', () => {
    const order = (...preference: Mechanism[]) =>
      found(all, {}, { preference }).offers.map(({ mechanism }) => mechanism);
    expect(order('nanoSignature', 'trackB').slice(0, 4)).toEqual([
      'nanoSignature',
      'trackB',
      'nanoSession',
      'nymChallenge',
    ]);
    expect(order()).toEqual(defaultPreference);
    expect(order('signedBlock', 'nymChallenge').slice(0, 2)).toEqual(['signedBlock', 'nymChallenge']);
  });

  test('keeps the server’s order of two entries of the same mechanism', () => {
    const dearer = withSession({ id: 'another' });
    expect(found([signatureEntry, dearer, sessionEntry]).offers.map(({ index }) => index)).toEqual([1, 2, 0]);
  });
});

describe('resource.url against the URL that answered', () => {
  test.each([
    ['the same', PAGE, PAGE, []],
    ['another path', 'https://example.com/', PAGE, []],
    ['a relative one', '/api/protected', PAGE, []],
    ['http behind a proxy', 'http://example.com/api', PAGE, ['resourceScheme']],
    ['http on a test machine', 'http://localhost:3000/', 'https://localhost:3000/', ['resourceScheme']],
    ['a page without encryption', 'http://example.com/', 'http://example.com/', ['insecurePage']],
    ['a page of this machine', 'http://127.0.0.1:3000/', 'http://127.0.0.1:3000/', []],
  ])('%s is payable', (_name, url, page, warnings) => {
    expect(offerOf(sessionEntry, { resource: { url } }, { url: page }).warnings).toEqual(warnings);
  });

  test.each([
    ['another site', 'https://evil.example/'],
    ['another port', 'https://example.com:8443/'],
    ['another port of http', 'http://example.com:3000/'],
    ['no web address', 'mcp://tool/search'],
    ['our host, but no web address', 'ftp://example.com/api/protected'],
    ['no address', 'http://['],
    ['a parent domain', 'https://com/'],
  ])('%s is refused, with the code of the mechanism', (_name, url) => {
    const { entries, offers, refused } = found([sessionEntry], { resource: { url } });
    expect(entries[0]?.code).toBe('NS7_SESSION');
    expect(offers).toEqual([]);
    expect(refused).toEqual([{ index: 0, code: 'RESOURCE_MISMATCH' }]);
  });
});

test.each([
  [
    'https://a.example/api/demo/track-a/issue?deposit=x',
    'https://a.example/api/demo/track-a/redeem?deposit=x',
  ],
  ['https://a.example/api/demo/track-c/issue', undefined],
  ['https://a.example/?/api/demo/track-a/issue', undefined],
  ['nothing', undefined],
])('proofs of offers at %s go to %s', (url, proofUrl) => {
  expect(proofUrlOf(url)).toBe(proofUrl);
});

describe('the demo of x402.Nano, which accepts proofs at another URL', () => {
  const at = (url: string, entry: object) => {
    const { offers, refused } = found([entry], { resource: { url } }, { url });
    return offers[0]?.mechanism ?? refused[0]?.code;
  };
  const demo = 'https://demo.example/api/demo/track';

  test.each([
    ['Track B', `${demo}-b/issue`, trackBEntry, 'PROOF_ELSEWHERE'],
    ['with a query', `${demo}-b/issue?deposit=x`, trackBEntry, 'PROOF_ELSEWHERE'],
    ['Track A', `${demo}-a/issue`, trackAEntry, 'PROOF_ELSEWHERE'],
    ['another way to pay', `${demo}-b/issue`, sessionEntry, 'nanoSession'],
    ['another path', `${demo}-b/redeem`, trackBEntry, 'trackB'],
    ['a query that looks like it', `https://demo.example/?${demo}-b/issue`, trackBEntry, 'trackB'],
  ])('%s is $3', (_name, url, entry, expected) => {
    expect(at(url, entry)).toBe(expected);
  });
});

describe('the reason for the user', () => {
  test.each([
    [
      'of a Nano offer rather than of another chain',
      [
        { scheme: 'x', network: 'eip155:1' },
        { ...sessionEntry, amount: '0' },
      ],
      'BAD_AMOUNT',
    ],
    [
      'of the mechanism rather than of the scheme',
      [{ ...sessionEntry, scheme: 'y' }, withChallenge({ mechanism: 'nanoMacaroon' })],
      'NS8_MACAROON_UNSUPPORTED',
    ],
  ])('is that %s, in any order', (_name, accepts, code) => {
    for (const entries of [accepts, accepts.toReversed()]) {
      const { offers, refused } = found(entries);
      expect(offers).toEqual([]);
      expect(tellingReason(refused)).toBe(code);
    }
  });

  test('is that of an offer that could be paid elsewhere rather than of an entry that is none', () => {
    const accepts = [sessionEntry, { ...sessionEntry, amount: '0' }];
    for (const entries of [accepts, accepts.toReversed()]) {
      const { refused } = found(entries, { resource: { url: 'https://evil.example/' } });
      expect(tellingReason(refused)).toBe('RESOURCE_MISMATCH');
    }
  });

  test('is undefined when nothing was refused', () => {
    expect(tellingReason([])).toBeUndefined();
  });
});

test('a payee with the old prefix is read, with a warning', () => {
  const offer = offerOf({ ...sessionEntry, payTo: PAYEE.replace('nano_', 'xrb_') });
  expect(offer.payTo).toBe(PAYEE);
  expect(offer.warnings).toEqual(['legacyPayTo']);
});

test('a URL to sign must be https, or http on this machine', () => {
  const signFor = (url: string) => found([withSignature({ url })], { resource: { url } }, { url });
  expect(signFor('http://localhost:3000/a').offers).toHaveLength(1);
  expect(signFor('http://shop.localhost:3000/a').offers).toHaveLength(1);
  expect(signFor('http://[::1]:3000/a').offers).toHaveLength(1);
  expect(signFor('http://shop.example/a').refused).toEqual([{ index: 0, code: 'INSECURE_URL' }]);
  expect(signFor('http://localhost.shop.example/a').refused).toEqual([{ index: 0, code: 'INSECURE_URL' }]);
  expect(signFor('http://127.0.0.1.shop.example/a').refused).toEqual([{ index: 0, code: 'INSECURE_URL' }]);
});

test('every reason has a sentence', () => {
  const codes = [...envelopeCodes, ...entryRefusalCodes, ...payabilityCodes, ...dialectCodes];
  for (const code of codes) expect(messages).toHaveProperty(refusalSentence(code));
});
