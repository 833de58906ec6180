import type { NanoAddress } from './account.ts';
import type { BlockHash } from './block.ts';
import type { Clock } from './clock.ts';
import {
  type Confirmation,
  listenForConfirmations,
  type OpenSocket,
  type SocketPort,
} from './confirmation-socket.ts';

interface FeedListener {
  /** Called for each confirmed block of the account, and each confirmed send to it. */
  readonly onConfirmation: (confirmation: Confirmation) => void;
  /** Called after each subscription, also after a reconnection. Earlier confirmations may have been missed. */
  readonly onSubscribed: () => void;
}

export interface ConfirmationFeedOptions {
  readonly account: NanoAddress;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
}

const RECONNECT_MS = 1_000;
const SLOWEST_RECONNECT_MS = 60_000;
const PING_MS = 20_000;
/** How many confirmed hashes are remembered, for callers that ask about a block after its confirmation. */
const MOST_HEARD = 500;

/**
 * Receives the confirmations of one account over one socket and passes them to all listeners, so that a hundred
 * payments at once need one connection to the node. The socket is open while there is a listener. A socket that closes, or
 * that answers no ping, is replaced after a pause, by one to another node where there are several. The pause doubles up
 * to a minute until a subscription succeeds.
 */
export class ConfirmationFeed {
  readonly #options: ConfirmationFeedOptions;
  readonly #listeners = new Set<FeedListener>();
  readonly #heard = new Set<BlockHash>();
  #life: AbortController | undefined;

  constructor(options: ConfirmationFeedOptions) {
    this.#options = options;
  }

  /** Calls the listener for each confirmation until the signal is aborted. Opens the socket for the first listener. */
  listen(listener: FeedListener, signal: AbortSignal): void {
    if (signal.aborted) return;
    // A copy, so that the same object can be added twice and removed one at a time.
    const own = { ...listener };
    this.#listeners.add(own);
    const leave = () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#life?.abort();
      this.#life = undefined;
    };
    signal.addEventListener('abort', leave, { once: true });
    if (this.#life !== undefined) return;
    this.#life = new AbortController();
    void this.#watch(this.#life.signal);
  }

  /** Whether the block is among the last {@link MOST_HEARD} confirmations that were received. */
  hasHeard(hash: BlockHash): boolean {
    return this.#heard.has(hash);
  }

  #hear(confirmation: Confirmation): void {
    this.#heard.add(confirmation.hash);
    const [oldest] = this.#heard;
    if (this.#heard.size > MOST_HEARD && oldest !== undefined) this.#heard.delete(oldest);
    for (const { onConfirmation } of [...this.#listeners]) onConfirmation(confirmation);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { account, openSocket, clock } = this.#options;
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
        onConfirmation: (confirmation) => this.#hear(confirmation),
        onSubscribed: (socket) => {
          wait = RECONNECT_MS;
          for (const { onSubscribed } of [...this.#listeners]) onSubscribed();
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
}

/** Ignores the rejection of a pause that was aborted. */
const whenAborted = (): void => undefined;
