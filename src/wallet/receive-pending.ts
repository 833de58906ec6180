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
import type { Receipt, RecordReceives } from './receives.ts';

export interface PendingReceiverPorts {
  readonly chain: Pick<AccountChain, 'account' | 'head' | 'receive' | 'hurryReceives' | 'raiseReceives'>;
  readonly node: NodeClient;
  readonly record: RecordReceives;
  readonly transfers: OpenTransfers;
  /** Told whenever `incoming` or the balance has changed. */
  readonly changed: () => void;
  /** Ends when the purse is closed: the next one takes in what is left, and nothing must be taken in twice. */
  readonly signal: AbortSignal;
  /** What a stranger's payment must be worth to be taken in (raw). */
  readonly minimum: Raw;
  /** The most that an account can hold (raw). */
  readonly maximum: Raw;
  /** Whether an account is the user's own: what comes from there is taken in whatever it is worth. */
  readonly isOwn: (account: NanoAddress) => boolean;
  /** Now, in ms since the epoch. */
  readonly now: () => number;
}

/** How many incoming payments are proven at one go. */
const MAX_PROVEN_PER_LOOK = 32;
/** How many payments that are left waiting are stepped over, to see what stands behind them. */
const MAX_SKIPPED = 224;
/** How many are taken in together. A payment that is made just then waits until they are published. */
const MAX_RECEIVED_TOGETHER = 16;
/** How many questions in a row may go unanswered before it is the node that is taken to be gone, and not their payment. */
const MAX_UNANSWERED = 2;

/** What may be wrong with one payment and nothing else. */
const FAULTS_OF_ONE_SOURCE: readonly FaultKey[] = [
  'fault_sourceUnproven',
  'fault_nodeNonsense',
  'fault_nodeRefused',
];
const FAULTS_WITHOUT_ANSWER: readonly FaultKey[] = ['fault_nodeUnreachable', 'fault_nodeBusy'];

/**
 * Receives what was sent to an account: each payment once its own blocks have proven its amount. A payment that cannot be
 * proven, or whose receive is refused, blocks no other; it is tried again after a delay that grows with each failure.
 */
export class PendingReceiver {
  readonly #ports: PendingReceiverPorts;
  /** Sources that are too small, and left waiting while the purse is open. */
  readonly #small = new Set<BlockHash>();
  readonly #postponed = new Postponed();
  /** Proven payments that are to be taken in, in the order in which they were found. */
  readonly #proven = new Map<BlockHash, VerifiedSource>();
  #receiving: Promise<void> | undefined;
  /** What ended the taking in, the last time. */
  #failure: Fault | null = null;
  /** Whether as many were looked at as can be at one go. */
  #isFull = false;
  /** Whether another look may find more to take in. */
  #mayHaveMore = false;
  #hasReadRefused = false;

  constructor(ports: PendingReceiverPorts) {
    this.#ports = ports;
  }

