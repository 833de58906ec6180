import { Fault, type FaultKey, faultOf } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import { isAboutWork, type NodeClient, type ReceivableEntry } from '../nano/node-client.ts';
import { type VerifiedSource, verifySource } from '../nano/receivable.ts';
import type { AccountChain } from './account-chain.ts';
import type { OpenTransfers } from './open-transfers.ts';
import { isHandedOverFault } from './own-block.ts';
import { Postponed } from './postponed.ts';
import type { PersistReceives, Receipt } from './receives.ts';

export interface PendingReceiverPorts {
  readonly chain: Pick<AccountChain, 'account' | 'head' | 'receive' | 'hurryReceives' | 'raiseReceives'>;
  readonly node: NodeClient;
  readonly persist: PersistReceives;
  readonly transfers: OpenTransfers;
  /** Called whenever `incoming` or the balance has changed. */
  readonly changed: () => void;
  /** Aborted when the wallet is closed. The next one receives what is left, and nothing must be received twice. */
  readonly signal: AbortSignal;
  /** The least amount that is received from an account that is not the user's own (raw). */
  readonly minimum: Raw;
  /** The most that an account can hold: the network's supply (raw). */
  readonly maximum: Raw;
  /** Whether an account is the user's own: any amount from there is received. */
  readonly isOwn: (account: NanoAddress) => boolean;
  /** The current time (ms since the epoch). */
  readonly now: () => number;
}

/** How many sends are proven in one look. */
const MAX_PROVEN_PER_LOOK = 32;
/** How many known sends are skipped at most in a node's list, to reach those behind them. */
const MAX_SKIPPED = 224;
/** How many sends are received together. A payment at that moment waits until they are published. */
const MAX_RECEIVED_TOGETHER = 16;
/** After this many sends in a row without an answer, the node counts as unreachable, not the sends as faulty. */
const MAX_UNANSWERED = 2;

/** The faults that concern one send only. */
const FAULTS_OF_ONE_SOURCE: readonly FaultKey[] = [
  'fault_sourceUnproven',
  'fault_nodeNonsense',
  'fault_nodeRefused',
];
const FAULTS_WITHOUT_ANSWER: readonly FaultKey[] = ['fault_nodeUnreachable', 'fault_nodeBusy'];

/**
 * Receives what was sent to one account, each send once its own blocks have proven its amount. A send that cannot be proven,
 * or whose receive is refused, blocks no other. It is tried again after a delay that grows with each failure.
 */
export class PendingReceiver {
  readonly #ports: PendingReceiverPorts;
  /** Sends that are too small and are not received while the wallet is open. */
  readonly #small = new Set<BlockHash>();
  readonly #postponed = new Postponed();
  /** Proven sends that are to be received, in the order in which they were found. */
  readonly #proven = new Map<BlockHash, VerifiedSource>();
  #receiving: Promise<void> | undefined;
  /** Why the last receiving ended early; null when it did not. */
  #failure: Fault | null = null;
  /** Whether the last look proved as many sends as it may. */
  #isFull = false;
  /** Whether another look may find more to receive. */
  #mayHaveMore = false;
  #hasReadRefused = false;

  constructor(ports: PendingReceiverPorts) {
    this.#ports = ports;
  }

