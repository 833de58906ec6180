import { Fault, type FaultKey } from '../fault.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { NodeClient } from '../nano/node-client.ts';
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
}

/** How many incoming payments are taken in at one go. */
const BATCH = 32;

/** Takes in what has come to an account: each payment once its own blocks have proven what it is worth. */
export class Intake {
  readonly #ports: IntakePorts;
  /** Sources whose receive was refused: not tried again while the purse is open. */
  readonly #refused = new Set<BlockHash>();
  #incoming: Raw = ZERO;

  constructor(ports: IntakePorts) {
    this.#ports = ports;
  }

  /** Proven money that is being taken in (raw). */
  get incoming(): Raw {
    return this.#incoming;
  }

  /**
   * Takes in one batch. What cannot be proven, or is refused, is left waiting and said to be the trouble; `more` says
   * that it may not have been all.
   *
   * @throws Fault as `Chain.receive`, and those of NodeClient; the reason why its life ended
   */
  async take(): Promise<{ readonly trouble: FaultKey | null; readonly more: boolean }> {
    const { chain, node, changed, life } = this.#ports;
    const waiting = await node.receivable(chain.account, BATCH);
    const proven: VerifiedSource[] = [];
    let trouble: FaultKey | null = null;
    for (const { hash } of waiting) {
      if (this.#refused.has(hash)) continue;
      const source = await verifySource(node, chain.account, hash).catch(unlessUnproven);
      if (source === undefined) trouble = 'fault_sourceUnproven';
      else proven.push(source);
    }
    this.#incoming = proven.reduce((sum, { amount }) => addRaw(sum, amount), ZERO);
    let isProgress = false;
    for (const source of proven) {
      life.throwIfAborted();
      changed();
      const outcome = await this.#receive(source);
      if (outcome === 'refused') {
        this.#refused.add(source.hash);
        trouble = 'fault_nodeRefused';
      }
      // A node that names for ever what was taken in long ago is not to be asked for ever.
      isProgress ||= outcome !== 'before';
      this.#incoming = subtractRaw(this.#incoming, source.amount);
    }
    return { trouble, more: waiting.length === BATCH && isProgress };
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
