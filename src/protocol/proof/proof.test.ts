import { describe, expect, test } from 'vitest';
import signatures from '../../../test/vectors/data/signatures.json' with { type: 'json' };
import { publicKeyOf } from '../../nano/account.ts';
import { type BlockHash, ZERO_HASH } from '../../nano/block.ts';
import type { PrivateKey } from '../../nano/ed25519.ts';
import { signDigestOfText } from '../../nano/signature.ts';
import type { Message, Paid } from '../mechanisms/mechanism.ts';
import { type ClassifyContext, classify } from '../offer/classify.ts';
import { readHashOffer } from '../offer/hash-offer.ts';
import type { Offer } from '../offer/offer.ts';
import {
  block,
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  PAGE,
  PAYEE,
  PAYER,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from '../samples.fixture.ts';
import { decodeObject } from '../wire/envelope.ts';
import { makeProof } from './proof.ts';
import { lowerCaseProof, mechanismOfProof } from './redelivery.ts';

const HASH = '8EDD8E49C285A5302E896E2A981D4D086AEDE2903F129E70AEC47846AAAF1788' as BlockHash;
const SIGNATURE = '5A'.repeat(64);

function offerOf(entry: object, parts: object = {}, where: Partial<ClassifyContext> = {}): Offer {
  const here = { ...context, ...where };
  const found = classify(headerOf(envelopeOf([entry], { resource: { url: here.url }, ...parts })), here);
  const offer = found.kind === 'offers' ? found.entries[0]?.offer : undefined;
  if (!offer) throw new Error('nothing payable');
  return offer;
}

const neverSigns: Paid = {
  hash: HASH,
  account: PAYER,
  sign: () => {
    throw new Error('nothing to sign');
  },
};

/** A payer that signs, and records the messages. */
function signing(signature: string, hash = HASH): Paid & { readonly signed: readonly Message[] } {
  const signed: Message[] = [];
  const sign = (message: Message) => {
    signed.push(message);
    return signature;
  };
  return { hash, account: PAYER, sign, signed };
}

const payloadOf = (proof: string) => decodeObject(proof)?.payload;

test('a session is proven by the block hash only, with the entry echoed key for key', async () => {
  const odd = { ...sessionEntry, asset: 'xno', more: [1, { z: null, a: 1.5 }] };
  const proof = await makeProof(offerOf(odd), neverSigns);
  expect(JSON.stringify(decodeObject(proof))).toBe(
    JSON.stringify({ x402Version: 2, accepted: odd, payload: { proof: HASH } }),
  );
});

test('an offer in plain headers is proven by the block hash alone, in upper case, and never by a block', async () => {
  const headers = [
    { name: 'x-payment-address', value: PAYEE },
    { name: 'x-payment-amount-raw', value: '1' },
  ];
  const offer = readHashOffer({ headers }, context);
  if (typeof offer === 'string') throw new Error(offer);
  expect(await makeProof(offer, neverSigns)).toBe(HASH);
  expect(mechanismOfProof(HASH)).toBeUndefined();
  expect(lowerCaseProof(HASH)).toBeUndefined();
  // The types rule this out; the journal's data do not.
  await expect(makeProof<Offer>(offer, { block })).rejects.toThrow('fault_noProof');
});

test('a challenge is proven by its id, the block hash and the payer, with the resource echoed', async () => {
  const resource = { url: PAGE, description: '\u202eas it was' };
  const proof = await makeProof(offerOf(challengeEntry, { resource }), neverSigns);
  expect(JSON.stringify(decodeObject(proof))).toBe(
    JSON.stringify({
      x402Version: 2,
      resource,
      accepted: challengeEntry,
      payload: {
        version: 'ns8',
        mechanism: 'nano-nym-exact',
        mode: 'settle',
        challengeId: challengeEntry.extra.challenge.challengeId,
        sendHash: HASH,
        payerAccount: PAYER,
      },
    }),
  );
});

describe('nanoSignature signs block hash and URL, plain, in upper case', () => {
  const upper = signatures.rev7NanoSignature.vectors.filter(({ proof }) => proof === proof.toUpperCase());

  test('there are vectors to check', () => expect(upper.length).toBeGreaterThan(3));

  test.each(upper.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const entry = { ...signatureEntry, extra: { nanoSignature: { url: vector.url } } };
    const sign = async ({ kind, text }: Message) => {
      expect(kind).toBe('plain');
      return signDigestOfText(vector.privateKey as PrivateKey, text).toLowerCase();
    };
    const paid = { hash: vector.proof as BlockHash, account: PAYER, sign };
    const proof = await makeProof(offerOf(entry, {}, { url: vector.url }), paid);
    expect(payloadOf(proof)).toEqual({ proof: vector.proof, signature: vector.signatureUpper });
  });
});

