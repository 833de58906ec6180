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

/** How an own block stands to the branch of blocks that ends in a head. */
export type Relation =
  /** The block is on the branch. */
  | { readonly kind: 'on' }
  /**
   * The branch has another block, with our own signature, in the place of `lost`: of this block, or of an own one that
   * it stands on. The network confirms at most one of the two branches, whatever a node says.
   */
  | { readonly kind: 'excluded'; readonly lost: OwnBlock }
  /** Nothing is proven: the head may be one that this block stands on, or no node shows the branch. */
  | { readonly kind: 'unknown' };

const UNKNOWN: Relation = { kind: 'unknown' };
/** How many blocks of other wallets are remembered: several payments ask about the same branch. */
const MAX_FETCHED = 1_000;

/** A block of a branch, ours or another wallet's with the same key. */
interface BranchBlock {
  readonly hash: BlockHash;
  readonly block: SignedBlock;
  /** See `OwnBlock.excludes`. */
  readonly excludes?: BlockHash;
}

/** The branches of one account's chain, walked block by block, each known by its own hash. */
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
   * How an own block stands to the branch of a head. Both chains are walked down in step until they have a place in
   * common: what stands there in either tells whether they exclude each other.
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
        if (other !== undefined) return this.#atOnePlace(mine, other);
        // The head is what ours stands on.
        if (theirs.has(previous)) return UNKNOWN;
        mine = await this.#signed(previous);
      }
      if (next !== null) {
        if (next === own.hash) return { kind: 'on' };
        if (ours.at(next) !== undefined) return UNKNOWN;
        const member: BranchBlock | null = await this.#member(next);
        if (member !== null) theirs.add(member);
        const previous: BlockHash = member?.block.previous ?? ZERO_HASH;
        const lost = ours.at(previous);
        if (member !== null && lost !== undefined) return this.#atOnePlace(lost, member);
        next = previous === ZERO_HASH ? null : previous;
      }
      const lost = ours.excluding(theirs) ?? ours.excludedBy(theirs);
      if (lost !== undefined) return { kind: 'excluded', lost };
    }
    return UNKNOWN;
  }

  #atOnePlace(lost: OwnBlock, other: BranchBlock): Relation {
    // The same block in both: the head is one that ours stands on.
    const isOther = lost.hash !== other.hash && verifySignature(other.block, publicKeyOf(this.#account));
    return isOther ? { kind: 'excluded', lost } : UNKNOWN;
  }

  /** A block of the account, ours or another wallet's; null where no node shows it. */
  async #member(hash: BlockHash): Promise<BranchBlock | null> {
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

/** What was seen of a branch, from its end downwards. */
class BranchSide<M extends BranchBlock> {
  readonly #byPlace = new Map<BlockHash, M>();
  readonly #byHash = new Map<BlockHash, M>();
  readonly #byExcluded = new Map<BlockHash, M>();

  add(member: M): void {
    this.#byPlace.set(member.block.previous, member);
    this.#byHash.set(member.hash, member);
    if (member.excludes !== undefined) this.#byExcluded.set(member.excludes, member);
  }

  /** The block whose place is above another one. */
  at(previous: BlockHash): M | undefined {
    return this.#byPlace.get(previous);
  }

  has(hash: BlockHash): boolean {
    return this.#byHash.has(hash);
  }

  /** A block of this side that excludes one of the other. */
  excluding(other: BranchSide<BranchBlock>): M | undefined {
    for (const [hash, member] of this.#byExcluded) if (other.#byHash.has(hash)) return member;
    return undefined;
  }

  /** A block of this side that one of the other excludes. */
  excludedBy(other: BranchSide<BranchBlock>): M | undefined {
    for (const hash of other.#byExcluded.keys()) {
      const member = this.#byHash.get(hash);
      if (member !== undefined) return member;
    }
    return undefined;
  }
}