  /** The sum of the proven sends that are being received (raw). */
  get incoming(): Raw {
    return [...this.#proven.values()].reduce((sum, { amount }) => addRaw(sum, amount), ZERO);
  }

  /** Why some sends are not received; null when all are, or will be. */
  get trouble(): Fault | null {
    return this.#failure ?? this.#postponed.reason;
  }

  /** Whether a send is proven and waits to be received, or is being received. */
  isReceiving(hash: BlockHash): boolean {
    return this.#proven.has(hash);
  }

  /** Has all postponed sends tried again at the next look. */
  retry(): void {
    this.#postponed.retry();
  }

  /**
   * Asks a node for receivable sends, proves the largest, and starts to receive what is proven. `received` resolves when that
   * is done. Skips sends that are too small.
   *
   * @throws Fault those of NodeClient; the reason of the signal
   */
  async look(): Promise<void> {
    await this.#readRefused();
    const waiting = await this.#waiting();
    const fault = await this.#prove(waiting);
    this.#isFull = waiting.length === MAX_PROVEN_PER_LOOK;
    if (this.#proven.size > 0) this.#receiving ??= this.#receiveAll();
    if (fault !== null) throw fault;
  }

  /** Resolves once what was found is received, as far as can be, with whether another look may find more. */
  async received(): Promise<boolean> {
    if (this.#receiving === undefined) return false;
    await this.#receiving;
    return this.#mayHaveMore;
  }

  /** Receives what was found without waiting for the work of the next payment. Resolves once it is, as far as can be. */
  async hurry(): Promise<void> {
    if (this.#receiving !== undefined) await this.#ports.chain.hurryReceives(this.#receiving);
  }

  /** Postpones the receives that were refused before the wallet was opened, as their transfers say. */
  async #readRefused(): Promise<void> {
    if (this.#hasReadRefused) return;
    for (const { id, kind, state } of await this.#ports.transfers.all()) {
      if (kind !== 'received' || state?.kind !== 'refused') continue;
      this.#postponed.add(id, new Fault('fault_nodeRefused', [state.said]), state.at, state.tries);
    }
    this.#hasReadRefused = true;
  }

  /** The next sends to prove: what the node names, without what is proven, too small or postponed. */
  async #waiting(): Promise<readonly ReceivableEntry[]> {
    const { chain, node, signal, now, transfers } = this.#ports;
    signal.throwIfAborted();
    const known = this.#small.size + this.#postponed.size + this.#proven.size;
    const count = MAX_PROVEN_PER_LOOK + Math.min(known, MAX_SKIPPED);
    const named = await node.receivable(chain.account, count);
    const wanted = named.filter((entry) => !this.#isSmallAsTold(entry));
    if (named.length < count) {
      const hashes = new Set(wanted.map(({ hash }) => hash));
      const isPending = (hash: BlockHash) => hashes.has(hash) || this.isReceiving(hash);
      this.#postponed.keepOnly(isPending);
      await transfers.forgetAllBut(isPending);
    }
    const at = now();
    return wanted
      .filter(({ hash }) => !this.#small.has(hash) && !this.isReceiving(hash))
      .filter(({ hash }) => !this.#postponed.isWaiting(hash, at))
      .slice(0, MAX_PROVEN_PER_LOOK);
  }

  /**
   * Proves the amounts of sends, one after the other. Resolves with the fault of a node that gives no answers.
   *
   * @throws the reason of the signal, and a fault that does not concern one send only
   */
  async #prove(waiting: readonly ReceivableEntry[]): Promise<Fault | null> {
    const { signal } = this.#ports;
    let unanswered: { readonly hash: BlockHash; readonly fault: Fault }[] = [];
    for (const { hash } of waiting) {
      signal.throwIfAborted();
      const fault = await this.#proveOne(hash).then(() => null, faultOf);
      signal.throwIfAborted();
      if (fault !== null && FAULTS_WITHOUT_ANSWER.includes(fault.key)) {
        unanswered.push({ hash, fault });
        if (unanswered.length === MAX_UNANSWERED) return fault;
        continue;
      }
      // The node answers again, so it has no answer about the sends before.
      for (const one of unanswered) this.#postpone(one.hash, one.fault);
      unanswered = [];
      if (fault === null) continue;
      if (!FAULTS_OF_ONE_SOURCE.includes(fault.key)) throw fault;
      this.#postpone(hash, fault);
    }
    return unanswered[0]?.fault ?? null;
  }

  /** Postpones a send that cannot be read or proven. */
  #postpone(hash: BlockHash, cause: Fault): void {
    this.#postponed.add(hash, new Fault('fault_sourceUnproven', [], { cause }), this.#ports.now());
  }

  /** @throws Fault as `verifySource` */
  async #proveOne(hash: BlockHash): Promise<void> {
    const { chain, node, minimum, maximum, isOwn } = this.#ports;
    const source = await verifySource(node, chain.account, hash, maximum);
    if (source.amount < minimum && !isOwn(source.from)) {
      this.#small.add(hash);
      return;
    }
    const held = chain.head?.kind === 'open' ? chain.head.balance : ZERO;
    if (held + this.incoming + source.amount > maximum) throw new Fault('fault_sourceUnproven');
    this.#proven.set(hash, source);
  }

  /** Whether a node says that a send is too small. A lie only delays a larger send. */
  #isSmallAsTold({ amount, source }: ReceivableEntry): boolean {
    const { minimum, isOwn } = this.#ports;
    return amount !== null && source !== null && amount < minimum && !isOwn(source);
  }

  /** Receives all that is proven. Never rejects: a failure is `trouble`, and what is left stays `incoming`. */
  async #receiveAll(): Promise<void> {
    const { chain, persist, signal, changed } = this.#ports;
    this.#failure = null;
    this.#mayHaveMore = false;
    try {
      for (let next = this.#nextBatch(); next.length > 0; next = this.#nextBatch()) {
        changed();
        await this.#recordOutcomes(next, await chain.receive(next, persist, signal));
      }
    } catch (failure) {
      const fault = faultOf(failure);
      if (!signal.aborted && !isHandedOverFault(fault)) this.#failure = fault;
      this.#mayHaveMore = false;
    } finally {
      // Synchronously after the check that nothing is left: what is proven from now on starts anew.
      this.#receiving = undefined;
      changed();
    }
  }

  /** The sends to receive together. One that was refused before is received by itself, after all others. */
  #nextBatch(): readonly VerifiedSource[] {
    const all = [...this.#proven.values()];
    const fresh = all.filter(({ hash }) => !this.#postponed.has(hash));
    return fresh.length > 0 ? fresh.slice(0, MAX_RECEIVED_TOGETHER) : all.slice(0, 1);
  }

  /** Stores what became of sends that were to be received. @throws Fault `fault_nodeBehind` when no node has a receive */
  async #recordOutcomes(sources: readonly VerifiedSource[], receipts: readonly Receipt[]): Promise<void> {
    const { transfers } = this.#ports;
    const done: BlockHash[] = [];
    // Without receipts, all was received before: a node that keeps naming the same sends must not be asked without end.
    if (this.#isFull && receipts.length > 0) this.#mayHaveMore = true;
    let isPending = false;
    for (const { hash } of sources) {
      const receipt = receipts.find(({ source }) => source.hash === hash);
      // Without a receipt it was received before: a node that names it is behind, or lies.
      switch (receipt?.publication) {
        case undefined:
        case 'onLedger':
          done.push(hash);
          break;
        case 'refused':
          await this.#refused(hash, receipt.fault);
          break;
        case 'replaced':
          this.#proven.delete(hash);
          this.#mayHaveMore = true;
          break;
        case 'pending':
          isPending = true;
          break;
        case 'skipped':
          break;
      }
    }
    await transfers.done(done);
    for (const hash of done) {
      this.#proven.delete(hash);
      this.#postponed.delete(hash);
    }
    if (!isPending) return;
    // The blocks stand one on the other and are in the balance. The next look publishes them.
    for (const { hash } of sources) this.#proven.delete(hash);
    throw new Fault('fault_nodeBehind');
  }

  /** Postpones a refused send. Refused for its work, it is tried again at once with the work of a send. */
  async #refused(hash: BlockHash, fault: Fault): Promise<void> {
    const { chain, transfers, now } = this.#ports;
    if (isAboutWork(fault) && chain.raiseReceives()) return;
    this.#postponed.add(hash, fault, now());
    await transfers.refused(hash, fault);
    this.#proven.delete(hash);
  }
}