describe('Track B signs hash, nonce and time in a NOMS envelope, all in lower case', () => {
  const canonical = signatures.trackB.vectors.filter(
    (vector) => !('verifiesAgainstCanonicalMessage' in vector),
  );

  test('there are vectors to check', () => expect(canonical.length).toBeGreaterThan(1));

  test.each(canonical.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const { nonce, validBefore, blockHash, signature, message } = vector;
    const before = (validBefore - 60) * 1000;
    const entry = { ...trackBEntry, extra: { nonce, validBefore } };
    const paid = signing(signature.toUpperCase(), blockHash.toUpperCase() as BlockHash);
    const proof = await makeProof(offerOf(entry, {}, { arrivedAt: before, now: before }), paid);
    expect(paid.signed).toEqual([{ kind: 'noms', text: message }]);
    expect(decodeObject(proof)).toEqual({
      x402Version: 2,
      resource: { url: PAGE },
      accepted: entry,
      payload: { blockHash, account: PAYER, signature },
    });
  });
});

describe('the proof of a handed-over block', () => {
  test.each([
    ['trackA', trackAEntry],
    ['signedBlock', signedBlockEntry],
  ])('%s: has exactly nine fields, each in its case', async (_name, entry) => {
    const proof = await makeProof(offerOf(entry), { block });
    expect(JSON.stringify(decodeObject(proof))).toBe(
      JSON.stringify({
        x402Version: 2,
        resource: { url: PAGE },
        accepted: entry,
        payload: {
          block: {
            type: 'state',
            account: PAYER,
            previous: HASH,
            representative: PAYEE,
            balance: '4988999999999999999999995481860',
            link: 'D2B3C9D00FFB55E84E7979D67308A515FB07CA79E40A77EB1AAFE62881781783',
            link_as_account: PAYEE,
            work: '0123456789abcdef',
            signature: 'A5'.repeat(64),
          },
        },
      }),
    );
  });

  test('names the payee as the offer spells it, which servers compare as text', async () => {
    const entry = { ...signedBlockEntry, payTo: PAYEE.replace('nano_', 'xrb_') };
    const proof = await makeProof(offerOf(entry), { block });
    expect(payloadOf(proof)).toMatchObject({
      block: { link: block.link, link_as_account: entry.payTo },
    });
    expect(decodeObject(proof)?.accepted).toEqual(entry);
  });

  test.each([
    ['to another payee', { link: publicKeyOf(PAYER) }],
    ['that takes money in', { link: HASH }],
    ['that is the first of its account', { previous: ZERO_HASH }],
  ])('is refused for one %s', async (_name, wrong) => {
    for (const entry of [trackAEntry, signedBlockEntry]) {
      await expect(makeProof(offerOf(entry), { block: { ...block, ...wrong } })).rejects.toThrow(RangeError);
    }
  });
});

describe('the input and the signature of each mechanism', () => {
  const payFirst = [sessionEntry, signatureEntry, challengeEntry, trackBEntry];

  test('a block is no proof where the send comes first, nor a send where the block does', async () => {
    for (const entry of payFirst) {
      await expect(makeProof(offerOf(entry), { block })).rejects.toMatchObject({ key: 'fault_noProof' });
    }
    for (const entry of [trackAEntry, signedBlockEntry]) {
      await expect(makeProof(offerOf(entry), neverSigns)).rejects.toMatchObject({ key: 'fault_noProof' });
    }
  });

  test('at most one message is signed for a proof', async () => {
    const kinds: string[][] = [];
    for (const entry of payFirst) {
      const paid = signing(SIGNATURE);
      await makeProof(offerOf(entry), paid);
      kinds.push(paid.signed.map(({ kind }) => kind));
    }
    expect(kinds).toEqual([[], ['plain'], [], ['noms']]);
  });

  test('a signature that fails makes no proof', async () => {
    for (const entry of [signatureEntry, trackBEntry]) {
      await expect(makeProof(offerOf(entry), neverSigns)).rejects.toThrow('nothing to sign');
    }
  });
});

describe('payment-identifier', () => {
  const schema = { type: 'object' };
  const offered = (info: object) => ({
    extensions: { other: { info: {} }, 'payment-identifier': { info, schema } },
  });
  const answered = async (parts: object, id?: string) =>
    decodeObject(await makeProof(offerOf(sessionEntry, parts), neverSigns, id))?.extensions;

  test('is echoed as the server wrote it, with the id added, and without other extensions', async () => {
    expect(await answered(offered({ required: true }), 'pay_0123456789abcdef')).toEqual({
      'payment-identifier': { info: { required: true, id: 'pay_0123456789abcdef' }, schema },
    });
  });

  test('is derived from the block hash where the caller gives no id', async () => {
    const id = 'pay_8edd8e49c285a5302e896e2a981d4d08';
    for (const _ of [1, 2]) {
      expect(await answered(offered({ required: true }))).toMatchObject({
        'payment-identifier': { info: { id } },
      });
    }
  });

  test('does not overwrite an id of the server', async () => {
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

  test('with an id that servers refuse is a RangeError', async () => {
    for (const id of ['short', 'x'.repeat(129), 'pay 0123456789abcdef']) {
      await expect(answered(offered({}), id)).rejects.toThrow(RangeError);
    }
  });
});
