import { describe, expect, test } from 'vitest';
import { hashBlock } from '../../nano/block.ts';
import { isHandOver } from '../mechanisms/index.ts';
import { classify } from '../offer/classify.ts';
import {
  block,
  challengeEntry,
  context,
  envelopeOf,
  headerOf,
  PAYER,
  sessionEntry,
  signatureEntry,
  signedBlockEntry,
  trackAEntry,
  trackBEntry,
} from '../samples.fixture.ts';
import { decodeObject } from '../wire/envelope.ts';
import { makeProof } from './proof.ts';
import { fallbackBody, lowerCaseProof, mechanismOfProof } from './redelivery.ts';

const extensions = { 'payment-identifier': { info: { required: true }, schema: { type: 'object' } } };

async function proofFor(entry: object): Promise<string> {
  const found = classify(headerOf(envelopeOf([entry], { extensions })), context);
  const offer = found.kind === 'offers' ? found.entries[0]?.offer : undefined;
  if (!offer) throw new Error('nothing payable');
  const sign = () => 'AB'.repeat(64);
  return makeProof(offer, isHandOver(offer) ? { block } : { hash: block.previous, account: PAYER, sign });
}

const entries = {
  nanoSession: sessionEntry,
  nanoSignature: signatureEntry,
  nymChallenge: challengeEntry,
  trackB: trackBEntry,
  trackA: trackAEntry,
  signedBlock: signedBlockEntry,
};

test('the body of a POST contains the same proof', async () => {
  const proof = await proofFor(sessionEntry);
  expect(fallbackBody(proof)).toBe(`{"paymentSignature":"${proof}"}`);
});

test.each(Object.entries(entries))(
  'the mechanism of a proof for %s is recognised',
  async (mechanism, entry) => {
    expect(mechanismOfProof(await proofFor(entry))).toBe(mechanism);
  },
);

test.each(['', '%%%', headerOf({}), headerOf({ accepted: 7 }), headerOf({ accepted: { extra: 'x' } })])(
  '%j is no proof',
  (text) => {
    expect(mechanismOfProof(text)).toBeUndefined();
    expect(lowerCaseProof(text)).toBeUndefined();
  },
);

describe('Track A in lower case', () => {
  test('changes only the case of three fields: same block, same echo, same payment id', async () => {
    const proof = await proofFor(trackAEntry);
    const lower = lowerCaseProof(proof) ?? '';
    const { previous, link, signature } = block;
    const expected = [previous, link, signature].reduce(
      (text, hex) => text.replaceAll(`"${hex}"`, `"${hex.toLowerCase()}"`),
      JSON.stringify(decodeObject(proof)),
    );
    expect(JSON.stringify(decodeObject(lower))).toBe(expected);
    expect(expected).toContain(`"previous":"${previous.toLowerCase()}"`);
    expect(decodeObject(lower)?.extensions).toEqual(decodeObject(proof)?.extensions);
  });

  test('is made once', async () => {
    const lower = lowerCaseProof(await proofFor(trackAEntry)) ?? '';
    expect(mechanismOfProof(lower)).toBe('trackA');
    expect(lowerCaseProof(lower)).toBeUndefined();
  });

  test('is there also for a proof of which some fields have no letters', () => {
    const digits = { previous: '1'.repeat(64), link: 'AB'.repeat(32), signature: '2'.repeat(128) };
    const lower = lowerCaseProof(headerOf({ accepted: trackAEntry, payload: { block: digits } })) ?? '';
    expect(decodeObject(lower)?.payload).toEqual({ block: { ...digits, link: 'ab'.repeat(32) } });
  });

  test.each([
    ['no payload', {}],
    ['no block', { payload: {} }],
    ['a list for a block', { payload: { block: [] } }],
  ])('is undefined with %s', (_name, parts) => {
    expect(lowerCaseProof(headerOf({ accepted: trackAEntry, ...parts }))).toBeUndefined();
  });

  test('is undefined for any other mechanism', async () => {
    const { trackA: _, ...others } = entries;
    for (const entry of Object.values(others)) expect(lowerCaseProof(await proofFor(entry))).toBeUndefined();
  });
});

describe('payment-identifier', () => {
  test.each(Object.entries(entries))(
    '%s: the same id however often the proof is made',
    async (_name, entry) => {
      const [first, second] = [await proofFor(entry), await proofFor(entry)];
      expect(first).toBe(second);
      const ids = decodeObject(first)?.extensions;
      expect(ids).toMatchObject({
        'payment-identifier': { info: { required: true, id: expect.stringMatching(/^pay_[0-9a-f]{32}$/) } },
      });
    },
  );

  test('the id derives from the block, handed over or published', async () => {
    const idIn = (proof: string) => JSON.stringify(decodeObject(proof)?.extensions).match(/pay_\w+/)?.[0];
    const idOf = (hash: string) => `pay_${hash.slice(0, 32).toLowerCase()}`;
    expect(idIn(await proofFor(sessionEntry))).toBe(idOf(block.previous));
    expect(idIn(await proofFor(trackAEntry))).toBe(idOf(hashBlock(block)));
  });
});
