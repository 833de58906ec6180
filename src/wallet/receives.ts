import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { type BlockHash, type ChainHead, workRootOf } from '../nano/block.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import type { WorkNonce } from '../work/difficulty.ts';
import type { ChainWork } from './chain-work.ts';
import type { OwnBlock } from './own-block.ts';
import type { Publication } from './publication.ts';
import {
  headAfterUnsigned,
  headToPrepare,
  type PlannedReceive,
  planReceives,
  type Unsigned,
} from './receive-plan.ts';

/** What became of the block that receives a payment. `skipped`: a block below it did not get to the ledger. */
export type Receipt = { readonly source: VerifiedSource; readonly own: OwnBlock } & (
  | { readonly publication: Publication | 'skipped' }
  | { readonly publication: 'refused'; readonly fault: Fault }
);

/** Stores receives, oldest first: all of them or none. Rejects when it could not. */
export type PersistReceives = (
  receives: readonly { readonly source: VerifiedSource; readonly own: OwnBlock }[],
) => Promise<void>;

/** What receives need of the chain that they are built on. */
export interface ReceivesPorts {
  readonly work: ChainWork;
  /** The representative of an account whose first block is a receive. */
  readonly representative: NanoAddress;
  /** The head to build on. */
  readonly head: () => Promise<ChainHead>;
  /** The sends that own blocks below a head have received. */
  readonly receivedSources: (head: ChainHead) => Promise<ReadonlySet<BlockHash>>;
  /** Runs while no other block of the account is signed. */
  readonly withChainLock: <T>(run: () => Promise<T>) => Promise<T>;
  readonly sign: (unsigned: Unsigned, nonce: WorkNonce) => Promise<OwnBlock>;
  /** Called with blocks that were stored, oldest first, and the head below each. */
  readonly appended: (blocks: readonly { readonly head: ChainHead; readonly own: OwnBlock }[]) => void;
  readonly publish: (own: OwnBlock) => Promise<Publication>;
  /** Called when a node refused a block. It and all that stand on it, up to `newest`, are to be given up. */
  readonly refused: (own: OwnBlock, newest: OwnBlock) => void;
}

type Receive = PlannedReceive & { readonly own: OwnBlock };

/**
 * Receives payments, several at once, without delaying a payment of the user's.
 *
 * The chain is not locked while work is searched for. A send that is signed meanwhile stands on the present head, with the
 * work that was prepared for it, and the receives are built again on top of it. They are signed only once the work for a send
 * after the last of them is found, so that a send never waits for work because of them.
 */
export class Receives {
  readonly #ports: ReceivesPorts;
  /** Aborted when another block is signed on the head of the receives that are being prepared. */
  #headMoved: AbortController | undefined;
  /** Aborted when a payment needs the money: the work for the send after the receives is skipped. */
  #hurry = new AbortController();
  /** The calls of `hurryUntil` whose promise has not settled. */
  #hurries = 0;
  /** Settles when the receives that are being prepared are published. Never rejects. */
  #receiving: Promise<unknown> | undefined;
  /** Settles when the last receives are published. Never rejects. */
  #publishing: Promise<unknown> = Promise.resolve();

  constructor(ports: ReceivesPorts) {
    this.#ports = ports;
  }

  /** Whether receives are being prepared: their work is searched for, or they are published. */
  get isPreparing(): boolean {
    return this.#headMoved !== undefined;
  }

