import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { ZERO } from '../nano/amount.ts';
import {
  type BlockHash,
  buildReceive,
  type ChainHead,
  hashBlock,
  type OpenHead,
  receiveSubtypeOn,
  type StateBlock,
  type Subtype,
  workRootOf,
} from '../nano/block.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import type { WorkNonce } from '../work/difficulty.ts';
import type { ChainWork } from './chain-work.ts';
import { headAfter, type OwnBlock } from './own-block.ts';
import type { Publication } from './publication.ts';

/** What became of the block that receives a payment; `skipped`: a block below it did not get to the ledger. */
export type Receipt = { readonly source: VerifiedSource; readonly own: OwnBlock } & (
  | { readonly publication: Publication | 'skipped' }
  | { readonly publication: 'refused'; readonly fault: Fault }
);

/** A block to be signed, and the head that it stands on. */
export interface Unsigned {
  readonly head: ChainHead;
  readonly subtype: Subtype;
  readonly block: StateBlock;
}

/** Writes down blocks that take payments in, oldest first: all of them or none. */
export type RecordReceives = (
  receives: readonly { readonly source: VerifiedSource; readonly own: OwnBlock }[],
) => Promise<void>;

/** What is needed of the chain that the blocks are built on. */
export interface ReceivesPorts {
  readonly work: ChainWork;
  readonly representative: NanoAddress;
  /** The head to build on. */
  readonly basis: () => Promise<ChainHead>;
  /** The sends that own blocks below the head have taken in. */
  readonly receivedSources: (head: ChainHead) => Promise<ReadonlySet<BlockHash>>;
  /** Runs while nobody else signs a block of this account. */
  readonly withChainLock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly sign: (unsigned: Unsigned, nonce: WorkNonce) => Promise<OwnBlock>;
  /** Told of blocks that have been recorded, oldest first. */
  readonly appended: (blocks: readonly { readonly head: ChainHead; readonly own: OwnBlock }[]) => void;
  readonly publish: (own: OwnBlock) => Promise<Publication>;
  /** Told when a block was refused: it and all that stand on it, up to `newest`, are given up. */
  readonly refused: (own: OwnBlock, newest: OwnBlock) => void;
}

/**
 * Receives incoming payments, several at once, without delaying a payment of the user's. The account is not locked while
 * work is searched for: a send that is signed meanwhile is built on the current head, with the work that was prepared for
 * it, and the receives are built again on top of it. The receives are signed only once the work for a send after the last
 * of them was found, so that a send never has to wait for work because of them.
 */
export class Receives {
  readonly #ports: ReceivesPorts;
  /** Of the receives that are being prepared: aborted when another block was signed on their head. */
  #headMoved: AbortController | undefined;
  /** Aborted when a send needs the money: the work for the send after it is not searched for. */
  #hurry = new AbortController();
  /** How many callers of `hurryUntil` have not been answered. */
  #hurries = 0;
  #receiving: Promise<unknown> | undefined;
  #publishing: Promise<unknown> = Promise.resolve();

  constructor(ports: ReceivesPorts) {
    this.#ports = ports;
  }

  /** Whether receives are being prepared. */
  get isPreparing(): boolean {
    return this.#headMoved !== undefined;
  }

