import { Fault } from '../fault.ts';
import type { BlockHash } from './block.ts';
import type { Clock } from './clock.ts';
import type { ConfirmationFeed } from './confirmation-feed.ts';
import type { NodeClient } from './node-client.ts';

export interface AwaitConfirmedOptions {
  readonly hash: BlockHash;
  readonly node: NodeClient;
  /** Of an account that the block concerns; null where the network has no socket: polling alone, then. */
  readonly feed: ConfirmationFeed | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Time before the node is asked a second time, in ms; later questions come more slowly. */
  readonly pollMs: number;
}

const SLOWER = 1.5;
const SLOWEST = 8;

/**
 * Resolves when the network has confirmed a block, told by the feed or found by asking, whichever is first. A dead
 * socket, or a node that cannot be reached or never hears of the block, only makes it slower: after a while every node
 * is asked for itself. Rejects with the signal's reason when that is aborted.
 */
export async function awaitConfirmed(options: AwaitConfirmedOptions): Promise<void> {
  const { hash, feed, node, pollMs, clock } = options;
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  signal.throwIfAborted();

  const told = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    const listener = {
      onConfirmation: (confirmation: { readonly hash: BlockHash }) =>
        confirmation.hash === hash ? resolve() : undefined,
      // What was confirmed between the last question and the subscription is heard of by neither.
      onSubscribed: () =>
        void isConfirmed(node, hash).then((confirmed) => (confirmed ? resolve() : undefined), reject),
    };
    feed?.listen(listener, signal);
  });
  const found = async (by: NodeClient) => {
    for (
      let wait = pollMs;
      !(await isConfirmed(by, hash));
      wait = Math.min(wait * SLOWER, pollMs * SLOWEST)
    ) {
      await clock.pause(wait, signal);
    }
  };
  const all = node.each();
  const foundByAny = async () => {
    await clock.pause(pollMs * SLOWEST, signal);
    await Promise.race(all.map(found));
  };

  try {
    await Promise.race([told, found(node), ...(all.length > 1 ? [foundByAny()] : [])]);
  } finally {
    done.abort();
  }
}

async function isConfirmed(node: NodeClient, hash: BlockHash): Promise<boolean> {
  try {
    return (await node.blockInfo(hash))?.confirmed ?? false;
  } catch (cause) {
    // A node that fails now is asked again: how long to wait is for whoever holds the signal.
    if (cause instanceof Fault) return false;
    throw cause;
  }
}
