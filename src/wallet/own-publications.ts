import { KeyedSingleFlight } from '../concurrency.ts';
import type { BlockHash, SignedBlock } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { ChainStore } from './chain-store.ts';
import { conflictingBlockOf, isReplaced } from './conflicting-block.ts';
import type { OwnBlock } from './own-block.ts';
import { type Conflict, type FullPublication, publishOwnBlock } from './publication.ts';

/** Why an own block is not published again. */
export type Obstacle =
  /** The network has confirmed another block in its place, or in the place of one that it stands on. */
  | 'replaced'
  /** A node refused it, or an own block that it stands on, and it is no payment. */
  | 'refused'
  /** No node has the send that it receives. */
  | 'sourceMissing';

export interface OwnPublicationsPorts {
  readonly node: NodeClient;
  readonly store: Pick<ChainStore, 'signed'>;
  /** Resolves with the block and work that meets the network's present threshold. */
  readonly renew: (own: OwnBlock) => Promise<SignedBlock>;
}

/** Publishes the own blocks of one account, and remembers what nodes said of each until the wallet is closed. */
export class OwnPublications {
  readonly #ports: OwnPublicationsPorts;
  readonly #ongoing = new KeyedSingleFlight<BlockHash, FullPublication>();
  readonly #obstacles = new Map<BlockHash, Obstacle>();
  /** The conflicts that kept blocks from the ledger when each was last published. */
  readonly #conflicts = new Map<BlockHash, Conflict>();

  constructor(ports: OwnPublicationsPorts) {
    this.#ports = ports;
  }

  /**
   * Publishes an own block, as `publishOwnBlock`. Calls for a block that is being published share one result.
   *
   * @throws Fault as `publishOwnBlock`, and as `renew`
   */
  publish(own: OwnBlock): Promise<FullPublication> {
    return this.#ongoing.run(own.hash, () => this.#publish(own));
  }

  /** The result of publishing a block, while it is being published. */
  ongoing(hash: BlockHash): Promise<FullPublication> | undefined {
    return this.#ongoing.running(hash);
  }

  /** Why a block is not published again; undefined where nothing speaks against it. */
  obstacleTo(hash: BlockHash): Obstacle | undefined {
    return this.#obstacles.get(hash);
  }

  /**
   * Notes that a block is not to be published again: a node refused it, or one that it stands on, and it is no payment.
   */
  giveUp(hash: BlockHash): void {
    this.#obstacles.set(hash, 'refused');
  }

  /** Forgets why a block was not to be published again: a node says that the network has confirmed it. */
  reinstate(hash: BlockHash): void {
    this.#obstacles.delete(hash);
  }

  /** The conflict that kept a block from the ledger when it was last published; null where there was none. */
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
    return isReplaced(node, await this.#withExcludes(own), (hash) => store.signed(hash));
  }

  /** The confirmed block in the place of an own one; null while the network has confirmed none. */
  async replacementOf(own: OwnBlock): Promise<BlockHash | null> {
    const conflicting = await conflictingBlockOf(this.#ports.node, own);
    return conflicting?.confirmed ? conflicting.hash : null;
  }

  async #publish(own: OwnBlock): Promise<FullPublication> {
    const { node, store, renew } = this.#ports;
    const renewed = async (each: OwnBlock) => ({ ...each, block: await renew(each) });
    const publication = await publishOwnBlock(
      node,
      await renewed(await this.#withExcludes(own)),
      async (hash) => {
        const below = await store.signed(hash);
        return below === null ? null : renewed(below);
      },
    );
    const { kind } = publication;
    if (kind === 'replaced' || kind === 'sourceMissing') this.#obstacles.set(own.hash, kind);
    const conflict = kind === 'pending' ? publication.conflict : null;
    if (conflict === null) this.#conflicts.delete(own.hash);
    else this.#conflicts.set(own.hash, conflict);
    return publication;
  }

  /** Adds what the block's branch excludes: a block that was read from a payment lacks it, the chain store has it. */
  async #withExcludes(own: OwnBlock): Promise<OwnBlock> {
    const stored = await this.#ports.store.signed(own.hash);
    return stored?.excludes === undefined ? own : { ...own, excludes: stored.excludes };
  }
}
