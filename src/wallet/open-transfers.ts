import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { AccountChain } from './account-chain.ts';
import type { ChainStore } from './chain-store.ts';
import {
  isOpen,
  type Transfer,
  type TransferBook,
  type TransferEntry,
  type TransferState,
} from './transfer.ts';

export interface OpenTransfersPorts {
  readonly network: string;
  readonly account: NanoAddress;
  readonly chain: Pick<AccountChain, 'publish'>;
  readonly node: Pick<NodeClient, 'blockInfo'>;
  readonly store: Pick<ChainStore, 'signed'>;
  readonly book: TransferBook;
  /** Now, in ms since the epoch. */
  readonly now: () => number;
}

/** The transfers of one account that are signed and not done yet: what becomes of each is written down. */
export class OpenTransfers {
  readonly #ports: OpenTransfersPorts;
  /** Undefined until they were read. */
  #open: Map<BlockHash, Transfer> | undefined;

  constructor(ports: OpenTransfersPorts) {
    this.#ports = ports;
  }

  /** Those that are not done, the newest first. */
  async all(): Promise<readonly Transfer[]> {
    return [...(await this.#read()).values()];
  }

  /** Writes blocks and the transfers that they make: see `TransferBook.record`. @throws Fault `fault_chequeOut` */
  async record(entries: readonly TransferEntry[]): Promise<void> {
    const open = await this.#read();
    await this.#ports.book.record(entries);
    for (const { transfer } of entries) {
      if (transfer === null) continue;
      const state = open.get(transfer.id)?.state ?? { kind: 'waiting' };
      open.set(transfer.id, { ...transfer, state });
    }
  }

  /** These are on the ledger. */
  async done(ids: readonly BlockHash[]): Promise<void> {
    await this.#settle(ids, null);
  }

  /** Nodes refuse this one, in the words of the fault. */
  async refused(id: BlockHash, { args: [said = ''] }: Fault): Promise<void> {
    const transfer = (await this.#read()).get(id);
    if (transfer === undefined) return;
    const before = transfer.state?.kind === 'refused' ? transfer.state : null;
    // A send is published at every look: the same words are no news.
    if (transfer.kind === 'sent' && before?.said === said) return;
    const tries = (before?.tries ?? 0) + 1;
    await this.#settle([id], { kind: 'refused', said, tries, at: this.#ports.now() });
  }

  /** Another block is in the place of this send for good. */
  async replaced(id: BlockHash): Promise<void> {
    await this.#settle([id], { kind: 'replaced' });
  }

  /**
   * After the ledger was looked at: finds out what became of sends, and of receives that nothing is being done about.
   *
   * @param isInHand whether a send that is to be received is being taken in right now.
   * @throws Fault those of NodeClient
   */
  async retry(isInHand: (id: BlockHash) => boolean): Promise<void> {
    for (const { id, kind, state, block = id } of await this.all()) {
      if (kind === 'sent') await this.#publishAgain(id);
      else if (state?.kind === 'waiting' && !isInHand(id)) await this.#doneIfKnown(id, block);
    }
  }

  /**
   * Forgets the receives whose money is no longer there to be taken in, unless it was taken in by their own block.
   *
   * @param isToCome whether a send waits to be received, or is being taken in right now.
   * @throws Fault those of NodeClient
   */
  async forgetAllBut(isToCome: (id: BlockHash) => boolean): Promise<void> {
    for (const { id, kind, block = id } of await this.all()) {
      if (kind === 'sent' || isToCome(id) || (await this.#doneIfKnown(id, block))) continue;
      await this.#ports.book.forget([id]);
      (await this.#read()).delete(id);
    }
  }

  async #publishAgain(id: BlockHash): Promise<void> {
    const own = await this.#ports.store.signed(id);
    if (own === null) return;
    try {
      const publication = await this.#ports.chain.publish(own);
      if (publication === 'onLedger') await this.done([id]);
      if (publication === 'replaced') await this.replaced(id);
    } catch (failure) {
      if (!(failure instanceof Fault)) throw failure;
      if (failure.key === 'fault_nodeRefused') await this.refused(id, failure);
    }
  }

  async #doneIfKnown(id: BlockHash, block: BlockHash): Promise<boolean> {
    const isKnown = (await this.#ports.node.blockInfo(block)) !== null;
    if (isKnown) await this.done([id]);
    return isKnown;
  }

  async #settle(ids: readonly BlockHash[], state: TransferState | null): Promise<void> {
    if (ids.length === 0) return;
    const open = await this.#read();
    await this.#ports.book.settle(ids, state);
    for (const id of ids) {
      const transfer = open.get(id);
      if (transfer === undefined) continue;
      const changed = state === null ? null : { ...transfer, state };
      if (changed !== null && isOpen(changed)) open.set(id, changed);
      else open.delete(id);
    }
  }

  async #read(): Promise<Map<BlockHash, Transfer>> {
    const { book, network, account } = this.#ports;
    if (this.#open === undefined) {
      const read = await book.open(network, account);
      this.#open ??= new Map(read.map((transfer) => [transfer.id, transfer]));
    }
    return this.#open;
  }
}