  /**
   * Signs the receives of these sends but those that were received before, stores them, and publishes them, oldest first.
   * Resolves with what became of each. Must not be called while it runs.
   *
   * @param signal ends it, unless the blocks are being stored or published
   * @throws Fault as `AccountChain.look` and `WorkScheduler.obtain`, and `fault_locked`; the signal's reason
   */
  async receive(
    sources: readonly VerifiedSource[],
    persist: PersistReceives,
    signal: AbortSignal,
  ): Promise<readonly Receipt[]> {
    this.#hurry = new AbortController();
    if (this.#hurries > 0) this.#hurry.abort();
    const receiving = this.#receiveOnNewestHead(sources, persist, signal);
    this.#receiving = receiving.catch(() => undefined);
    try {
      return await receiving;
    } finally {
      this.#receiving = undefined;
    }
  }

  /** Has the receives that are being prepared built again: another block was signed on their head. */
  headMoved(): void {
    this.#headMoved?.abort(new Fault('fault_workOvertaken'));
  }

  /**
   * Skips the work for the next send for the receives that are being prepared. Resolves once they are published, or have
   * failed; with false where there are none.
   */
  async hurry(): Promise<boolean> {
    if (this.#receiving === undefined) return false;
    this.#hurry.abort();
    await this.#receiving;
    return true;
  }

  /** Skips the work for the next send for all receives until a promise settles; settles with it. */
  async hurryUntil(end: Promise<void>): Promise<void> {
    this.#hurries += 1;
    this.#hurry.abort();
    await end.finally(() => {
      this.#hurries -= 1;
    });
  }

  /** Resolves once no receives are being published. */
  async published(): Promise<void> {
    await this.#publishing;
  }

  /** Builds the receives again whenever the head moves before they are signed. */
  async #receiveOnNewestHead(
    sources: readonly VerifiedSource[],
    persist: PersistReceives,
    signal: AbortSignal,
  ): Promise<readonly Receipt[]> {
    const { work, representative } = this.#ports;
    for (;;) {
      signal.throwIfAborted();
      const head = await this.#ports.head();
      const received = await this.#ports.receivedSources(head);
      const remaining = sources.filter(({ hash }) => !received.has(hash));
      const planned = planReceives(head, remaining, representative);
      if (planned.length === 0) return [];
      const receipts = await this.#receiveOn(head, planned, persist, signal);
      if (receipts !== null) return receipts;
      // The planned blocks were never signed and need no work.
      await work.forget(planned.map(headAfterUnsigned));
    }
  }

  /** What became of the blocks; null when another block was signed on the head first. */
  async #receiveOn(
    head: ChainHead,
    planned: readonly PlannedReceive[],
    persist: PersistReceives,
    ending: AbortSignal,
  ): Promise<readonly Receipt[] | null> {
    const { work, sign, withChainLock, appended } = this.#ports;
    const headMoved = new AbortController();
    this.#headMoved = headMoved;
    try {
      const signal = AbortSignal.any([ending, headMoved.signal]);
      const next = headToPrepare(head, planned);
      const worked = await work.obtainForReceives(planned, next, { signal, hurry: this.#hurry.signal });
      const receives: Receive[] = [];
      for (const { nonce, ...one } of worked) receives.push({ ...one, own: await sign(one, nonce) });
      const published = await withChainLock(async () => {
        ending.throwIfAborted();
        if (workRootOf(await this.#ports.head()) !== workRootOf(head)) return null;
        await persist(receives);
        appended(receives);
        const receipts = this.#publish(receives);
        this.#publishing = receipts.catch(() => undefined);
        // Wrapped in an object, so that the lock is released before the promise settles.
        return { receipts };
      });
      return published === null ? null : await published.receipts;
    } catch (failure) {
      if (headMoved.signal.aborted && !ending.aborted) return null;
      throw failure;
    } finally {
      this.#headMoved = undefined;
    }
  }

  /** Publishes the blocks in their order, up to the first that does not get to the ledger. */
  async #publish(receives: readonly Receive[]): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    for (const receive of receives) {
      const { source, own } = receive;
      const before = receipts.at(-1);
      const isBlocked = before !== undefined && before.publication !== 'onLedger';
      receipts.push(
        isBlocked ? { source, own, publication: 'skipped' } : await this.#publishOne(receive, receives),
      );
    }
    return receipts;
  }

  async #publishOne({ source, own }: Receive, receives: readonly Receive[]): Promise<Receipt> {
    try {
      return { source, own, publication: await this.#ports.publish(own) };
    } catch (failure) {
      if (!(failure instanceof Fault) || failure.key !== 'fault_nodeRefused') throw failure;
      this.#ports.refused(own, receives.at(-1)?.own ?? own);
      return { source, own, publication: 'refused', fault: failure };
    }
  }
}
