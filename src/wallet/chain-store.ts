import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { HandedOverBlock, OwnBlock } from './own-block.ts';

/** Stores the blocks that this wallet signed, before a node sees them. Every method is one transaction. */
export interface ChainStore {
  /** The newest own block of an account on a network; null before its first. */
  newest(network: string, account: NanoAddress): Promise<OwnBlock | null>;
  /** The own block with a hash, as it was first stored; null when this wallet did not sign it. */
  signed(hash: BlockHash): Promise<OwnBlock | null>;
  /**
   * Stores a block as the account's newest. While a block is handed over, only the one that replaces it is stored: two blocks
   * on one previous block must never pay different payees.
   *
   * @throws Fault `fault_chequeOut`, `fault_chequeOutPrivate`
   */
  put(own: OwnBlock): Promise<void>;
  /**
   * Stores the account's newest block as a handed-over one (see `withheld`). Resolves with false, and changes nothing, when
   * another block is the newest by now, or when the journal has its payment past `signed`.
   */
  withhold(own: HandedOverBlock): Promise<boolean>;
  /** Stores a handed-over block as an ordinary one: it is on the ledger. Does nothing when it is handed over no more. */
  publishedByPayee(handedOver: HandedOverBlock): Promise<void>;
  /** The handed-over blocks of all accounts and networks, those that are being replaced included. */
  handedOver(): Promise<readonly HandedOverBlock[]>;
}
