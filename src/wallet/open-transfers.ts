import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { AccountChain } from './account-chain.ts';
import type { ChainStore } from './chain-store.ts';
import {
  isOpen,
  type Transfer,
  type TransferEntry,
  type TransferState,
  type TransferStore,
} from './transfer.ts';

export interface OpenTransfersPorts {
  readonly network: string;
  readonly account: NanoAddress;
  readonly chain: Pick<AccountChain, 'publish'>;
  readonly node: Pick<NodeClient, 'blockInfo'>;
  readonly store: Pick<ChainStore, 'signed'>;
  readonly records: TransferStore;
  /** The current time (ms since the epoch). */
  readonly now: () => number;
}

/** The transfers of one account that are signed and not done. Finds out what became of each, and stores it. */
export class OpenTransfers {
  readonly #ports: OpenTransfersPorts;
  /** Undefined until they are read from the store. */
  #open: Map<BlockHash, Transfer> | undefined;

  constructor(ports: OpenTransfersPorts) {
    this.#ports = ports;
  }

  /** The transfers that are not done, newest first. */
  async all(): Promise<readonly Transfer[]> {
    return [...(await this.#read()).values()];
  }

  /** Stores blocks and their transfers: see `TransferBook.record`. @throws Fault as there */
  async record(entries: readonly TransferEntry[]): Promise<void> {
    const open = await this.#read();
    await this.#ports.records.record(entries);
    for (const { transfer } of entries) {
      if (transfer === null) continue;
      const state = open.get(transfer.id)?.state ?? { kind: 'waiting' };
      open.set(transfer.id, { ...transfer, state });
    }
  }

  /** Stores that these are on the ledger. */
  async done(ids: readonly BlockHash[]): Promise<void> {
    await this.#settle(ids, null);
  }

  /** Stores that a node refused a transfer, with the words that are the first argument of the fault. */
  async refused(id: BlockHash, { args: [said = ''] }: Fault): Promise<void> {
    const transfer = (await this.#read()).get(id);
    if (transfer === undefined) return;
    const before = transfer.state?.kind === 'refused' ? transfer.state : null;
    // A send is published at every look, so the same refusal repeats.
    if (transfer.kind === 'sent' && before?.said === said) return;
    const tries = (before?.tries ?? 0) + 1;
    await this.#settle([id], { kind: 'refused', said, tries, at: this.#ports.now() });
  }

  /** Stores that the network has confirmed another block in the place of a send. */
  async replaced(id: BlockHash): Promise<void> {
    await this.#settle([id], { kind: 'replaced' });
  }

  /**
   * Publishes the sends again, and asks whether the receives that nothing is being done about are on the ledger.
   *
   * @param isReceiving whether a send is being received right now
   * @throws Fault those of NodeClient
   */
  async retry(isReceiving: (id: BlockHash) => boolean): Promise<void> {
    for (const { id, kind, state, block = id } of await this.all()) {
      if (kind === 'sent') await this.#publishAgain(id);
      else if (state?.kind === 'waiting' && !isReceiving(id)) await this.#doneIfKnown(id, block);
    }
  }

  /**
   * Removes the receives whose send is no longer receivable, unless their own block received it.
   *
   * @param isPending whether a send is receivable, or is being received right now
   * @throws Fault those of NodeClient
   */
  async forgetAllBut(isPending: (id: BlockHash) => boolean): Promise<void> {
    for (const { id, kind, block = id } of await this.all()) {
      if (kind === 'sent' || isPending(id) || (await this.#doneIfKnown(id, block))) continue;
      await this.#ports.records.forget([id]);
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
    await this.#ports.records.settle(ids, state);
    for (const id of ids) {
      const transfer = open.get(id);
      if (transfer === undefined) continue;
      const changed = state === null ? null : { ...transfer, state };
      if (changed !== null && isOpen(changed)) open.set(id, changed);
      else open.delete(id);
    }
  }

  async #read(): Promise<Map<BlockHash, Transfer>> {
    const { records, network, account } = this.#ports;
    if (this.#open === undefined) {
      const read = await records.open(network, account);
      this.#open ??= new Map(read.map((transfer) => [transfer.id, transfer]));
    }
    return this.#open;
  }
}
