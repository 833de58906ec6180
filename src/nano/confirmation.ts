import { Fault } from '../fault.ts';
import type { BlockHash } from './block.ts';
import type { Clock } from './clock.ts';
import type { ConfirmationFeed } from './confirmation-feed.ts';
import type { NodeClient } from './node-client.ts';

export interface ConfirmationsOptions {
  readonly node: NodeClient;
  /** Of an account that the blocks concern; null where the network has no socket: polling alone, then. */
  readonly feed: ConfirmationFeed | null;
  readonly clock: Clock;
  /** Time before the node is asked a second time, in ms; later questions come more slowly. */
  readonly pollMs: number;
}

interface AwaitConfirmed {
  readonly signal: AbortSignal;
  /** When the network first heard of the block (ms); left out, it may long be confirmed, and a node is asked at once. */
  readonly since?: number | undefined;
}

interface Wait {
  readonly hash: BlockHash;
  resolve(): void;
  reject(reason: unknown): void;
}

const SLOWER = 1.5;
const SLOWEST = 8;
/** About how many blocks one question may be. */
const MOST_ASKED = 100;

/** Waits for the confirmations of blocks: however many wait at once, the node is asked one question for all of them. */
export class Confirmations {
  readonly #options: ConfirmationsOptions;
  readonly #waits = new Set<Wait>();
  readonly #poll: Poll;
  /** Each node by itself, where there are several; from the first wait on. */
  #each: readonly Poll[] | undefined;
  #listening: AbortController | undefined;

  constructor(options: ConfirmationsOptions) {
    this.#options = options;
    this.#poll = new Poll(options.node, options);
  }

  /**
   * Resolves when the network has confirmed a block, told by the feed or found by asking, whichever is first. A dead
   * socket, or a node that cannot be reached or never hears of the block, only makes it slower: after a while every
   * node is asked for itself. Rejects with the signal's reason when that is aborted.
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
      // What was confirmed between the last question and the subscription is heard of by neither.
      onSubscribed: () => this.#poll.askNow(),
    };
    this.#options.feed?.listen(listener, this.#listening.signal);
  }
}

/** Asks for the confirmations of all who wait, while anybody does: when one is due, about the others too. */
class Poll {
  readonly #node: NodeClient;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #plans = new Map<Wait, { due: number; pace: number }>();
  #changed = new AbortController();
  #isRunning = false;

  constructor(node: NodeClient, { clock, pollMs }: Pick<ConfirmationsOptions, 'clock' | 'pollMs'>) {
    this.#node = node;
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  add(wait: Wait, due: number): void {
    this.#plans.set(wait, { due, pace: this.#pollMs });
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
      // However the clock is set meanwhile, nobody waits longer than this.
      const pause = Math.min(left, this.#pollMs * SLOWEST);
      if (left > 0) await this.#clock.pause(pause, this.#changed.signal).catch(whenChanged);
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
      // Wanted at once while the question was on its way, it is asked again.
      if (plan.due !== Number.POSITIVE_INFINITY) continue;
      plan.due = this.#clock.now() + plan.pace;
      plan.pace = Math.min(plan.pace * SLOWER, this.#pollMs * SLOWEST);
    }
  }
}

/** Those of the blocks that the node says are confirmed. A node that fails now is asked again later. */
async function confirmedAmong(
  node: NodeClient,
  hashes: readonly BlockHash[],
): Promise<ReadonlySet<BlockHash>> {
  try {
    if (hashes.length > 1) {
      const told = await node.blocksInfo(hashes);
      // A node that does not know how to leave out what it lacks tells of none at all.
      if (told.size > 0) return new Set(hashes.filter((hash) => told.get(hash)?.confirmed));
    }
    const infos = await Promise.all(hashes.map((hash) => node.blockInfo(hash)));
    return new Set(hashes.filter((_, index) => infos[index]?.confirmed));
  } catch (cause) {
    // How long to wait is for whoever holds the signal.
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

/** The end of a pause: there is something new to ask about, or nobody waits any more. */
const whenChanged = (): void => undefined;
