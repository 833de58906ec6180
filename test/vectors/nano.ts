import { amountCheckers } from './amounts.ts';
import { blockCheckers } from './blocks.ts';
import type { CheckerTable } from './checker.ts';
import { keyCheckers } from './keys.ts';
import { signatureCheckers } from './signatures.ts';

/** Everything the nano room can check: amounts, keys, blocks and signatures. */
export const nanoCheckers: CheckerTable = {
  ...amountCheckers,
  ...keyCheckers,
  ...blockCheckers,
  ...signatureCheckers,
};
