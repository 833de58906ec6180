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
      const source = await unless('fault_sourceUnproven', verifySource(node, chain.account, hash));
      if (source === undefined) trouble = 'fault_sourceUnproven';
      else proven.push(source);
    }
    this.#incoming = proven.reduce((sum, { amount }) => addRaw(sum, amount), ZERO);
    for (const source of proven) {
      life.throwIfAborted();
      changed();
      if ((await unless('fault_nodeRefused', this.#receive(source))) === undefined) {
        this.#refused.add(source.hash);
        trouble = 'fault_nodeRefused';
      }
      this.#incoming = subtractRaw(this.#incoming, source.amount);
    }
    return { trouble, more: waiting.length === BATCH && proven.length > 0 };
  }

  async #receive(source: VerifiedSource): Promise<OwnBlock> {
    const { chain, record } = this.#ports;
    const own = await chain.receive(source, (block) => record(source, block));
    await chain.land(own);
    return own;
  }
}

/** What was asked for; undefined when it failed for this one reason. */
async function unless<T>(reason: FaultKey, asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (failure) {
    if (failure instanceof Fault && failure.key === reason) return undefined;
    throw failure;
  }
}
