import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash, ChainHead, SignedBlock } from '../nano/block.ts';
import { readChainHead, standsOn } from '../nano/chain-head.ts';
import type { Clock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { Branches, type Relation } from './branch.ts';
import type { ChainStore } from './chain-store.ts';
import { handedOverOn, headAfter, type OwnBlock, settledBlock, withheld } from './own-block.ts';
import {
  type Conflict,
  conflictingBlockOf,
  type FullPublication,
  isExcluded,
  isReplaced,
  publishOwnBlock,
} from './publication.ts';
import { isPublishedByPayee } from './replacement-block.ts';

export interface ChainTipPorts {
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly store: ChainStore;
  readonly clock: Pick<Clock, 'now'>;
  /** The block with work that is still enough. */
  readonly renew: (own: OwnBlock) => Promise<SignedBlock>;
  /** Told when a node refuses a payment of ours that is published again. */
  readonly refused: (own: OwnBlock, fault: Fault) => void;
}

/** Why an own block cannot land. */
type Unpublishable = 'replaced' | 'refused' | 'sourceMissing';

/** What the next block is built on. */
export interface Basis {
  readonly head: ChainHead;
  /** See `OwnBlock.excludes`: undefined where the head stands on all that was signed here. */
  readonly excludes?: BlockHash | undefined;
}

/**
 * Where an account's chain ends: what the purse has signed, and what the ledgers make of it. Nothing is signed here; own
 * blocks that the ledgers lack are published again, as long as they may.
 */
export class ChainTip {
  readonly #account: NanoAddress;
  readonly #ports: ChainTipPorts;
  /** Own blocks that cannot land: they are not published again. */
  readonly #unpublishable = new Map<BlockHash, Unpublishable>();
  readonly #publications = new Map<BlockHash, Promise<FullPublication>>();
  /** What own blocks waited for when they were last to land. */
  readonly #conflicts = new Map<BlockHash, Conflict>();
  readonly #branches: Branches;

  constructor(account: NanoAddress, ports: ChainTipPorts) {
    this.#account = account;
    this.#ports = ports;
    this.#branches = new Branches(account, ports.node, (hash) => ports.store.signed(hash));
  }

  /** The newest block this purse signed for the account; null before its first. */
  newest(): Promise<OwnBlock | null> {
    const { store, network } = this.#ports;
    return store.newest(network.id, this.#account);
  }

  /**
   * The head to build on, proven by hash and signature (invariant 4), and not older than the newest own block. That one
   * is published again where the network lacks it; what is out is neither published nor built on, and its amount counts
   * as spent. Where it has lost its place, the head stands on what has taken it.
   *
   * @throws Fault as `Chain.look`
   */
  async basis(newest: OwnBlock | null): Promise<Basis> {
    const { node } = this.#ports;
    if (newest === null) return { head: await readChainHead(node, this.#account) };
    const out = handedOverOn(newest);
    if (out !== null) {
      if (newest.revokes !== undefined || !(await isPublishedByPayee(this.#ports, out)))
        return { head: headAfter(out) };
      return this.basis(settledBlock(out));
    }
    const told = await node.blockInfo(newest.hash);
    // A node that called it replaced has lied, or was on the side that gave way.
    if (told?.confirmed) this.#unpublishable.delete(newest.hash);
    const lost = this.#unpublishable.get(newest.hash);
    if (told !== null && lost !== 'replaced') {
      return { head: told.successor === null ? headAfter(newest) : await this.#headAbove(newest) };
    }
    if (lost === undefined && (await this.#withholdLate(newest))) return { head: headAfter(newest) };
    const publication = lost ?? (await this.#publishAgain(newest));
    if (publication === 'onLedger') return { head: headAfter(newest) };
    if (publication === 'pending') throw new Fault('fault_nodeBehind');
    return this.#basisBeside(newest, publication);
  }

  /** How an own block stands to the branch of a head (see `Branches`). */
  relation(own: OwnBlock, head: ChainHead): Promise<Relation> {
    return this.#branches.relation(own, head);
  }

  /**
   * Sees to it that an own block is on the ledger: see `landBlock`. Whoever asks meanwhile gets the same answer.
   *
   * @throws Fault as `landBlock`
   */
  publish(own: OwnBlock): Promise<FullPublication> {
    const running = this.#publications.get(own.hash);
    if (running !== undefined) return running;
    const publication = this.#publish(own).finally(() => this.#publications.delete(own.hash));
    this.#publications.set(own.hash, publication);
    return publication;
  }

  /** Gives up an own block that pays nobody and stands on one that was refused: it is not published again. */
  giveUp(hash: BlockHash): void {
    this.#unpublishable.set(hash, 'refused');
  }

  /** What the network has to decide before an own block can land, as far as the nodes said when it last was to. */
  conflictOf(hash: BlockHash): Conflict | null {
    return this.#conflicts.get(hash) ?? null;
  }

  /**
   * Whether the network has confirmed another block in the place of an own one, or of one that it stands on.
   *
   * @throws Fault those of NodeClient
   */
  async isReplaced(own: OwnBlock): Promise<boolean> {
    const { node, store } = this.#ports;
    return isReplaced(node, await this.#kept(own), (hash) => store.signed(hash));
  }

  /** What is becoming of a block that is being published right now. */
  ongoingPublication(hash: BlockHash): Promise<FullPublication> | undefined {
    return this.#publications.get(hash);
  }

  /**
   * Whether the network has confirmed another block in the place of an own one, and which; null while it has none.
   * It is shown to be ours (see `landBlock`).
   */
  async replacementOf(own: OwnBlock): Promise<BlockHash | null> {
    const conflicting = await conflictingBlockOf(this.#ports.node, own);
    return conflicting?.confirmed ? conflicting.hash : null;
  }

  /**
   * Holds back the newest own block, when it is too late for what it pays and no node has it. True as well where it is
   * held back already, by whoever looked at the account a moment ago.
   */
  async withhold(hash: BlockHash): Promise<boolean> {
    const newest = await this.newest();
    if (handedOverOn(newest)?.hash === hash) return true;
    if (newest?.hash !== hash || (await this.#ports.node.blockInfo(hash)) !== null) return false;
    return this.#withholdLate(newest);
  }

  /** Another wallet built on our newest block: what it has must show that it stands on it. */
  async #headAbove(newest: OwnBlock): Promise<ChainHead> {
    const { node } = this.#ports;
    const head = await readChainHead(node, this.#account);
    if (!(await standsOn(node, head, newest.hash))) throw new Fault('fault_nodeBehind');
    return head;
  }

  /**
   * Our newest block is not to be: what any node has in its place. After a replaced one, nothing is built that could be
   * confirmed together with it.
   */
  async #basisBeside(newest: OwnBlock, landing: Unpublishable): Promise<Basis> {
    for (const node of this.#ports.node.each()) {
      const head = await readChainHead(node, this.#account).catch(unlessFault);
      if (head === undefined || (head.kind === 'open' && head.hash === newest.hash)) continue;
      const relation = await this.#branches.relation(newest, head);
      if (relation.kind === 'excluded') return { head, excludes: relation.lost.hash };
      if (landing !== 'replaced') return { head };
    }
    throw new Fault('fault_nodeBehind');
  }

  /**
   * A block that a node refuses for good would block the chain for ever. One that pays nobody is given up for it: should
   * it land all the same, what was built beside it does not, and nobody was paid twice.
   */
  async #publishAgain(own: OwnBlock): Promise<FullPublication['kind'] | 'refused'> {
    try {
      return (await this.publish(own)).kind;
    } catch (failure) {
      if (!(failure instanceof Fault) || failure.key !== 'fault_nodeRefused') throw failure;
      if (own.subtype === 'send') {
        this.#ports.refused(own, failure);
        throw failure;
      }
      this.#unpublishable.set(own.hash, 'refused');
      return 'refused';
    }
  }

  /** The block with what was known of it when it was signed, and a payment does not say. */
  async #kept(own: OwnBlock): Promise<OwnBlock> {
    const kept = await this.#ports.store.signed(own.hash);
    return kept?.excludes === undefined ? own : { ...own, excludes: kept.excludes };
  }

  async #publish(own: OwnBlock): Promise<FullPublication> {
    const { node, store, renew } = this.#ports;
    const renewed = async (each: OwnBlock) => ({ ...each, block: await renew(each) });
    const publication = await publishOwnBlock(node, await renewed(await this.#kept(own)), async (hash) => {
      const signed = await store.signed(hash);
      return signed === null ? null : renewed(signed);
    });
    const { kind } = publication;
    if (kind === 'replaced' || kind === 'sourceMissing') this.#unpublishable.set(own.hash, kind);
    const conflict = kind === 'pending' ? publication.conflict : null;
    if (conflict === null) this.#conflicts.delete(own.hash);
    else this.#conflicts.set(own.hash, conflict);
    return publication;
  }

  async #withholdLate(newest: OwnBlock): Promise<boolean> {
    const { node, store, clock } = this.#ports;
    const cheque = withheld(newest, clock.now());
    if (cheque === null || (await isExcluded(node, newest))) return false;
    return store.withhold(cheque);
  }
}

function unlessFault(failure: unknown): undefined {
  if (!(failure instanceof Fault)) throw failure;
}