  /**
   * Signs the blocks that take in these payments, but for those that were taken in before; records them and publishes
   * them, oldest first. Resolves with what became of each. One call at a time.
   *
   * @throws the signal's reason; Fault as `Chain.look`, as `WorkScheduler.obtain`, and `fault_locked`
   */
  async receive(
    sources: readonly VerifiedSource[],
    record: RecordReceives,
    life: AbortSignal,
  ): Promise<readonly Receipt[]> {
    this.#hurry = new AbortController();
    if (this.#hurries > 0) this.#hurry.abort();
    const receiving = this.#untilSigned(sources, record, life);
    this.#receiving = receiving.catch(() => undefined);
    try {
      return await receiving;
    } finally {
      this.#receiving = undefined;
    }
  }

  /** Tells that another block was signed on the head: receives that are being prepared are built again. */
  headMoved(): void {
    this.#headMoved?.abort(new Fault('fault_workOvertaken'));
  }

  /**
   * Skips the search for the next send's work for the receives that are being prepared. Resolves once they are published, or
   * have failed; with false where there are none.
   */
  async hurry(): Promise<boolean> {
    if (this.#receiving === undefined) return false;
    this.#hurry.abort();
    await this.#receiving;
    return true;
  }

  /** Skips that search for all receives until the promise settles; resolves with it. */
  async hurryUntil(end: Promise<void>): Promise<void> {
    this.#hurries += 1;
    this.#hurry.abort();
    await end.finally(() => {
      this.#hurries -= 1;
    });
  }

  /** Resolves once no receives are on their way to the ledger. */
  async published(): Promise<void> {
    await this.#publishing;
  }

  async #untilSigned(
    sources: readonly VerifiedSource[],
    record: RecordReceives,
    life: AbortSignal,
  ): Promise<readonly Receipt[]> {
    for (;;) {
      life.throwIfAborted();
      const head = await this.#ports.basis();
      const taken = await this.#ports.receivedSources(head);
      const planned = receivesOn(
        head,
        sources.filter(({ hash }) => !taken.has(hash)),
        this.#ports.representative,
      );
      if (planned.length === 0) return [];
      const receipts = await this.#signed(head, planned, record, life);
      if (receipts !== null) return receipts;
      // Blocks that were never signed need no work.
      await this.#ports.work.forget(planned.map(headAfterUnsigned));
    }
  }

  /** What became of the blocks; null when another block was signed on the head. */
  async #signed(
    head: ChainHead,
    planned: readonly Planned[],
    record: RecordReceives,
    life: AbortSignal,
  ): Promise<readonly Receipt[] | null> {
    const { work, sign, withChainLock: alone, basis, appended } = this.#ports;
    const moved = new AbortController();
    this.#headMoved = moved;
    try {
      const signal = AbortSignal.any([life, moved.signal]);
      const next = nextToPayFrom(head, planned);
      const worked = await work.obtainForReceives(planned, next, { signal, hurry: this.#hurry.signal });
      const receives: Receive[] = [];
      for (const { nonce, ...one } of worked) receives.push({ ...one, own: await sign(one, nonce) });
      const published = await alone(async () => {
        life.throwIfAborted();
        if (workRootOf(await basis()) !== workRootOf(head)) return null;
        await record(receives);
        appended(receives);
        const landing = this.#publish(receives);
        this.#publishing = landing.catch(() => undefined);
        // Wrapped in an object, so that the lock is released before the promise settles.
        return { landing };
      });
      return published === null ? null : await published.landing;
    } catch (failure) {
      if (moved.signal.aborted && !life.aborted) return null;
      throw failure;
    } finally {
      this.#headMoved = undefined;
    }
  }

  /** Publishes the blocks in their order, as far as each gets to the ledger. */
  async #publish(receives: readonly Receive[]): Promise<readonly Receipt[]> {
    const receipts: Receipt[] = [];
    for (const { source, own } of receives) {
      const before = receipts.at(-1);
      if (before !== undefined && before.publication !== 'onLedger') {
        receipts.push({ source, own, publication: 'skipped' });
        continue;
      }
      receipts.push({ source, own, ...(await this.#publishOne(own, receives)) });
    }
    return receipts;
  }

  async #publishOne(own: OwnBlock, receives: readonly Receive[]): Promise<PublishResult> {
    try {
      return { publication: await this.#ports.publish(own) };
    } catch (failure) {
      if (!(failure instanceof Fault) || failure.key !== 'fault_nodeRefused') throw failure;
      this.#ports.refused(own, receives.at(-1)?.own ?? own);
      return { publication: 'refused', fault: failure };
    }
  }
}

type PublishResult =
  | { readonly publication: Publication }
  | { readonly publication: 'refused'; readonly fault: Fault };
type Planned = Unsigned & { readonly source: VerifiedSource };
type Receive = Planned & { readonly own: OwnBlock };

/** The blocks that take these payments in, each on the one before it. */
function receivesOn(
  head: ChainHead,
  sources: readonly VerifiedSource[],
  representative: NanoAddress,
): readonly Planned[] {
  const planned: Planned[] = [];
  for (const source of sources) {
    const last = planned.at(-1);
    const below = last === undefined ? head : headAfterUnsigned(last);
    planned.push({
      source,
      head: below,
      subtype: receiveSubtypeOn(below),
      block: buildReceive(below, { source: source.hash, amount: source.amount, representative }),
    });
  }
  return planned;
}

const headAfterUnsigned = ({ block }: Unsigned): OpenHead =>
  headAfter({ account: block.account, hash: hashBlock(block), block });

/** The head whose readiness is worth waiting for: an account without money can pay nothing meanwhile. */
function nextToPayFrom(head: ChainHead, planned: readonly Planned[]): ChainHead | null {
  const last = planned.at(-1);
  return head.kind === 'unopened' || head.balance === ZERO || last === undefined
    ? null
    : headAfterUnsigned(last);
}
