import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { formatXno, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import {
  type BlockHash,
  buildChange,
  buildSend,
  type ChainHead,
  hashBlock,
  type OpenHead,
  signBlockAnew,
  workRootOf,
} from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import { MAINNET, mostRawOn, type NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import type { AccountKeys } from '../nano/seed.ts';
import type { WorkNonce } from '../work/difficulty.ts';
import type { Readiness, WorkScheduler } from '../work/scheduler.ts';
import type { ChainStore } from './chain-store.ts';
import { type Basis, ChainTip } from './chain-tip.ts';
import { ChainWork } from './chain-work.ts';
import {
  type Due,
  type HandedOver,
  handedOverFault,
  handedOverOn,
  headAfter,
  headBefore,
  type OwnBlock,
  type PersistBlock,
} from './own-block.ts';
import {
  type Conflict,
  type FullPublication,
  isClaimed,
  isConfirmed,
  type Publication,
} from './publication.ts';
import { type Receipt, Receives, type RecordReceives, type Unsigned } from './receives.ts';
import { isPublishedByPayee, replacementBlockFor } from './replacement-block.ts';

/** Runs `work` while nobody else, in any context of the extension, runs under the same name. */
export type Exclusively = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export type Confirmed = (hash: BlockHash, signal?: AbortSignal) => Promise<void>;

export interface AccountChainPorts {
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly work: WorkScheduler;
  readonly store: ChainStore;
  readonly exclusively: Exclusively;
  readonly clock: Pick<Clock, 'now'>;
  /** Resolves once the network has confirmed a block; rejects with `fault_notConfirmed` when patience ends. */
  readonly confirmed: Confirmed;
  /** The account's keys; rejects with Fault `fault_locked` when the purse is locked. */
  readonly keys: () => Promise<AccountKeys>;
}

/** Whom to pay, and how much (raw). */
export interface Order {
  readonly to: NanoAddress;
  readonly amount: Raw;
}

/** What else is to be known of a send. */
export interface Sending {
  /** What it pays for, and until when. */
  readonly due?: Due;
  /** Ends the search for its work, and the wait for a head to build on. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of signing a send once more. */
export type SentInstead =
  | { readonly kind: 'signed'; readonly own: OwnBlock }
  /** Nothing was signed: an earlier block of the same send is on the ledger, and stands. */
  | { readonly kind: 'stands'; readonly own: OwnBlock };

/** An own block that a node does not take, and why not. */
export interface Refused {
  readonly hash: BlockHash;
  readonly fault: Fault;
}

/** What is to be known of a block that is signed; `cheque` for one that somebody else will publish. */
type Appending = Sending & { readonly cheque?: HandedOver };
type Built = Pick<Unsigned, 'subtype' | 'block'>;
type Build = (head: ChainHead) => Built | Promise<Built>;

/** How many own blocks below the head are looked through for one that took a send in already. */
const MAX_RECEIVES_SEARCHED = 32;

/**
 * One account's chain of blocks on one network. Everything that signs goes through here, one block at a time: on the
 * proven head, recorded before it is published, and never a second payment while an earlier one could still land.
 */
export class AccountChain {
  readonly account: NanoAddress;
  readonly #ports: AccountChainPorts;
  readonly #work: ChainWork;
  readonly #tip: ChainTip;
  readonly #receives: Receives;
  #head: ChainHead | null = null;
  /** The head that was last proven, and our newest block at that time: as long as it is, no node is asked again. */
  #proven: { readonly head: ChainHead; readonly newest: BlockHash | null } | null = null;
  /** The last head that stands beside own blocks which lost their place, and what is built on it excludes (see `Basis`). */
  #beside: Basis | null = null;
  #refused: Refused | null = null;
  readonly #signed = new Set<BlockHash>();

  constructor(account: NanoAddress, ports: AccountChainPorts) {
    this.account = account;
    this.#ports = ports;
    this.#work = new ChainWork(ports.work, ports.network);
    this.#tip = new ChainTip(account, {
      ...ports,
      renew: (own) => this.#work.renew(own),
      refused: (own, fault) => this.#noteRefused(own, fault),
    });
    this.#receives = new Receives({
      work: this.#work,
      representative: ports.network.representative,
      basis: async () => this.#basis(await this.#newestFree()),
      receivedSources: (head) => this.#takenIn(head),
      withChainLock: (work) => this.#alone(work),
      sign: (unsigned, nonce) => this.#sign(unsigned, nonce),
      appended: (blocks) => {
        for (const { head, own } of blocks) this.#moveOn(head, own);
      },
      publish: (own) => this.publish(own),
      refused: (own, newest) => this.#giveUp(own, newest),
    });
  }

  /** The newest head known here: proven, or after what was signed since. Null until the ledger was looked at. */
  get head(): ChainHead | null {
    return this.#head;
  }

  /** The own block that a node refused last, with its words; null once the ledger has shown where the chain goes on. */
  get refused(): Refused | null {
    return this.#refused;
  }

  /** Whether this purse signed the block, since it was opened. */
  hasSigned(hash: BlockHash): boolean {
    return this.#signed.has(hash);
  }

  /**
   * Asks the ledger for the head to build on: proven by hash and signature (invariant 4), and not older than what
   * this purse signed. An own block that the network does not have yet is published again first.
   *
   * @throws Fault `fault_headUnproven`, `fault_legacyHead`, `fault_liveHead`, `fault_nodeUnreachable`, `fault_nodeBehind`, and
   * `fault_nodeRefused` when a node refuses a payment of ours that could still land elsewhere
   */
  async look(): Promise<ChainHead> {
    await this.#receives.published();
    const before = this.#head;
    const newest = await this.#tip.newest();
    const basis = await this.#tip.basis(newest);
    const { head } = basis;
    await this.#keepApart(head);
    if (basis.excludes !== undefined) this.#beside = basis;
    this.#proven = { head, newest: newest?.hash ?? null };
    this.#refused = null;
    // What was signed while the node was asked is newer than its answer.
    if (this.#head === before) this.#head = head;
    return head;
  }

  /**
   * A block names no network, and accounts are the same on all of them: built on the live chain, a block of test money
   * would send real money. A test network whose node shows what was signed for the live one is not believed; nor is more
   * money than there is, where it is real.
   */
  async #keepApart(head: ChainHead): Promise<void> {
    const { network, store } = this.#ports;
    if (head.kind === 'open' && head.balance > mostRawOn(network)) throw new Fault('fault_headUnproven');
    if (!network.testMoney || network.id === MAINNET.id || head.kind !== 'open') return;
    if ((await store.signed(head.hash))?.network === MAINNET.id) throw new Fault('fault_liveHead');
  }

  /**
   * Signs a send of exactly `amount` raw and records it; to `land` it is the next step, which may be repeated, until
   * it is `due`. The signal ends the search for its work.
   *
   * @throws Fault `fault_insufficient` with the XNO that are missing, and what `look` throws; the signal's reason.
   * Nothing was recorded then.
   */
  async send(order: Order, record: PersistBlock, options: Sending = {}): Promise<OwnBlock> {
    return this.#spend(order, record, options);
  }

  /**
   * Signs a send once more whose `earlier` blocks have lost their place, and records it. The new block stands on what has
   * taken it, proven block by block: the network confirms at most one of them, whatever a node says (invariant 1).
   * Resolved with the earlier block that stands, where one is on the ledger after all.
   *
   * @throws Fault as `send`, and `fault_blockWaits` while no node shows what has taken the place of each of them
   */
  sendInstead(
    order: Order,
    earlier: readonly BlockHash[],
    record: PersistBlock,
    options: Sending = {},
  ): Promise<SentInstead> {
    return this.#unlessShort(() =>
      this.#alone(async () => {
        const head = await this.#whenDecided(await this.#newestFree(), options.signal, () => this.look());
        const stands = await this.#standingOn(head, earlier);
        if (stands !== null) return { kind: 'stands', own: stands };
        return { kind: 'signed', own: await this.#appendOn(head, sendOf(order), record, options) };
      }),
    );
  }

  /** The one of these blocks that a head stands on; null where it excludes them all. @throws Fault `fault_blockWaits` */
  async #standingOn(head: ChainHead, hashes: readonly BlockHash[]): Promise<OwnBlock | null> {
    const { store, node } = this.#ports;
    for (const hash of hashes) {
      const own = await store.signed(hash);
      const relation = own === null ? null : await this.#tip.relation(own, head);
      if (relation?.kind === 'on') return own;
      // Where a node says that it is confirmed all the same, one of them lies, and which is not known.
      const isProven = relation?.kind === 'excluded' && !(await isConfirmed(node, hash));
      if (!isProven) throw new Fault('fault_blockWaits');
    }
    return null;
  }

  /**
   * Signs and records a send that is never published from here: whoever it is given to may do so at any time. Until it
   * is on the ledger, or revoked, nothing else is built on this chain. It stands on a head that the network has
   * confirmed, since servers take it on no other (docs/WIRE.md §4.10).
   *
   * @throws Fault as `send`, and `fault_headUnconfirmed`
   */
  async handOver(
    order: Order,
    cheque: HandedOver,
    record: PersistBlock,
    signal?: AbortSignal,
  ): Promise<OwnBlock> {
    return this.#spend(order, record, { cheque, signal });
  }

  /** Who has a signed block of this account and has not cashed it, as far as the ledger knows; or null. */
  async handedOver(): Promise<HandedOver | null> {
    if (handedOverOn(await this.#tip.newest()) === null) return null;
    await this.look();
    return handedOverOn(await this.#tip.newest())?.cheque ?? null;
  }

  /**
   * Holds back a block that is too late and that no node has. True when it is held back, and all that is left is to
   * revoke it.
   *
   * @throws Fault those of NodeClient
   */
  withhold(hash: BlockHash): Promise<boolean> {
    return this.#tip.withhold(hash);
  }

  /** Whether a block was held back, or handed over, and nobody was seen to publish it: no more is it from here. */
  async isWithheld(hash: BlockHash): Promise<boolean> {
    return handedOverOn(await this.#tip.newest())?.hash === hash;
  }

  /**
   * Signs and records the block that is to take a cheque's place; signed before, it is given again. Null when the
   * cheque is out no more, for it is on the ledger.
   *
   * @throws Fault `fault_locked`, and those of NodeClient; nothing was signed then
   */
  replaceHandedOver(cheque: BlockHash): Promise<OwnBlock | null> {
    return this.#alone(async () => {
      const newest = await this.#tip.newest();
      const out = handedOverOn(newest);
      if (out?.hash !== cheque) return null;
      if (newest?.revokes !== undefined) return newest;
      if (await isPublishedByPayee(this.#ports, out)) return null;
      const { privateKey } = await this.#ports.keys();
      const instead = replacementBlockFor(out, privateKey);
      await this.#ports.store.put(instead);
      return instead;
    });
  }

  /** Sends all there is. @throws Fault as `send`, and `fault_nothingToSend` */
  async sendEverything(to: NanoAddress, record: PersistBlock): Promise<OwnBlock> {
    return this.#append((head) => {
      if (head.kind === 'unopened' || head.balance === ZERO) throw new Fault('fault_nothingToSend');
      return { subtype: 'send', block: buildSend(head, { to, amount: head.balance }) };
    }, record);
  }

  /**
   * Takes payments in: signs, records and publishes the blocks, and tells what became of each (see `Receives`). A payment
   * never waits for it.
   *
   * @throws Fault as `look` and `WorkScheduler.obtain`, and `fault_locked`; the signal's reason
   */
  receive(
    sources: readonly VerifiedSource[],
    record: RecordReceives,
    signal: AbortSignal,
  ): Promise<readonly Receipt[]> {
    return this.#receives.receive(sources, record, signal);
  }

  /** Until this has ended, receives wait for no work but their own: a payment needs the money. */
  hurryReceives(until: Promise<void>): Promise<void> {
    return this.#receives.hurryUntil(until);
  }

  /** From now on, receives get work at the difficulty of a send: a node asked for it. False when they do already. */
  raiseReceives(): boolean {
    return this.#work.raiseReceives();
  }

  /** Gives the account's vote to another representative; without effect when it has it, or before the first receive. */
  async changeRepresentative(representative: NanoAddress): Promise<void> {
    const head = await this.look();
    if (head.kind === 'unopened' || head.representative === representative) return;
    const own = await this.#append(
      (now) => ({ subtype: 'change', block: buildChange(assertOpen(now, ZERO), representative) }),
      (change) => this.#ports.store.put(change),
    );
    await this.publish(own);
  }

  /** Sees to it that an own block is on the ledger: see `landBlock`. Whoever asks meanwhile gets the same answer. */
  async publish(own: OwnBlock): Promise<Publication> {
    return publicationOf(await this.#publish(own));
  }

  /**
   * As `land`, for a block that pays for something. Where another block contends for the place, it waits until the
   * network has chosen one of the two: `pending` only when patience ends before that, or where nothing contends.
   * `claimed`: another wallet of the same seed has signed the very same block, and published it first.
   *
   * @throws Fault as `landBlock`; the signal's reason
   */
  async publishPayment(own: OwnBlock, signal?: AbortSignal): Promise<Publication | 'claimed'> {
    let publication = await this.#publish(own);
    const conflict = publication.kind === 'pending' ? publication.conflict : null;
    if (conflict !== null && (await this.#decided(conflict, signal))) publication = await this.#publish(own);
    const mayBeClaimed = publication.kind === 'onLedger' && !publication.isNew;
    return mayBeClaimed && (await isClaimed(this.#ports.node, own)) ? 'claimed' : publicationOf(publication);
  }

  async #publish(own: OwnBlock): Promise<FullPublication> {
    const publication = await this.#tip.publish(own).catch((failure: unknown) => {
      if (failure instanceof Fault && failure.key === 'fault_nodeRefused') this.#noteRefused(own, failure);
      throw failure;
    });
    if (publication.kind !== 'onLedger') this.#proven = null;
    else if (this.#head !== null && this.#isHead(own)) this.#proven = { head: this.#head, newest: own.hash };
    return publication;
  }

  /** Whether the network has confirmed another block in the place of an own one, or of one that it stands on. */
  isReplaced(own: OwnBlock): Promise<boolean> {
    return this.#tip.isReplaced(own);
  }

  /** What the network has confirmed in the place of an own block (see `Frontier`). */
  replacementOf(own: OwnBlock): Promise<BlockHash | null> {
    return this.#tip.replacementOf(own);
  }

  /** Has the work for the next block made ready, once the head is known. */
  async prepare(): Promise<void> {
    if (this.#head !== null) await this.#work.prepare(this.#head);
  }

  /** How far the work for the next block is; none while a node refuses the one before it. For showing: no node is asked. */
  async readiness(): Promise<Readiness> {
    if (this.#head === null || this.#refused !== null) return 'none';
    const readiness = await this.#work.readiness(this.#head);
    return readiness === 'none' && this.#receives.isPreparing ? 'working' : readiness;
  }

  /** Signs a send. */
  #spend(order: Order, record: PersistBlock, options: Appending): Promise<OwnBlock> {
    return this.#unlessShort(() => this.#append(sendOf(order), record, options));
  }

  /** Receives that are being prepared are waited for only where the balance is too small for a send without them. */
  async #unlessShort<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (failure) {
      const isShort = failure instanceof Fault && failure.key === 'fault_insufficient';
      if (!isShort || !(await this.#receives.hurry())) throw failure;
      return this.#unlessShort(send);
    }
  }

  #append(build: Build, record: PersistBlock, options: Appending = {}): Promise<OwnBlock> {
    return this.#alone(async () => {
      const { cheque, signal } = options;
      const newest = await this.#newestFree();
      const head = await this.#whenDecided(newest, signal, () =>
        cheque === undefined ? this.#basis(newest) : this.#confirmedHead(signal),
      );
      return this.#appendOn(head, build, record, options);
    });
  }

  /** Signs and records a block on a head; within `#alone` only. */
  async #appendOn(
    head: ChainHead,
    build: Build,
    record: PersistBlock,
    { cheque, due, signal }: Appending,
  ): Promise<OwnBlock> {
    const { subtype, block } = await build(head);
    const nonce = await this.#work.obtain(head, subtype, signal);
    const own: OwnBlock = {
      ...(await this.#sign({ head, subtype, block }, nonce)),
      ...(cheque !== undefined && { cheque }),
      ...(due !== undefined && { due }),
    };
    await record(own);
    this.#moveOn(head, own);
    this.#receives.headMoved();
    return own;
  }

  /** Signs a block. The key is taken only now that its work is there: a search may be long, and none is held meanwhile. */
  async #sign({ head, subtype, block }: Unsigned, nonce: WorkNonce): Promise<OwnBlock> {
    const { network, keys } = this.#ports;
    const beside = this.#beside;
    const excludes =
      beside !== null && workRootOf(beside.head) === workRootOf(head) ? beside.excludes : undefined;
    const { privateKey } = await keys();
    return {
      network: network.id,
      account: this.account,
      hash: hashBlock(block),
      subtype,
      block: { ...signBlockAnew(block, privateKey), work: nonce },
      moved: absoluteDifference(head.kind === 'open' ? head.balance : ZERO, block.balance),
      ...(excludes !== undefined && { excludes }),
    };
  }

  /** Takes the head on to a block that was recorded on it. */
  #moveOn(head: ChainHead, own: OwnBlock): void {
    this.#head = headAfter(own);
    // When a cheque is confirmed, that is news: somebody else has published it.
    if (own.cheque === undefined) this.#signed.add(own.hash);
    this.#work.moveOn(head, own);
  }

  /** Gives up a refused receive and the own blocks on it, up to `newest`: they are not published again. */
  #giveUp(own: OwnBlock, newest: OwnBlock): void {
    this.#tip.giveUp(newest.hash);
    this.#fallBack(own, newest);
  }

  #noteRefused(own: OwnBlock, fault: Fault): void {
    this.#refused = { hash: own.hash, fault };
    this.#fallBack(own, own);
  }

  /** Takes the head back to the one before a refused block, which moves no money, until the ledger is asked again. */
  #fallBack(own: OwnBlock, newest: OwnBlock): void {
    this.#proven = null;
    if (this.#head === null || this.#isHead(newest)) this.#head = headBefore(own);
  }

  #isHead({ hash }: OwnBlock): boolean {
    return this.#head?.kind === 'open' && this.#head.hash === hash;
  }

  /**
   * The sends that own blocks which the head stands on have taken in: a purse that was closed a moment ago may have, and a
   * node that does not know yet, or lies, names such a send again.
   */
  async #takenIn(head: ChainHead): Promise<ReadonlySet<BlockHash>> {
    const { store } = this.#ports;
    const taken = new Set<BlockHash>();
    let own = head.kind === 'open' ? await store.signed(head.hash) : null;
    for (let looked = 0; own !== null && looked < MAX_RECEIVES_SEARCHED; looked++) {
      if (own.subtype !== 'send') taken.add(own.block.link as BlockHash);
      own = await store.signed(own.block.previous);
    }
    return taken;
  }

  /** Our newest block, where no cheque keeps the chain waiting. @throws Fault `fault_chequeOut` */
  async #newestFree(): Promise<OwnBlock | null> {
    const newest = await this.#tip.newest();
    if (handedOverOn(newest) === null) return newest;
    await this.look();
    const now = await this.#tip.newest();
    const out = handedOverOn(now);
    if (out !== null) throw handedOverFault(out.cheque);
    return now;
  }

  /** What to build on: the head as it was last proven, unless another block was signed since. */
  async #basis(newest: OwnBlock | null): Promise<ChainHead> {
    // A block that is being published is built on as soon as a node has it: a burst waits for no confirmation. Whatever
    // came of it, the ledger tells.
    await this.#receives.published();
    await (newest === null ? undefined : this.#tip.ongoingPublication(newest.hash)?.catch(() => undefined));
    const proven = this.#proven;
    return proven !== null && proven.newest === (newest?.hash ?? null) ? proven.head : this.look();
  }

  async #confirmedHead(signal?: AbortSignal): Promise<ChainHead> {
    const head = await this.look();
    if (head.kind === 'unopened') return head;
    await this.#ports.confirmed(head.hash, signal).catch((failure) => {
      const impatient = failure instanceof Fault && failure.key === 'fault_notConfirmed';
      throw impatient ? new Fault('fault_headUnconfirmed', [], { cause: failure }) : failure;
    });
    return head;
  }

  /** Looks for a head. While two blocks contend for the place of our newest, it waits until the network has chosen. */
  async #whenDecided(
    newest: OwnBlock | null,
    signal: AbortSignal | undefined,
    look: () => Promise<ChainHead>,
  ): Promise<ChainHead> {
    try {
      return await look();
    } catch (failure) {
      const conflict = newest && this.#tip.conflictOf(newest.hash);
      if (!conflict || !(await this.#decided(conflict, signal))) throw failure;
      return look();
    }
  }

  /** Whether the network has confirmed one of two blocks before patience ends. @throws the signal's reason */
  async #decided({ own, other }: Conflict, signal?: AbortSignal): Promise<boolean> {
    const { confirmed } = this.#ports;
    const over = new AbortController();
    const ended = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
    try {
      await Promise.race([confirmed(own, ended), confirmed(other, ended)]);
      return true;
    } catch (failure) {
      if (failure instanceof Fault && failure.key === 'fault_notConfirmed') return false;
      throw failure;
    } finally {
      over.abort();
    }
  }

  /** One block at a time, whoever signs it. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const { network, exclusively } = this.#ports;
    return exclusively(`chain ${network.id} ${this.account}`, work);
  }
}

const sendOf =
  (order: Order): Build =>
  (head) => ({ subtype: 'send', block: buildSend(assertOpen(head, order.amount), order) });

/** While a send may yet be heard of, so may what was built on it. */
const publicationOf = ({ kind }: FullPublication): Publication =>
  kind === 'sourceMissing' ? 'pending' : kind;

function absoluteDifference(before: Raw, after: Raw): Raw {
  return before > after ? subtractRaw(before, after) : subtractRaw(after, before);
}

/** Only an open account can pay. */
function assertOpen(head: ChainHead, needed: Raw): OpenHead {
  if (head.kind === 'unopened') throw new Fault('fault_insufficient', [formatXno(needed)]);
  return head;
}
