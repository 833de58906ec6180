import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import { type BlockHash, type ChainHead, hashBlock, signBlockAnew } from '../nano/block.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { AccountKeys } from '../nano/seed.ts';
import type { Threshold, WorkNonce } from '../work/difficulty.ts';
import type { ChainStore } from './chain-store.ts';
import type { ChainTip } from './chain-tip.ts';
import type { ChainWork } from './chain-work.ts';
import { isConfirmed } from './conflicting-block.ts';
import type { HeadLookup } from './head-lookup.ts';
import type { KnownHead } from './known-head.ts';
import { type Due, dispositionOf, type HandedOver, type OwnBlock, type PersistBlock } from './own-block.ts';
import type { Unsigned } from './receive-plan.ts';
import type { Receives } from './receives.ts';
import { isPublishedByPayee, replacementBlockFor } from './replacement-block.ts';

/** Builds the block on a head. May throw a Fault; nothing is signed then. */
export type Build = (head: ChainHead) => Pick<Unsigned, 'subtype' | 'block'>;

export interface AppendOptions {
  /** For what the block pays until a deadline, or to whom it is handed over; ordinary without. */
  readonly purpose?: { readonly due: Due } | { readonly handedOver: HandedOver } | undefined;
  /** The least work of the block, where its payee wants more than the network. */
  readonly workThreshold?: Threshold | undefined;
  /** Ends the search for the block's work, and the wait for a head to build on. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of signing a send again. */
export type SentInstead =
  | { readonly kind: 'signed'; readonly own: OwnBlock }
  /** Nothing was signed: this earlier block of the same send is on the ledger. */
  | { readonly kind: 'stands'; readonly own: OwnBlock };

export interface BlockAppenderPorts {
  readonly account: NanoAddress;
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly store: ChainStore;
  readonly work: ChainWork;
  readonly tip: ChainTip;
  readonly lookup: HeadLookup;
  readonly known: KnownHead;
  readonly receives: () => Pick<Receives, 'headMoved' | 'hurry'>;
  /** Runs while no other block of the account is signed. */
  readonly withChainLock: <T>(work: () => Promise<T>) => Promise<T>;
  /** The account's keys. @throws Fault `fault_locked` */
  readonly keys: () => Promise<AccountKeys>;
}

/** Signs the blocks of one account and stores them, one at a time. Publishes nothing. */
export class BlockAppender {
  readonly #ports: BlockAppenderPorts;
  readonly #signed = new Set<BlockHash>();

  constructor(ports: BlockAppenderPorts) {
    this.#ports = ports;
  }

  /** Whether this object signed a block that only this wallet publishes. */
  hasSigned(hash: BlockHash): boolean {
    return this.#signed.has(hash);
  }

  /**
   * Signs a block on the newest head and stores it. A block that is handed over stands on a confirmed head.
   *
   * @throws Fault as `HeadLookup`, `build`, `WorkScheduler.obtain` and `keys`; the signal's reason. Nothing is stored then.
   */
  append(build: Build, persist: PersistBlock, options: AppendOptions = {}): Promise<OwnBlock> {
    const { lookup, withChainLock } = this.#ports;
    return withChainLock(async () => {
      const { purpose, signal } = options;
      const newest = await lookup.newestUnlessHandedOver();
      const isForPayee = purpose !== undefined && 'handedOver' in purpose;
      const head = await lookup.whenDecided(newest, signal, () =>
        isForPayee ? lookup.confirmedHead(signal) : lookup.head(newest),
      );
      return this.#appendOn(head, build, persist, options);
    });
  }

  /** As `append`, for a block that spends. Where the balance is too small, waits for receives that are being prepared. */
  spend(build: Build, persist: PersistBlock, options: AppendOptions = {}): Promise<OwnBlock> {
    return this.#untilEnough(() => this.append(build, persist, options));
  }

  /**
   * Signs a send again whose `earlier` blocks have been replaced (see `AccountChain.sendInstead`).
   *
   * @throws Fault as `append`, and `fault_blockWaits` while an earlier block may still get to the ledger
   */
  spendInstead(
    build: Build,
    earlier: readonly BlockHash[],
    persist: PersistBlock,
    options: AppendOptions,
  ): Promise<SentInstead> {
    const { lookup, withChainLock } = this.#ports;
    return this.#untilEnough(() =>
      withChainLock(async () => {
        const newest = await lookup.newestUnlessHandedOver();
        const head = await lookup.whenDecided(newest, options.signal, () => lookup.look());
        const own = await this.#earlierBlockOn(head, earlier);
        if (own !== null) return { kind: 'stands', own };
        return { kind: 'signed', own: await this.#appendOn(head, build, persist, options) };
      }),
    );
  }

