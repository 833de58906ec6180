import { Fault } from '../fault.ts';
import type { NanoAddress } from './account.ts';
import type { BlockHash } from './block.ts';
import type { Clock } from './clock.ts';
import {
  type Confirmation,
  listenForConfirmations,
  type OpenSocket,
  type SocketPort,
} from './confirmation-socket.ts';
import type { NodeClient } from './node-client.ts';

export type { Confirmation, OpenSocket, SocketPort } from './confirmation-socket.ts';

export interface AwaitConfirmedOptions {
  readonly hash: BlockHash;
  /** The accounts the block concerns: its own will do. */
  readonly accounts: readonly NanoAddress[];
  readonly node: NodeClient;
  /** Null where the network has no socket: polling alone, then. */
  readonly openSocket: OpenSocket | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Time before the node is asked a second time, in ms; later questions come more slowly. */
  readonly pollMs: number;
}

const SLOWER = 1.5;
const SLOWEST = 8;

/**
 * Resolves when the network has confirmed a block, told by the socket or found by asking, whichever is first. A dead
 * socket or an unreachable node only makes it slower. Rejects with the signal's reason when that is aborted.
 */
export async function awaitConfirmed(options: AwaitConfirmedOptions): Promise<void> {
  const { hash, accounts, openSocket, pollMs, clock } = options;
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  signal.throwIfAborted();

  const told = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (openSocket === null) return;
    const listening = listenForConfirmations({
      accounts,
      openSocket,
      signal,
      // What was confirmed between the last question and the subscription is heard of by neither.
      onSubscribed: () =>
        isConfirmed(options).then((confirmed) => (confirmed ? resolve() : undefined), reject),
      onConfirmation: (confirmation) => (confirmation.hash === hash ? resolve() : undefined),
    });
    listening.catch(reject);
  });
  const found = async () => {
    for (let wait = pollMs; !(await isConfirmed(options)); wait = Math.min(wait * SLOWER, pollMs * SLOWEST)) {
      await clock.pause(wait, signal);
    }
  };

  try {
    await Promise.race([told, found()]);
  } finally {
    done.abort();
  }
}

async function isConfirmed({ node, hash }: AwaitConfirmedOptions): Promise<boolean> {
  try {
    return (await node.blockInfo(hash))?.confirmed ?? false;
  } catch (cause) {
    // A node that fails now is asked again: how long to wait is for whoever holds the signal.
    if (cause instanceof Fault) return false;
    throw cause;
  }
}

export interface WatchAccountOptions {
  readonly account: NanoAddress;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called for each confirmed block of the account, and each confirmed send to it. */
  readonly onConfirmation: (confirmation: Confirmation) => void;
  /** Called at the start and after every reconnection: something may have been missed, so look at the ledger. */
  readonly onSubscribed: () => void;
}

const RECONNECT_MS = 1_000;
const SLOWEST_RECONNECT_MS = 60_000;
const PING_MS = 20_000;

/**
 * Watches an account's confirmations for as long as the signal is not aborted, and then resolves. A socket that dies
 * or falls silent is replaced, after a pause that doubles up to a minute while none comes to life.
 */
export async function watchAccount(options: WatchAccountOptions): Promise<void> {
  const { account, openSocket, clock, signal, onConfirmation, onSubscribed } = options;
  let wait = RECONNECT_MS;
  while (!signal.aborted) {
    const life = new AbortController();
    let alive = true;
    const keepChecking = async (socket: SocketPort) => {
      while (alive) {
        alive = false;
        socket.send('{"action":"ping"}');
        await clock.pause(PING_MS, life.signal);
      }
      life.abort();
    };
    await listenForConfirmations({
      accounts: [account],
      openSocket,
      signal: AbortSignal.any([signal, life.signal]),
      onConfirmation,
      onSubscribed: (socket) => {
        wait = RECONNECT_MS;
        onSubscribed();
        keepChecking(socket).catch(whenAborted);
      },
      onAnything: () => {
        alive = true;
      },
    });
    life.abort();
    await clock.pause(wait, signal).catch(whenAborted);
    wait = Math.min(wait * 2, SLOWEST_RECONNECT_MS);
  }
}

/** The end of a pause that nobody waits for any more. */
const whenAborted = (): void => undefined;
