import { Fault } from '../fault.ts';
import { type BlockHash, type ChainHead, workRootOf } from '../nano/block.ts';
import { mostRawOn, type NetworkProfile } from '../nano/network.ts';
import type { ChainStore } from './chain-store.ts';
import type { Basis, ChainTip } from './chain-tip.ts';
import { type Confirmed, isDecided } from './conflict-decision.ts';
import type { KnownHead } from './known-head.ts';
import { handedOverFault, handedOverOn, type OwnBlock } from './own-block.ts';
import type { OwnPublications } from './own-publications.ts';

export interface HeadLookupPorts {
  readonly network: NetworkProfile;
  readonly store: Pick<ChainStore, 'signed'>;
  readonly confirmed: Confirmed;
  readonly tip: ChainTip;
  readonly publications: OwnPublications;
  readonly known: KnownHead;
  /** Resolves once no receives are being published. */
  readonly receivesPublished: () => Promise<void>;
}

/** Finds the head that the next block of one account is built on. Asks nodes only where the proven head may be old. */
export class HeadLookup {
  readonly #ports: HeadLookupPorts;
  /** The last basis that excludes own blocks (see `Basis`). */
  #beside: Basis | null = null;

  constructor(ports: HeadLookupPorts) {
    this.#ports = ports;
  }

  /** Asks the ledger for the head. @throws Fault as `AccountChain.look` */
  async look(): Promise<ChainHead> {
    const { tip, known, receivesPublished } = this.#ports;
    await receivesPublished();
    const before = known.head;
    const newest = await tip.newest();
    const basis = await tip.basis(newest);
    const { head } = basis;
    this.#assertOfNetwork(head);
    if (basis.excludes !== undefined) this.#beside = basis;
    known.prove(head, newest?.hash ?? null, before);
    return head;
  }

  /** The head as it was last proven, unless another block was signed since: then as `look`. */
  async head(newest: OwnBlock | null): Promise<ChainHead> {
    const { known, publications, receivesPublished } = this.#ports;
    // A block that is being published is built on as soon as a node has it: a burst of payments waits for no confirmation.
    // If publishing fails, the ledger is asked.
    await receivesPublished();
    await (newest === null ? undefined : publications.ongoing(newest.hash)?.catch(() => undefined));
    return known.provenAt(newest?.hash ?? null) ?? this.look();
  }

  /**
   * The head, once the network has confirmed it.
   *
   * @throws Fault as `look`, and `fault_headUnconfirmed`; the signal's reason
   */
  async confirmedHead(signal?: AbortSignal): Promise<ChainHead> {
    const head = await this.look();
    if (head.kind === 'unopened') return head;
    await this.#ports.confirmed(head.hash, signal).catch((failure) => {
      const isTimeout = failure instanceof Fault && failure.key === 'fault_notConfirmed';
      throw isTimeout ? new Fault('fault_headUnconfirmed', [], { cause: failure }) : failure;
    });
    return head;
  }

  /**
   * The newest own block, where no handed-over block keeps the account from signing.
   *
   * @throws Fault as `look`, `fault_chequeOut` and `fault_chequeOutPrivate`
   */
  async newestUnlessHandedOver(): Promise<OwnBlock | null> {
    const { tip } = this.#ports;
    const newest = await tip.newest();
    if (handedOverOn(newest) === null) return newest;
    await this.look();
    const now = await tip.newest();
    const handedOver = handedOverOn(now);
    if (handedOver !== null) throw handedOverFault(handedOver.handedOver);
    return now;
  }

  /**
   * Looks for a head. Where the look fails while another block conflicts with our newest, waits until the network has
   * confirmed one of the two and looks again.
   *
   * @throws what `look` throws; the signal's reason
   */
  async whenDecided(
    newest: OwnBlock | null,
    signal: AbortSignal | undefined,
    look: () => Promise<ChainHead>,
  ): Promise<ChainHead> {
    try {
      return await look();
    } catch (failure) {
      const { publications, confirmed } = this.#ports;
      const conflict = newest && publications.conflictOf(newest.hash);
      if (!conflict || !(await isDecided(confirmed, conflict, signal))) throw failure;
      return look();
    }
  }

  /** The own block that a block on this head excludes (see `OwnBlock.excludes`). */
  excludedOn(head: ChainHead): BlockHash | undefined {
    const beside = this.#beside;
    return beside !== null && workRootOf(beside.head) === workRootOf(head) ? beside.excludes : undefined;
  }

  /**
   * Rejects a balance above the network's supply: such a head belongs to another network.
   *
   * @throws Fault `fault_headUnproven`
   */
  #assertOfNetwork(head: ChainHead): void {
    if (head.kind === 'open' && head.balance > mostRawOn(this.#ports.network))
      throw new Fault('fault_headUnproven');
  }
}
