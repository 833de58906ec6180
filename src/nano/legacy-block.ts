import { blake2b } from '@noble/hashes/blake2.js';
import { publicKeyOf } from './account.ts';
import type { BlockHash } from './block.ts';
import { bytesOfHex, hexOf } from './hex.ts';
import type { LegacyBlock } from './node-answers.ts';

/** The hash of a block from before state blocks: over its fields in the order of docs.nano.org, "Legacy blocks". */
export function hashLegacyBlock(block: LegacyBlock): BlockHash {
  return hexOf(blake2b(bytesOfHex(fieldsOf(block).join('')), { dkLen: 32 })) as BlockHash;
}

function fieldsOf(block: LegacyBlock): readonly string[] {
  switch (block.type) {
    case 'send':
      return [block.previous, publicKeyOf(block.destination), block.balance];
    case 'receive':
      return [block.previous, block.source];
    case 'open':
      return [block.source, publicKeyOf(block.representative), publicKeyOf(block.account)];
    case 'change':
      return [block.previous, publicKeyOf(block.representative)];
  }
}
