import { Fault } from '../fault.ts';
import { type NanoAddress, publicKeyOf } from '../nano/account.ts';
import {
  type BlockHash,
  type ChainHead,
  type SignedBlock,
  verifySignature,
  ZERO_HASH,
} from '../nano/block.ts';
import { fetchOwnBlock } from '../nano/chain-head.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { FindOwnBlock, OwnBlock } from './own-block.ts';

/** The relation of an own block to the branch of blocks that ends in a head. */
export type Relation =
  /** The block is on the branch. */
  | { readonly kind: 'on' }
  /**
   * The branch has another block with the account's signature in the place of `lost`, which is this block or an own one that
   * it stands on. The network confirms at most one of the two branches, whatever a node says.
   */
  | { readonly kind: 'excluded'; readonly lost: OwnBlock }
  /** Neither is proven: this block may stand on the head, or no node shows the branch. */
  | { readonly kind: 'unknown' };

const UNKNOWN: Relation = { kind: 'unknown' };
/** How many blocks of other wallets are cached: several payments ask about the same branch. */
const MAX_FETCHED = 1_000;

/** A block of a branch: an own one, or one of another wallet with the same key. */
interface BranchBlock {
  readonly hash: BlockHash;
  readonly block: SignedBlock;
  /** As `OwnBlock.excludes`. */
  readonly excludes?: BlockHash;
}

/** Compares the branches of one account's chain, block by block. Each block is proven by its hash. */
export class Branches {
  readonly #account: NanoAddress;
  readonly #node: NodeClient;
  readonly #signed: FindOwnBlock;
  readonly #fetched = new Map<BlockHash, SignedBlock>();

  constructor(account: NanoAddress, node: NodeClient, signed: FindOwnBlock) {
    this.#account = account;
    this.#node = node;
    this.#signed = signed;
  }

  /**
   * The relation of an own block to the branch of a head. Reads both chains downwards in step, until they have blocks in the
   * same place, on the same previous block. Resolves with `unknown` where a node gives no answer.
   */
  async relation(own: OwnBlock, head: ChainHead): Promise<Relation> {
    const ours = new BranchSide<OwnBlock>();
    const theirs = new BranchSide<BranchBlock>();
    let mine: OwnBlock | null = own;
    let next: BlockHash | null = head.kind === 'open' ? head.hash : null;
    while (mine !== null || next !== null) {
      if (mine !== null) {
        ours.add(mine);
        const { previous } = mine.block;
        const other = theirs.at(previous);
        if (other !== undefined) return this.#inOnePlace(mine, other);
        // Our block stands on the head.
        if (theirs.has(previous)) return UNKNOWN;
        mine = await this.#signed(previous);
      }
      if (next !== null) {
        if (next === own.hash) return { kind: 'on' };
        if (ours.at(next) !== undefined) return UNKNOWN;
        const member: BranchBlock | null = await this.#blockAt(next);
        if (member !== null) theirs.add(member);
        const previous: BlockHash = member?.block.previous ?? ZERO_HASH;
        const lost = ours.at(previous);
        if (member !== null && lost !== undefined) return this.#inOnePlace(lost, member);
        next = previous === ZERO_HASH ? null : previous;
      }
      const lost = ours.excluding(theirs) ?? ours.excludedBy(theirs);
      if (lost !== undefined) return { kind: 'excluded', lost };
    }
    return UNKNOWN;
  }

  #inOnePlace(lost: OwnBlock, other: BranchBlock): Relation {
    // With the same block in both, our block stands on the head.
    const isOther = lost.hash !== other.hash && verifySignature(other.block, publicKeyOf(this.#account));
    return isOther ? { kind: 'excluded', lost } : UNKNOWN;
  }

  /** A block of the account; null where no node shows it. */
  async #blockAt(hash: BlockHash): Promise<BranchBlock | null> {
    const own = await this.#signed(hash);
    if (own !== null) return own;
    const block = this.#fetched.get(hash) ?? (await this.#fetch(hash));
    return block === null ? null : { hash, block };
  }

  async #fetch(hash: BlockHash): Promise<SignedBlock | null> {
    try {
      const { block } = await fetchOwnBlock(this.#node, this.#account, hash);
      if (this.#fetched.size >= MAX_FETCHED) this.#fetched.clear();
      this.#fetched.set(hash, block);
      return block;
    } catch (failure) {
      if (failure instanceof Fault) return null;
      throw failure;
    }
  }
}

/** The blocks of a branch that were read, from its end downwards. */
class BranchSide<B extends BranchBlock> {
  readonly #byPlace = new Map<BlockHash, B>();
  readonly #byHash = new Map<BlockHash, B>();
  readonly #byExcluded = new Map<BlockHash, B>();

  add(block: B): void {
    this.#byPlace.set(block.block.previous, block);
    this.#byHash.set(block.hash, block);
    if (block.excludes !== undefined) this.#byExcluded.set(block.excludes, block);
  }

  /** The block on this previous block. */
  at(previous: BlockHash): B | undefined {
    return this.#byPlace.get(previous);
  }

  has(hash: BlockHash): boolean {
    return this.#byHash.has(hash);
  }

  /** A block of this side that excludes one of the other. */
  excluding(other: BranchSide<BranchBlock>): B | undefined {
    for (const [hash, block] of this.#byExcluded) if (other.#byHash.has(hash)) return block;
    return undefined;
  }

  /** A block of this side that one of the other excludes. */
  excludedBy(other: BranchSide<BranchBlock>): B | undefined {
    for (const hash of other.#byExcluded.keys()) {
      const block = this.#byHash.get(hash);
      if (block !== undefined) return block;
    }
    return undefined;
  }
}
