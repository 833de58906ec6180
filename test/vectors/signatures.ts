import { equal, ok } from 'node:assert/strict';
import { blake2b } from '@noble/hashes/blake2.js';
import * as v from 'valibot';
import { PublicKeyText, parseAddress, publicKeyOf } from '../../src/nano/account.ts';
import type { PrivateKey } from '../../src/nano/ed25519.ts';
import { hexOf } from '../../src/nano/hex.ts';
import { nomsDigest, nomsPayload, signNoms, verifyNoms } from '../../src/nano/noms.ts';
import { signDigestOfText, verifyDigestOfText } from '../../src/nano/signature.ts';
import type { CheckerTable, VectorFile } from './checker.ts';

const text = v.string();
const PrivateKeyText = v.pipe(
  text,
  v.regex(/^[0-9a-fA-F]{64}$/),
  v.transform((key) => key.toLowerCase() as PrivateKey),
);

/** ORIS-001's own test pair, which signs where a vector names no key. */
const ORIS_001 = {
  privateKey: '681fd5ed71a9f81e9d29e3450f6cd8aacb87346fd21a26003389290b9d0cb173',
  publicKey: 'd2b3c9d00ffb55e84e7979d67308a515fb07ca79e40a77eb1aafe62881781783',
};
const Pair = v.fallback(
  v.object({ privateKey: PrivateKeyText, publicKey: PublicKeyText }),
  v.parse(v.object({ privateKey: PrivateKeyText, publicKey: PublicKeyText }), ORIS_001),
);

const message = {
  name: text,
  message: text,
  messageUtf8Hex: text,
  byteLength: v.number(),
  payloadHex: text,
  digest: text,
  signature: text,
  privateKey: v.optional(PrivateKeyText),
  account: v.optional(text),
};
const Noms = v.object({ magicHeaderHex: text, vectors: v.array(v.object(message)) });

const TrackB = v.object({
  vectors: v.array(
    v.object({
      ...message,
      blockHash: text,
      nonce: text,
      validBefore: v.number(),
      expectPayloadPrefix: v.optional(text),
      specByteLengthClaim: v.optional(v.number()),
      specByteLengthIsWrong: v.optional(v.boolean()),
      verifiesAgainstCanonicalMessage: v.optional(v.boolean(), true),
    }),
  ),
});

const Rev7 = v.object({
  vectors: v.array(
    v.object({
      name: text,
      privateKey: PrivateKeyText,
      account: text,
      proof: text,
      url: text,
      preimageUtf8Hex: text,
      digest: text,
      signatureUpper: text,
      signature: text,
    }),
  ),
  headClientMismatch: v.optional(
    v.object({ nomsSignatureFromHeadClient: text, acceptedByAnyReferenceFacilitator: v.boolean() }),
  ),
});

/** The sections of `signatures.json`. */
export const signatureCheckers: CheckerTable = {
  noms: (section, file) => {
    const { magicHeaderHex, vectors } = v.parse(Noms, section);
    return [
      {
        name: 'magicHeaderHex',
        run: () => equal(`${magicHeaderHex.toLowerCase()}00000000`, lowerHexOf(nomsPayload(''))),
      },
      ...vectors.map((vector) => ({ name: vector.name, run: () => checkMessage(vector, file) })),
    ];
  },

  trackB: (section, file) =>
    v.parse(TrackB, section).vectors.map((vector) => ({
      name: vector.name,
      run: () => {
        checkMessage(vector, file);
        const canonical = `${vector.blockHash.toLowerCase()}:${vector.nonce}:${vector.validBefore}`;
        const { publicKey } = signerOf(vector, file);
        equal(vector.message === canonical, vector.verifiesAgainstCanonicalMessage);
        equal(verifyNoms(publicKey, canonical, vector.signature), vector.verifiesAgainstCanonicalMessage);
        ok(vector.payloadHex.toLowerCase().startsWith(vector.expectPayloadPrefix?.toLowerCase() ?? ''));
        const { specByteLengthClaim: claim, specByteLengthIsWrong: wrong } = vector;
        if (claim !== undefined) equal(claim !== vector.byteLength, wrong ?? false);
      },
    })),

  rev7NanoSignature: (section) => {
    const { vectors, headClientMismatch: mismatch } = v.parse(Rev7, section);
    return [
      ...vectors.map((vector) => ({
        name: vector.name,
        run: () => {
          const { privateKey, proof, url } = vector;
          const publicKey = publicKeyOf(parseAddress(vector.account));
          const preimage = new TextEncoder().encode(proof + url);
          equal(lowerHexOf(preimage), vector.preimageUtf8Hex.toLowerCase());
          equal(lowerHexOf(blake2b(preimage, { dkLen: 32 })), vector.digest.toLowerCase());
          equal(signDigestOfText(privateKey, proof + url), vector.signatureUpper);
          equal(vector.signatureUpper.toLowerCase(), vector.signature.toLowerCase());
          ok(verifyDigestOfText(publicKey, proof + url, vector.signature));
          const otherCase = proof === proof.toLowerCase() ? proof.toUpperCase() : proof.toLowerCase();
          ok(!verifyDigestOfText(publicKey, otherCase + url, vector.signature));
          for (const other of vectors.filter((each) => each.proof + each.url !== proof + url)) {
            ok(!verifyDigestOfText(publicKey, other.proof + other.url, vector.signature));
          }
        },
      })),
      ...(mismatch === undefined
        ? []
        : [
            {
              name: 'headClientMismatch',
              run: () =>
                equal(
                  vectors.some(({ account, proof, url }) =>
                    verifyDigestOfText(
                      publicKeyOf(parseAddress(account)),
                      proof + url,
                      mismatch.nomsSignatureFromHeadClient,
                    ),
                  ),
                  mismatch.acceptedByAnyReferenceFacilitator,
                ),
            },
          ]),
    ];
  },
};

type Message = v.InferOutput<typeof Noms>['vectors'][number];

function checkMessage(vector: Message, file: VectorFile | undefined): void {
  const { privateKey, publicKey } = signerOf(vector, file);
  const bytes = new TextEncoder().encode(vector.message);
  equal(lowerHexOf(bytes), vector.messageUtf8Hex.toLowerCase());
  equal(bytes.length, vector.byteLength);
  equal(lowerHexOf(nomsPayload(vector.message)), vector.payloadHex.toLowerCase());
  equal(nomsDigest(vector.message), vector.digest.toLowerCase());
  equal(signNoms(privateKey, vector.message), vector.signature);
  ok(verifyNoms(publicKey, vector.message, vector.signature));
  ok(!verifyNoms(publicKey, `${vector.message} `, vector.signature));
}

/** The key a vector names, or the test pair of the files at hand. */
function signerOf({ privateKey, account }: Pick<Message, 'privateKey' | 'account'>, file?: VectorFile) {
  const pair = v.parse(Pair, file?.canonicalKeypair);
  return {
    privateKey: privateKey ?? pair.privateKey,
    publicKey: account === undefined ? pair.publicKey : publicKeyOf(parseAddress(account)),
  };
}

const lowerHexOf = (bytes: Uint8Array): string => hexOf(bytes).toLowerCase();
