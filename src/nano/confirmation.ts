import { Fault } from '../fault.ts';
import type { BlockHash } from './block.ts';
import type { Clock } from './clock.ts';
import type { ConfirmationFeed } from './confirmation-feed.ts';
import type { NodeClient } from './node-client.ts';

export interface ConfirmationsOptions {
  readonly node: NodeClient;
  /** The feed of an account that the blocks concern; null on a network without a WebSocket, where blocks are only polled for. */
  readonly feed: ConfirmationFeed | null;
  readonly clock: Clock;
  /** Time before the node is asked a second time, in ms. The intervals grow from there. */
  readonly pollMs: number;
}

interface AwaitConfirmed {
  readonly signal: AbortSignal;
  /** When the block was published (ms). Without it the block may be confirmed already, so the node is asked at once. */
  readonly since?: number | undefined;
}

interface Wait {
  readonly hash: BlockHash;
  resolve(): void;
  reject(reason: unknown): void;
}

const SLOWER = 1.5;
const SLOWEST = 8;
/** The most blocks in one request to a node. */
const MOST_ASKED = 100;

/** Waits for the confirmations of blocks. One request to the node covers all blocks that are waited for. */
export class Confirmations {
  readonly #options: ConfirmationsOptions;
  readonly #waits = new Set<Wait>();
  readonly #poll: Poll;
  /** One poll for each node where there are several; made for the first wait. */
  #each: readonly Poll[] | undefined;
  #listening: AbortController | undefined;

  constructor(options: ConfirmationsOptions) {
    this.#options = options;
    this.#poll = new Poll(options.node, options);
  }

  /**
   * Resolves when the network has confirmed a block, by the feed or by polling, whichever is first. A dead socket, or a
   * node that is unreachable or does not know the block, only delays it: after a while every node is polled. Rejects
   * with the signal's reason when the signal is aborted.
   */
  async confirmed(hash: BlockHash, { signal, since }: AwaitConfirmed): Promise<void> {
    const { feed, clock, pollMs } = this.#options;
    signal.throwIfAborted();
    if (feed?.hasHeard(hash)) return;
    const over = new AbortController();
    const { promise, ...ends } = settleable();
    const wait: Wait = { hash, ...ends };
    signal.addEventListener('abort', () => wait.reject(signal.reason), { signal: over.signal });
    this.#waits.add(wait);
    this.#listen();
    const now = clock.now();
    this.#poll.add(wait, since === undefined ? now : Math.min(since, now) + pollMs);
    this.#each ??= this.#pollEach();
    for (const poll of this.#each) poll.add(wait, now + pollMs * SLOWEST);
    try {
      await promise;
    } finally {
      over.abort();
      this.#waits.delete(wait);
      for (const poll of [this.#poll, ...(this.#each ?? [])]) poll.delete(wait);
      if (this.#waits.size === 0) {
        this.#listening?.abort();
        this.#listening = undefined;
      }
    }
  }

  #pollEach(): readonly Poll[] {
    const all = this.#options.node.each();
    return all.length > 1 ? all.map((one) => new Poll(one, this.#options)) : [];
  }

  #listen(): void {
    if (this.#listening !== undefined) return;
    this.#listening = new AbortController();
    const listener = {
      onConfirmation: ({ hash }: { readonly hash: BlockHash }) => {
        for (const wait of this.#waits) if (wait.hash === hash) wait.resolve();
      },
      // A confirmation between the last request and the subscription would be missed without this request.
      onSubscribed: () => this.#poll.askNow(),
    };
    this.#options.feed?.listen(listener, this.#listening.signal);
  }
}

/** Polls a node for the blocks that are waited for. When one is due, the request covers the others too. */
class Poll {
  readonly #node: NodeClient;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #plans = new Map<Wait, { due: number; interval: number }>();
  #changed = new AbortController();
  #isRunning = false;

  constructor(node: NodeClient, { clock, pollMs }: Pick<ConfirmationsOptions, 'clock' | 'pollMs'>) {
    this.#node = node;
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  add(wait: Wait, due: number): void {
    this.#plans.set(wait, { due, interval: this.#pollMs });
    this.#wake();
  }

  delete(wait: Wait): void {
    this.#plans.delete(wait);
    if (this.#plans.size === 0) this.#wake();
  }

  askNow(): void {
    for (const plan of this.#plans.values()) plan.due = this.#clock.now();
    this.#wake();
  }

  #wake(): void {
    this.#changed.abort();
    this.#changed = new AbortController();
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#plans.size > 0) {
      const due = Math.min(...[...this.#plans.values()].map((plan) => plan.due));
      const left = due - this.#clock.now();
      // Nothing is due later than that, unless the system clock was set back meanwhile.
      const isAhead = left > 0 && left <= this.#pollMs * SLOWEST;
      if (isAhead) await this.#clock.pause(left, this.#changed.signal).catch(whenChanged);
      else await this.#ask();
    }
    this.#isRunning = false;
  }

  async #ask(): Promise<void> {
    const asked = [...this.#plans].sort(([, one], [, other]) => one.due - other.due).slice(0, MOST_ASKED);
    for (const [, plan] of asked) plan.due = Number.POSITIVE_INFINITY;
    try {
      const confirmed = await confirmedAmong(this.#node, [...new Set(asked.map(([{ hash }]) => hash))]);
      for (const [wait] of asked) if (confirmed.has(wait.hash)) wait.resolve();
    } catch (cause) {
      for (const [wait] of asked) wait.reject(cause);
    }
    for (const [, plan] of asked) {
      // `askNow` was called during the request, so the block stays due.
      if (plan.due !== Number.POSITIVE_INFINITY) continue;
      plan.due = this.#clock.now() + plan.interval;
      plan.interval = Math.min(plan.interval * SLOWER, this.#pollMs * SLOWEST);
    }
  }
}

/** Returns the blocks that are confirmed according to the node; none when it fails, because it is asked again later. */
async function confirmedAmong(
  node: NodeClient,
  hashes: readonly BlockHash[],
): Promise<ReadonlySet<BlockHash>> {
  try {
    if (hashes.length > 1) {
      const told = await node.blocksInfo(hashes);
      // A node that does not support `include_not_found` returns no block at all when it lacks one.
      if (told.size > 0) return new Set(hashes.filter((hash) => told.get(hash)?.confirmed));
    }
    const infos = await Promise.all(hashes.map((hash) => node.blockInfo(hash)));
    return new Set(hashes.filter((_, index) => infos[index]?.confirmed));
  } catch (cause) {
    // The caller limits the wait by its signal.
    if (cause instanceof Fault) return new Set();
    throw cause;
  }
}

function settleable() {
  let resolve = () => {};
  let reject = (_reason: unknown) => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve: () => resolve(), reject: (reason: unknown) => reject(reason) };
}

/** Ignores the rejection of a pause that ended early because the waits changed. */
const whenChanged = (): void => undefined;