  /** Proven money that is being taken in (raw). */
  get incoming(): Raw {
    return [...this.#proven.values()].reduce((sum, { amount }) => addRaw(sum, amount), ZERO);
  }

  /** Why not all that has come is taken in; null when it is, or will be. */
  get trouble(): Fault | null {
    return this.#failure ?? this.#postponed.reason;
  }

  /** Whether a send is to be received, or is being received right now. */
  isReceiving(hash: BlockHash): boolean {
    return this.#proven.has(hash);
  }

  /** Has all that was postponed tried again at the next look. */
  retry(): void {
    this.#postponed.retry();
  }

  /**
   * Looks at what has come and begins to take in what is proven, the largest first: `taken` tells when that is done. What is
   * too small is left waiting.
   *
   * @throws Fault those of NodeClient; the reason why its life ended
   */
  async look(): Promise<void> {
    await this.#readRefused();
    const waiting = await this.#waiting();
    const fault = await this.#prove(waiting);
    this.#isFull = waiting.length === MAX_PROVEN_PER_LOOK;
    if (this.#proven.size > 0) this.#receiving ??= this.#receiveAll();
    if (fault !== null) throw fault;
  }

  /** Resolves once what was found is taken in, as far as can be; with whether that may not have been all. */
  async received(): Promise<boolean> {
    if (this.#receiving === undefined) return false;
    await this.#receiving;
    return this.#mayHaveMore;
  }

  /** Has what was found taken in without preparing for the payment after it. Resolves once it is, as far as can be. */
  async hurry(): Promise<void> {
    if (this.#receiving !== undefined) await this.#ports.chain.hurryReceives(this.#receiving);
  }

  /** What an earlier life of the purse was refused is not tried again before its time. */
  async #readRefused(): Promise<void> {
    if (this.#hasReadRefused) return;
    for (const { id, kind, state } of await this.#ports.transfers.all()) {
      if (kind !== 'received' || state?.kind !== 'refused') continue;
      this.#postponed.add(id, new Fault('fault_nodeRefused', [state.said]), state.at, state.tries);
    }
    this.#hasReadRefused = true;
  }

  /** The next batch of what the node names, without what is in hand or left waiting. */
  async #waiting(): Promise<readonly ReceivableEntry[]> {
    const { chain, node, signal: life, now, transfers } = this.#ports;
    life.throwIfAborted();
    const known = this.#small.size + this.#postponed.size + this.#proven.size;
    const count = MAX_PROVEN_PER_LOOK + Math.min(known, MAX_SKIPPED);
    const named = await node.receivable(chain.account, count);
    const wanted = named.filter((entry) => !this.#isSaidToBeSmall(entry));
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
   * Proves what each is worth, one after the other, for as long as the purse is open. Resolves with the fault of a node that
   * gives no answers.
   *
   * @throws the reason why its life ended, and what no answer of a node explains
   */
  async #prove(waiting: readonly ReceivableEntry[]): Promise<Fault | null> {
    const { signal: life } = this.#ports;
    let unanswered: { readonly hash: BlockHash; readonly fault: Fault }[] = [];
    for (const { hash } of waiting) {
      life.throwIfAborted();
      const fault = await this.#proveOne(hash).then(() => null, faultOf);
      life.throwIfAborted();
      if (fault !== null && FAULTS_WITHOUT_ANSWER.includes(fault.key)) {
        unanswered.push({ hash, fault });
        if (unanswered.length === MAX_UNANSWERED) return fault;
        continue;
      }
      // A node that answers the next question has none for those before.
      for (const one of unanswered) this.#postpone(one.hash, one.fault);
      unanswered = [];
      if (fault === null) continue;
      if (!FAULTS_OF_ONE_SOURCE.includes(fault.key)) throw fault;
      this.#postpone(hash, fault);
    }
    return unanswered[0]?.fault ?? null;
  }

  /** Leaves what cannot be read or proven for later. */
  #postpone(hash: BlockHash, cause: Fault): void {
    this.#postponed.add(hash, new Fault('fault_sourceUnproven', [], { cause }), this.#ports.now());
  }

  /** @throws Fault as `verifySource` */
  async #proveOne(hash: BlockHash): Promise<void> {
    const { chain, node, minimum: least, maximum: most, isOwn } = this.#ports;
    const source = await verifySource(node, chain.account, hash, most);
    if (source.amount < least && !isOwn(source.from)) {
      this.#small.add(hash);
      return;
    }
    const held = chain.head?.kind === 'open' ? chain.head.balance : ZERO;
    if (held + this.incoming + source.amount > most) throw new Fault('fault_sourceUnproven');
    this.#proven.set(hash, source);
  }

  /** By the node's word, which can only delay what is larger. */
  #isSaidToBeSmall({ amount, source }: ReceivableEntry): boolean {
    const { minimum: least, isOwn } = this.#ports;
    return amount !== null && source !== null && amount < least && !isOwn(source);
  }

  /** Takes in all that is proven. Never rejects: what ends it is `trouble`, and what is left stays incoming. */
  async #receiveAll(): Promise<void> {
    const { chain, record, signal: life, changed } = this.#ports;
    this.#failure = null;
    this.#mayHaveMore = false;
    try {
      for (let next = this.#nextBatch(); next.length > 0; next = this.#nextBatch()) {
        changed();
        await this.#recordOutcomes(next, await chain.receive(next, record, life));
      }
    } catch (failure) {
      const fault = faultOf(failure);
      if (!life.aborted && !isHandedOverFault(fault)) this.#failure = fault;
      this.#mayHaveMore = false;
    } finally {
      // In the same turn in which nothing more was found to take in: what is proven from now on begins anew.
      this.#receiving = undefined;
      changed();
    }
  }

  /** What is taken in together: what was refused before by itself, after all that was not. */
  #nextBatch(): readonly VerifiedSource[] {
    const all = [...this.#proven.values()];
    const fresh = all.filter(({ hash }) => !this.#postponed.has(hash));
    return fresh.length > 0 ? fresh.slice(0, MAX_RECEIVED_TOGETHER) : all.slice(0, 1);
  }

  /** Writes down what became of payments that were to be taken in. @throws Fault `fault_nodeBehind` when no node took one */
  async #recordOutcomes(sources: readonly VerifiedSource[], receipts: readonly Receipt[]): Promise<void> {
    const { transfers } = this.#ports;
    const done: BlockHash[] = [];
    // A node that names for ever what was taken in long ago is not to be asked for ever.
    if (this.#isFull && receipts.length > 0) this.#mayHaveMore = true;
    let isPending = false;
    for (const { hash } of sources) {
      const receipt = receipts.find(({ source }) => source.hash === hash);
      // Without a receipt it was taken in before: a node names it that does not know yet, or lies.
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
    // They are signed one on the other, and in the balance: the next look publishes them.
    for (const { hash } of sources) this.#proven.delete(hash);
    throw new Fault('fault_nodeBehind');
  }

  /** Where its work is the reason, it is tried at once with that of a send. */
  async #refused(hash: BlockHash, fault: Fault): Promise<void> {
    const { chain, transfers, now } = this.#ports;
    if (isAboutWork(fault) && chain.raiseReceives()) return;
    this.#postponed.add(hash, fault, now());
    await transfers.refused(hash, fault);
    this.#proven.delete(hash);
  }
}
