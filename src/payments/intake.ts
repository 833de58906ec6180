import { Fault, type FaultKey } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NodeClient, ReceivableEntry } from '../nano/node-client.ts';
import { type VerifiedSource, verifySource } from '../nano/receivable.ts';
import type { Chain } from './chain.ts';
import type { OwnBlock } from './own-block.ts';

export interface IntakePorts {
  readonly chain: Chain;
  readonly node: NodeClient;
  readonly record: (source: VerifiedSource, own: OwnBlock) => Promise<void>;
  /** Told whenever `incoming` or the balance has changed. */
  readonly changed: () => void;
  /** Ends when the purse is closed: the next one takes in what is left, and nothing must be taken in twice. */
  readonly life: AbortSignal;
  /** What a stranger's payment must be worth to be taken in (raw). */
  readonly least: Raw;
  /** Whether an account is the user's own: what comes from there is taken in whatever it is worth. */
  readonly isOwn: (account: NanoAddress) => boolean;
}

/** How many incoming payments are proven and taken in at one go. */
const BATCH = 32;
/** How many payments that are left waiting are stepped over, to see what stands behind them. */
const MOST_PASSED_OVER = 224;

/** Takes in what has come to an account: each payment once its own blocks have proven what it is worth. */
export class Intake {
  readonly #ports: IntakePorts;
  /** Sources that are left waiting while the purse is open: too small, or their receive was refused. */
  readonly #passedOver = new Set<BlockHash>();
  #incoming: Raw = ZERO;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** Proven money that is being taken in (raw). */
  get incoming(): Raw {
    return this.#incoming;
  }

  /**
   * Takes in one batch, the largest first. What cannot be proven, or is refused, is left waiting and said to be the
   * trouble; what is too small is left waiting. `more` says that it may not have been all.
   *
   * @throws Fault as `Chain.receive`, and those of NodeClient; the reason why its life ended
   */
  async take(): Promise<{ readonly trouble: FaultKey | null; readonly more: boolean }> {
    const { changed, life } = this.#ports;
    const waiting = await this.#waiting();
    const { proven, unproven } = await this.#prove(waiting);
    let trouble: FaultKey | null = unproven ? 'fault_sourceUnproven' : null;
    this.#incoming = proven.reduce((sum, { amount }) => addRaw(sum, amount), ZERO);
    let isProgress = false;
    // Where a receive fails, what is left stays incoming: the next batch begins with it.
    for (const source of proven) {
      life.throwIfAborted();
      changed();
      const outcome = await this.#receive(source);
      if (outcome === 'refused') {
        this.#passedOver.add(source.hash);
        trouble = 'fault_nodeRefused';
      }
      // A node that names for ever what was taken in long ago is not to be asked for ever.
      isProgress ||= outcome !== 'before';
      this.#incoming = subtractRaw(this.#incoming, source.amount);
    }
    return { trouble, more: waiting.length === BATCH && isProgress };
  }

  /** The next batch of what the node names, without what is left waiting. */
  async #waiting(): Promise<readonly ReceivableEntry[]> {
    const { chain, node, life } = this.#ports;
    life.throwIfAborted();
    const count = BATCH + Math.min(this.#passedOver.size, MOST_PASSED_OVER);
    const named = await node.receivable(chain.account, count);
    return named
      .filter((entry) => !this.#passedOver.has(entry.hash) && !this.#isSaidToBeSmall(entry))
      .slice(0, BATCH);
  }

  /** Proves what each is worth, one after the other, for as long as the purse is open. */
  async #prove(
    waiting: readonly ReceivableEntry[],
  ): Promise<{ readonly proven: readonly VerifiedSource[]; readonly unproven: boolean }> {
    const { chain, node, life, least, isOwn } = this.#ports;
    const proven: VerifiedSource[] = [];
    let unproven = false;
    for (const { hash } of waiting) {
      life.throwIfAborted();
      const source = await verifySource(node, chain.account, hash).catch(unlessUnproven);
      if (source === undefined) unproven = true;
      else if (source.amount < least && !isOwn(source.from)) this.#passedOver.add(hash);
      else proven.push(source);
    }
    return { proven, unproven };
  }

  /** By the node's word, which can only delay what is larger. */
  #isSaidToBeSmall({ amount, source }: ReceivableEntry): boolean {
    const { least, isOwn } = this.#ports;
    return amount !== null && source !== null && amount < least && !isOwn(source);
  }

  /** Whether it was taken in now, or had been before, or the network will not have the receive. */
  async #receive(source: VerifiedSource): Promise<'now' | 'before' | 'refused'> {
    const { chain, record } = this.#ports;
    try {
      await chain.land(await chain.receive(source, (block) => record(source, block)));
      return 'now';
    } catch (failure) {
      if (failure instanceof Fault && failure.key === 'fault_takenIn') return 'before';
      if (failure instanceof Fault && failure.key === 'fault_nodeRefused') return 'refused';
      throw failure;
    }
  }
}

/** A send whose own blocks do not prove it is left where it is. */
function unlessUnproven(failure: unknown): undefined {
  if (!(failure instanceof Fault) || failure.key !== 'fault_sourceUnproven') throw failure;
}
