import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };
import { addressOf, type PublicKey, publicKeyOf, readAddress } from '../../nano/account.ts';
import { type BlockHash, hashBlock, type SignedBlock, signBlock } from '../../nano/block.ts';
import type { PrivateKey } from '../../nano/ed25519.ts';
import { signNoms } from '../../nano/noms.ts';
import { deriveKeys, readSeedHex } from '../../nano/seed.ts';
import { signDigestOfText } from '../../nano/signature.ts';

import { classify } from '../offer/classify.ts';
import type { Offer } from '../offer/offer.ts';
import { makeProof } from '../proof/proof.ts';
import {
  ARRIVED,
  block,
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  PAGE,
  PAYEE,
  session,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from '../samples.fixture.ts';
import { encodeProof } from '../wire/envelope.ts';
import type { JsonObject } from '../wire/json.ts';
import { explainAnswer } from './answer.ts';
import type { Finding } from './finding.ts';
import { explain } from './index.ts';
import { explainOffer } from './offer.ts';
import { explainShownHash, explainVersion1 } from './other-proof.ts';
import { HEADERS } from './paste/header-names.ts';
import { readPaste } from './paste.ts';
import { explainProof } from './proof.ts';
import { explainResponse } from './response.ts';

const HASH = '8EDD8E49C285A5302E896E2A981D4D086AEDE2903F129E70AEC47846AAAF1788' as BlockHash;
const { privateKey, address: PAYER } = deriveKeys(readSeedHex('7'.repeat(64)), 0);
const at = { now: ARRIVED, url: PAGE };
const everyEntry = [sessionEntry, signatureEntry, challengeEntry, trackBEntry, trackAEntry, signedBlockEntry];

const keysOf = (findings: readonly Finding[], tone?: Finding['tone']) =>
  findings.filter((one) => tone === undefined || one.tone === tone).map(({ key }) => key);

function offerOf(entry: object): Offer {
  const header = headerOf(envelopeOf([entry]));
  const found = classify(header, context);
  const offer = found.kind === 'offers' ? found.offers[0] : undefined;
  if (offer === undefined) throw new Error('nothing payable');
  return offer;
}

/** The proof that the wallet makes. */
async function proofOf(entry: object, key: PrivateKey = privateKey): Promise<string> {
  const offer = offerOf(entry);
  if (offer.mechanism === 'trackA' || offer.mechanism === 'signedBlock') {
    return makeProof(offer, { block: ownBlock });
  }
  return makeProof(offer, {
    hash: HASH,
    account: PAYER,
    sign: ({ kind, text }) => (kind === 'noms' ? signNoms(key, text) : signDigestOfText(key, text)),
  });
}

const written = { type: 'state', ...block, balance: '1' };

/** A send to the payee that our key signed; its work is worth nothing. */
const unsigned: SignedBlock = { ...block, account: PAYER, work: '0000000000000000' };
const ownBlock: SignedBlock = { ...unsigned, ...signBlock(unsigned, privateKey) };

const changed = async (entry: object, change: (payload: JsonObject) => JsonObject): Promise<string> => {
  const proof = JSON.parse(atob(await proofOf(entry)));
  return encodeProof({ ...proof, payload: change(proof.payload) });
};

describe('an offer', () => {
  test('is explained entry by entry with the results of the classifier', () => {
    const entries = [
      ...everyEntry,
      { scheme: 'exact', network: 'eip155:8453' },
      { ...sessionEntry, amount: '1' },
    ];
    const { entries: found } = explainOffer(headerOf(envelopeOf(entries)), at);
    expect(
      found.map(({ code, mechanism, payable, rule }) => [code, mechanism, payable, rule.number]),
    ).toEqual([
      ['NS7_SESSION', 'nanoSession', true, 4],
      ['NS7_SIGNATURE', 'nanoSignature', true, 5],
      ['NS8_CHALLENGE', 'nymChallenge', true, 6],
      ['XN_TRACK_B', 'trackB', true, 7],
      ['XN_TRACK_A', 'trackA', true, 7],
      ['X402NANO_EXACT', 'signedBlock', true, 8],
      ['IGNORE_NOT_NANO', 'signedBlock', false, 1],
      ['SUM_MISMATCH', 'nanoSession', false, 4],
    ]);
    expect(found[0]).toMatchObject({
      amount: sessionEntry.amount,
      payTo: PAYEE,
      parts: { resource: session.resourceAmountRaw, tag: session.tagAmountRaw },
      expiresAt: ARRIVED + 180_000,
    });
    expect(found[7]?.findings).toContainEqual({
      tone: 'wrong',
      key: 'wire_sum',
      args: ['10000000000000000000004518140', '1'],
    });
  });

  test('that has expired is reported so, with its terms', () => {
    const [entry] = explainOffer(headerOf(envelopeOf([sessionEntry])), { now: ARRIVED + 600_000 }).entries;
    expect(entry).toMatchObject({ code: 'EXPIRED', payable: false, mechanism: 'nanoSession', payTo: PAYEE });
    expect(entry?.rule.number).toBe(4);
    expect(entry?.parts?.tag).toBe(session.tagAmountRaw);
  });

  test('with known mistakes is reported with each of them', () => {
    const rounded = {
      ...sessionEntry,
      amount: '713206359944553551',
      extra: {
        nanoSession: {
          ...session,
          tag: 713206359944553600,
          resourceAmountRaw: '1',
          tagAmountRaw: '713206359944553550',
        },
      },
    };
    const entries = [rounded, { ...sessionEntry, amount: 5 }, { ...sessionEntry, amount: '0.01' }];
    const found = explainOffer(headerOf(envelopeOf(entries)), at).entries.map(({ findings }) =>
      keysOf(findings),
    );
    expect(found[0]).toContain('wire_roundedTag');
    expect(found[1]).toContain('wire_amountIsNumber');
    expect(found[2]).toContain('wire_amountIsDecimal');
  });

  test('for another page is not payable on this one', () => {
    const [entry] = explainOffer(headerOf(envelopeOf([sessionEntry])), {
      ...at,
      url: 'https://other.example/',
    }).entries;
    expect(entry).toMatchObject({ code: 'RESOURCE_MISMATCH', payable: false, mechanism: 'nanoSession' });
  });

  test.each([
    ['', 'BAD_BASE64', 'wire_empty'],
    ['abcd,efgh', 'BAD_BASE64', 'wire_comma'],
    ['{"x402Version":2}', 'BAD_BASE64', 'wire_notEncoded'],
    ['ab+c_d-e', 'BAD_BASE64', 'wire_mixedAlphabets'],
    ['abc==', 'BAD_BASE64', 'wire_badPadding'],
    ['abcé', 'BAD_BASE64', 'wire_strangeCharacters'],
    ['ab cd', 'BAD_BASE64', 'wire_spaces'],
    ['abcdab1', 'BAD_BASE64', 'wire_leftOverBits'],
    [btoa('nothing'), 'BAD_JSON', 'refusal_BAD_JSON'],
    [btoa('[]'), 'BAD_SHAPE', 'refusal_BAD_SHAPE'],
    [btoa('{"x402Version":1,"accepts":[]}'), 'UNSUPPORTED_VERSION', 'refusal_PAYS_OTHER_COIN'],
  ])('%s is %s: %s', (value, code, key) => {
    const explained = explainOffer(value, at);
    expect(explained.code).toBe(code);
    expect(keysOf(explained.findings)).toContain(key);
  });

  test('in the URL-safe alphabet is read, with a finding about it', () => {
    const value = headerOf(envelopeOf([sessionEntry], { error: 'ÿ?>~' }))
      .replace(/\+/g, '-')
      .replace(/\//g, '_');
    const { encoding, entries } = explainOffer(value.replace(/=+$/, ''), at);
    expect(entries[0]?.payable).toBe(true);
    expect(keysOf(encoding.findings)).toEqual(['wire_urlSafe']);
  });
});

describe('a proof', () => {
  test.each(everyEntry.map((entry) => [Object.keys(entry.extra).join('+') || 'nothing', entry] as const))(
    'of the wallet, for %s, has no findings but about its work',
    async (_, entry) => {
      const explained = explainProof(await proofOf(entry), { now: ARRIVED, payer: PAYER });
      expect(explained.accepted?.payable).toBe(true);
      const wrong = explained.findings.filter(({ tone }) => tone === 'wrong' || tone === 'warn');
      const isBlock = explained.message?.kind === 'block';
      expect(keysOf(wrong)).toEqual(isBlock ? ['wire_workWeak'] : []);
      expect(explained.hash).toBe(isBlock ? hashBlock(ownBlock) : HASH);
    },
  );

  test.each([
    ['a signature over URL and hash', signatureEntry],
    ['a NOMS signature', trackBEntry],
  ])('%s is checked', async (_, entry) => {
    const good = explainProof(await proofOf(entry), { now: ARRIVED, payer: PAYER });
    expect(keysOf(good.findings, 'right')).toEqual(['wire_signatureFits']);
    const forged = explainProof(await proofOf(entry, '1'.repeat(64) as PrivateKey), {
      now: ARRIVED,
      payer: PAYER,
    });
    expect(keysOf(forged.findings)).toContain('wire_signatureWrong');
  });

  test('that does not name the payer cannot be checked', async () => {
    const { findings } = explainProof(await proofOf(signatureEntry), { now: ARRIVED });
    expect(keysOf(findings)).toContain('wire_signatureUnchecked');
  });

  test('with a block that pays another account, or was changed, is reported so', async () => {
    const toOther = { ...ownBlock, link: publicKeyOf(PAYER) };
    const pays = await changed(trackAEntry, ({ block: one }) => ({
      block: { ...(one as JsonObject), link: toOther.link },
    }));
    const { findings } = explainProof(pays, { now: ARRIVED });
    expect(keysOf(findings, 'wrong')).toEqual([
      'wire_blockPaysOther',
      'wire_signatureWrong',
      'wire_workWeak',
    ]);
  });

  test('is reported with its fields that are missing, additional, wrong or in the wrong case', async () => {
    const odd = await changed(challengeEntry, ({ mode: _, ...rest }) => ({
      ...rest,
      challengeId: 'another',
      sendHash: HASH.toLowerCase(),
      more: 1,
    }));
    const { findings } = explainProof(odd, { now: ARRIVED });
    expect(findings.map(({ key, args }) => [key, args[0]])).toEqual([
      ['wire_fieldMissing', 'mode'],
      ['wire_fieldExtra', 'more'],
      ['wire_fieldDiffers', 'challengeId'],
      ['wire_askNode', undefined],
    ]);
    const lower = await changed(trackBEntry, (payload) => ({ ...payload, blockHash: HASH }));
    expect(keysOf(explainProof(lower, { now: ARRIVED }).findings)).toContain('wire_fieldCase');
  });

  test('without some parts is reported with their names', () => {
    const { findings } = explainProof(headerOf({ x402Version: 1 }), { now: ARRIVED });
    expect(keysOf(findings)).toEqual(['wire_proofVersion', 'wire_noAccepted', 'wire_noPayload']);
  });
});

describe('an answer', () => {
  test.each([
    [
      { success: true, transaction: HASH, network: 'nano:mainnet', payer: PAYER },
      'settlement',
      ['wire_settled'],
    ],
    [
      { success: true, transaction: '', network: 'nano:mainnet' },
      'settlement',
      ['wire_settled', 'wire_badHash'],
    ],
    [{ success: false }, 'settlement', ['wire_refused', 'wire_fieldMissing', 'wire_fieldMissing']],
    [
      { x402Version: 2, error: 'Block not confirmed' },
      'rev7',
      ['wire_refused', 'wire_early', 'wire_rev7Answer'],
    ],
    [
      { x402Version: 2, error: 'Payment already spent' },
      'rev7',
      ['wire_refused', 'wire_final', 'wire_rev7Answer'],
    ],
    [
      { x402Version: 2, result: { mode: 'settled', sendHash: HASH }, success: true },
      'rev8',
      ['wire_settled'],
    ],
    [{ x402Version: 2, result: { track: 'B', mode: 'settled', blockHash: HASH } }, 'track', ['wire_settled']],
    [{ hello: 1 }, 'unknown', ['wire_answerUnknown', 'wire_neither']],
  ])('%j is of the shape %s', (answer, shape, keys) => {
    const explained = explainAnswer(headerOf(answer));
    expect(explained.shape).toBe(shape);
    expect(keysOf(explained.findings)).toEqual(keys);
  });
});

const RAW = '10000000000000000000000000000';
const BEARER = `x-payment-address: ${PAYEE}\nx-payment-amount-raw: ${RAW}`;
const URI = `nano:${PAYEE}?amount=${RAW}`;

describe('a 402 without PAYMENT-REQUIRED', () => {
  test.each<[string, string, string, number, string | null]>([
    ['pay first, show the hash', BEARER, 'HASH_BEARER', 10, null],
    [
      'the same on another network',
      `${BEARER}\nx-payment-network: nano:live`,
      'UNSUPPORTED_NETWORK',
      10,
      null,
    ],
    ['a price without a payee', `x-payment-amount-raw: ${RAW}`, 'BAD_HASH_OFFER', 10, null],
    [
      'a payee and a price in a body',
      JSON.stringify({ pay_to: PAYEE, price_raw: RAW }),
      'PAYS_BY_HASH_BODY_ONLY',
      11,
      URI,
    ],
    [
      'a deposit',
      `x-payment-address: ${PAYEE}\nx-payment-amount: 0.01\nx-payment-id: a`,
      'PAYS_BY_DEPOSIT',
      11,
      URI,
    ],
    [
      'an order',
      `HTTP/2 402\n\n${JSON.stringify({ order_id: 1, nano_address: PAYEE, nano_amount_raw: RAW })}`,
      'PAYS_TO_ORDER_ACCOUNT',
      11,
      URI,
    ],
    ['an invoice', `link: <${URI}>; rel="payment"`, 'NANO_PAYMENT_LINK', 11, URI],
    ['NanoSession Rev 4', `X-402-Address: ${PAYEE}\nX-402-Price-Raw: 1`, 'LEGACY_UNSUPPORTED', 11, null],
    ['x402 v1 on Nano', '{"x402Version":1,"accepts":[{"network":"nano:mainnet"}]}', 'V1_NANO', 11, null],
    ['x402 v1 on Base', '{"x402Version":1,"accepts":[{"network":"base"}]}', 'PAYS_OTHER_COIN', 11, null],
    ['Lightning', 'www-authenticate: L402 macaroon="a", invoice="b"', 'PAYS_OTHER_COIN', 11, null],
    ['the Machine Payments Protocol', '"www-authenticate": Payment id="a"', 'PAYS_OTHER_PROTOCOL', 11, null],
    ['pay per crawl', 'crawler-price: USD 0.01', 'PAYS_OTHER_PROTOCOL', 11, null],
  ])('is named: %s', (_, text, code, rule, link) => {
    const explained = explainResponse(text, at);
    expect(explained).toMatchObject({ code, rule: { number: rule }, link, payable: code === 'HASH_BEARER' });
    const [first] = explained?.findings ?? [];
    expect(first?.key).toBe(code === 'HASH_BEARER' ? 'wire_payable' : `refusal_${code}`);
  });

  test('of x402 version 1 names the chain, coin and scheme of each entry', () => {
    const base = { scheme: 'exact', network: 'base', asset: '0x833589fCD6eDb88E08f4c7C32D4f71b54bdA02913' };
    const solana = { scheme: 'upto', network: 'solana', asset: 'x', extra: { name: 'PYUSD' } };
    const text = JSON.stringify({ x402Version: 1, accepts: [base, solana, null] });
    const findings = explainResponse(text, at)?.findings.filter(({ key }) => key === 'wire_otherChain');
    expect(findings?.map(({ args }) => args)).toEqual([
      ['Base', 'USDC', 'exact'],
      ['Solana', 'PYUSD', 'upto'],
    ]);
  });

  test('has a price, a sentence with its words, and its payment headers alone', () => {
    const text = `date: now\n${BEARER}\n> x-payment-id: sent`;
    expect(explainResponse(text, at)).toMatchObject({
      price: { payTo: PAYEE, amount: RAW },
      headers: [
        ['x-payment-address', PAYEE],
        ['x-payment-amount-raw', RAW],
      ],
    });
    const lightning = explainResponse('www-authenticate: LSAT a="b"', at);
    expect(lightning?.findings).toEqual([
      { tone: 'wrong', key: 'refusal_PAYS_OTHER_COIN', args: ['Lightning (L402)'] },
    ]);
  });

  test.each(['', 'content-type: text/html', '{"hello":1}', `payment-required: e30\n${BEARER}`])(
    'is not recognised in %j',
    (text) => {
      expect(explainResponse(text, at)).toBeUndefined();
    },
  );
});

describe('a proof in another header', () => {
  const version1 = { x402Version: 1, scheme: 'exact', network: 'base', payload: {} };

  test.each([
    [version1, ['wire_version1Proof', 'wire_otherChainProof'], 'Base'],
    [
      { ...version1, payload: { signature: '0x1', authorization: { from: '0xa', to: '0xb', value: '7' } } },
      ['wire_version1Proof', 'wire_otherChainProof', 'wire_evmAuthorization'],
      'Base',
    ],
    [
      { ...version1, network: 'solana', payload: { transaction: 'AQAB' } },
      ['wire_version1Proof', 'wire_otherChainProof', 'wire_solanaTransaction'],
      'Solana',
    ],
    [
      { ...version1, network: 'nano:mainnet', payload: { block: {} } },
      ['wire_version1Proof', 'wire_handOver'],
      'nano:mainnet',
    ],
    [{ ...version1, x402Version: 2 }, ['wire_version2InXPayment'], 'Base'],
    [{ ...version1, payload: 1 }, ['wire_version1Proof', 'wire_otherChainProof', 'wire_noPayload'], 'Base'],
  ])('X-PAYMENT: %j', (json, keys, chain) => {
    const explained = explainVersion1(headerOf(json));
    expect(keysOf(explained.findings)).toEqual(keys);
    expect(explained).toMatchObject({ chain, hash: null, rule: { number: 11 } });
  });

  test('of x402 version 2 on another chain is named with what its payload is', () => {
    const authorization = { from: '0xa', to: '0xb', value: '7', nonce: '0x0' };
    const accepted = { ...signedBlockEntry, network: 'eip155:8453', asset: '0x1' };
    const value = headerOf({ x402Version: 2, accepted, payload: { signature: '0x', authorization } });
    const { findings } = explainProof(value, at);
    expect(findings).toContainEqual({
      tone: 'note',
      key: 'wire_evmAuthorization',
      args: ['0xa', '0xb', '7'],
    });
  });

  test('X-PAYMENT with a bare hash, or with nothing that can be read', () => {
    expect(explainVersion1(HASH)).toMatchObject({ hash: HASH, findings: [{ key: 'wire_hashInXPayment' }] });
    expect(keysOf(explainVersion1('%').findings, 'wrong')).toContain('wire_noVersion1');
  });

  test('X-Nano-Payment: a hash, in the case in which sellers compare it', () => {
    expect(explainShownHash(HASH)).toMatchObject({ hash: HASH, rule: { number: 10 } });
    expect(keysOf(explainShownHash(HASH).findings)).toEqual(['wire_hashIsPublic', 'wire_askNode']);
    expect(keysOf(explainShownHash(HASH.toLowerCase()).findings)).toContain('wire_fieldCase');
    expect(explainShownHash('abc')).toMatchObject({ hash: null, findings: [{ key: 'wire_badHash' }] });
  });
});

describe('an entry for another chain', () => {
  const usdc = '0x833589fCD6eDb88E08f4c7C32D4f71b54bdA02913';
  test.each([
    ['eip155:8453', usdc, 'wire_otherChain', 'Base (eip155:8453)', 'USDC', 'exact'],
    [
      'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
      'x',
      'wire_otherChain',
      'Solana (solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp)',
      'x',
      'exact',
    ],
    ['eip155:999', '', 'wire_otherChain', 'EVM (eip155:999)', '?', 'exact'],
    ['aptos:1', 'y', 'wire_otherChain', 'aptos:1', 'y', 'exact'],
    ['nano-mainnet', 'XNO', 'wire_nanoByOtherName', 'nano-mainnet'],
    ['nano:live', 'XNO', 'wire_nanoByOtherName', 'nano:live'],
  ])('%s is named with its coin', (network, asset, key, ...args) => {
    const header = headerOf(envelopeOf([{ ...signedBlockEntry, network, asset }, signedBlockEntry]));
    const [entry] = explainOffer(header, at).entries;
    expect(entry?.findings).toContainEqual({ tone: 'note', key, args });
  });

  test('is not payable where a rival draft alone names the network', () => {
    const header = headerOf(envelopeOf([{ ...signedBlockEntry, network: 'nano:live' }]));
    expect(explainOffer(header, at)).toMatchObject({
      network: 'nano:mainnet',
      entries: [{ code: 'UNSUPPORTED_NETWORK', payable: false }],
    });
  });

  test('is named as its own entry names it', () => {
    const entry = { ...signedBlockEntry, network: 'eip155:137', asset: '0x1', extra: { name: 'EURC' } };
    const [explained] = explainOffer(headerOf(envelopeOf([entry])), at).entries;
    expect(explained?.findings).toContainEqual({
      tone: 'note',
      key: 'wire_otherChain',
      args: ['Polygon (eip155:137)', 'EURC', 'exact'],
    });
  });
});

describe('a paste', () => {
  const required = headerOf(envelopeOf([sessionEntry]));
  const har = {
    request: { url: PAGE, headers: [{ name: 'payment-signature', value: 'AAAA' }] },
    response: {
      headers: [
        { name: 'Payment-Required', value: required },
        { name: 'PAYMENT-RESPONSE', value: 'e30' },
      ],
    },
  };
  const curl = `curl '${PAGE}' \\\n  -H 'accept: */*' \\\n  -H 'PAYMENT-SIGNATURE: AAAA' --compressed`;

  test.each<[string, string, readonly (readonly [string, string, string | undefined])[]]>([
    ['a value', ` ${required}\n`, [['PAYMENT-REQUIRED', required, undefined]]],
    ['a wrapped value', required.replace(/(.{60})/g, '$1\n'), [['PAYMENT-REQUIRED', required, undefined]]],
    ['a quoted value', `"${required}"`, [['PAYMENT-REQUIRED', required, undefined]]],
    ['a header line', `payment-required: ${required}\r\nx: y`, [['PAYMENT-REQUIRED', required, undefined]]],
    ['a cURL command', curl, [['PAYMENT-SIGNATURE', 'AAAA', PAGE]]],
    [
      'what curl -v prints',
      `< HTTP/1.1 402\n< payment-required: ${required}\n<`,
      [['PAYMENT-REQUIRED', required, undefined]],
    ],
    [
      'a fetch call',
      `fetch("${PAGE}", {"headers": {"payment-signature": "AAAA"}})`,
      [['PAYMENT-SIGNATURE', 'AAAA', PAGE]],
    ],
    [
      'a HAR entry',
      JSON.stringify(har),
      [
        ['PAYMENT-SIGNATURE', 'AAAA', PAGE],
        ['PAYMENT-REQUIRED', required, PAGE],
        ['PAYMENT-RESPONSE', 'e30', PAGE],
      ],
    ],
    [
      'a HAR file',
      JSON.stringify({ log: { entries: [{ request: { url: 'https://a.example/' } }, har] } }),
      [
        ['PAYMENT-SIGNATURE', 'AAAA', PAGE],
        ['PAYMENT-REQUIRED', required, PAGE],
        ['PAYMENT-RESPONSE', 'e30', PAGE],
      ],
    ],
    ['the decoded object', atob(required), [['PAYMENT-REQUIRED', required, undefined]]],
    ['a header that is empty', 'PAYMENT-REQUIRED:', [['PAYMENT-REQUIRED', '', undefined]]],
    ['a header in plain JSON', 'PAYMENT-REQUIRED: {"a":1}', [['PAYMENT-REQUIRED', '{"a":1}', undefined]]],
    ['a proof of version 1', 'x-payment: AAAA', [['X-PAYMENT', 'AAAA', undefined]]],
    ['an answer of version 1', 'X-PAYMENT-RESPONSE: e30', [['PAYMENT-RESPONSE', 'e30', undefined]]],
    ['a shown hash', `-H 'X-Nano-Payment: ${HASH}'`, [['X-Nano-Payment', HASH, undefined]]],
    [
      'a 402 in plain headers',
      `< HTTP/1.1 402\n${BEARER}`,
      [['402', `< HTTP/1.1 402\n${BEARER}`, undefined]],
    ],
    [
      'a HAR entry of such a 402',
      JSON.stringify({
        request: { url: PAGE },
        response: { status: 402, headers: [{ name: 'crawler-price', value: 'USD 0.01' }] },
      }),
      [['402', 'crawler-price: USD 0.01\n\n', PAGE]],
    ],
    [
      'a body of version 1',
      '{"x402Version":1,"accepts":[]}',
      [['402', '{"x402Version":1,"accepts":[]}', undefined]],
    ],
    [
      'a 402 in plain headers beside PAYMENT-REQUIRED',
      `payment-required: ${required}\n${BEARER}`,
      [['PAYMENT-REQUIRED', required, undefined]],
    ],
    ['nothing', ' \n ', []],
  ])('of %s', (_, text, found) => {
    expect(readPaste(text).map(({ header, value, url }) => [header, value, url])).toEqual(found);
  });

  test('distinguishes the three headers by their contents', async () => {
    const values = [required, await proofOf(sessionEntry), headerOf({ success: true })];
    expect(values.map((value) => readPaste(value)[0]?.header)).toEqual(HEADERS.slice(0, 3));
    const others = [headerOf({ x402Version: 1, scheme: 'exact', payload: {} }), HASH];
    expect(others.map((value) => readPaste(value)[0]?.header)).toEqual(HEADERS.slice(3));
  });
});

describe('for any input', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(
        ...everyEntry,
        session,
        written,
        null,
        2,
        -1,
        1e300,
        HASH,
        PAYEE,
        '0',
        '5',
        'nano:mainnet',
      ),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ...[
            'x402Version',
            'resource',
            'url',
            'accepts',
            'accepted',
            'payload',
            'extra',
            'nanoSession',
            'success',
          ],
          ...[
            'result',
            'error',
            'proof',
            'block',
            'sendHash',
            'blockHash',
            'signature',
            'account',
            'amount',
            'tag',
          ],
          ...['network', 'scheme', 'name', 'value', 'request', 'headers', '__proto__', 'PAYMENT-RESPONSE'],
        ),
        tie('value'),
        { maxKeys: 6 },
      ),
    ),
  })).value;
  const proofLike = fc.record({
    x402Version: fc.constantFrom(1, 2),
    accepted: fc.constantFrom<unknown>(...everyEntry, {}),
    payload: fc.oneof(
      json,
      fc.record({ proof: fc.constantFrom(HASH, HASH.toLowerCase()), signature: json, account: json }),
      fc.record({ block: fc.oneof(fc.constant(written), json) }),
      fc.record({
        blockHash: fc.constant(HASH),
        account: fc.constant(PAYER),
        signature: fc.constant('F'.repeat(128)),
      }),
    ),
  });
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    json.map((value) => JSON.stringify(value) ?? ''),
    fc.oneof(json, proofLike, fc.record({ accepts: fc.array(json) })).map(headerOf),
    fc
      .tuple(fc.constantFrom(...HEADERS), fc.constantFrom(': ', '=', '": "'), fc.string())
      .map((parts) => parts.join('')),
  );

  test('every reader gives a result with existing sentences and cleaned texts', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...HEADERS), (given, header) => {
        const values = [given, ...readPaste(given).map(({ value }) => value)];
        for (const value of values) {
          const explained = explain(header, value, { now: ARRIVED });
          const other = explainResponse(value, { now: ARRIVED });
          const all: readonly Finding[] = [
            ...explained.findings,
            ...(other?.findings ?? []),
            ...(explained.header === 'PAYMENT-REQUIRED'
              ? explained.entries.flatMap((one) => one.findings)
              : []),
          ];
          for (const { key, args } of all) {
            expect(Object.hasOwn(messages, key)).toBe(true);
            for (const word of args) expect(word).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
          }
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('of thousands of entries the first 64 and every offer are explained', () => {
    const other = { scheme: 'exact', network: 'eip155:8453' };
    const header = headerOf(envelopeOf([...Array(900).fill(other), signedBlockEntry]));
    const { entries } = explainOffer(header, at);
    expect(entries).toHaveLength(65);
    expect(entries.at(-1)).toMatchObject({ index: 900, payable: true, mechanism: 'signedBlock' });
  });

  test('an extra with a text that the wallet does not know is payable, with a warning', () => {
    const extra = { work: 'required', memo: 'order 7' };
    const header = headerOf(envelopeOf([{ ...signedBlockEntry, extra }]));
    const [entry] = explainOffer(header, at).entries;
    expect(entry).toMatchObject({ payable: true, mechanism: 'signedBlock' });
    expect(entry?.findings.map(({ key }) => key)).toContain('wire_unknownTerms');
  });

  test('harder work than the network asks for is payable, with a warning', () => {
    const extra = { work: 'required', workThreshold: 'ffffffff00000000' };
    const header = headerOf(envelopeOf([{ ...signedBlockEntry, extra }]));
    const [entry] = explainOffer(header, at).entries;
    expect(entry).toMatchObject({ payable: true, mechanism: 'signedBlock' });
    expect(entry?.findings.map(({ key }) => key)).toContain('wire_harderWork');
  });

  test('an entry is payable exactly where the classifier finds an offer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(json, fc.constantFrom<unknown>(...everyEntry)), { maxLength: 6 }),
        (accepts) => {
          const header = headerOf(envelopeOf(accepts));
          const found = classify(header, context);
          const offered = found.kind === 'offers' ? found.offers.map(({ index }) => index).sort() : [];
          const explained = explainOffer(header, { ...at, network: context.network });
          expect(explained.entries.filter(({ payable }) => payable).map(({ index }) => index)).toEqual(
            offered,
          );
        },
      ),
    );
  });

  test('a long text is read in bounded time', () => {
    for (const part of [
      '=',
      ' ',
      '\n',
      'x-payment: ',
      ' {\n',
      'payment-required:',
      'payment-required: "',
      '[',
      '{"a":',
      '\u202e',
      'A=',
    ]) {
      const long = part.repeat(2_000_000 / part.length);
      for (const { header, value } of readPaste(long)) {
        if (header === '402') explainResponse(value, { now: ARRIVED });
        else explain(header, value, { now: ARRIVED });
      }
    }
  });

  test('the samples have the expected form', () => {
    expect(readAddress(PAYEE)).toBeDefined();
    expect(addressOf(publicKeyOf(PAYER) as PublicKey)).toBe(PAYER);
  });
});
