import { Fault } from '../fault.ts';
import type { BlockHash } from '../nano/block.ts';
import type { Conflict } from './publication.ts';

/**
 * Resolves once the network has confirmed a block.
 *
 * @throws Fault `fault_notConfirmed` when its time limit is over; the signal's reason
 */
export type Confirmed = (hash: BlockHash, signal?: AbortSignal) => Promise<void>;

/**
 * Whether the network confirms one of two conflicting blocks within the time limit of `confirmed`.
 *
 * @throws the signal's reason, and what `confirmed` throws but `fault_notConfirmed`
 */
export async function isDecided(
  confirmed: Confirmed,
  { own, other }: Conflict,
  signal?: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const ended = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    await Promise.race([confirmed(own, ended), confirmed(other, ended)]);
    return true;
  } catch (failure) {
    if (failure instanceof Fault && failure.key === 'fault_notConfirmed') return false;
    throw failure;
  } finally {
    over.abort();
  }
}
