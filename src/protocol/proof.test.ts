import { describe, expect, test } from 'vitest';
import signatures from '../../test/vectors/data/signatures.json' with { type: 'json' };
import { readAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { PrivateKey } from '../nano/ed25519.ts';
import { signDigestOfText } from '../nano/signature.ts';
import { classify } from './classify.ts';
import { decodeObject } from './envelope.ts';
import type { Paid } from './mechanism.ts';
import type { Offer } from './offer.ts';
import { makeProof } from './proof.ts';
import {
  context,
  envelopeOf,
  headerOf,
  PAYEE,
  sessionEntry,
  signatureEntry,
  trackBEntry,
} from './samples.fixture.ts';

const HASH = '8EDD8E49C285A5302E896E2A981D4D086AEDE2903F129E70AEC47846AAAF1788' as BlockHash;

function offerOf(entry: object, parts: object = {}, url = context.url): Offer {
  const found = classify(headerOf(envelopeOf([entry], { resource: { url }, ...parts })), { ...context, url });
  const offer = found.kind === 'offers' ? found.entries[0]?.offer : undefined;
  if (!offer) throw new Error('nothing payable');
  return offer;
}

function paid(hash: BlockHash, sign: Paid['sign']): Paid {
  const account = readAddress(PAYEE)?.address;
  if (!account) throw new Error('no account');
  return { hash, account, sign };
}
const neverSigns = paid(HASH, () => {
  throw new Error('nothing to sign');
});

test('a session is proven by the hash alone, the entry echoed key for key', async () => {
  const odd = { ...sessionEntry, asset: 'xno', more: [1, { z: null, a: 1.5 }] };
  const proof = await makeProof(offerOf(odd), neverSigns);
  expect(JSON.stringify(decodeObject(proof))).toBe(
    JSON.stringify({ x402Version: 2, accepted: odd, payload: { proof: HASH } }),
  );
});

describe('nanoSignature signs block hash and URL, plain, in upper case', () => {
  const upper = signatures.rev7NanoSignature.vectors.filter(({ proof }) => proof === proof.toUpperCase());

  test('there are vectors to check', () => expect(upper.length).toBeGreaterThan(3));

  test.each(upper.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const entry = { ...signatureEntry, extra: { nanoSignature: { url: vector.url } } };
    const sign = async (text: string) =>
      signDigestOfText(vector.privateKey as PrivateKey, text).toLowerCase();
    const proof = await makeProof(offerOf(entry, {}, vector.url), paid(vector.proof as BlockHash, sign));
    expect(decodeObject(proof)?.payload).toEqual({ proof: vector.proof, signature: vector.signatureUpper });
  });
});

describe('payment-identifier', () => {
  const schema = { type: 'object' };
  const offered = (info: object) => ({
    extensions: { other: { info: {} }, 'payment-identifier': { info, schema } },
  });
  const answered = async (parts: object, id?: string) =>
    decodeObject(await makeProof(offerOf(sessionEntry, parts), neverSigns, id))?.extensions;

  test('what the server wrote comes back with the id, and no other extension', async () => {
    expect(await answered(offered({ required: true }), 'pay_0123456789abcdef')).toEqual({
      'payment-identifier': { info: { required: true, id: 'pay_0123456789abcdef' }, schema },
    });
  });

  test('without an id of the caller’s it is the block’s, the same every time', async () => {
    const id = 'pay_8edd8e49c285a5302e896e2a981d4d08';
    for (const _ of [1, 2]) {
      expect(await answered(offered({ required: true }))).toMatchObject({
        'payment-identifier': { info: { id } },
      });
    }
  });

  test('what a server wrote is not overwritten', async () => {
    const own = offered({ required: false, id: 'theirs_0123456789' });
    expect(await answered(own)).toEqual({ 'payment-identifier': own.extensions['payment-identifier'] });
  });

  test.each([
    ['no extensions', {}],
    ['others only', { extensions: { other: {} } }],
    ['one without info', { extensions: { 'payment-identifier': { schema } } }],
    ['one that is no object', { extensions: { 'payment-identifier': true } }],
  ])('%s: none are sent', async (_name, parts) => {
    expect(await answered(parts)).toBeUndefined();
  });

  test('an id that servers would refuse is refused here', async () => {
    for (const id of ['short', 'x'.repeat(129), 'pay 0123456789abcdef']) {
      await expect(answered(offered({}), id)).rejects.toThrow(RangeError);
    }
  });
});

test('a mechanism that is only known cannot be proven', async () => {
  await expect(makeProof(offerOf(trackBEntry), neverSigns)).rejects.toMatchObject({ key: 'fault_noProof' });
});
