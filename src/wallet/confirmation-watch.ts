import { Fault } from '../fault.ts';
import type { BlockHash } from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import { Confirmations } from '../nano/confirmation.ts';
import type { ConfirmationFeed } from '../nano/confirmation-feed.ts';
import type { Confirmation } from '../nano/confirmation-socket.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { AccountChain } from './account-chain.ts';
import type { OwnBlock } from './own-block.ts';

/** When a node is asked for the second time whether a block is confirmed (ms). */
const CONFIRMATION_POLL = 250;
/** How often nodes are asked for a replacement of an unconfirmed block while the socket tells nothing (ms). */
const REPLACEMENT_POLL = 5_000;

export interface ConfirmationWatchPorts {
  readonly node: NodeClient;
  /** Null where the network has no socket. */
  readonly feed: ConfirmationFeed | null;
  readonly clock: Clock;
  /** The time limit of one wait (ms). */
  readonly patienceMs: number;
  /** Ends every wait; its reason is thrown. */
  readonly signal: AbortSignal;
  readonly chain: () => Pick<AccountChain, 'hasSigned' | 'isReplaced'>;
}

/** Waits for the network's decision about the blocks of one account. */
export class ConfirmationWatch {
  readonly #ports: ConfirmationWatchPorts;
  readonly #confirmations: Confirmations;

  constructor(ports: ConfirmationWatchPorts) {
    const { node, feed, clock } = ports;
    this.#ports = ports;
    this.#confirmations = new Confirmations({ node, feed, clock, pollMs: CONFIRMATION_POLL });
  }

  /**
   * Resolves once the network has confirmed a block.
   *
   * @param since when the block was published (ms since the epoch): nodes are polled less while the socket will tell
   * @throws Fault `fault_notConfirmed` when the time limit is over; the signals' reason
   */
  async confirmed(hash: BlockHash, signal?: AbortSignal, since?: number): Promise<void> {
    const timeout = AbortSignal.timeout(this.#ports.patienceMs);
    const given = signal === undefined ? [] : [signal];
    try {
      await this.#confirmations.confirmed(hash, {
        signal: AbortSignal.any([this.#ports.signal, timeout, ...given]),
        since,
      });
    } catch (cause) {
      if (timeout.aborted) throw new Fault('fault_notConfirmed', [], { cause });
      throw cause;
    }
  }

  /**
   * Resolves once the network has confirmed an own block, or another one in its place.
   *
   * @param since as for `confirmed`
   * @throws Fault as `confirmed`
   */
  async decided(own: OwnBlock, since?: number): Promise<'confirmed' | 'replaced'> {
    const over = new AbortController();
    try {
      return await Promise.race([
        this.confirmed(own.hash, over.signal, since).then(() => 'confirmed' as const),
        this.#replaced(own, over.signal).then(() => 'replaced' as const),
      ]);
    } finally {
      over.abort();
    }
  }

  /** Calls `listener` for every confirmed block of the account that this wallet did not sign, and on every subscription. */
  onForeignBlock(listener: () => void, onSubscribed: () => void, signal: AbortSignal): void {
    const { feed, chain } = this.#ports;
    const onConfirmation = ({ hash }: Confirmation) => (chain().hasSigned(hash) ? undefined : listener());
    feed?.listen({ onConfirmation, onSubscribed }, signal);
  }

  /** Asks after every confirmed block of another wallet, and at an interval. */
  async #replaced(own: OwnBlock, signal: AbortSignal): Promise<void> {
    const { chain, clock } = this.#ports;
    let news = new AbortController();
    this.onForeignBlock(
      () => news.abort(),
      () => undefined,
      signal,
    );
    for (;;) {
      const woken = AbortSignal.any([signal, news.signal]);
      await clock.pause(REPLACEMENT_POLL, woken).catch(() => undefined);
      signal.throwIfAborted();
      news = new AbortController();
      if (await chain().isReplaced(own).catch(undefinedIfFault)) return;
    }
  }
}

/** A node that gives no answer is asked again. */
function undefinedIfFault(failure: unknown): undefined {
  if (!(failure instanceof Fault)) throw failure;
}
