import type { Fault } from '../fault.ts';
import type { BlockHash, ChainHead } from '../nano/block.ts';
import { headAfter, headBefore, type OwnBlock } from './own-block.ts';

/** An own block that a node refused, and the fault with the node's words. */
export interface Refused {
  readonly hash: BlockHash;
  readonly fault: Fault;
}

/** What is known in memory of the head of one account's chain. Asks no node. */
export class KnownHead {
  #head: ChainHead | null = null;
  /** The head that nodes proved last, and the newest own block at that time. */
  #proven: { readonly head: ChainHead; readonly newest: BlockHash | null } | null = null;
  #refused: Refused | null = null;

  /** The newest head: proven, or after what was signed since. Null until the ledger was asked. */
  get head(): ChainHead | null {
    return this.#head;
  }

  /** The own block that a node refused last; null once the ledger has shown where the chain goes on. */
  get refused(): Refused | null {
    return this.#refused;
  }

  /**
   * Takes over a head that nodes proved.
   *
   * @param newest the newest own block when the nodes were asked
   * @param before `head` when the nodes were asked: a block that was signed since is newer than their answer
   */
  prove(head: ChainHead, newest: BlockHash | null, before: ChainHead | null): void {
    this.#proven = { head, newest };
    this.#refused = null;
    if (this.#head === before) this.#head = head;
  }

  /** The proven head, while this block is the newest own one; null where the ledger has to be asked. */
  provenAt(newest: BlockHash | null): ChainHead | null {
    return this.#proven?.newest === newest ? this.#proven.head : null;
  }

  /** Takes over the head after a block that was stored. */
  append(own: OwnBlock): void {
    this.#head = headAfter(own);
  }

  /** Notes that an own block is on the ledger: as the head it is proven. */
  noteOnLedger(own: OwnBlock): void {
    if (this.#head !== null && this.#isHead(own)) this.#proven = { head: this.#head, newest: own.hash };
  }

  /** Has the ledger asked before the next block is built. */
  invalidate(): void {
    this.#proven = null;
  }

  /** Notes a refused block. */
  refuse(own: OwnBlock, fault: Fault): void {
    this.#refused = { hash: own.hash, fault };
    this.fallBack(own, own);
  }

  /**
   * Returns to the head before a refused block, which moves no money, until the ledger is asked again.
   *
   * @param newest the newest of the blocks that stand on it
   */
  fallBack(own: OwnBlock, newest: OwnBlock): void {
    this.invalidate();
    if (this.#head === null || this.#isHead(newest)) this.#head = headBefore(own);
  }

  #isHead({ hash }: OwnBlock): boolean {
    return this.#head?.kind === 'open' && this.#head.hash === hash;
  }
}
