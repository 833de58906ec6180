import { SerialQueue } from '../concurrency.ts';
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
import { higher } from '../work/next-search.ts';
import type { Readiness, WorkScheduler } from '../work/scheduler.ts';
import { headAfter, type OwnBlock } from './own-block.ts';

/** The proof of work of one account's chain: for the block that is built now, and ahead of need for the next one. */
export class ChainWork {
  readonly #work: WorkScheduler;
  readonly #network: NetworkProfile;
  /** Forgets used work and prepares the next, in the order of the blocks. */
  readonly #afterBlocks = new SerialQueue();
  /** Whether receives get work at the difficulty of a send. */
  #isRaised = false;

  constructor(work: WorkScheduler, network: NetworkProfile) {
    this.#work = work;
    this.#network = network;
  }

  /**
   * Work for a block on this head, at the network's threshold or at `atLeast` where that is harder.
   *
   * @throws as `WorkScheduler.obtain`
   */
  async obtain(
    head: ChainHead,
    subtype: Subtype,
    {
      atLeast,
      signal,
    }: { readonly atLeast?: Threshold | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<WorkNonce> {
    return this.#work.obtain(rootOf(head), higher(atLeast, this.#threshold(subtype)), { signal });
  }

  /**
   * Obtains the work of receives, each on its own head, and then the work for a payment on `next`, the head after the last of
   * them. No work is returned before that: until then, payments use what was prepared for the present head. The payment's
   * work is skipped with `next` null, while work ahead of need rests, and once `hurry` is aborted.
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
          const isResting = failure instanceof Fault && failure.key === 'fault_workRests';
          if (!isResting && (signal.aborted || !hurry.aborted)) throw failure;
        });
    }
    return worked;
  }

  /** Has receives get work at the difficulty of a send from now on. Returns false when they do already. */
  raiseReceives(): boolean {
    const isNew = !this.#isRaised;
    this.#isRaised = true;
    return isNew;
  }

  /** Has work searched for on this head, at the difficulty of a send, which every block may use. */
  async prepare(head: ChainHead): Promise<void> {
    await this.#work.prepare(rootOf(head), this.#threshold('send'));
  }

  /** How far the work for a send on this head is. */
  async readiness(head: ChainHead): Promise<Readiness> {
    return this.#work.readiness(rootOf(head), this.#threshold('send'));
  }

  /**
   * The block with work that meets the network's present threshold, which may have risen since it was signed. The hash does
   * not change: work is not part of it.
   *
   * @throws as `WorkScheduler.obtain`
   */
  async renew({ block, subtype }: OwnBlock): Promise<SignedBlock> {
    const root = parseWorkRoot(block.previous === ZERO_HASH ? publicKeyOf(block.account) : block.previous);
    const threshold = this.#threshold(subtype);
    if (meets(root, parseWorkNonce(block.work), threshold)) return block;
    const need = isReceive(subtype) ? 'receive' : 'payment';
    return { ...block, work: await this.#work.obtain(root, threshold, { need }) };
  }

  /** Forgets the work on these heads: no blocks are built there. */
  async forget(heads: readonly ChainHead[]): Promise<void> {
    for (const head of heads) await this.#work.forget(rootOf(head));
  }

  /** Forgets the work that a block used, and has the work for the next one searched for. Returns at once. */
  moveOn(used: ChainHead, own: OwnBlock): void {
    const prepareNext = async () => {
      await this.#work.forget(rootOf(used));
      // Receives come in bursts: their caller prepares for a send once, after the last of them.
      if (own.subtype === 'send' || own.subtype === 'change') await this.prepare(headAfter(own));
    };
    this.#afterBlocks.run(prepareNext).catch(console.error);
  }

  #threshold(subtype: Subtype): Threshold {
    return parseThreshold(
      thresholdFor(this.#network, this.#isRaised && isReceive(subtype) ? 'send' : subtype),
    );
  }
}

const isReceive = (subtype: Subtype): boolean => subtype === 'receive' || subtype === 'open';

const rootOf = (head: ChainHead): WorkRoot => parseWorkRoot(workRootOf(head));
