import type { NanoAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { OwnBlock } from './own-block.ts';

/** Money that moved without a 402. */
export interface Transfer {
  readonly kind: 'received' | 'sent';
  readonly id: BlockHash;
  /** When it was signed (ms). */
  readonly at: number;
  readonly amount: Raw;
  readonly counterparty: NanoAddress;
  readonly network: { readonly id: string; readonly testMoney: boolean };
}

/** Writes a transfer and its block down: both or neither. */
export type RecordTransfer = (transfer: Transfer, own: OwnBlock) => Promise<void>;
