import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { BlockHash, ChainHead } from '../nano/block.ts';
import { readChainHead, standsOn } from '../nano/chain-head.ts';
import type { Clock } from '../nano/clock.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { Branches, type Relation } from './branch.ts';
import type { ChainStore } from './chain-store.ts';
import { isExcluded } from './conflicting-block.ts';
import {
  dispositionOf,
  handedOverOn,
  headAfter,
  type OwnBlock,
  settledBlock,
  withheld,
} from './own-block.ts';
import type { Obstacle, OwnPublications } from './own-publications.ts';
import type { FullPublication } from './publication.ts';
import { isPublishedByPayee } from './replacement-block.ts';

export interface ChainTipPorts {
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly store: ChainStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly publications: OwnPublications;
  /** Called when a node refuses a payment that is published again. */
  readonly refused: (own: OwnBlock, fault: Fault) => void;
}

/** What the next block is built on. */
export interface Basis {
  readonly head: ChainHead;
  /** As `OwnBlock.excludes`; absent where the head stands on all own blocks. */
  readonly excludes?: BlockHash | undefined;
}

/**
 * Finds the end of one account's chain, from the blocks that this wallet signed and from what nodes show. Signs
 * nothing. Publishes own blocks again that the nodes lack.
 */
export class ChainTip {
  readonly #account: NanoAddress;
  readonly #ports: ChainTipPorts;
  readonly #branches: Branches;

  constructor(account: NanoAddress, ports: ChainTipPorts) {
    this.#account = account;
    this.#ports = ports;
    this.#branches = new Branches(account, ports.node, (hash) => ports.store.signed(hash));
  }

  /** The newest block that this wallet signed for the account; null before its first. */
  newest(): Promise<OwnBlock | null> {
    const { store, network } = this.#ports;
    return store.newest(network.id, this.#account);
  }

  /**
   * The head to build on, proven by hash and signature (invariant 4), and not older than the newest own block.
   * Publishes that block again where the nodes lack it. Where another block has replaced it, the head stands on that
   * one.
   *
   * A handed-over block is neither published nor built on. The head after it is returned, so that its amount counts as
   * spent.
   *
   * @throws Fault as `AccountChain.look`
   */
  async basis(newest: OwnBlock | null): Promise<Basis> {
    if (newest === null) return { head: await readChainHead(this.#ports.node, this.#account) };
    const disposition = dispositionOf(newest);
    switch (disposition.kind) {
      case 'replaces':
        return { head: headAfter(disposition.handedOver) };
      case 'handedOver': {
        const { handedOver } = disposition;
        return (await isPublishedByPayee(this.#ports, handedOver))
          ? this.#basisAbove(settledBlock(handedOver))
          : { head: headAfter(handedOver) };
      }
      case 'ordinary':
      case 'due':
        return this.#basisAbove(newest);
    }
  }

  /** How an own block stands to the branch of a head (see `Branches`). */
  relation(own: OwnBlock, head: ChainHead): Promise<Relation> {
    return this.#branches.relation(own, head);
  }

  /**
   * Withholds the newest own block if its deadline has passed and no node has it. Resolves with whether it is withheld,
   * now or since an earlier call.
   *
   * @throws Fault those of NodeClient
   */
  async withhold(hash: BlockHash): Promise<boolean> {
    const newest = await this.newest();
    if (handedOverOn(newest)?.hash === hash) return true;
    if (newest?.hash !== hash || (await this.#ports.node.blockInfo(hash)) !== null) return false;
    return this.#withholdIfLate(newest);
  }

  /** The head above an own block that only this wallet publishes. */
  async #basisAbove(newest: OwnBlock): Promise<Basis> {
    const { node, publications } = this.#ports;
    const info = await node.blockInfo(newest.hash);
    // A node that called it replaced has lied, or was in the part of the network that gave way.
    if (info?.confirmed) publications.reinstate(newest.hash);
    const obstacle = publications.obstacleTo(newest.hash);
    if (info !== null && obstacle !== 'replaced') {
      return { head: info.successor === null ? headAfter(newest) : await this.#headAbove(newest) };
    }
    if (obstacle === undefined && (await this.#withholdIfLate(newest))) return { head: headAfter(newest) };
    const publication = obstacle ?? (await this.#publishAgain(newest));
    if (publication === 'onLedger') return { head: headAfter(newest) };
    if (publication === 'pending') throw new Fault('fault_nodeBehind');
    return this.#basisBeside(newest, publication);
  }

  /** The head that another wallet built on our newest block. It is proven to stand on that block. */
  async #headAbove(newest: OwnBlock): Promise<ChainHead> {
    const { node } = this.#ports;
    const head = await readChainHead(node, this.#account);
    if (!(await standsOn(node, head, newest.hash))) throw new Fault('fault_nodeBehind');
    return head;
  }

  /**
   * The head that any node has without our newest block, which cannot get to the ledger. After a replaced block only a
   * head that provably excludes it will do: nothing built on that can be confirmed together with it.
   */
  async #basisBeside(newest: OwnBlock, obstacle: Obstacle): Promise<Basis> {
    for (const node of this.#ports.node.each()) {
      const head = await readChainHead(node, this.#account).catch(undefinedIfFault);
      if (head === undefined || (head.kind === 'open' && head.hash === newest.hash)) continue;
      const relation = await this.#branches.relation(newest, head);
      if (relation.kind === 'excluded') return { head, excludes: relation.lost.hash };
      if (obstacle !== 'replaced') return { head };
    }
    throw new Fault('fault_nodeBehind');
  }

  /**
   * Publishes an own block again. A refused block that is no payment is given up: otherwise no later block of the
   * account could be published. If it reaches the ledger after all, the block built beside it cannot, so nothing is
   * paid twice.
   *
   * @throws Fault `fault_nodeRefused` for a refused send
   */
  async #publishAgain(own: OwnBlock): Promise<FullPublication['kind'] | 'refused'> {
    const { publications, refused } = this.#ports;
    try {
      return (await publications.publish(own)).kind;
    } catch (failure) {
      if (!(failure instanceof Fault) || failure.key !== 'fault_nodeRefused') throw failure;
      if (own.subtype === 'send') {
        refused(own, failure);
        throw failure;
      }
      publications.giveUp(own.hash);
      return 'refused';
    }
  }

  async #withholdIfLate(newest: OwnBlock): Promise<boolean> {
    const { node, store, clock } = this.#ports;
    const late = withheld(newest, clock.now());
    if (late === null || (await isExcluded(node, newest))) return false;
    return store.withhold(late);
  }
}

function undefinedIfFault(failure: unknown): undefined {
  if (!(failure instanceof Fault)) throw failure;
}
