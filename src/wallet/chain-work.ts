import { Fault } from '../fault.ts';
import { publicKeyOf } from '../nano/account.ts';
import { type ChainHead, type SignedBlock, type Subtype, workRootOf, ZERO_HASH } from '../nano/block.ts';
import { type NetworkProfile, thresholdFor } from '../nano/network.ts';
import {
  meets,
  parseThreshold,
  parseWorkNonce,
  parseWorkRoot,
  type Threshold,
  type WorkNonce,
  type WorkRoot,
} from '../work/difficulty.ts';
import type { Readiness, WorkScheduler } from '../work/scheduler.ts';
import { headAfter, type OwnBlock } from './own-block.ts';

/** The proof of work of one chain: for the block that is made now, and ahead for the one after it. */
export class ChainWork {
  readonly #work: WorkScheduler;
  readonly #network: NetworkProfile;
  #tidying: Promise<void> = Promise.resolve();
  #isRaised = false;

  constructor(work: WorkScheduler, network: NetworkProfile) {
    this.#work = work;
    this.#network = network;
  }

  /** Work for a block on this head. @throws as `WorkScheduler.obtain` */
  async obtain(head: ChainHead, subtype: Subtype, signal?: AbortSignal): Promise<WorkNonce> {
    return this.#work.obtain(rootOf(head), this.#threshold(subtype), { signal });
  }

  /**
   * The receives with their work, each on its head. With `next`, the head after the last of them, the
   * work for a payment there is found as well before any of it is given: until then, payments have what was prepared for
   * the head that stays. That much is left out where work ahead of need rests, and once `hurry` is aborted.
   *
   * @throws the signal's reason, and as `WorkScheduler.obtain`
   */
  async obtainForReceives<R extends { readonly head: ChainHead }>(
    receives: readonly R[],
    next: ChainHead | null,
    { signal, hurry }: { readonly signal: AbortSignal; readonly hurry: AbortSignal },
  ): Promise<readonly (R & { readonly nonce: WorkNonce })[]> {
    const worked: (R & { readonly nonce: WorkNonce })[] = [];
    for (const receive of receives) {
      const options = { need: 'receive', signal } as const;
      const nonce = await this.#work.obtain(rootOf(receive.head), this.#threshold('receive'), options);
      worked.push({ ...receive, nonce });
    }
    if (next !== null && !hurry.aborted) {
      await this.#work
        .obtain(rootOf(next), this.#threshold('send'), {
          need: 'ahead',
          signal: AbortSignal.any([signal, hurry]),
        })
        .catch((failure: unknown) => {
          const rests = failure instanceof Fault && failure.key === 'fault_workRests';
          if (!rests && (signal.aborted || !hurry.aborted)) throw failure;
        });
    }
    return worked;
  }

  /** From now on, receives get work at the difficulty of a send: a node asked for it. False when they do already. */
  raiseReceives(): boolean {
    const isNews = !this.#isRaised;
    this.#isRaised = true;
    return isNews;
  }

  /** Has work made ready for the block on this head, at the difficulty of a send, which serves every block. */
  async prepare(head: ChainHead): Promise<void> {
    await this.#work.prepare(rootOf(head), this.#threshold('send'));
  }

  async readiness(head: ChainHead): Promise<Readiness> {
    return this.#work.readiness(rootOf(head), this.#threshold('send'));
  }

  /** The block with work that its network takes: work is not part of its hash, and what is asked for may have risen. */
  async renew({ block, subtype }: OwnBlock): Promise<SignedBlock> {
    const root = parseWorkRoot(block.previous === ZERO_HASH ? publicKeyOf(block.account) : block.previous);
    const threshold = this.#threshold(subtype);
    if (meets(root, parseWorkNonce(block.work), threshold)) return block;
    const need = isReceive(subtype) ? 'receive' : 'payment';
    return { ...block, work: await this.#work.obtain(root, threshold, { need }) };
  }

  /** Lets go of work for blocks that are not made: the chain has moved on without them. */
  async forget(heads: readonly ChainHead[]): Promise<void> {
    for (const head of heads) await this.#work.forget(rootOf(head));
  }

  /** Lets go of the work that a block used and has the next made ready, while the block is already on its way. */
  moveOn(used: ChainHead, own: OwnBlock): void {
    this.#tidying = this.#tidying
      .then(async () => {
        await this.#work.forget(rootOf(used));
        // Receives come in bursts and need less work: whoever made them prepares for the send once, after the last.
        if (own.subtype === 'send' || own.subtype === 'change') await this.prepare(headAfter(own));
      })
      .catch(console.error);
  }

  #threshold(subtype: Subtype): Threshold {
    return parseThreshold(
      thresholdFor(this.#network, this.#isRaised && isReceive(subtype) ? 'send' : subtype),
    );
  }
}

const isReceive = (subtype: Subtype): boolean => subtype === 'receive' || subtype === 'open';

const rootOf = (head: ChainHead): WorkRoot => parseWorkRoot(workRootOf(head));
