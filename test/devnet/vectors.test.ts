import { describe, expect, test } from 'vitest';
import blocks from '../vectors/data/blocks.json' with { type: 'json' };
import keys from '../vectors/data/keys.json' with { type: 'json' };
import signatures from '../vectors/data/signatures.json' with { type: 'json' };
import work from '../vectors/data/work.json' with { type: 'json' };
import { readAddress, toAddress } from './address.ts';
import { blockToJson, hashBlock, isSigned, readBlock, signBlock, workRoot } from './block.ts';
import { accountOf, privateKeyAt, sign, verify } from './crypto.ts';
import { fromHex, readHex32 } from './hex.ts';
import { DEV_THRESHOLDS, difficultyOf, hex64, LIVE_THRESHOLDS } from './work.ts';

const upper = (text: string) => text.toUpperCase();

describe('keys', () => {
  test.each(keys.legacyDerivation.vectors)('seed at index $index', (vector) => {
    expect(privateKeyAt(vector.seed, vector.index)).toBe(upper(vector.privateKey));
  });

  const pairs = [...keys.legacyDerivation.vectors, ...keys.bip44Derivation.vectors, keys.canonicalKeypair];
  test.each(pairs)('account of $privateKey', (vector) => {
    const account = accountOf(vector.privateKey);
    expect(account).toBe(upper(vector.publicKey));
    expect(toAddress(account)).toBe(vector.address);
  });
});

describe('addresses', () => {
  test.each(keys.addresses.vectors)('$note: $address', (vector) => {
    expect(readAddress(vector.address)).toBe(vector.valid ? upper(vector.publicKey ?? '') : undefined);
  });
});

describe('blocks', () => {
  test.each(blocks.stateBlocks.docs)('$name', (vector) => {
    const block = readBlock(vector.block);
    if (block === undefined) throw new Error('unreadable');
    expect(hashBlock(block)).toBe(upper(vector.hash));
    expect(isSigned(block)).toBe(vector.signatureValid);
    expect(blockToJson(block)).toEqual(vector.block);
  });

  test.each(blocks.stateBlocks.own)('$name', (vector) => {
    const given = vector.processJson.block;
    const block = readBlock({ ...given, work: '0000000000000000' });
    if (block === undefined) throw new Error('unreadable');
    expect(hashBlock(block)).toBe(upper(vector.hash));
    expect(workRoot(block)).toBe(upper(vector.workRoot));
    expect(signBlock(block, vector.privateKey, 0n).signature).toBe(upper(vector.signature));
    expect(blockToJson(block)).toEqual({ ...given, work: '0000000000000000' });
  });

  test('one changed field breaks the signature', () => {
    const block = readBlock(blocks.stateBlocks.docs[0]?.block);
    if (block === undefined) throw new Error('unreadable');
    expect(isSigned(block)).toBe(true);
    expect(isSigned({ ...block, balance: block.balance + 1n })).toBe(false);
    expect(isSigned({ ...block, representative: block.account })).toBe(false);
  });
});

describe('signatures of any message', () => {
  test.each(signatures.noms.vectors)('$name', (vector) => {
    const digest = fromHex(vector.digest);
    expect(sign(digest, keys.canonicalKeypair.privateKey)).toBe(upper(vector.signature));
    expect(verify(vector.signature, digest, accountOf(keys.canonicalKeypair.privateKey))).toBe(true);
  });
});

describe('work', () => {
  test.each(work.proofOfWork.vectors)('$name', (vector) => {
    const root = readHex32(vector.root);
    if (root === undefined) throw new Error('unreadable');
    const difficulty = difficultyOf(BigInt(`0x${vector.work}`), root);
    expect(hex64(difficulty)).toBe(vector.difficulty);
    expect(difficulty >= LIVE_THRESHOLDS.send).toBe(vector.valid.mainnetSend);
    expect(difficulty >= LIVE_THRESHOLDS.receive).toBe(vector.valid.mainnetReceive);
    expect(difficulty >= DEV_THRESHOLDS.send).toBe(vector.valid.devSend);
    expect(difficulty >= DEV_THRESHOLDS.receive).toBe(vector.valid.devReceive);
  });
});
