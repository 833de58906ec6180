import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { HandedOverBlock, OwnBlock } from './own-block.ts';

/** The purse's memory of its own chains: a block stands here before the network sees it. */
export interface ChainStore {
  /** The newest block this purse signed for the account, or null. */
  newest(network: string, account: NanoAddress): Promise<OwnBlock | null>;
  /** Any block this purse ever signed, as it was written down then; or null. */
  signed(hash: BlockHash): Promise<OwnBlock | null>;
  /**
   * Writes a block as the account's newest. While a cheque is out that may only be the block that revokes it: no two
   * blocks are ever signed on one frontier for different payees.
   *
   * @throws Fault `fault_chequeOut`
   */
  put(own: OwnBlock): Promise<void>;
  /**
   * Holds back the account's newest block (see `heldBack`): false when it is that no more, or when its payment is past
   * `signed`, and a network has it.
   */
  withhold(cheque: HandedOverBlock): Promise<boolean>;
  /** The cheque is on the ledger: from now on it is a block like any other. Nothing, if it was settled otherwise. */
  publishedByPayee(cheque: HandedOverBlock): Promise<void>;
  /** Every cheque that is out, being revoked or not, of all accounts and networks. */
  handedOver(): Promise<readonly HandedOverBlock[]>;
}