  /**
   * Signs and stores the block that is to replace a handed-over one; resolves with the same block when called again. Null
   * when the block is handed over no more: it is on the ledger.
   *
   * @throws Fault `fault_locked`, and those of NodeClient; nothing is signed then
   */
  replaceHandedOver(hash: BlockHash): Promise<OwnBlock | null> {
    const { tip, node, store, keys, withChainLock } = this.#ports;
    return withChainLock(async () => {
      const newest = await tip.newest();
      if (newest === null) return null;
      const disposition = dispositionOf(newest);
      switch (disposition.kind) {
        case 'ordinary':
        case 'due':
          return null;
        case 'replaces':
          return disposition.handedOver.hash === hash ? newest : null;
        case 'handedOver': {
          const { handedOver } = disposition;
          if (handedOver.hash !== hash || (await isPublishedByPayee({ node, store }, handedOver)))
            return null;
          const { privateKey } = await keys();
          const replacement = replacementBlockFor(handedOver, privateKey);
          await store.put(replacement);
          return replacement;
        }
      }
    });
  }

  /** Signs a block. Takes the key only now that its work is found, since the search may be long. @throws as `keys` */
  async sign({ head, subtype, block }: Unsigned, nonce: WorkNonce): Promise<OwnBlock> {
    const { account, network, keys, lookup } = this.#ports;
    const excludes = lookup.excludedOn(head);
    const { privateKey } = await keys();
    return {
      network: network.id,
      account,
      hash: hashBlock(block),
      subtype,
      block: { ...signBlockAnew(block, privateKey), work: nonce },
      delta: absoluteDifference(head.kind === 'open' ? head.balance : ZERO, block.balance),
      ...(excludes !== undefined && { excludes }),
    };
  }

  /** Takes over a block that was stored: it is the head, and its work is used. */
  moveOn(head: ChainHead, own: OwnBlock): void {
    const { known, work } = this.#ports;
    known.append(own);
    // The confirmation of a handed-over block is news: its payee has published it.
    if (dispositionOf(own).kind !== 'handedOver') this.#signed.add(own.hash);
    work.moveOn(head, own);
  }

  /** Runs under the chain lock only. */
  async #appendOn(
    head: ChainHead,
    build: Build,
    persist: PersistBlock,
    { purpose, workThreshold, signal }: AppendOptions,
  ): Promise<OwnBlock> {
    const { work, receives } = this.#ports;
    const { subtype, block } = build(head);
    const nonce = await work.obtain(head, subtype, { atLeast: workThreshold, signal });
    const own: OwnBlock = { ...(await this.sign({ head, subtype, block }, nonce)), ...purpose };
    await persist(own);
    this.moveOn(head, own);
    receives().headMoved();
    return own;
  }

  /** The one of these blocks that a head stands on; null where it excludes them all. @throws Fault `fault_blockWaits` */
  async #earlierBlockOn(head: ChainHead, hashes: readonly BlockHash[]): Promise<OwnBlock | null> {
    const { store, node, tip } = this.#ports;
    for (const hash of hashes) {
      const own = await store.signed(hash);
      const relation = own === null ? null : await tip.relation(own, head);
      if (relation?.kind === 'on') return own;
      // A node that calls it confirmed contradicts the head: one of them lies, and which one is unknown.
      const isExcluded = relation?.kind === 'excluded' && !(await isConfirmed(node, hash));
      if (!isExcluded) throw new Fault('fault_blockWaits');
    }
    return null;
  }

  async #untilEnough<T>(spend: () => Promise<T>): Promise<T> {
    try {
      return await spend();
    } catch (failure) {
      const isShort = failure instanceof Fault && failure.key === 'fault_insufficient';
      if (!isShort || !(await this.#ports.receives().hurry())) throw failure;
      return this.#untilEnough(spend);
    }
  }
}

function absoluteDifference(before: Raw, after: Raw): Raw {
  return before > after ? subtractRaw(before, after) : subtractRaw(after, before);
}
