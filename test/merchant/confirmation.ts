import { setTimeout as wait } from 'node:timers/promises';
import type { NanoNode } from './node.ts';

/** How long a merchant waits for a block to be confirmed: the reference asks 10 times, 500 ms apart. */
export interface Patience {
  readonly attempts: number;
  readonly intervalMs: number;
}

/** Waits until a block is confirmed; false when patience ends first. */
export async function isConfirmed(node: NanoNode, hash: string, patience: Patience): Promise<boolean> {
  for (let attempt = 0; attempt < patience.attempts; attempt++) {
    if ((await node.blockInfo(hash))?.confirmed) return true;
    await wait(patience.intervalMs);
  }
  return false;
}
