import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { ZERO } from '../nano/amount.ts';
import { type BlockHash, buildChange, buildSend, type ChainHead } from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import type { AccountKeys } from '../nano/seed.ts';
import type { Threshold } from '../work/difficulty.ts';
import type { Readiness, WorkScheduler } from '../work/scheduler.ts';
import { BlockAppender, type SentInstead } from './block-appender.ts';
import type { ChainStore } from './chain-store.ts';
import { ChainTip } from './chain-tip.ts';
import { ChainWork } from './chain-work.ts';
import { isClaimed } from './claim.ts';
import { type Confirmed, isDecided } from './conflict-decision.ts';
import type { Exclusively } from './exclusively.ts';
import { HeadLookup } from './head-lookup.ts';
import { KnownHead, type Refused } from './known-head.ts';
import { type Due, type HandedOver, handedOverOn, type OwnBlock, type PersistBlock } from './own-block.ts';
import { OwnPublications } from './own-publications.ts';
import type { FullPublication, Publication } from './publication.ts';
import { receivedSourcesBelow } from './received-sources.ts';
import { type PersistReceives, type Receipt, Receives } from './receives.ts';
import { assertOpen, buildSendOf, type Order } from './send-order.ts';

export interface AccountChainPorts {
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly work: WorkScheduler;
  readonly store: ChainStore;
  readonly exclusively: Exclusively;
  readonly clock: Pick<Clock, 'now'>;
  readonly confirmed: Confirmed;
  /** The account's keys. @throws Fault `fault_locked` */
  readonly keys: () => Promise<AccountKeys>;
}

/** Options of a send. */
export interface Sending {
  /** For what it pays, and its deadline. */
  readonly due?: Due;
  /** Ends the search for its work, and the wait for a head to build on. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a block that is handed over. */
export interface HandingOver extends Pick<Sending, 'signal'> {
  /** The least work of the block, where its payee wants more than the network (docs/WIRE.md §7.24). */
  readonly workThreshold?: Threshold | undefined;
}

/**
 * One account's chain of blocks on one network. Every block of the account is signed here: one at a time, on the proven
 * head, and stored before it is published. Nothing is signed beside a payment that may still get to the ledger.
 */
export class AccountChain {
  readonly account: NanoAddress;
  readonly #ports: AccountChainPorts;
  readonly #known = new KnownHead();
  readonly #work: ChainWork;
  readonly #publications: OwnPublications;
  readonly #tip: ChainTip;
  readonly #lookup: HeadLookup;
  readonly #appender: BlockAppender;
  readonly #receives: Receives;

  constructor(account: NanoAddress, ports: AccountChainPorts) {
    const { network, store, exclusively } = ports;
    this.account = account;
    this.#ports = ports;
    const known = this.#known;
    const work = new ChainWork(ports.work, network);
    const publications = new OwnPublications({ ...ports, renew: (own) => work.renew(own) });
    const refused = (own: OwnBlock, fault: Fault) => known.refuse(own, fault);
    const tip = new ChainTip(account, { ...ports, publications, refused });
    const receivesPublished = () => this.#receives.published();
    const lookup = new HeadLookup({ ...ports, tip, publications, known, receivesPublished });
    const withChainLock = <T>(run: () => Promise<T>) => exclusively(`chain ${network.id} ${account}`, run);
    const appender = new BlockAppender({
      ...{ ...ports, account, work, tip, lookup, known, withChainLock },
      receives: () => this.#receives,
    });
    this.#work = work;
    this.#publications = publications;
    this.#tip = tip;
    this.#lookup = lookup;
    this.#appender = appender;
    this.#receives = new Receives({
      work,
      representative: network.representative,
      head: async () => lookup.head(await lookup.newestUnlessHandedOver()),
      receivedSources: (head) => receivedSourcesBelow(head, (hash) => store.signed(hash)),
      withChainLock,
      sign: (unsigned, nonce) => appender.sign(unsigned, nonce),
      appended: (blocks) => {
        for (const { head, own } of blocks) appender.moveOn(head, own);
      },
      publish: (own) => this.publish(own),
      refused: (own, newest) => {
        publications.giveUp(newest.hash);
        known.fallBack(own, newest);
      },
    });
  }

  /** The newest head: proven, or after what was signed since. Null until the ledger was asked. */
  get head(): ChainHead | null {
    return this.#known.head;
  }

  /** The own block that a node refused last; null once the ledger has shown where the chain goes on. */
  get refused(): Refused | null {
    return this.#known.refused;
  }

  /** Whether this object signed a block that only this wallet publishes. */
  hasSigned(hash: BlockHash): boolean {
    return this.#appender.hasSigned(hash);
  }

  /**
   * Asks the ledger for the head to build on. It is proven by hash and signature (invariant 4), and not older than what
   * this wallet signed. An own block that no node has is published again first.
   *
   * @throws Fault `fault_headUnproven`, `fault_legacyHead`, `fault_nodeBehind`, those of NodeClient, and
   * `fault_nodeRefused` when a node refuses a payment that may still get to the ledger elsewhere
   */
  look(): Promise<ChainHead> {
    return this.#lookup.look();
  }

  /**
   * Signs a send of exactly `amount` raw and stores it. `publish` or `publishPayment` is the next step, until it is `due`.
   *
   * @throws Fault `fault_insufficient` with the missing XNO, `fault_chequeOut`, `fault_chequeOutPrivate`, `fault_locked`, as
   * `look` and `WorkScheduler.obtain`; the signal's reason. Nothing is stored then.
   */
  async send(order: Order, persist: PersistBlock, { due, signal }: Sending = {}): Promise<OwnBlock> {
    return this.#appender.spend(buildSendOf(order), persist, { purpose: due && { due }, signal });
  }

  /**
   * Signs a send again whose `earlier` blocks have been replaced, and stores it. The new block stands on the replacing one,
   * proven block by block, so the network confirms at most one of them, whatever a node says (invariant 1). Signs nothing
   * where an earlier block is on the ledger after all: resolves with that one.
   *
   * @throws Fault as `send`, and `fault_blockWaits` while no node shows what has replaced each of the earlier blocks
   */
  sendInstead(
    order: Order,
    earlier: readonly BlockHash[],
    persist: PersistBlock,
    { due, signal }: Sending = {},
  ): Promise<SentInstead> {
    return this.#appender.spendInstead(buildSendOf(order), earlier, persist, {
      purpose: due && { due },
      signal,
    });
  }

  /**
   * Signs and stores a send that this wallet never publishes: its payee may do so at any time. Until it is on the ledger, or
   * replaced, nothing else is built on this chain. It stands on a head that the network has confirmed, since servers
   * accept no other (docs/WIRE.md §4.10).
   *
   * @throws Fault as `send`, and `fault_headUnconfirmed`
   */
  async handOver(
    order: Order,
    payee: HandedOver,
    persist: PersistBlock,
    options: HandingOver = {},
  ): Promise<OwnBlock> {
    return this.#appender.spend(buildSendOf(order), persist, { purpose: { handedOver: payee }, ...options });
  }

  /** For what a signed block is handed over that the ledger lacks, and to whom; or null. @throws Fault as `look` */
  async handedOver(): Promise<HandedOver | null> {
    if (handedOverOn(await this.#tip.newest()) === null) return null;
    await this.look();
    return handedOverOn(await this.#tip.newest())?.handedOver ?? null;
  }

  /** Withholds the newest own block if it is late: see `ChainTip.withhold`. Once withheld, it can only be replaced. */
  withhold(hash: BlockHash): Promise<boolean> {
    return this.#tip.withhold(hash);
  }

  /** Whether a block was withheld or handed over, and is not known to be on the ledger: this wallet must not publish it. */
  async isWithheld(hash: BlockHash): Promise<boolean> {
    return handedOverOn(await this.#tip.newest())?.hash === hash;
  }

  /** Signs and stores the block that is to replace a handed-over one: see `BlockAppender.replaceHandedOver`. */
  replaceHandedOver(hash: BlockHash): Promise<OwnBlock | null> {
    return this.#appender.replaceHandedOver(hash);
  }

  /** Signs a send of the whole balance and stores it. @throws Fault as `send`, and `fault_nothingToSend` */
  async sendEverything(to: NanoAddress, persist: PersistBlock): Promise<OwnBlock> {
    return this.#appender.append((head) => {
      if (head.kind === 'unopened' || head.balance === ZERO) throw new Fault('fault_nothingToSend');
      return { subtype: 'send', block: buildSend(head, { to, amount: head.balance }) };
    }, persist);
  }

  /**
   * Signs, stores and publishes the blocks that receive payments, and resolves with what became of each (see `Receives`).
   * Delays no payment of the user's.
   *
   * @throws Fault as `look` and `WorkScheduler.obtain`, and `fault_locked`; the signal's reason
   */
  receive(
    sources: readonly VerifiedSource[],
    persist: PersistReceives,
    signal: AbortSignal,
  ): Promise<readonly Receipt[]> {
    return this.#receives.receive(sources, persist, signal);
  }

  /** Until the promise settles, receives wait for no work but their own: a payment needs the money. */
  hurryReceives(until: Promise<void>): Promise<void> {
    return this.#receives.hurryUntil(until);
  }

  /** Has receives get work at the difficulty of a send from now on. Returns false when they do already. */
  raiseReceives(): boolean {
    return this.#work.raiseReceives();
  }

  /** Changes the representative. Does nothing before the first receive. @throws Fault as `send` and `publish` */
  async changeRepresentative(representative: NanoAddress): Promise<void> {
    const head = await this.look();
    if (head.kind === 'unopened' || head.representative === representative) return;
    const own = await this.#appender.append(
      (now) => ({ subtype: 'change', block: buildChange(assertOpen(now, ZERO), representative) }),
      (change) => this.#ports.store.put(change),
    );
    await this.publish(own);
  }

  /** Publishes an own block: see `publishOwnBlock`. @throws Fault as there, and as `WorkScheduler.obtain` */
  async publish(own: OwnBlock): Promise<Publication> {
    return publicationOf(await this.#publish(own));
  }

  /**
   * As `publish`, for a block that pays for something. Where another block conflicts with it, waits until the network has
   * confirmed one of the two: `pending` only when the time limit is over first, or where nothing conflicts. `claimed`:
   * another wallet of the same seed has signed the very same block, and published it first.
   *
   * @throws Fault as `publish`; the signal's reason
   */
  async publishPayment(own: OwnBlock, signal?: AbortSignal): Promise<Publication | 'claimed'> {
    const { confirmed, node } = this.#ports;
    let publication = await this.#publish(own);
    const conflict = publication.kind === 'pending' ? publication.conflict : null;
    if (conflict !== null && (await isDecided(confirmed, conflict, signal)))
      publication = await this.#publish(own);
    const mayBeClaimed = publication.kind === 'onLedger' && !publication.isNew;
    return mayBeClaimed && (await isClaimed(node, own)) ? 'claimed' : publicationOf(publication);
  }

  /** As `OwnPublications.isReplaced`. */
  isReplaced(own: OwnBlock): Promise<boolean> {
    return this.#publications.isReplaced(own);
  }

  /** The confirmed block in the place of an own one; null while the network has confirmed none. */
  replacementOf(own: OwnBlock): Promise<BlockHash | null> {
    return this.#publications.replacementOf(own);
  }

  /** Has the work for the next block searched for, once the head is known. */
  async prepare(): Promise<void> {
    if (this.head !== null) await this.#work.prepare(this.head);
  }

  /** How far the work for the next block is; `none` while a node refuses the one before it. Asks no node. */
  async readiness(): Promise<Readiness> {
    if (this.head === null || this.refused !== null) return 'none';
    const readiness = await this.#work.readiness(this.head);
    return readiness === 'none' && this.#receives.isPreparing ? 'working' : readiness;
  }

  async #publish(own: OwnBlock): Promise<FullPublication> {
    const publication = await this.#publications.publish(own).catch((failure: unknown) => {
      if (failure instanceof Fault && failure.key === 'fault_nodeRefused') this.#known.refuse(own, failure);
      throw failure;
    });
    if (publication.kind === 'onLedger') this.#known.noteOnLedger(own);
    else this.#known.invalidate();
    return publication;
  }
}

/** The publication without its details. While a node may still get the missing send, its receive may get to the ledger. */
const publicationOf = ({ kind }: FullPublication): Publication =>
  kind === 'sourceMissing' ? 'pending' : kind;
